"""Writing a result: a raster that is in memory, to a GeoTIFF like the files that it was made from."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import rasterio

from bench.rasters import cells, files, python_side
from bench.rasters.comparison import Comparison, in_turns
from bench.rasters.settings import Settings

RESULT = 'let result = open_raster(&files[0])?.mean("band")?.compute()?;'
META = "let meta = Raster::open(&files[0])?.meta();"


def measure(settings: Settings) -> list[Comparison]:
    paths = files.year(settings.data, 1)
    files.into_memory(paths)
    comparison = Comparison("write the result as a GeoTIFF (LZW)", "rasterio, the same profile", 1.0)
    with tempfile.TemporaryDirectory(dir=settings.data) as folder:
        our_file, their_file = Path(folder) / "ours.tif", Path(folder) / "theirs.tif"

        def ours() -> float:
            with cells.kernel() as kernel:
                for code in (cells.paths(paths), RESULT, META, f"let out = PathBuf::from({cells.text(our_file)});"):
                    kernel.ok(code)
                return cells.timed(kernel, f"{cells.BEGIN}\nresult.to_raster(&out, &meta)?;\n{cells.END}").seconds

        def theirs() -> float:
            seconds = python_side.run("write", paths, save=their_file).seconds
            check_files(our_file, their_file)
            for path in (our_file, their_file):
                path.unlink()
            return seconds

        for pair in in_turns("write", settings.runs, ours, theirs):
            comparison.add(*pair)
    return [comparison]


def check_files(ours: Path, theirs: Path) -> None:
    with rasterio.open(ours) as our, rasterio.open(theirs) as their:
        assert our.profile == their.profile, f"{our.profile} on our side, {their.profile} on the other"
        assert np.array_equal(our.read(1), their.read(1)), f"{ours} and {theirs} hold other pixels"
