"""A chain of operations between opening a file and writing another: drawn as data, and carried out by xarray.

What a chain does to the file's encoding is followed here as the rules say it: copies keep it, new numbers end it. So is
the grid, in pixels of the raster that was opened, since one pixel alone does not say how large it is.
"""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from ..operations import find
from ..operations.select import python_index

# What keeps the encoding of the file: nothing of it makes a number that was not there.
PLAIN = {"isel", "transpose", "rename_array", "sort_by", "chunk", "clip_box", "copy", "compute", "sel", "split_concat"}


@dataclass
class Chain:
    """Where a chain has come to on xarray's side."""

    array: xr.DataArray
    # (first, step) along each dimension of the map, in pixels of the opened raster, from centre to centre.
    grid: dict[str, tuple[float, float]] = field(default_factory=dict)
    even: bool = True
    plain: bool = True
    # Positions along "band" that are left, where only copies were made.
    bands: list[int] = field(default_factory=list)


def draw(rng: random.Random, sizes: dict[str, int], place: dict | None, numeric: bool = True) -> list[dict]:
    """Operations that make sense for an array of these lengths; `place` is the grid of an upright raster."""
    ops: list[dict] = []
    grid = {"x": (0.0, 1.0), "y": (0.0, 1.0)}
    sizes = dict(sizes)
    changing = rng.random() < 0.5
    for _ in range(rng.choice([0, 1, 1, 2, 3, 4])):
        choices = ["isel", "isel", "transpose", "sort_by", "chunk", "copy", "compute", "rename_array", "split_concat"]
        if place:
            choices += ["clip_box", "clip_box", "sel"]
        if changing:
            choices += ["binary", "binary", "where", "fillna", "astype", "reduce", "coarsen"]
        op = _draw(rng, rng.choice(choices), sizes, grid, place)
        if op is None or min(sizes.values(), default=1) == 0:
            continue
        ops.append(op)
    return ops


def _draw(rng: random.Random, name: str, sizes: dict, grid: dict, place: dict | None) -> dict | None:
    dims = list(sizes)
    if name in ("copy", "compute"):
        return {"op": name}
    if name == "rename_array":
        return {"op": name, "name": rng.choice(["other", "größe"])}
    if name == "transpose":
        return {"op": name, "dims": rng.sample(dims, len(dims))} if dims else None
    if name == "chunk":
        return {"op": name, "lengths": [[dim, rng.randint(1, 3)] for dim in dims if rng.random() < 0.7]}
    if name == "binary":
        sign = rng.choice(["+", "*", "-", ">", "*"])
        return {"op": name, "sign": sign, "other": rng.choice([{"float": 0.0}, {"float": 1.5}, {"int": 2}, {"float": -1.0}])}
    if name == "where":
        return {"op": name, "cond": {"of": "self", "op": rng.choice(["gt", "le"]), "to": {"float": 3.0}}}
    if name == "fillna":
        return {"op": name, "other": {"float": 1.0}}
    if name == "astype":
        return {"op": name, "dtype": rng.choice(["float32", "float64"])}
    if not dims:
        return None
    dim = rng.choice(dims)
    if name == "split_concat":
        return {"op": name, "dim": dim, "at": rng.randrange(1, sizes[dim])} if sizes[dim] > 1 else None
    if name == "sort_by":
        if dim in grid and place:
            size = place["step"] if dim == "x" else -place["down"]
            first, step = grid[dim]
            if size * step < 0:
                grid[dim] = (first + (sizes[dim] - 1) * step, -step)
        return {"op": name, "dim": dim} if place or dim == "band" else None
    if name == "reduce":
        if dim in grid:
            return None
        sizes.pop(dim)
        return {"op": name, "how": rng.choice(["mean", "max"]), "dims": dim}
    if name == "coarsen":
        window = rng.choice([2, 2, 3])
        if sizes[dim] < window:
            return None
        first, step = grid.get(dim, (0.0, 1.0))
        grid[dim] = (first + (window - 1) / 2 * step, step * window)
        sizes[dim] //= window
        return {"op": name, "dim": dim, "window": window, "how": "mean", "boundary": "trim"}
    if name == "isel":
        return _draw_isel(rng, dim, sizes, grid)
    if name == "sel":
        return _draw_sel(rng, dim, sizes, grid, place)
    return _draw_box(rng, sizes, grid, place)


def _draw_sel(rng: random.Random, dim: str, sizes: dict, grid: dict, place: dict | None) -> dict | None:
    """A range of labels that begins and ends between labels; on an axis that goes down it goes down too."""
    if not place or dim not in ("x", "y") or not grid[dim][1]:
        return None
    edges, start, stop = _edges(rng, dim, sizes, grid, place)
    first, step = grid[dim]
    grid[dim] = (first + start * step, step)
    # One label alone goes up, as an index of pandas does.
    edges = sorted(edges) if sizes[dim] == 1 else edges
    sizes[dim] = stop - start
    return {"op": "sel", "dim": dim, "label": {"between": edges}}


def _edges(rng: random.Random, dim: str, sizes: dict, grid: dict, place: dict) -> tuple[list[float], int, int]:
    """Edges a quarter of a pixel inside of pixels, and which pixels they take."""
    origin, size = (place["left"], place["step"]) if dim == "x" else (place["top"], -place["down"])
    start = rng.randrange(sizes[dim])
    stop = rng.randint(start + 1, sizes[dim])
    first, step = grid[dim]
    return [origin + size * (first + 0.5 + step * at) for at in (start - 0.25, stop - 0.75)], start, stop


def _draw_isel(rng: random.Random, dim: str, sizes: dict, grid: dict) -> dict:
    n = sizes[dim]
    pick = rng.random()
    if pick < 0.15 and dim not in grid:
        sizes.pop(dim)
        return {"op": "isel", "dim": dim, "index": {"at": rng.randrange(n)}}
    if pick < 0.25 and n > 2:
        listed = sorted(rng.sample(range(n), rng.randint(1, 3)))
        sizes[dim] = len(listed)
        grid[dim] = (0.0, 0.0)
        return {"op": "isel", "dim": dim, "index": {"list": listed}}
    start = rng.randrange(n)
    end = rng.randint(start + 1, n)
    # How large the one pixel is that is left of every second, nobody can say.
    step = rng.choice([1, 1, 1, 2]) if end - start > 2 else 1
    first, wide = grid.get(dim, (0.0, 1.0))
    grid[dim] = (first + start * wide, wide * step)
    sizes[dim] = len(range(start, end, step))
    return {"op": "isel", "dim": dim, "index": {"range": [start, end, step]}}


def _draw_box(rng: random.Random, sizes: dict, grid: dict, place: dict | None) -> dict | None:
    """A box whose edges lie a quarter of a pixel inside of pixels, so that every rule takes the same ones."""
    if not place or "x" not in sizes or "y" not in sizes or not grid["x"][1] or not grid["y"][1]:
        return None
    ends = {}
    for dim in ("x", "y"):
        edges, start, stop = _edges(rng, dim, sizes, grid, place)
        ends[dim] = sorted(edges)
        first, step = grid[dim]
        grid[dim] = (first + start * step, step)
        sizes[dim] = stop - start
    return {"op": "clip_box", "box": [ends["x"][0], ends["y"][0], ends["x"][1], ends["y"][1]]}


def carry_out(chain: Chain, ops: list[dict]) -> Chain:
    """The operations by xarray; raises what xarray raises."""
    for op in ops:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            _one(chain, op)
    return chain


def _one(chain: Chain, op: dict) -> None:
    name, array = op["op"], chain.array
    chain.plain &= name in PLAIN
    if name in ("copy", "compute", "chunk", "split_concat"):
        return
    if name in ("clip_box", "sel"):
        if name == "clip_box":
            left, bottom, right, top = op["box"]
            ranges = [("x", left, right), ("y", bottom, top)]
        else:
            ranges = [(op["dim"], *sorted(op["label"]["between"]))]
        for dim, low, high in ranges:
            labels = np.atleast_1d(chain.array[dim].values)
            # A box takes the pixels that it touches, a range of labels those whose centre lies in it.
            step = abs(chain.grid[dim][1]) * chain.array.attrs["pixel_" + dim] if name == "clip_box" else 0.0
            inside = np.flatnonzero((labels + step / 2 > low) & (labels - step / 2 < high))
            if not inside.size:
                raise ValueError("nothing in the box")
            _moved(chain, dim, int(inside[0]), int(inside[-1]) + 1, 1)
        return
    if name == "isel" and "range" in op["index"]:
        start, end, step = op["index"]["range"]
        _moved(chain, op["dim"], start, end, step)
        return
    if name == "isel" and op["dim"] in chain.grid:
        chosen = op["index"]["list"]
        gaps = set(np.diff(chosen))
        first, step = chain.grid[op["dim"]]
        chain.even &= len(gaps) <= 1
        if len(chosen) > 1:
            chain.grid[op["dim"]] = (first + chosen[0] * step, step * int(np.diff(chosen)[0]))
        else:
            chain.grid[op["dim"]] = (first + chosen[0] * step, step)
    if name == "sort_by" and op["dim"] in chain.grid:
        labels = array[op["dim"]].values
        if len(labels) > 1 and labels[0] > labels[-1]:
            first, step = chain.grid[op["dim"]]
            chain.grid[op["dim"]] = (first + (len(labels) - 1) * step, -step)
    if name == "sort_by" and op["dim"] == "band":
        chain.bands.sort()
    if name == "coarsen" and op["dim"] in chain.grid:
        first, step = chain.grid[op["dim"]]
        chain.grid[op["dim"]] = (first + (op["window"] - 1) / 2 * step, step * op["window"])
    if name == "isel" and op["dim"] == "band":
        index = python_index(op["index"], len(chain.bands))
        chain.bands = np.atleast_1d(np.array(chain.bands)[index]).tolist()
    chain.array = find(op, array).run(array, op, [])
    chain.array.attrs.update(array.attrs)


def _moved(chain: Chain, dim: str, start: int, end: int, step: int) -> None:
    chain.array = chain.array.isel({dim: slice(start, end, step)})
    if dim in chain.grid:
        first, wide = chain.grid[dim]
        chain.grid[dim] = (first + start * wide, wide * step)
    elif dim == "band":
        chain.bands = chain.bands[start:end:step]


def moved_transform(transform: tuple, grid: dict) -> tuple:
    """GDAL's six numbers for the pixels that are left."""
    c, a, b, f, d, e = transform
    (x, across), (y, down) = grid["x"], grid["y"]
    column, row = x + 0.5 - across / 2, y + 0.5 - down / 2
    return (c + a * column + b * row, a * across, b * down, f + d * column + e * row, d * across, e * down)
