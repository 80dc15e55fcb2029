"""Arrays to try things on: every dtype, missing values, and the labels that real files have."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import xarray as xr


NAMES = ["x", "y", "time", "band"]
DTYPES = ["bool", "uint8", "int16", "uint16", "int32", "uint32", "int64", "float32", "float64", "datetime64[ns]"]
# In half of the shapes these take the place of others, so that the cases of a seed stay what they were.
SISTERS = {"int16": "int8", "uint32": "uint64"}
LENGTHS = [0, 1, 1, 2, 3, 3, 4, 5, 6, 7]


def labels(rng: random.Random, dim: str, n: int) -> np.ndarray | None:
    """Labels of a dimension: ascending, descending, unsorted, with gaps, repeated, dates, or none."""
    if dim == "time":
        kind = rng.choice(["days", "days", "months", "hours", "unsorted days", "repeated days", "descending days", "none"])
        start = pd.Timestamp(rng.choice(["2016-02-26", "2015-12-28", "2000-02-28T12", "1999-12-31T23:30", "1900-02-27"]))
        step = {"months": "MS", "hours": f"{rng.choice([1, 5, 6, 12])}h"}.get(kind, rng.choice(["D", "D", "2D", "10D"]))
        dates = pd.date_range(start, periods=n, freq=step).values.astype("datetime64[ns]")
    else:
        kind = rng.choice(
            ["ascending", "ascending", "descending", "unsorted", "gaps", "repeated", "rounded", "rounded descending"]
            + ["float32", "none", "small"]
        )
        dates = np.arange(n)
    if kind == "none":
        return None
    if kind.startswith("repeated") and n > 1:
        dates[rng.randrange(n)] = dates[rng.randrange(n)]
        if rng.random() < 0.5:
            dates = np.sort(dates)
        return dates
    if "descending" in kind:
        dates = dates[::-1].copy()
    if "unsorted" in kind:
        dates = dates[rng.sample(range(n), n)]
    if kind == "gaps":
        dates = np.cumsum([rng.choice([1, 1, 2, 5]) for _ in range(n)]).astype("int64") if n else dates
    if kind.startswith("rounded"):
        dates = 10.0 + 0.1 * dates
    if kind == "float32":
        dates = (dates * 0.5).astype("float32")
    if kind == "small":
        dates = dates.astype(rng.choice(["uint8", "int16", "int32", "uint16"]))
    return dates


def values(rng: random.Random, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    """Elements: quarters of small numbers, so that sums are exact; sometimes rough ones, missing ones, infinities."""
    noise = np.random.default_rng(rng.getrandbits(32))
    size = int(np.prod(shape))
    if dtype == "bool":
        flat = noise.random(size) < rng.choice([0.0, 0.3, 0.5, 0.8, 1.0])
    elif dtype == "datetime64[ns]":
        start = np.datetime64(rng.choice(["2016-02-27", "1999-12-30T22", "1899-12-31"]), "ns")
        step = np.timedelta64(rng.choice([86_400, 3_600, 1_800, 12 * 86_400]), "s").astype("timedelta64[ns]")
        flat = start + step * noise.integers(0, 12, size)
        if rng.random() < 0.3:
            flat[noise.random(size) < 0.2] = np.datetime64("NaT")
    elif dtype.startswith("float"):
        flat = noise.integers(-40, 41, size) / 4.0
        if rng.random() < 0.15:
            flat = noise.normal(rng.choice([0.0, 280.0]), rng.choice([1.0, 30.0]), size)
        if rng.random() < 0.6:
            flat[noise.random(size) < rng.choice([0.1, 0.3, 0.7])] = np.nan
        if rng.random() < 0.06:
            flat[noise.random(size) < 0.2] = rng.choice([np.inf, -np.inf])
        flat = flat.astype(dtype)
    else:
        low = 0 if dtype.startswith("u") else -9
        flat = noise.integers(low, 10, size)
        if rng.random() < 0.1:
            info = np.iinfo(dtype)
            flat[noise.random(size) < 0.2] = rng.choice([info.min, info.max, info.max - 1]) if np.dtype(dtype).itemsize < 8 else 2**53
        flat = flat.astype(dtype)
    out = flat.reshape(shape)
    if dtype.startswith("float") and out.ndim and out.size and rng.random() < 0.3:
        # A line with no value at all: the means of it are what goes wrong.
        axis = rng.randrange(out.ndim)
        np.moveaxis(out, axis, 0)[rng.randrange(out.shape[axis])] = np.nan
    return out


def array(rng: random.Random, dtype: str | None = None) -> xr.DataArray:
    """The first array of a case."""
    dtype = dtype or rng.choice([*DTYPES, "float64", "float64", "float32", "int64"])
    ndim = rng.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4])
    dims = rng.sample(NAMES, ndim)
    shape = tuple(rng.choice(LENGTHS if ndim < 3 else LENGTHS[1:7]) for _ in dims)
    return _labelled(rng, dims, shape, dtype)


def _labelled(rng: random.Random, dims: list[str], shape: tuple[int, ...], dtype: str) -> xr.DataArray:
    if sum(shape) % 2:
        dtype = SISTERS.get(dtype, dtype)
    coords: dict = {}
    for dim, n in zip(dims, shape):
        found = labels(rng, dim, n)
        if found is not None:
            coords[dim] = (dim, found)
    if rng.random() < 0.25:
        coords["height"] = ((), np.float64(rng.choice([2.0, 10.0])))
    if rng.random() < 0.1 and "time" not in dims:
        coords["time"] = ((), np.datetime64("2016-02-29", "ns"))
    if dims and rng.random() < 0.2:
        at = rng.randrange(len(dims))
        coords["zone"] = (dims[at], np.arange(shape[at]) // 2)
    if len(dims) > 1 and rng.random() < 0.15:
        grid = np.arange(shape[0] * shape[1]).reshape(shape[:2]) / 4.0
        coords["lon"] = (dims[:2], grid)
    name = rng.choice([None, "temp", "temp", "rain"])
    attrs = rng.choice([{}, {}, {"units": "K"}, {"units": "mm", "level": 2}])
    return xr.DataArray(values(rng, dtype, shape), coords, dims, name, attrs)


def related(rng: random.Random, base: xr.DataArray) -> xr.DataArray:
    """An array to meet `base`: some of its dimensions, with the same labels, some of them, others, or none."""
    dtype = rng.choice([base.dtype.name if base.dtype.kind != "M" else "datetime64[ns]", *DTYPES, "float64", "bool"])
    dims = rng.sample(list(base.dims), rng.randint(0, base.ndim))
    if rng.random() < 0.3:
        dims = list(base.dims)
    if rng.random() < 0.2 and len(dims) < 4:
        dims.insert(rng.randint(0, len(dims)), rng.choice([name for name in NAMES if name not in dims]))
    coords: dict = {}
    shape = []
    for dim in dims:
        n = base.sizes.get(dim, rng.choice([1, 2, 3]))
        own = base.coords[dim].values if dim in base.coords and dim in base.dims else None
        found, n = _related_labels(rng, dim, own, n)
        shape.append(n)
        if found is not None:
            coords[dim] = (dim, found)
    if rng.random() < 0.2:
        coords["height"] = ((), np.float64(rng.choice([2.0, 10.0])))
    for name in base.coords:
        # What goes along with the first array, the same or slightly different.
        kept = base.coords[name]
        if name not in coords and name not in dims and not kept.dims and rng.random() < 0.5:
            coords[name] = ((), kept.values)
    name = rng.choice([base.name, base.name, "rain", None])
    attrs = rng.choice([dict(base.attrs), {}, {"units": "K"}])
    return xr.DataArray(values(rng, dtype, tuple(shape)), coords, dims, name, attrs)


def _related_labels(rng: random.Random, dim: str, own: np.ndarray | None, n: int) -> tuple[np.ndarray | None, int]:
    kind = rng.choice(["same"] * 6 + ["some", "some", "permuted", "shifted", "other", "none", "longer"])
    if kind == "none":
        return None, n
    if kind == "longer":
        return None, n + 1
    if own is None:
        return (labels(rng, dim, n) if rng.random() < 0.3 else None), n
    if kind == "same":
        return own, n
    if kind == "some":
        kept = sorted(rng.sample(range(n), rng.randint(0, n)))
        return own[kept], len(kept)
    if kind == "permuted":
        return own[rng.sample(range(n), n)], n
    if kind == "shifted":
        if own.dtype.kind == "M":
            return own + np.timedelta64(86_400_000_000_000, "ns"), n
        return own + own.dtype.type(1), n
    found = labels(rng, dim, n)
    return found, n
