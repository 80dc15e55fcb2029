"""Through a chain of operations into another file: what rasterio and xarray read there, raw and decoded.

The rules: the encoding of a file (nodata, scale and offset, type, names of bands, unit) goes with copies of its numbers,
and with nothing else. New numbers are written in their own type, and what is missing among them stays so and alone.
"""

from __future__ import annotations

import random
from pathlib import Path

from . import chain, maps, written_netcdf, written_raster
from .compare import Found


def draw_raster(rng: random.Random, case: dict) -> dict:
    spec, reading = case["spec"], case["reading"]
    count = len(reading.get("bands", range(spec["count"])))
    shrunk = 2 if "overview" in reading else 1
    sizes = {"band": count, "y": -(-spec["height"] // shrunk), "x": -(-spec["width"] // shrunk)}
    upright = not {"rotated", "gcps", "none"} & set(spec["place"])
    ops = chain.draw(rng, sizes, spec["place"] if upright and shrunk == 1 else None)
    write: dict = {"as": "netcdf" if upright and rng.random() < 0.25 else "raster"}
    plain = all(op["op"] in chain.PLAIN for op in ops)
    if (
        write["as"] == "raster"
        and plain
        and "nodatas" not in spec
        and not reading["unmasked"]
        and "overview" not in reading
        and rng.random() < 0.15
    ):
        write["like"] = True
    elif write["as"] == "raster" and rng.random() < 0.3:
        write["compress"] = rng.choice(["none", "deflate"])
    return {"ops": ops, "write": write}


def draw_netcdf(rng: random.Random, case: dict) -> dict:
    """One variable through a chain, or the whole dataset as it is."""
    spec = case["spec"]
    names = [name for name, variable in spec["variables"].items() if variable["kind"] == "numbers" and name.startswith("v")]
    maps = [name for name in names if _is_map(spec, name) and not case["reading"]]
    if maps and rng.random() < 0.5:
        return {"ops": _cut(rng, spec), "variable": rng.choice(maps), "write": {"as": "raster"}}
    if not names or rng.random() < 0.35:
        return {"ops": [], "write": {"as": "netcdf"}}
    name = rng.choice(names)
    sizes = {dim: spec["dims"][dim] for dim in spec["variables"][name]["dims"]}
    if 0 in sizes.values():
        sizes = {}
    ops = chain.draw(rng, sizes, None)
    ops = [op for op in ops if op["op"] != "coarsen" or op["dim"] in ("lat", "lon")]
    return {"ops": ops, "variable": name, "write": {"as": "netcdf"}}


def _is_map(spec: dict, name: str) -> bool:
    dims = spec["variables"][name]["dims"]
    axes = {"lat", "lon"} <= set(dims) and {"lat", "lon"} <= set(spec["variables"])
    return (
        axes
        and len(dims) <= 3
        and min(spec["dims"][dim] for dim in dims) > 0
        and min(spec["dims"]["lat"], spec["dims"]["lon"]) > 1
    )


def _cut(rng: random.Random, spec: dict) -> list[dict]:
    """Nothing, or a box around some of the labels, which may be float32."""
    if rng.random() < 0.5:
        return []
    box = {}
    for dim in ("lat", "lon"):
        axis = spec["variables"][dim]
        start = rng.randrange(spec["dims"][dim] - 1)
        stop = rng.randint(start + 2, spec["dims"][dim])
        box[dim] = sorted(axis["first"] + axis["step"] * at for at in (start - 0.25, stop - 0.75))
    return [{"op": "clip_box", "box": [box["lon"][0], box["lat"][0], box["lon"][1], box["lat"][1]]}]


def request(steps: dict, path: str, folder: Path) -> dict:
    """What the worker is asked for beside opening the file."""
    ending = "tif" if steps["write"]["as"] == "raster" else "nc"
    asked = {"ops": steps["ops"], "write": {**steps["write"], "path": str(folder / f"written.{ending}")}}
    if "like" in steps["write"]:
        asked["write"]["like"] = path
    return asked | ({"variable": steps["variable"]} if "variable" in steps else {})


def judge(case: dict, path: str, answer: dict) -> list[Found]:
    steps = case["through"]
    if case["form"] == "raster":
        return written_raster.judge(case, path, answer)
    if "variable" not in steps:
        return written_netcdf.whole(case, path, answer)
    if steps["write"]["as"] == "raster":
        return maps.judge(case, path, answer)
    return written_netcdf.variable(case, path, answer)
