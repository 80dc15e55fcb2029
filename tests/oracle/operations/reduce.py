"""Reductions with their options."""

from __future__ import annotations

from . import operation, some_dims

ROUNDING = ("mean", "std", "var", "median")


def precision(op, value) -> str:
    if op["how"] in ("argmin", "argmax"):
        return "jump"
    if op["how"] in ("any", "all"):
        return "jump"
    return "rough" if op["how"] in ROUNDING or op["how"] == "sum" and value.dtype.kind == "f" else "exact"


HOWS = ["sum", "sum", "mean", "mean", "min", "max", "std", "var", "median", "count", "any", "all", "argmin", "argmax"]


@operation("reduce", weight=8, precision=precision)
class Reduce:
    @staticmethod
    def draw(rng, value, env):
        how = rng.choice(HOWS)
        op = {"how": how, "dims": some_dims(rng, value)}
        if how in ("argmin", "argmax"):
            if not value.ndim:
                return None
            op["dims"] = rng.choice(list(value.dims)) if rng.random() < 0.97 else "nowhere"
        if rng.random() < 0.35 and how not in ("count", "any", "all"):
            op["skip_missing"] = rng.random() < 0.4
        if how == "sum" and rng.random() < 0.4 and op.get("skip_missing", True):
            op["min_count"] = rng.choice([1, 1, 2, 3, 20])
        if how in ("std", "var") and rng.random() < 0.5:
            op["ddof"] = rng.choice([0, 1, 1, 2, 5])
        return op

    @staticmethod
    def run(value, op, env):
        options = {}
        if op.get("skip_missing") is not None:
            options["skipna"] = op["skip_missing"]
        for key in ("min_count", "ddof"):
            if key in op:
                options[key] = op[key]
        return getattr(value, op["how"])(op["dims"], **options)
