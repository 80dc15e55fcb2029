"""Operations on datasets."""

from __future__ import annotations

import xarray as xr

from . import one_dim, operation, some_dims
from .reduce import precision as array_precision
from .select import Isel, Sel, draw_index


def precision(op, value) -> str:
    found = {array_precision(op, array) for array in value.data_vars.values()}
    return "rough" if "rough" in found else "exact"


@operation("variable", takes=xr.Dataset)
class Variable:
    @staticmethod
    def draw(rng, value, env):
        names = [*value.data_vars, *(["nothing"] if rng.random() < 0.05 else [])]
        return {"name": rng.choice(names)} if names else None

    @staticmethod
    def run(value, op, env):
        return value[op["name"]]


@operation("assign", takes=xr.Dataset, weight=0.7)
class Assign:
    @staticmethod
    def draw(rng, value, env):
        return {"name": rng.choice(["wind", *value.data_vars]), "array": rng.randrange(len(env))}

    @staticmethod
    def run(value, op, env):
        return value.assign({op["name"]: env[op["array"]]})


@operation("drop_variable", takes=xr.Dataset, weight=0.3)
class DropVariable:
    @staticmethod
    def draw(rng, value, env):
        return {"name": rng.choice([*value.data_vars, "nothing"])}

    @staticmethod
    def run(value, op, env):
        if op["name"] not in value.data_vars:
            raise KeyError(op["name"])
        return value.drop_vars(op["name"])


@operation("isel", takes=xr.Dataset)
class DatasetIsel:
    @staticmethod
    def draw(rng, value, env):
        dim = one_dim(rng, value)
        return dim and {"dim": dim, "index": draw_index(rng, value.sizes.get(dim, 3))}

    run = Isel.run


@operation("sel", takes=xr.Dataset)
class DatasetSel:
    @staticmethod
    def draw(rng, value, env):
        op = Sel.draw(rng, value, env)
        if op:
            op.pop("method", None), op.pop("tolerance", None)
        return op

    run = Sel.run


@operation("reduce", takes=xr.Dataset, weight=2, precision=precision)
class DatasetReduce:
    @staticmethod
    def draw(rng, value, env):
        return {"how": rng.choice(["mean", "sum", "min", "max", "std", "count"]), "dims": some_dims(rng, value)}

    @staticmethod
    def run(value, op, env):
        return getattr(value, op["how"])(op["dims"])
