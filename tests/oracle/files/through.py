"""Through a chain of operations into another file: what rasterio and xarray read there, raw and decoded.

The rules: the encoding of a file (nodata, scale and offset, type, names of bands, unit) goes with copies of its numbers,
and with nothing else. New numbers are written in their own type, and what is missing among them stays so and alone.
"""

from __future__ import annotations

import random
import warnings
from pathlib import Path

import numpy as np
import xarray as xr

from . import chain, compare, ours, theirs
from .canonical import Field, Refused
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
    if write["as"] == "raster" and plain and "nodatas" not in spec and not reading["unmasked"] and "overview" not in reading and rng.random() < 0.15:
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
    return axes and len(dims) <= 3 and min(spec["dims"][dim] for dim in dims) > 0 and min(spec["dims"]["lat"], spec["dims"]["lon"]) > 1


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
        expected = _raster_chain(case, path)
        if expected is None:
            return []
        return _raster(case, path, expected, answer)
    if "variable" not in steps:
        return _whole(case, path, answer)
    if steps["write"]["as"] == "raster":
        from .maps import judge as judge_map

        return judge_map(case, path, answer, _outcome)
    return _variable(case, path, answer)


# --- rasters


def _raster_chain(case: dict, path: str) -> chain.Chain | None:
    reading, place = case["reading"], case["spec"]["place"]
    opened = theirs.open_raster(path, masked=not reading["unmasked"], overview=reading.get("overview"))
    (one,) = opened.variables.values()
    bands = reading.get("bands", list(range(1, one.values.shape[0] + 1)))
    coords = {name: coord.values for name, coord in opened.coords.items() if name != "band"}
    values = one.values[[band - 1 for band in bands]]
    array = xr.DataArray(values, {"band": bands, **coords}, ["band", "y", "x"])
    array.attrs = {"pixel_x": place["step"], "pixel_y": abs(place["down"])}
    start = chain.Chain(array, {"x": (0.0, 1.0), "y": (0.0, 1.0)}, bands=list(bands))
    try:
        return chain.carry_out(start, case["through"]["ops"])
    except Exception:  # noqa: BLE001 - tests/oracle compares what chains of operations refuse
        return None


def _outcome(answer: dict) -> str | None:
    """Why ours wrote nothing; None where it did."""
    try:
        ours.result(answer.get("result"))
        ours.result(answer.get("written"))
    except Refused as refused:
        return str(refused)
    return None


def _raster(case: dict, path: str, expected: chain.Chain, answer: dict) -> list[Found]:
    try:
        refused = _outcome(answer)
    except ours.Broken as broken:
        return [Found("broken in a chain", "", "an answer", str(broken))]
    spec, write = case["spec"], case["through"]["write"]
    flat = len(expected.array.dims) < 2 or not {"x", "y"} <= set(expected.array.dims)
    gridless = not expected.even or bool(spec["place"].get("gcps"))
    if gridless and write["as"] == "raster":
        return [] if refused else [Found("what has no grid is written", "", "an error", "a file")]
    if refused is not None:
        return [] if flat else [Found("a chain is refused", "", "a file", refused)]
    if write["as"] == "netcdf":
        return _raster_as_netcdf(case, path, expected, answer["written"]["path"])
    return _raster_written(case, path, expected, answer["written"]["path"])


def _raster_written(case: dict, path: str, expected: chain.Chain, written: str) -> list[Found]:
    import rasterio

    array = expected.array.transpose(..., "y", "x")
    values = array.values if array.ndim == 3 else array.values[None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            decoded = theirs.open_raster(written, masked=True)
        except Refused as refused:
            return [Found("what was written cannot be read", "", str(refused), "written")]
        with rasterio.open(path) as source, rasterio.open(written) as file:
            found = [] if "like" in case["through"]["write"] else _encoding(case, expected, source, file)
            found += _grid(case, expected, source, file)
    if case["reading"]["unmasked"] and expected.plain and not _one_nodata(case, expected):
        # A GeoTIFF has one nodata value for all bands: which of the raw numbers are missing cannot be said there.
        return found
    (mine,) = decoded.variables.values()
    wanted = _decoded(case, path, expected, values)
    found += _numbers("a written raster", mine.values, wanted)
    return found


def _one_nodata(case: dict, expected: chain.Chain) -> bool:
    nodatas = case["spec"].get("nodatas")
    return nodatas is None or len({nodatas[band - 1] for band in expected.bands}) == 1


def _decoded(case: dict, path: str, expected: chain.Chain, values: np.ndarray) -> np.ndarray:
    """What a reader of the new file should get; raw numbers that keep their encoding are decoded by it."""
    import rasterio

    if not (case["reading"]["unmasked"] and expected.plain):
        return values
    # A mask does not go with raw numbers; nodata, scale and offset of each band do.
    decoded = values.astype("f8")
    with rasterio.open(path) as source:
        for at, band in enumerate(expected.bands):
            nodata = source.nodatavals[band - 1]
            missing = values[at] == nodata if nodata is not None else np.zeros(values[at].shape, bool)
            decoded[at] = np.where(missing, np.nan, decoded[at] * source.scales[band - 1] + source.offsets[band - 1])
    return decoded


def _numbers(where: str, ours_: np.ndarray, wanted: np.ndarray) -> list[Found]:
    """Decoded numbers: the same to the rounding of the coarser type, missing in the same places."""
    if ours_.shape != wanted.shape:
        return [Found("shape of what was written", where, str(wanted.shape), str(ours_.shape))]
    if wanted.dtype.kind in "iub" and ours_.dtype.kind in "iub":
        wrong = np.asarray(ours_ != wanted)
    else:
        a, b = ours_.astype("f8"), wanted.astype("f8")
        with np.errstate(all="ignore"):
            close = np.abs(a - b) <= 1e-5 * np.maximum(1, np.maximum(np.abs(a), np.abs(b)))
        wrong = ~(close | (a == b) | (np.isnan(a) & np.isnan(b)))
    if not wrong.any():
        return []
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    kind = compare.kind_of(ours_, wanted, wrong)
    return [Found(f"{kind} in what was written", where, f"{wanted[at]!r} at {at}, {int(wrong.sum())} of {wrong.size}", repr(ours_[at]))]


def _encoding(case: dict, expected: chain.Chain, source, file) -> list[Found]:
    found: list[Found] = []
    spec, reading = case["spec"], case["reading"]
    scales = [(scale, offset) for scale, offset in zip(file.scales, file.offsets)]
    if not expected.plain:
        if set(scales) != {(1.0, 0.0)}:
            found.append(Found("new numbers are written with a scale", "", "none", str(scales)))
        wanted = expected.array.dtype
        wanted = "uint8" if wanted.kind == "b" else wanted.name
        scaled = "scales" in spec and not reading["unmasked"] and {file.dtypes[0], wanted} == {"float32", "float64"}
        if not scaled and file.dtypes[0] != wanted:
            found.append(Found("dtype of new numbers that were written", "", wanted, file.dtypes[0]))
        return found
    bands = [band - 1 for band in expected.bands]
    uniform = len({source.nodatavals[band] for band in bands}) == 1 and len({(source.scales[band], source.offsets[band]) for band in bands}) == 1
    # A mask, or bands of unlike encodings, have no place in one GeoTIFF: then only what is decoded counts.
    if "mask" in spec and not reading["unmasked"] or not uniform:
        return found
    if file.dtypes[0] != source.dtypes[bands[0]]:
        found.append(Found("dtype of a copy that was written", "", source.dtypes[bands[0]], file.dtypes[0]))
    nodata = source.nodatavals[bands[0]]
    nodata = nodata if theirs.holds(np.dtype(source.dtypes[bands[0]]), nodata) else None
    missing = [None if value is None or value != value else value for value in (file.nodata, nodata)]
    if missing[0] != missing[1]:
        found.append(Found("nodata of a copy", "", str(nodata), str(file.nodata)))
    wanted_scales = [(source.scales[band], source.offsets[band]) for band in bands]
    if scales != wanted_scales:
        found.append(Found("scale and offset of a copy", "", str(wanted_scales), str(scales)))
    names = [source.descriptions[band] or "" for band in bands]
    mine = [name or "" for name in file.descriptions]
    renamed = any(op["op"] == "rename_array" for op in case["through"]["ops"])
    if not renamed and any(names) and mine != names:
        found.append(Found("names of the bands of a copy", "", str(names), str(mine)))
    if not found:
        found += _raw(case, expected, source, file, bands)
    return found


def _raw(case: dict, expected: chain.Chain, source, file, bands: list[int]) -> list[Found]:
    """Copies have the very numbers of the file, but for those that are missing."""
    if "overview" in case["reading"]:
        return []
    raw = source.read([band + 1 for band in bands])
    start = chain.Chain(expected.array, {"x": (0.0, 1.0), "y": (0.0, 1.0)})
    upright = "x" in expected.array.coords
    coords = {}
    if upright:
        t = source.transform
        coords = {"x": t.c + (np.arange(source.width) + 0.5) * t.a, "y": t.f + (np.arange(source.height) + 0.5) * t.e}
    start.array = xr.DataArray(raw, {"band": [band + 1 for band in bands], **coords}, ["band", "y", "x"])
    start.array.attrs = expected.array.attrs
    ops = [op for op in case["through"]["ops"] if op.get("dim") != "band" and op["op"] != "transpose"]
    array = chain.carry_out(start, ops).array.transpose("band", "y", "x")
    wanted, mine = array.values, file.read()
    if wanted.shape != mine.shape:
        return []
    nodata = source.nodatavals[bands[0]]
    missing = (wanted == nodata) if nodata is not None else np.zeros(wanted.shape, bool)
    if wanted.dtype.kind == "f":
        missing |= np.isnan(wanted)
    same = (mine == wanted) | missing
    if wanted.dtype.kind == "f":
        scaled = file.scales[0] != 1 or file.offsets[0] != 0
        same |= np.isclose(mine, wanted, rtol=1e-5, atol=1e-5) if scaled else np.isclose(mine, wanted, rtol=1e-7, atol=0)
    if same.all():
        return []
    at = tuple(int(i) for i in np.argwhere(~same)[0])
    return [Found("stored numbers of a copy", "", f"{wanted[at]!r} at {at}", repr(mine[at]))]


def _grid(case: dict, expected: chain.Chain, source, file) -> list[Found]:
    found = []
    wkt = source.crs.to_wkt() if source.crs else None
    mine = file.crs.to_wkt() if file.crs else None
    if not compare.same_crs(mine, wkt):
        found.append(Found("CRS of what was written", "", compare.short(wkt or "none"), compare.short(mine or "none")))
    if {"gcps", "none"} & set(case["spec"]["place"]):
        return found
    t, m = source.transform, file.transform
    before = (t.c, t.a, t.b, t.f, t.d, t.e)
    if "overview" in case["reading"]:
        return found
    wanted = chain.moved_transform(before, expected.grid)
    got = (m.c, m.a, m.b, m.f, m.d, m.e)
    if not compare.same_transform(got, wanted):
        found.append(Found("transform of what was written", "", str(wanted), str(got)))
    return found


def _raster_as_netcdf(case: dict, path: str, expected: chain.Chain, written: str) -> list[Found]:
    try:
        decoded = theirs.open_dataset(written)
    except Refused as refused:
        return [Found("what was written cannot be read", "", str(refused), "written")]
    variables = list(decoded.variables.values())
    if len(variables) != 1:
        return [Found("variables of what was written", "", "one", str(list(decoded.variables)))]
    found = _numbers("a raster as netCDF", variables[0].values, _unordered(case, path, expected))
    for name in ("x", "y"):
        if name in expected.array.coords and name in decoded.coords:
            found += compare.values("coordinate written", name, decoded.coords[name], Field((name,), "float64", expected.array[name].values))
    source = theirs.open_raster(path, masked=False)
    if not compare.same_crs(decoded.crs, source.crs):
        found.append(Found("CRS of what was written", "", compare.short(source.crs or "none"), compare.short(decoded.crs or "none")))
    return found


def _unordered(case: dict, path: str, expected: chain.Chain) -> np.ndarray:
    if not (case["reading"]["unmasked"] and expected.plain):
        return expected.array.values
    upright = expected.array.transpose(..., "y", "x")
    values = upright.values if upright.ndim == 3 else upright.values[None]
    values = _decoded(case, path, expected, values).reshape(upright.shape)
    return xr.DataArray(values, dims=upright.dims).transpose(*expected.array.dims).values


# --- netCDF


def _options(case: dict) -> dict:
    options = {key: case["reading"][key] for key in ("mask_and_scale", "decode_times") if key in case["reading"]}
    if case["reading"].get("decode") is False:
        options = {"decode_cf": False}
    if "group" in case["spec"]:
        options["group"] = case["spec"]["group"]
    return options


def _whole(case: dict, path: str, answer: dict) -> list[Found]:
    """A dataset written as it was read: what is decoded of it is the same."""
    try:
        refused = _outcome(answer)
    except ours.Broken as broken:
        return [Found("broken in writing", "", "an answer", str(broken))]
    if refused is not None:
        return [Found("writing a dataset is refused", "", "a file", refused)]
    group = {"group": case["spec"]["group"]} if "group" in case["spec"] else {}
    try:
        before = theirs.open_dataset(path, **group)
    except Refused:
        return []
    try:
        after = theirs.open_dataset(answer["written"]["path"])
    except Refused as refused:
        return [Found("what was written cannot be read", "", str(refused), "written")]
    found = [one for one in compare.datasets(after, before, attrs=False)]
    for one in found:
        one.kind += ", after a round trip"
    return found


def _variable(case: dict, path: str, answer: dict) -> list[Found]:
    name, ops = case["through"]["variable"], case["through"]["ops"]
    group = {"group": case["spec"]["group"]} if "group" in case["spec"] else {}
    try:
        array = theirs.variable(path, name, **_options(case))
        decoded = theirs.variable(path, name, **group)
    except Refused:
        return []
    try:
        expected = chain.carry_out(chain.Chain(array), ops)
        refused = _outcome(answer)
    except ours.Broken as broken:
        return [Found("broken in a chain", "", "an answer", str(broken))]
    except Exception:  # noqa: BLE001 - tests/oracle compares what chains of operations refuse
        return []
    if refused is not None:
        return [Found("a chain is refused", "", "a file", refused)]
    written = answer["written"]["path"]
    try:
        after = theirs.open_dataset(written)
        raw = theirs.open_dataset(written, decode_cf=False)
    except Refused as problem:
        return [Found("what was written cannot be read", "", str(problem), "written")]
    renamed = str(expected.array.name or name)
    if renamed not in after.variables:
        return [Found("name of what was written", "", renamed, str(list(after.variables)))]
    wanted = expected.array
    if expected.plain and _options(case):
        wanted = chain.carry_out(chain.Chain(decoded), ops).array
    found = _numbers(renamed, after.variables[renamed].values, np.asarray(wanted.values))
    if expected.plain and not found:
        found += _stored(case, name, raw.variables[renamed], path)
    return found


def _stored(case: dict, name: str, mine: Field, path: str) -> list[Found]:
    """The type in which a copy is stored is the file's, unless the numbers were decoded and nothing packs them."""
    wanted = theirs.variable(path, name, decode_cf=False, group=case["spec"].get("group")).dtype
    if case["spec"]["variables"][name].get("bool"):
        return []
    if mine.dtype != wanted.newbyteorder("=").name:
        return [Found("dtype of a copy that was written", name, wanted.name, mine.dtype)]
    return []
