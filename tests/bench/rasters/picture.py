"""A map of a full-size raster that is in memory, until it is shown."""

from __future__ import annotations

import base64
import warnings

import numpy as np
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from bench.rasters import cells, files, python_side
from bench.rasters.comparison import Comparison, in_turns
from bench.rasters.settings import Settings

ARRAY = "let arr = Raster::open(&files[0])?.read::<f32>(1)?;"
PICTURE = "imshow(&arr).vmin(-32.0).colorbar_shrink(0.4)"
# As often as peer.py does it: the best counts, on both sides.
TIMES = 3


def measure(settings: Settings) -> list[Comparison]:
    paths = files.year(settings.data, 1)
    comparison = Comparison("imshow of 7200 x 2600, shown in the notebook", "matplotlib, to a PNG in memory", 12)

    def ours() -> float:
        with cells.kernel() as kernel:
            kernel.ok(cells.paths(paths))
            kernel.ok(ARRAY)
            # Compiled here.
            kernel.ok(PICTURE)
            return min(shown(kernel) for _ in range(TIMES))

    for our, their in in_turns("picture", settings.runs, ours, lambda: python_side.run("picture", paths)):
        comparison.add(our, their.seconds)
    return [comparison]


def shown(kernel) -> float:
    """Seconds from the request to `idle`, when the picture has come."""
    cell = kernel.ok(PICTURE)
    pictures = [bundle["image/png"] for bundle in cell.shown if "image/png" in bundle]
    assert len(pictures) == 1, cell.describe()
    check_picture(base64.b64decode(pictures[0]))
    return cell.idle - cell.sent


def check_picture(png: bytes) -> None:
    """A map has many colours, and an empty frame has few."""
    with warnings.catch_warnings(), MemoryFile(png) as memory:
        # A figure lies nowhere on earth.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with memory.open() as file:
            colours = np.unique(file.read([1, 2, 3]).reshape(3, -1), axis=1).shape[1]
    assert colours > 100, f"a picture of {colours} colours is no map"
