"""Several arrays into one, or brought to the same labels."""

from __future__ import annotations

import xarray as xr

from . import operation, some_dims


def others(rng, env) -> list[int]:
    return [rng.randrange(len(env)) for _ in range(rng.choice([1, 1, 1, 2]))]


@operation("concat", weight=2)
class Concat:
    @staticmethod
    def draw(rng, value, env):
        dim = rng.choice([*map(str, value.dims), "run", "run"])
        return {"others": others(rng, env), "dim": dim}

    @staticmethod
    def run(value, op, env):
        arrays = [value, *(env[at] for at in op["others"])]
        return xr.concat(arrays, op["dim"], join="exact", coords="different", compat="equals", combine_attrs="override")


@operation("merge", weight=1.5)
class Merge:
    @staticmethod
    def draw(rng, value, env):
        return {"others": others(rng, env)}

    @staticmethod
    def run(value, op, env):
        return xr.merge([value, *(env[at] for at in op["others"])], join="outer", compat="no_conflicts")


@operation("align", weight=1.5)
class Align:
    @staticmethod
    def draw(rng, value, env):
        return {"others": others(rng, env), "join": rng.choice(["inner", "outer", "exact"])}

    @staticmethod
    def run(value, op, env):
        return list(xr.align(value, *(env[at] for at in op["others"]), join=op["join"], copy=False))


@operation("item_of", takes=list)
class ItemOf:
    @staticmethod
    def draw(rng, value, env):
        return {"at": rng.randrange(len(value))}

    @staticmethod
    def run(value, op, env):
        return value[op["at"]]


def relate(name: str) -> None:
    class Relate:
        @staticmethod
        def draw(rng, value, env):
            if value.dtype.kind == "M" and rng.random() < 0.9:
                return None
            return {"other": rng.randrange(len(env)), "dims": some_dims(rng, value)}

        @staticmethod
        def run(value, op, env):
            return getattr(xr, name)(value, env[op["other"]], op["dims"])

    operation(name, weight=1, precision="rough")(Relate)


relate("cov")
relate("corr")
