"""The files that both sides read: a year of full-size rasters with noise as real ones have it, and one day in many layouts.

Everything depends on the day and a fixed seed alone, so the same files come out everywhere. A file gets its name only when
it is complete: what is there is used again.
"""

from __future__ import annotations

import datetime
import itertools
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine

LAND = Path(__file__).resolve().parents[3] / "prelude/data/land_0p05.tif"
WIDTH, HEIGHT = 7200, 2600
NORTH, WEST, PIXEL = 70.0, -180.0, 0.05
NODATA = -9999.0
FIRST_DAY = datetime.date(2016, 1, 1)
DAYS = 366
PROCESSES = 2
SEED = 8

PROFILE = {
    "driver": "GTiff",
    "width": WIDTH,
    "height": HEIGHT,
    "count": 1,
    "dtype": "float32",
    "crs": "EPSG:4326",
    "transform": Affine(PIXEL, 0, WEST, 0, -PIXEL, NORTH),
    "nodata": NODATA,
}


@dataclass(frozen=True)
class Layout:
    """How the pixels of a GeoTIFF lie on disk; a block of full width is a strip."""

    compression: str
    rows: int
    columns: int = WIDTH
    predictor: int = 1

    @property
    def blocks(self) -> str:
        if self.columns == WIDTH:
            return f"strips of {self.rows} {'row' if self.rows == 1 else 'rows'}"
        return f"tiles of {self.rows}"

    @property
    def group(self) -> str:
        """How the pixels are packed, in words."""
        packed = {"NONE": "uncompressed", "DEFLATE": "Deflate"}.get(self.compression, self.compression)
        return packed if self.predictor == 1 else f"{packed} with predictor {self.predictor}"

    @property
    def name(self) -> str:
        return f"{self.group}, {self.blocks}"

    @property
    def file_name(self) -> str:
        return self.name.lower().replace(",", "").replace(" ", "-") + ".tif"

    @property
    def bytes(self) -> int:
        """About as much as a file of a day takes; the noise leaves little to compress but the ocean."""
        return 95_000_000 if self.compression == "NONE" else 27_000_000

    def options(self) -> dict:
        """For rasterio."""
        tiled = self.columns != WIDTH
        options = {"compress": self.compression, "tiled": tiled, "blockysize": self.rows}
        if self.predictor != 1:
            options["predictor"] = self.predictor
        return {**options, "blockxsize": self.columns} if tiled else options


# As the lesson's own files are.
DAILY = Layout("LZW", 1)
LAYOUTS = [
    *(
        Layout(compression, *block)
        for compression, block in itertools.product(
            ("LZW", "DEFLATE", "ZSTD", "NONE"), ((1, WIDTH), (20, WIDTH), (256, 256), (512, 512))
        )
    ),
    Layout("DEFLATE", 20, predictor=3),
    Layout("DEFLATE", 256, 256, predictor=3),
]


def year(data: Path, days: int) -> list[Path]:
    """The files of the first `days` days; those that are missing are made."""
    folder = data / "year"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{FIRST_DAY + datetime.timedelta(days=day):%Y.%m.%d}.tif" for day in range(days)]
    make([(path, day, DAILY) for day, path in enumerate(paths)], "days")
    return paths


def layouts(data: Path) -> dict[Layout, Path]:
    """The day in the middle of the year in every layout; the files that are missing are made."""
    folder = data / "layouts"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {layout: folder / layout.file_name for layout in LAYOUTS}
    make([(path, DAYS // 2, layout) for layout, path in paths.items()], "layouts")
    return paths


def make(jobs: list[tuple[Path, int, Layout]], what: str) -> None:
    missing = [job for job in jobs if not job[0].exists()]
    if not missing:
        return
    folder = missing[0][0].parent
    needed, free = sum(layout.bytes for _, _, layout in missing), shutil.disk_usage(folder).free
    if free < needed:
        raise SystemExit(
            f"{len(missing)} {what} take {needed / 1e9:.1f} GB, and {folder} has {free / 1e9:.1f} GB; "
            "choose another folder with --data, or fewer days with --files"
        )
    print(f"making {len(missing)} {what} in {folder}", file=sys.stderr, flush=True)
    with ProcessPoolExecutor(PROCESSES) as processes:
        for count, _ in enumerate(processes.map(write, *zip(*missing, strict=True)), start=1):
            if count % 30 == 0:
                print(f"  {count} of {len(missing)}", file=sys.stderr, flush=True)


def write(path: Path, day: int, layout: Layout) -> None:
    unfinished = path.with_suffix(".part")
    with rasterio.open(unfinished, "w", **PROFILE, **layout.options()) as file:
        file.write(temperature(day), 1)
    unfinished.rename(path)


def temperature(day: int) -> np.ndarray:
    """A day's temperature in °C over land, nodata elsewhere: by latitude and season, with noise in every digit."""
    over_land = land()
    latitude = NORTH - PIXEL * (np.arange(HEIGHT) + 0.5)
    season = np.cos(2 * np.pi * (day - 196) / DAYS)
    zonal = 36 - 0.009 * latitude**2 + 0.22 * latitude * season
    noise = np.random.default_rng([SEED, day]).standard_normal(np.count_nonzero(over_land), dtype=np.float32)
    pixels = np.full((HEIGHT, WIDTH), NODATA, dtype=np.float32)
    rows = np.repeat(zonal.astype(np.float32), np.count_nonzero(over_land, axis=1))
    pixels[over_land] = rows + 3 * noise
    return pixels


@cache
def land() -> np.ndarray:
    """True where the grid has land."""
    with rasterio.open(LAND) as file:
        return file.read(1) == 1


def into_memory(paths: list[Path]) -> None:
    """Reads all bytes once, so that both sides find the files in the system's cache, as far as it can hold them."""
    for path in paths:
        with path.open("rb") as file:
            while file.read(8 << 20):
                pass
