"""Arithmetic, comparison, logic, functions of each element and the fields of dates."""

from __future__ import annotations

import operator

import numpy as np
import xarray as xr

from ..wire import DTYPES
from . import operation
from .operands import draw_operand, draw_scalar, operand

SIGNS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "**": operator.pow, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "minimum": np.minimum, "maximum": np.maximum,
}  # fmt: skip
LOGIC = ["&", "|", "^"]


def binary_precision(op, value) -> str:
    if op["sign"] in ("==", "!=", "<", "<=", ">", ">=", "%"):
        return "jump"
    return "rough" if op["sign"] == "**" else "exact"


@operation("binary", weight=7, precision=binary_precision)
class Binary:
    @staticmethod
    def draw(rng, value, env):
        logic = value.dtype.kind in "bu" and rng.random() < 0.4
        sign = rng.choice(LOGIC) if logic or rng.random() < 0.02 else rng.choice([s for s in SIGNS if s not in LOGIC])
        if sign == "**":
            return {"sign": sign, "other": rng.choice([{"int": 2}, {"float": 0.5}, {"int": 3}, draw_operand(rng, value, env)])}
        return {"sign": sign, "other": draw_operand(rng, value, env)}

    @staticmethod
    def run(value, op, env):
        return SIGNS[op["sign"]](value, operand(op["other"], env))


@operation("scalar_first")
class ScalarFirst:
    @staticmethod
    def draw(rng, value, env):
        return {"sign": rng.choice("+-*/"), "number": rng.choice([1, 2, -3, 0.5, 1.0, -2.25])}

    @staticmethod
    def run(value, op, env):
        return SIGNS[op["sign"]](op["number"], value)


def unary(name: str, function, precision: str = "exact", weight: float = 0.4) -> None:
    class Unary:
        @staticmethod
        def draw(rng, value, env):
            return {}

        @staticmethod
        def run(value, op, env):
            result = function(value)
            if result.dtype == np.float16:
                # The prelude computes these in float32; see SETTLED.
                result = function(value.astype("float32"))
            return result

    operation(name, weight=weight, precision=precision)(Unary)


unary("negative", operator.neg)
unary("not", operator.invert)
unary("abs", abs)
unary("sqrt", np.sqrt)
unary("exp", np.exp, "rough")
unary("ln", np.log, "rough")
unary("floor", np.floor, "jump")
unary("ceil", np.ceil, "jump")
unary("round", lambda value: value.round(), "jump")
unary("is_nan", lambda value: value.isnull(), weight=0.8)
unary("not_nan", lambda value: value.notnull(), weight=0.8)


@operation("clip")
class Clip:
    @staticmethod
    def draw(rng, value, env):
        low = rng.choice([-2.0, 0.0, 1.0, 0.5, -3.25])
        return {"low": low, "high": low + rng.choice([0.0, 1.0, 2.5, 4.0, -1.0 if rng.random() < 0.1 else 3.0])}

    @staticmethod
    def run(value, op, env):
        if op["low"] > op["high"]:
            raise ValueError("NumPy does not say what this means; the prelude refuses it")
        # Limits that are whole leave whole numbers whole in the prelude, so they are passed as such.
        low, high = (int(limit) if limit == int(limit) else limit for limit in (op["low"], op["high"]))
        return value.clip(low, high)


@operation("fillna", weight=1.5)
class Fillna:
    @staticmethod
    def draw(rng, value, env):
        return {"other": draw_operand(rng, value, env)}

    @staticmethod
    def run(value, op, env):
        return value.fillna(operand(op["other"], env))


@operation("astype", weight=1, precision="jump")
class Astype:
    @staticmethod
    def draw(rng, value, env):
        return {"dtype": rng.choice(DTYPES[:-1])}

    @staticmethod
    def run(value, op, env):
        to = np.dtype(op["dtype"])
        if value.dtype.kind == "f" and to.kind in "iu":
            info = np.iinfo(to)
            outside = ~np.isfinite(value.values) | (value.values < info.min) | (value.values > info.max)
            if outside.any():
                # NumPy leaves what happens here to the processor; the prelude saturates, and NaN becomes 0.
                saturated = np.clip(np.nan_to_num(value.values.astype("f8"), nan=0.0, posinf=2.0**63, neginf=-(2.0**63)), info.min, info.max)
                whole = np.where(saturated >= 2.0**63, np.iinfo("i8").max, saturated) if to == np.int64 else saturated
                exact = np.array([int(v) for v in whole.ravel()], dtype=to).reshape(whole.shape)
                return value.copy(data=exact)
        return value.astype(to)


@operation("map", weight=0.5)
class Map:
    @staticmethod
    def draw(rng, value, env):
        return {"function": rng.choice(["double", "square_plus_one"])} if value.dtype.kind != "M" else None

    @staticmethod
    def run(value, op, env):
        wide = value.astype("float64")
        result = wide * 2.0 if op["function"] == "double" else wide * wide + 1.0
        return result.astype("float32") if value.dtype == np.float32 else result


@operation("date_field", weight=1)
class DateField:
    @staticmethod
    def draw(rng, value, env):
        field = rng.choice(["year", "month", "day", "dayofyear", "weekday", "hour", "minute", "second"])
        dates = [str(name) for name, coord in value.coords.items() if coord.dtype.kind == "M"]
        if dates and rng.random() < 0.7:
            return {"field": field, "coord": rng.choice(dates)}
        return {"field": field} if value.dtype.kind == "M" else None

    @staticmethod
    def run(value, op, env):
        dates = value.coords[op["coord"]] if "coord" in op else value
        return getattr(dates.dt, op["field"])
