"""The operations: how to draw arguments for each, and what xarray does with them.

An operation's arguments are the JSON that the worker gets, so a case is data and can be replayed and shrunk.
One file per family, as in the worker (`worker/src/ops/`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable

import xarray as xr


@dataclass(frozen=True)
class Operation:
    """`draw(rng, value, env)` gives arguments or None; `run(value, op, env)` is xarray's answer."""

    name: str
    draw: Callable
    run: Callable
    weight: float = 1.0
    # What rounding does to the answer: "exact", "rough" (it rounds), "jump" (a rounded input could flip it), or a
    # function of the arguments and the value that says so.
    precision: str | Callable = "exact"
    takes: type = xr.DataArray

    def kind(self, op: dict, value) -> str:
        return self.precision(op, value) if callable(self.precision) else self.precision


OPERATIONS: dict[tuple[str, type], Operation] = {}


def operation(name: str, *, weight: float = 1.0, precision: str | Callable = "exact", takes: type = xr.DataArray):
    """Registers a class with `draw` and `run` as the operation `name`."""

    def register(cls):
        OPERATIONS[name, takes] = Operation(name, cls.draw, cls.run, weight, precision, takes)
        return cls

    return register


def find(op: dict, value) -> Operation:
    kind = xr.DataArray if isinstance(value, xr.DataArray) else xr.Dataset if isinstance(value, xr.Dataset) else list
    return OPERATIONS[op["op"], kind]


def label(op: dict) -> str:
    """What the table calls an operation: with the sign or the kind of reduction."""
    parts = [op["op"]]
    parts += [str(op[key]) for key in ("how", "sign", "field", "method", "join", "by") if op.get(key) is not None]
    return " ".join(parts)


def draw(rng: random.Random, value, env: list, *, only: str | None, exact_only: bool) -> dict | None:
    """Arguments of some operation that can be tried on `value`; None where there is none."""
    kind = xr.DataArray if isinstance(value, xr.DataArray) else xr.Dataset if isinstance(value, xr.Dataset) else list
    choices = [found for found in OPERATIONS.values() if found.takes is kind and found.weight > 0]
    if only:
        choices = [found for found in choices if found.name == only] or choices
    for _ in range(30):
        found = rng.choices(choices, [choice.weight for choice in choices])[0] if choices else None
        arguments = found and found.draw(rng, value, env)
        if arguments is None:
            continue
        op = {"op": found.name, **arguments}
        # A comparison of a rounded value with the number it nearly is would be a coin toss.
        if exact_only and found.kind(op, value) == "jump":
            continue
        return op
    return None


def some_dims(rng: random.Random, value) -> str | list[str] | None:
    """One dimension, several, all, and now and then one that is not there."""
    dims = [str(dim) for dim in value.dims]
    pick = rng.random()
    if pick < 0.04:
        return "nowhere"
    if pick < 0.3 or not dims:
        return None
    if pick < 0.7:
        return rng.choice(dims)
    return rng.sample(dims, rng.randint(0, len(dims)))


def one_dim(rng: random.Random, value) -> str | None:
    """One dimension, and now and then one that is not there."""
    if rng.random() < 0.03:
        return "nowhere"
    dims = [str(dim) for dim in value.dims]
    return rng.choice(dims) if dims else None


from . import combine, compute, datasets, groups, reduce, reshape, select, windows  # noqa: E402,F401
