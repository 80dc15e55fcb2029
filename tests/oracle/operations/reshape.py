"""New names, arrangements and coordinates."""

from __future__ import annotations

from ..draw import labels
from ..wire import decode_values, encode_values
from . import one_dim, operation


@operation("transpose")
class Transpose:
    @staticmethod
    def draw(rng, value, env):
        dims = rng.sample(list(value.dims), value.ndim)
        if rng.random() < 0.3:
            return {"dims": None}
        if rng.random() < 0.08 and dims:
            dims = dims[1:] if rng.random() < 0.5 else [*dims, "nowhere"]
        return {"dims": dims or None}

    @staticmethod
    def run(value, op, env):
        return value.transpose() if op["dims"] is None else value.transpose(*op["dims"])


@operation("expand_dims", weight=0.6)
class ExpandDims:
    @staticmethod
    def draw(rng, value, env):
        scalars = [str(name) for name, coord in value.coords.items() if not coord.dims]
        dim = rng.choice([*scalars, "new", "new", "band", rng.choice(list(value.dims) or ["new"])])
        return {"dim": dim} if value.ndim < 5 else None

    @staticmethod
    def run(value, op, env):
        return value.expand_dims(op["dim"])


@operation("squeeze", weight=0.6)
class Squeeze:
    @staticmethod
    def draw(rng, value, env):
        return {}

    @staticmethod
    def run(value, op, env):
        return value.squeeze()


@operation("rename", weight=0.8)
class Rename:
    @staticmethod
    def draw(rng, value, env):
        names = list(dict.fromkeys([*map(str, value.dims), *map(str, value.coords)]))
        if not names:
            return None
        old = rng.choice(names)
        if rng.random() < 0.05:
            old = "nothing"
        if len(names) > 1 and rng.random() < 0.25:
            one, two = rng.sample(names, 2)
            return {"names": [[one, two], [two, one]]}
        return {"names": [[old, rng.choice(["new", "new", "lat", *names])]]}

    @staticmethod
    def run(value, op, env):
        return value.rename(dict(op["names"]))


@operation("rename_array", weight=0.3)
class RenameArray:
    @staticmethod
    def draw(rng, value, env):
        return {"name": rng.choice(["rain", "wind"])}

    @staticmethod
    def run(value, op, env):
        return value.rename(op["name"])


@operation("sort_by", weight=0.8)
class SortBy:
    @staticmethod
    def draw(rng, value, env):
        dim = one_dim(rng, value)
        return dim and {"dim": dim}

    @staticmethod
    def run(value, op, env):
        return value.sortby(op["dim"])


@operation("assign_coord", weight=0.6)
class AssignCoord:
    @staticmethod
    def draw(rng, value, env):
        dim = one_dim(rng, value)
        if dim not in value.dims:
            return None
        n = value.sizes[dim] + (1 if rng.random() < 0.06 else 0)
        found = labels(rng, dim, n)
        if found is None:
            return None
        name = dim if rng.random() < 0.7 else rng.choice(["zone", "month"])
        return {"name": name, "coord": {"dims": [dim], **encode_values(found)}}

    @staticmethod
    def run(value, op, env):
        return value.assign_coords({op["name"]: (op["coord"]["dims"], decode_values(op["coord"]))})


@operation("attr", weight=0.2)
class Attr:
    @staticmethod
    def draw(rng, value, env):
        return {"name": rng.choice(["units", "long_name"]), "value": rng.choice(["K", "°C", 3, 0.5])}

    @staticmethod
    def run(value, op, env):
        return value.assign_attrs({op["name"]: op["value"]})
