"""Operations along lines: windows, runs, totals, gaps, shifts, interpolation, quantiles, weights, trends."""

from __future__ import annotations

import numpy as np
import xarray as xr

from . import one_dim, operation, some_dims
from .reduce import precision as reduce_precision

HOWS = ["mean", "mean", "sum", "prod", "min", "max", "std", "var", "median", "count"]


def precision(op, value) -> str:
    return "rough" if op.get("how") == "prod" else reduce_precision(op, value)


def numeric(value) -> bool:
    return value.dtype.kind in "iuf"


@operation("rolling", weight=3, precision=precision)
class Rolling:
    @staticmethod
    def draw(rng, value, env):
        dim = one_dim(rng, value)
        if dim is None or not numeric(value):
            return None
        op = {"dim": dim, "window": rng.choice([1, 2, 2, 3, 3, 4, 9]), "how": rng.choice(HOWS)}
        if rng.random() < 0.4:
            op["center"] = True
        if rng.random() < 0.5:
            op["min_periods"] = rng.randint(1, op["window"])
        return op

    @staticmethod
    def run(value, op, env):
        windows = value.rolling({op["dim"]: op["window"]}, min_periods=op.get("min_periods"), center=op.get("center", False))
        return getattr(windows, op["how"])()


@operation("coarsen", weight=2, precision=precision)
class Coarsen:
    @staticmethod
    def draw(rng, value, env):
        dim = one_dim(rng, value)
        if dim is None or not numeric(value):
            return None
        how = rng.choice([*HOWS, "any", "all"])
        op = {"dim": dim, "window": rng.choice([1, 2, 2, 3]), "how": how, "boundary": rng.choice(["exact", "trim", "pad"])}
        return {**op, "right": True} if rng.random() < 0.2 else op

    @staticmethod
    def run(value, op, env):
        runs = value.coarsen({op["dim"]: op["window"]}, boundary=op["boundary"], side="right" if op.get("right") else "left")
        return getattr(runs, op["how"])()


def total(name: str) -> None:
    class Total:
        @staticmethod
        def draw(rng, value, env):
            dim = one_dim(rng, value)
            return {"dims": dim} if dim and numeric(value) else None

        @staticmethod
        def run(value, op, env):
            return getattr(value, name)(op["dims"])

    operation(name, weight=1, precision=lambda op, value: "rough" if value.dtype.kind == "f" else "exact")(Total)


total("cumsum")
total("cumprod")


def along(name: str, arguments, run, weight: float = 1.0, precision: str = "exact", wants=lambda value: True) -> None:
    class Along:
        @staticmethod
        def draw(rng, value, env):
            dim = one_dim(rng, value)
            if dim is None or not wants(value):
                return None
            more = arguments(rng, value, dim)
            return None if more is None else {"dim": dim, **more}

    Along.run = staticmethod(run)
    operation(name, weight=weight, precision=precision)(Along)


def steps(rng, value, dim):
    return {"n": rng.choice([0, 1, 1, 2, -1, -2, 9])}


def limit(rng, value, dim):
    return {"limit": rng.choice([1, 2])} if rng.random() < 0.4 else {}


def filled(value, op, env):
    with xr.set_options(use_bottleneck=True):
        return getattr(value, op["op"])(op["dim"], limit=op.get("limit"))


def points(rng, value, dim):
    if dim in value.coords and value.coords[dim].dtype.kind not in "iuf":
        return None
    return {"points": [rng.choice([0.5, 1.0, 1.25, 2.0, 2.5, 10.05, 10.1, 0.0, 40.0]) for _ in range(rng.randint(1, 3))]}


def interpolated(value, op, env):
    return value.interp({op["dim"]: op["points"]})


def present(value, op):
    if op["dim"] not in value.dims:
        raise KeyError(op["dim"])
    return value


floats = lambda value: value.dtype.kind == "f"  # noqa: E731

along("diff", lambda rng, value, dim: {"n": rng.choice([0, 1, 1, 2, 9])}, lambda value, op, env: value.diff(op["dim"], op["n"]))
along("shift", steps, lambda value, op, env: present(value, op).shift({op["dim"]: op["n"]}))
along("roll", steps, lambda value, op, env: present(value, op).roll({op["dim"]: op["n"]}))
along("ffill", limit, filled, wants=floats)
along("bfill", limit, filled, wants=floats)
along("interpolate_na", lambda *_: {}, lambda value, op, env: value.interpolate_na(op["dim"]), precision="rough", wants=floats)
along("interp", points, interpolated, precision="rough", wants=numeric)
along("idxmin", lambda *_: {}, lambda value, op, env: value.idxmin(op["dim"]), precision="jump", wants=numeric)
along("idxmax", lambda *_: {}, lambda value, op, env: value.idxmax(op["dim"]), precision="jump", wants=numeric)
along("head", lambda rng, *_: {"n": rng.randint(0, 4)}, lambda value, op, env: present(value, op).head({op["dim"]: op["n"]}), 0.5)
along("tail", lambda rng, *_: {"n": rng.randint(0, 4)}, lambda value, op, env: present(value, op).tail({op["dim"]: op["n"]}), 0.5)
along("thin", lambda rng, *_: {"n": rng.randint(1, 4)}, lambda value, op, env: present(value, op).thin({op["dim"]: op["n"]}), 0.5)


def polyfit(value, op, env):
    # The prelude answers with the coefficients, which are one variable of the dataset that xarray answers with.
    return value.polyfit(op["dim"], op["degree"])["polyfit_coefficients"]


along("polyfit", lambda *_: {"degree": 1}, polyfit, 0.5, "rough", numeric)


def dropping(rng, value, dim):
    return rng.choice([{}, {}, {"all": True}, {"thresh": rng.randint(0, 3)}])


def dropna(value, op, env):
    if "thresh" in op:
        return value.dropna(op["dim"], thresh=op["thresh"])
    return value.dropna(op["dim"], how="all" if op.get("all") else "any")


along("dropna", dropping, dropna)


@operation("quantile", weight=1.5, precision="rough")
class Quantile:
    @staticmethod
    def draw(rng, value, env):
        if not numeric(value):
            return None
        op = {"dims": some_dims(rng, value)}
        if rng.random() < 0.3:
            return {**op, "shares": rng.sample([0.0, 0.1, 0.5, 0.9, 1.0], 2)}
        return {**op, "share": rng.choice([0.0, 0.1, 0.25, 0.5, 0.9, 1.0, 1.5 if rng.random() < 0.1 else 0.75])}

    @staticmethod
    def run(value, op, env):
        return value.quantile(op.get("shares", op.get("share")), op["dims"])


@operation("weighted", weight=1.5, precision="rough")
class Weighted:
    @staticmethod
    def draw(rng, value, env):
        at = rng.randrange(len(env))
        if not numeric(value) or env[at].dtype.kind not in "iuf":
            return None
        how = rng.choice(["mean", "mean", "sum", "sum_of_weights", "var", "std"])
        return {"weights": at, "how": how, "dims": some_dims(rng, value)}

    @staticmethod
    def run(value, op, env):
        return getattr(value.weighted(env[op["weights"]]), op["how"])(op["dims"])
