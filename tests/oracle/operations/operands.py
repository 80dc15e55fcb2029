"""What stands beside an array in an operation: another array, a number, a date."""

from __future__ import annotations

import random

import numpy as np
import xarray as xr


def draw_scalar(rng: random.Random, value: xr.DataArray) -> dict:
    if value.dtype.kind == "M":
        if value.size and rng.random() < 0.6:
            found = value.values.flat[rng.randrange(value.size)]
            if not np.isnat(found):
                return {"time": int(found.astype("int64"))}
        return rng.choice([{"date": "2016-02-29"}, {"time": 1456704000_000_000_000}, {"int": 86_400_000_000_000}])
    kind = rng.choice(["int", "int", "float", "float", "bool"])
    if kind == "int":
        return {"int": rng.choice([0, 1, 2, 3, 7, 1, 2, -1, -3, 300])}
    if kind == "float":
        return {"float": rng.choice([0.5, 0.0, -1.5, 2.0, 1.0, 0.25, "nan", "inf"])}
    return {"bool": rng.random() < 0.5}


def draw_operand(rng: random.Random, value: xr.DataArray, env: list) -> dict:
    return {"array": rng.randrange(len(env))} if rng.random() < 0.6 else draw_scalar(rng, value)


def operand(spec: dict, env: list):
    """The operand for xarray: Python's own numbers, which are weak in their type as the prelude's are."""
    ((kind, value),) = spec.items()
    if kind == "array":
        return env[value]
    if kind == "time":
        return np.datetime64(value, "ns")
    if kind == "date":
        return np.datetime64(value, "ns")
    if kind == "int" and abs(value) >= 10**12:
        return np.timedelta64(value, "ns")
    return float(value) if kind == "float" else value


def draw_condition(rng: random.Random, value: xr.DataArray, env: list) -> dict:
    """A comparison of the array, of another, or of a coordinate; or an array of bool."""
    masks = [at for at, array in enumerate(env) if array.dtype == bool]
    pick = rng.random()
    compare = rng.choice(["eq", "ne", "lt", "le", "gt", "ge"])
    if masks and pick < 0.4:
        return {"of": "array", "array": rng.choice(masks)}
    named = [str(name) for name in value.coords]
    if named and pick < 0.6:
        name = rng.choice(named)
        return {"of": "coord", "name": name, "op": compare, "to": draw_scalar(rng, value.coords[name])}
    if pick < 0.85:
        return {"of": "self", "op": compare, "to": draw_scalar(rng, value)}
    at = rng.randrange(len(env))
    if rng.random() < 0.2:
        return {"of": "array", "array": at}
    return {"of": "array", "array": at, "op": compare, "to": draw_scalar(rng, env[at])}


COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def condition(spec: dict, value: xr.DataArray, env: list):
    from .compute import SIGNS

    subject = {"self": lambda: value, "array": lambda: env[spec["array"]], "coord": lambda: value.coords[spec["name"]]}
    found = subject[spec["of"]]()
    return SIGNS[COMPARE[spec["op"]]](found, operand(spec["to"], env)) if "op" in spec else found
