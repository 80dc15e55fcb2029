"""What both sides are made of."""

from __future__ import annotations

import json
from pathlib import Path

import psutil

from bench.machine import processor
from bench.rasters import cells, python_side

GDAL = 'println!("{}", isopleth::raster::gdal_version());'


def collect(prefix: Path) -> dict:
    toolchain = json.loads((prefix / "lib/isopleth/toolchain.json").read_text(encoding="utf-8"))
    with cells.kernel() as kernel:
        gdal = kernel.ok(GDAL).stdout.strip()
    return {
        "machine": f"{processor()}, {psutil.virtual_memory().total / 2**30:.0f} GiB of memory",
        "ours": {"rustc": toolchain["verbose_version"].splitlines()[0].split()[1], "GDAL": gdal},
        "theirs": python_side.run("versions").value,
    }


def text(versions: dict) -> str:
    ours, theirs = (
        ", ".join(f"{name} {version}" for name, version in versions[side].items()) for side in ("ours", "theirs")
    )
    return f"{versions['machine']}; here {ours}; on the other side {theirs}"
