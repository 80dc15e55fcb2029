"""The other side: requests in, times and checksums out, as lines of JSON; run in an environment of its own.

Each operation has one way or several in which users write it; the fastest counts. Arrays are those of the worker, number by
number.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from functools import lru_cache
from pathlib import Path

import bottleneck  # noqa: F401  (xarray uses it where it is there)
import dask
import dask.array
import numbagg  # noqa: F401
import numpy as np
import pandas as pd
import xarray as xr

STEPS = 60
# numbagg compiles for seconds where xarray would call it; what it has compiled is measured.
xr.set_options(use_numbagg=True, use_bottleneck=True, use_flox=True)
warnings.simplefilter("ignore")


def noise(numbers: np.ndarray) -> np.ndarray:
    return ((numbers.astype("uint32") * np.uint32(2_654_435_761)) >> np.uint32(8)).astype("float32") / np.float32(65_536)


@lru_cache(maxsize=1)
def arrays(cells: int) -> dict[str, xr.DataArray]:
    side = int((cells / STEPS) ** 0.5)
    numbers = np.arange(STEPS * side * side)
    rows = np.arange(side)
    coords = {"time": pd.date_range("2016-01-01", periods=STEPS), "y": (rows * 7919) % side + rows / 1e6}

    def array(values: np.ndarray) -> xr.DataArray:
        return xr.DataArray(values.reshape(STEPS, side, side), coords, ["time", "y", "x"])

    raw = noise(numbers)
    p = array(raw + np.float32(0.5))
    a = raw - np.float32(100)
    a[::101] = np.nan
    a = array(a)
    weights = xr.DataArray(np.float32(0.5) + noise(rows) / np.float32(256), dims="y")
    return {"a": a, "p": p, "q": p * np.float32(0.1), "above": a > 0, "weights": weights}


def in_memory(name: str, cells: int) -> list:
    """The ways to do it."""
    a, p, q, above, weights = arrays(cells).values()
    x, y, z = a.values, p.values, q.values
    column = weights.values[:, None]
    return {
        "a * 1.8 + 32": [lambda: a * 1.8 + 32, lambda: x * 1.8 + 32],
        "clip": [lambda: a.clip(-10, 30), lambda: np.clip(x, -10, 30)],
        "exp": [lambda: np.exp(q), lambda: np.exp(z)],
        "ln": [lambda: np.log(p), lambda: np.log(y)],
        "sin": [lambda: np.sin(a), lambda: np.sin(x)],
        "pow": [lambda: p**1.7, lambda: y**1.7],
        "where": [lambda: a.where(above), lambda: np.where(above.values, x, np.float32("nan"))],
        "compare": [lambda: a > p, lambda: x > y],
        "fillna": [lambda: a.fillna(0.0), lambda: np.where(np.isnan(x), np.float32(0), x), lambda: np.nan_to_num(x)],
        "map": [lambda: a * a + 1, lambda: x * x + 1],
        "a + b": [lambda: a + p, lambda: x + y],
        "a + coord": [lambda: a + weights, lambda: x + column],
        "astype": [lambda: a.astype("float64"), lambda: x.astype("float64")],
        "concat": [lambda: xr.concat([a, p], "x"), lambda: np.concatenate([x, y], axis=2)],
        "transpose": [lambda: a.transpose("x", "y", "time").copy(), lambda: np.ascontiguousarray(x.T)],
        "isel with a step": [lambda: a[:, ::2, ::3].copy(), lambda: np.ascontiguousarray(x[:, ::2, ::3])],
        "diff": [lambda: a.diff("time"), lambda: x[1:] - x[:-1]],
        "sum": [lambda: a.sum(), lambda: np.nansum(x), lambda: bottleneck.nansum(x)],
        "mean": [lambda: a.mean("time"), lambda: bottleneck.nanmean(x, axis=0)],
        "min": [lambda: a.min("time"), lambda: bottleneck.nanmin(x, axis=0), lambda: np.fmin.reduce(x, axis=0)],
        "max": [lambda: a.max(), lambda: bottleneck.nanmax(x), lambda: np.fmax.reduce(x, axis=None)],
        "std": [lambda: a.std("time"), lambda: bottleneck.nanstd(x, axis=0)],
        "count": [lambda: a.count("time"), lambda: np.count_nonzero(~np.isnan(x), axis=0)],
        "median": [lambda: a.median("time"), lambda: bottleneck.nanmedian(x, axis=0)],
        "corr": [lambda: xr.corr(a, p, "time")],
        "weighted mean": [lambda: a.weighted(weights).mean(["y", "x"])],
        "rolling mean": [lambda: a.rolling(time=7).mean(), lambda: bottleneck.move_mean(x, 7, axis=0)],
        "cumsum": [lambda: a.cumsum("time"), lambda: np.nancumsum(x, axis=0)],
        "sortby": [lambda: a.sortby("y")],
        "groupby mean": [lambda: a.groupby("time.month").mean()],
    }[name]


def labels(name: str, cells: int) -> list:
    if name == "sel of a twentieth of the labels":
        numbers = np.arange(cells)
        array = xr.DataArray(noise(numbers), {"station": numbers * 7919 % cells}, ["station"])
        wanted = np.arange(cells // 20) * 104_729 % cells
        return [lambda: array.sel(station=wanted)]
    numbers = np.arange(cells * 5)
    array = xr.DataArray(noise(numbers), {"key": ("station", numbers * 7919 % cells)}, ["station"])
    return [lambda: array.groupby("key").mean()]


def lazily(name: str, folder: Path, files: int) -> list:
    import rioxarray

    paths = [folder / f"day_{day:03}.tif" for day in range(1, files + 1)]

    def days() -> xr.DataArray:
        read = [rioxarray.open_rasterio(path, masked=True, chunks={}).squeeze("band", drop=True) for path in paths]
        days = xr.concat(read, pd.Index(pd.date_range("2016-01-01", periods=files), name="time"), coords="minimal")
        return days.chunk(time=-1) if name in ("quantile", "trend") else days

    def anomalies():
        months = days().groupby("time.month")
        return (months - months.mean()).max("time")

    def reprojected():
        return days().rio.reproject("EPSG:4326", resolution=0.25).mean("time")

    def each_reprojected():
        # Day by day, each in a task: what a user of dask does where the whole is too large.
        from rasterio.enums import Resampling

        def one(path):
            day = rioxarray.open_rasterio(path, masked=True).squeeze("band", drop=True)
            return day.rio.reproject("EPSG:4326", resolution=0.25, resampling=Resampling.nearest).values

        first = one(paths[0])
        read = [dask.array.from_delayed(dask.delayed(one)(path), first.shape, first.dtype) for path in paths]
        return xr.DataArray(dask.array.stack(read), dims=["time", "y", "x"]).mean("time")

    def zonal():
        import rasterio.features

        zones = json.loads((folder / "zones.geojson").read_text())["features"]
        stack = days()
        shapes = [(feature["geometry"], number) for number, feature in enumerate(zones, 1)]
        burnt = rasterio.features.rasterize(shapes, stack.shape[1:], transform=stack.rio.transform(), dtype="int32")
        zone = xr.DataArray(burnt, dims=["y", "x"])
        means = [stack.where(zone == number).mean(["y", "x"]) for number in range(1, len(zones) + 1)]
        return xr.concat(means, "polygon")

    return {
        "mean": [lambda: days().mean("time")],
        "std": [lambda: days().std("time")],
        "reproject, mean": [reprojected, each_reprojected],
        "rolling mean 7, max": [lambda: days().rolling(time=7).mean().max("time")],
        "anomalies, max": [anomalies],
        "quantile": [lambda: days().quantile(0.9, "time")],
        "trend": [lambda: days().polyfit("time", 1)["polyfit_coefficients"]],
        "zonal": [zonal],
        "resample": [lambda: days().resample(time="MS").mean()],
    }[name]


def make_files(folder: Path, files: int, rows: int, columns: int) -> dict:
    """Days on a map in a projection, zones on it, and a netCDF file in chunks of (400, 50, 50)."""
    import rasterio
    from rasterio.transform import from_origin

    folder.mkdir(parents=True, exist_ok=True)
    size = 4_000_000 / rows
    left, top = 3_000_000, 5_000_000
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "height": rows, "width": columns, "crs": "EPSG:3035",
        "transform": from_origin(left, top, size, size), "nodata": -9999.0, "compress": "lzw", "blockysize": 1,
    }  # fmt: skip
    for day in range(1, files + 1):
        path = folder / f"day_{day:03}.tif"
        if path.exists():
            continue
        values = noise(np.arange(rows * columns) + day * 7919).reshape(rows, columns) / 8
        values[: rows // 5] = -9999
        with rasterio.open(path, "w", **profile) as file:
            file.write(values, 1)
    zones = []
    for number in range(4):
        west, south = left + number * 0.2 * size * columns, top - (0.4 + 0.1 * number) * size * rows
        east, north = west + 0.3 * size * columns, south + 0.15 * size * rows
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        zones.append({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3035"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": zones})
    (folder / "zones.geojson").write_text(text)
    chunks = folder / "chunks.nc"
    if not chunks.exists():
        shape = (800, 4 * 50 if rows >= 400 else 50, 4 * 50 if rows >= 400 else 50)
        values = noise(np.arange(np.prod(shape))).reshape(shape)
        array = xr.DataArray(values, dims=["time", "y", "x"], name="value")
        array.to_netcdf(chunks, encoding={"value": {"chunksizes": (400, 50, 50), "zlib": True, "complevel": 1}})
    return {}


def checksum(result) -> list[float]:
    values = np.asarray(result, dtype="float64")
    return [float(np.nansum(values)), float(np.isnan(values).sum())]


def answer(request: dict) -> dict:
    folder = Path(request["folder"])
    if request["section"] == "files":
        return make_files(folder, request["files"], *request["map"])
    if request["section"] == "versions":
        modules = (np, xr, dask, bottleneck, numbagg)
        return {module.__name__: module.__version__ for module in modules}
    if request["section"] == "memory":
        ways = in_memory(request["name"], request["cells"])
    elif request["section"] == "labels":
        ways = labels(request["name"], request["cells"])
    else:
        lazy = lazily(request["name"], folder, request["files"])
        ways = [lambda way=way: way().compute(num_workers=request["threads"]) for way in lazy]
    sums = [checksum(way()) for way in ways]
    best: list[float] = []
    for way in ways:
        seconds = []
        for _ in range(request["rounds"]):
            start = time.perf_counter()
            way()
            seconds.append(time.perf_counter() - start)
        best = seconds if not best or min(seconds) < min(best) else best
    return {"seconds": best, "checksum": sums[0]}


def main() -> None:
    for line in sys.stdin:
        try:
            found = answer(json.loads(line))
        except Exception as error:  # Told to whoever asked.
            found = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
