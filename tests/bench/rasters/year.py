"""All days at once: the mean over time and its memory, monthly means, one pixel's year, and what a second thread gains."""

from __future__ import annotations

import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio

from bench.rasters import cells, files, python_side
from bench.rasters.comparison import Comparison, in_turns
from bench.rasters.settings import Settings

MEAN = f"""
{cells.BEGIN}
let da = open_rasters(&files)?;
let result = da.mean("band")?.compute()?;
{cells.END}
"""
MONTHS = f"""
{cells.BEGIN}
let time = date_range("2016-01-01", files.len())?;
let da = open_rasters(&files)?.rename("band", "time")?.assign_coord("time", &time)?;
let result = da.groupby("time.month")?.mean()?.compute()?;
{cells.END}
"""
# Inland, and well inside a pixel.
X, Y = 15.02, 50.08
PIXEL = f"""
{cells.BEGIN}
let da = open_rasters(&files)?;
let result = da.sel_nearest(sel! {{ x: {X}, y: {Y} }})?.compute()?;
{cells.END}
"""
DASK = "xarray + dask"


@dataclass
class Ours:
    """A timed cell, and what its `result` was: printed, or in a file."""

    answer: cells.Answer
    printed: str


def in_cells(paths: list[Path], workers: int, code: str, after: str) -> Ours:
    """The timed cell in a new kernel with so many threads, and a cell after it that shows or saves the result."""
    with cells.kernel() as kernel:
        kernel.ok(cells.paths(paths))
        kernel.ok(f"let client = Client::new({workers})?;")
        answer = cells.timed(kernel, code)
        return Ours(answer, kernel.ok(after, timeout=cells.TIMEOUT).stdout)


def mean(settings: Settings) -> list[Comparison]:
    what = f"mean over time, {settings.workers} workers"
    time = Comparison(what, DASK, 7, files=settings.files)
    worker = Comparison(f"{what}: peak memory of the process that runs cells", DASK, 16, "MB")
    everything = Comparison(f"{what}: peak memory with the kernel and its compiler", DASK, 16, "MB")
    for our, their in saved_in_turns(settings, "mean", MEAN):
        time.add(our.seconds, their.seconds)
        worker.add(our.worker / 2**20, their.memory / 2**20)
        everything.add(our.memory / 2**20, their.memory / 2**20)
    return [time, worker, everything]


def months(settings: Settings) -> list[Comparison]:
    comparison = Comparison(f"monthly means, {settings.workers} workers", DASK, 7, files=settings.files)
    for our, their in saved_in_turns(settings, "months", MONTHS):
        comparison.add(our.seconds, their.seconds)
    return [comparison]


def saved_in_turns(settings: Settings, work: str, code: str) -> list[tuple[cells.Answer, python_side.Answer]]:
    """Both sides in turns; each saves its result, and they are compared."""
    paths = files.year(settings.data, settings.files)
    with tempfile.TemporaryDirectory(dir=settings.data) as folder:
        tif, npy = Path(folder) / "ours.tif", Path(folder) / "theirs.npy"
        save = f"result.to_raster({cells.text(tif)}, RasterOptions::new().compress(Compression::None))?;"

        def ours() -> cells.Answer:
            files.into_memory(paths)
            return in_cells(paths, settings.workers, code, save).answer

        def theirs() -> python_side.Answer:
            files.into_memory(paths)
            answer = python_side.run(work, paths, workers=settings.workers, save=npy)
            check_arrays(tif, npy)
            return answer

        return in_turns(work, settings.year_runs, ours, theirs)


def check_arrays(ours: Path, theirs: Path) -> None:
    """The same numbers over land. Over the ocean ours are missing, and the other side has averaged -9999."""
    with rasterio.open(ours) as file:
        our = file.read()[:, files.land()]
    their = np.load(theirs)
    their = their.reshape(-1, *their.shape[-2:])[:, files.land()]
    assert our.shape == their.shape, f"{our.shape} on our side, {their.shape} on the other"
    np.testing.assert_allclose(our, their, rtol=1e-4, atol=1e-3)


def pixel(settings: Settings) -> list[Comparison]:
    paths = files.year(settings.data, settings.files)
    what = f"one pixel's {len(paths)} days"
    comparison = Comparison(what, DASK, 20)
    beside = Comparison(what, "xarray, each pixel selected before concat, no dask", None)
    show = 'println!("{:?}", result.to_vec::<f32>()?);'

    def ours() -> Ours:
        files.into_memory(paths)
        return in_cells(paths, settings.workers, PIXEL, show)

    def theirs() -> tuple[python_side.Answer, python_side.Answer]:
        options = {"workers": settings.workers, "at": (X, Y)}
        return python_side.run("pixel", paths, **options), python_side.run("pixel-without-dask", paths, **options)

    for our, both in in_turns("pixel", settings.year_runs, ours, theirs):
        values = json.loads(our.printed)
        for row, their in zip((comparison, beside), both, strict=True):
            same = all(math.isclose(a, b, rel_tol=1e-6) for a, b in zip(values, their.value, strict=True))
            assert same, f"{values} on our side, {their.value} on the other"
            row.add(our.answer.seconds, their.seconds)
    return [comparison, beside]


def scaling(settings: Settings) -> list[Comparison]:
    paths = files.year(settings.data, settings.files)
    comparison = Comparison("mean over time with 2 threads", "the same with 1 thread", 1.9, files=len(paths))
    # A number that depends on every pixel.
    show = 'println!("{:?}", result.mean(["y", "x"])?.item()?);'

    def with_threads(threads: int) -> Ours:
        files.into_memory(paths)
        return in_cells(paths, threads, MEAN, show)

    for two, one in in_turns("scaling", settings.year_runs, lambda: with_threads(2), lambda: with_threads(1)):
        same = math.isclose(float(two.printed), float(one.printed), rel_tol=1e-6)
        assert same, f"{two.printed} with 2 threads, {one.printed} with 1"
        comparison.add(two.answer.seconds, one.answer.seconds)
    return [comparison]
