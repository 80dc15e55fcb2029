"""Groups: by a coordinate, a calendar field, bins or steps of time."""

from __future__ import annotations

import numpy as np
import xarray as xr

from . import operation
from .reduce import precision

HOWS = ["mean", "mean", "sum", "min", "max", "std", "var", "median", "count", "any", "all"]
FIELDS = ["month", "season", "dayofyear", "year", "day", "hour"]


def group_precision(op, value) -> str:
    found = precision(op, value)
    return "rough" if op.get("anomaly") and found != "jump" else found


def along_one(value: xr.DataArray) -> list[str]:
    return [str(name) for name, coord in value.coords.items() if coord.ndim == 1]


@operation("groupby", weight=3, precision=group_precision)
class Groupby:
    @staticmethod
    def draw(rng, value, env):
        keys = along_one(value)
        dates = [name for name in keys if value.coords[name].dtype.kind == "M"]
        if dates and rng.random() < 0.7:
            key = f"{rng.choice(dates)}.{rng.choice(FIELDS)}"
        elif keys:
            key = rng.choice([*keys, "nothing"] if rng.random() < 0.1 else keys)
        else:
            return None
        op = {"key": key, "how": rng.choice(HOWS)}
        if op["how"] in ("mean", "max", "median") and value.dtype.kind in "if" and rng.random() < 0.5:
            op["anomaly"] = True
        return op

    @staticmethod
    def run(value, op, env):
        groups = value.groupby(op["key"])
        reduced = getattr(groups, op["how"])()
        return groups - reduced if op.get("anomaly") else reduced


def number(edge: float) -> str:
    return str(int(edge)) if edge == int(edge) else repr(edge)


@operation("groupby_bins", weight=1.5, precision=precision)
class GroupbyBins:
    @staticmethod
    def draw(rng, value, env):
        keys = [name for name in along_one(value) if value.coords[name].dtype.kind in "iuf"]
        if not keys:
            return None
        edges = sorted(rng.sample([-1.0, 0.0, 0.5, 2.0, 3.0, 5.0, 10.0, 10.25, 12.0], rng.randint(2, 4)))
        return {
            "key": rng.choice(keys),
            "edges": edges,
            "how": rng.choice(HOWS),
            "left": rng.random() < 0.3,
            "lowest": rng.random() < 0.2,
        }

    @staticmethod
    def run(value, op, env):
        options = {"right": not op["left"], "include_lowest": op["lowest"]}
        result = getattr(value.groupby_bins(op["key"], op["edges"], **options), op["how"])()
        # The prelude names bins in text, pandas by intervals; `include_lowest` moves the first by a thousandth.
        name = f"{op['key']}_bins"
        left, right = "[)" if op["left"] else "(]"
        found = {interval.right: f"{left}{number(low)}, {number(high)}{right}"
                 for interval in result[name].values for low, high in zip(op["edges"], op["edges"][1:]) if interval.right == high}  # fmt: skip
        return result.assign_coords({name: [found[interval.right] for interval in result[name].values]})


@operation("resample", weight=2, precision=precision)
class Resample:
    @staticmethod
    def draw(rng, value, env):
        dims = [str(dim) for dim in value.dims if dim in value.coords and value.coords[dim].dtype.kind == "M"]
        if not dims:
            return None
        frequency = rng.choice(["D", "2D", "7D", "6h", "12h", "W", "MS", "QS-DEC", "YS", "ME", "YE", "QE"])
        return {"dim": rng.choice(dims), "frequency": frequency, "how": rng.choice(HOWS)}

    @staticmethod
    def run(value, op, env):
        dates = value.coords[op["dim"]].values
        if np.isnat(dates).any() or (np.diff(dates.astype("i8")) < 0).any():
            raise ValueError("dates that do not ascend")
        return getattr(value.resample({op["dim"]: op["frequency"]}), op["how"])()
