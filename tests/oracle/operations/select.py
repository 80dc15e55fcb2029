"""Selection by position, label and condition."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import xarray as xr

from . import one_dim, operation
from .operands import condition, draw_condition, draw_operand, operand


def python_index(index: dict, n: int):
    """A range with a negative step takes the same positions backwards in the prelude, as in ndarray."""
    if "at" in index:
        return index["at"]
    if "list" in index:
        return index["list"]
    start, end, step = index["range"]
    if step == 0:
        raise ValueError("step 0")
    if step > 0:
        return slice(start, end, step)
    return np.arange(n)[slice(start, end)][::step]


def draw_index(rng: random.Random, n: int) -> dict:
    kind = rng.choice(["at", "range", "range", "range", "list"])
    far = rng.random() < 0.04
    if kind == "at":
        return {"at": n + 2 if far or n == 0 else rng.randrange(-n, n)}
    if kind == "list":
        if n == 0:
            return {"list": [0] if far else []}
        return {"list": [rng.randrange(-n, n) for _ in range(rng.randint(0, 4))] + ([n] if far else [])}
    ends = [rng.choice([None, *range(-n - 1, n + 2)]) for _ in range(2)]
    return {"range": [ends[0], ends[1], rng.choice([1, 1, 1, 2, 3, -1, -2])]}


@operation("isel", weight=2)
class Isel:
    @staticmethod
    def draw(rng, value, env):
        dim = one_dim(rng, value)
        return dim and {"dim": dim, "index": draw_index(rng, value.sizes.get(dim, 3))}

    @staticmethod
    def run(value, op, env):
        if op["dim"] not in value.dims:
            raise ValueError(f"no dimension {op['dim']}")
        return value.isel({op["dim"]: python_index(op["index"], value.sizes[op["dim"]])})


def wire_label(label) -> object:
    """A label as JSON; dates as nanoseconds."""
    if isinstance(label, (np.datetime64, pd.Timestamp)):
        return {"time": int(np.datetime64(label, "ns").astype("int64"))}
    return label.item() if isinstance(label, np.generic) else label


def python_label(label):
    return np.datetime64(label["time"], "ns") if isinstance(label, dict) else label


def draw_label(rng: random.Random, labels: np.ndarray) -> object:
    """A label that is there, or one near, between or beyond them; a date also as text."""
    if labels.dtype.kind == "M":
        dates = labels[~np.isnat(labels)]
        if not dates.size:
            return "2016-02-29"
        date = pd.Timestamp(rng.choice(list(dates)))
        if rng.random() < 0.3:
            date += pd.Timedelta(rng.choice(["-1D", "1D", "7h", "-90min", "400D"]))
        if rng.random() < 0.5:
            return date.strftime(rng.choice(["%Y-%m-%d", "%Y-%m-%d", "%Y-%m", "%Y", "%Y-%m-%dT%H"]))
        return wire_label(date)
    if not labels.size:
        return 1
    if labels.dtype.kind in "UTO":
        return rng.choice([*map(str, labels.tolist()), "nothing"])
    found = wire_label(rng.choice(list(labels)))
    if isinstance(found, bool):
        return int(found)
    if rng.random() < 0.35:
        found += rng.choice([0.5, -0.5, 0.05, 1, -1, 0.25, 40, -40])
    return found


@operation("sel", weight=3)
class Sel:
    @staticmethod
    def draw(rng, value, env):
        dim = one_dim(rng, value)
        if dim is None:
            return None
        if dim not in value.dims or dim not in value.coords:
            n = value.sizes.get(dim, 3)
            pick = rng.random()
            if pick < 0.5 and n:
                return {"dim": dim, "label": {"at": rng.randrange(-n, n + 1)}}
            return {"dim": dim, "label": {"half_open": [rng.randint(0, n), rng.randint(0, n)]}}
        labels = value.coords[dim].values
        pick = rng.random()
        if pick < 0.35:
            label = {"at": draw_label(rng, labels)}
        elif pick < 0.5:
            label = {"among": [draw_label(rng, labels) for _ in range(rng.randint(1, 3))]}
        else:
            ends = [draw_label(rng, labels) if rng.random() < 0.85 else None for _ in range(2)]
            label = {"between": ends}
        op = {"dim": dim, "label": label}
        if labels.dtype.kind not in "UTO" and rng.random() < (0.6 if "between" not in label else 0.03):
            op["method"] = rng.choice(["nearest", "pad", "backfill"])
            if rng.random() < 0.5:
                # Days for dates, else the labels' unit.
                op["tolerance"] = rng.choice([0.0, 0.3, 0.5, 1.0, 2.0])
        return op

    @staticmethod
    def run(value, op, env):
        dim, label = op["dim"], op["label"]
        if dim not in value.dims:
            raise KeyError(dim)
        if "half_open" in label:
            return value.sel({dim: slice(*label["half_open"])})
        if "between" in label:
            wanted = slice(*[None if end is None else python_label(end) for end in label["between"]])
        elif "among" in label:
            wanted = [python_label(one) for one in label["among"]]
        else:
            wanted = python_label(label["at"])
        tolerance = op.get("tolerance")
        if tolerance is not None and value.coords[dim].dtype.kind == "M":
            tolerance = np.timedelta64(int(tolerance * 86_400e9), "ns")
        return value.sel({dim: wanted}, method=op.get("method"), tolerance=tolerance)


def jumps(op, value) -> str:
    """A condition on the array's own values could flip where they were rounded."""
    return "jump" if op["cond"]["of"] == "self" else "exact"


@operation("where", weight=2, precision=jumps)
class Where:
    @staticmethod
    def draw(rng, value, env):
        return {"cond": draw_condition(rng, value, env)}

    @staticmethod
    def run(value, op, env):
        return value.where(boolean(condition(op["cond"], value, env)))


@operation("where_else", weight=2, precision=jumps)
class WhereElse:
    @staticmethod
    def draw(rng, value, env):
        return {"cond": draw_condition(rng, value, env), "other": draw_operand(rng, value, env)}

    @staticmethod
    def run(value, op, env):
        return value.where(boolean(condition(op["cond"], value, env)), operand(op["other"], env))


@operation("where_drop", weight=2, precision=jumps)
class WhereDrop:
    @staticmethod
    def draw(rng, value, env):
        return {"cond": draw_condition(rng, value, env)}

    @staticmethod
    def run(value, op, env):
        return value.where(boolean(condition(op["cond"], value, env)), drop=True)


def boolean(cond):
    """The prelude wants bool for a condition; xarray takes any number for one. Counted as an error on both sides."""
    if not isinstance(cond, xr.DataArray) or cond.dtype != bool:
        raise TypeError("the condition is not bool")
    return cond


@operation("drop_coord", weight=0.3)
class DropCoord:
    @staticmethod
    def draw(rng, value, env):
        names = [str(name) for name in value.coords] + (["nothing"] if rng.random() < 0.1 else [])
        return {"name": rng.choice(names)} if names else None

    @staticmethod
    def run(value, op, env):
        return value.drop_vars(op["name"])


@operation("get_coord", weight=0.3)
class GetCoord:
    @staticmethod
    def draw(rng, value, env):
        names = [str(name) for name in value.coords] + (["nothing"] if rng.random() < 0.1 else [])
        return {"name": rng.choice(names)} if names else None

    @staticmethod
    def run(value, op, env):
        return value.coords[op["name"]]
