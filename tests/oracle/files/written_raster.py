"""A raster through a chain into a GeoTIFF or a netCDF file: encoding, place, stored and decoded numbers."""

from __future__ import annotations

import warnings

import numpy as np
import xarray as xr

from . import chain, compare, ours, theirs
from .canonical import Field, Refused
from .compare import Found
from .written import numbers, outcome


def judge(case: dict, path: str, answer: dict) -> list[Found]:
    expected = _raster_chain(case, path)
    return [] if expected is None else _raster(case, path, expected, answer)


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


def _raster(case: dict, path: str, expected: chain.Chain, answer: dict) -> list[Found]:
    try:
        refused = outcome(answer)
    except ours.Broken as broken:
        return [Found("broken in a chain", "", "an answer", str(broken))]
    spec, write = case["spec"], case["through"]["write"]
    flat = len(expected.array.dims) < 2 or not {"x", "y"} <= set(expected.array.dims)
    if not expected.even and write["as"] == "raster" and "none" not in spec["place"]:
        return [] if refused else [Found("what has no grid is written", "", "an error", "a file")]
    if spec["place"].get("gcps") and refused:
        # Control points follow ranges of pixels, and nothing else.
        return []
    if refused is not None and may_refuse(spec, case["reading"], write):
        return []
    if refused is not None:
        return [] if flat else [Found("a chain is refused", "", "a file", refused)]
    if write["as"] == "netcdf":
        return _raster_as_netcdf(case, path, expected, answer["written"]["path"])
    return _raster_written(case, path, expected, answer["written"]["path"])


def may_refuse(spec: dict, reading: dict, write: dict) -> bool:
    """Where an error is as good as a file, since what is asked for may not be possible."""
    if spec["dtype"] in ("int64", "uint64") and not reading["unmasked"]:
        # Beyond 2^53 their numbers are no floats, which missing values have made of them.
        return True
    if reading["unmasked"] and "nodatas" in spec:
        # Stored numbers of bands in which unlike ones are missing have no place in one variable, or in one GeoTIFF.
        return True
    if reading["unmasked"] and "scales" in spec:
        return write["as"] == "netcdf" or bool(write.get("like"))
    # A file to be like says nothing of scales, and may have no value for what a mask hides.
    return bool(write.get("like")) and ("scales" in spec or "mask" in spec)


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
    found += numbers("a written raster", mine.values, wanted)
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
    uniform = (
        len({source.nodatavals[band] for band in bands}) == 1
        and len({(source.scales[band], source.offsets[band]) for band in bands}) == 1
    )
    # A mask, or bands of unlike encodings, have no place in one GeoTIFF: then only what is decoded counts.
    if "mask" in spec and not reading["unmasked"] or not uniform:
        return found
    if file.dtypes[0] != source.dtypes[bands[0]]:
        found.append(Found("dtype of a copy that was written", "", source.dtypes[bands[0]], file.dtypes[0]))
    nodata = source.nodatavals[bands[0]]
    nodata = nodata if theirs.holds(np.dtype(source.dtypes[bands[0]]), nodata) else None
    missing = [None if value is None or value != value else value for value in (file.nodata, nodata)]
    if missing[0] != missing[1] and not (file.dtypes[0] == "float32" and np.float32(missing[0]) == np.float32(missing[1])):
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
    if wanted.dtype.kind in "iu" and not case["reading"]["unmasked"]:
        same |= np.abs(wanted.astype("f8")) >= 2.0**53
    if wanted.dtype.kind == "f":
        scaled = file.scales[0] != 1 or file.offsets[0] != 0
        same |= np.isclose(mine, wanted, rtol=1e-5, atol=1e-5) if scaled else np.isclose(mine, wanted, rtol=1e-7, atol=0)
    if same.all():
        return []
    at = tuple(int(i) for i in np.argwhere(~same)[0])
    return [Found("stored numbers of a copy", "", f"{wanted[at]!r} at {at}", repr(mine[at]))]


def _grid(case: dict, expected: chain.Chain, source, file) -> list[Found]:
    found = []
    if case["spec"]["place"].get("gcps"):
        # Points on one transform are that transform; others stay points.
        if not file.gcps[0] and file.transform.is_identity:
            found.append(Found("control points of what was written", "", "points or a transform", "neither"))
        return found
    wkt = source.crs.to_wkt() if source.crs else None
    mine = file.crs.to_wkt() if file.crs else None
    if not compare.same_crs(mine, wkt):
        found.append(Found("CRS of what was written", "", compare.short(wkt or "none"), compare.short(mine or "none")))
    if "none" in case["spec"]["place"]:
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
    found = numbers("a raster as netCDF", variables[0].values, _unordered(case, path, expected))
    for name in ("x", "y"):
        if name in expected.array.coords and name in decoded.coords:
            found += compare.values(
                "coordinate written", name, decoded.coords[name], Field((name,), "float64", expected.array[name].values)
            )
    source = theirs.open_raster(path, masked=False)
    if not compare.same_crs(decoded.crs, source.crs):
        found.append(
            Found("CRS of what was written", "", compare.short(source.crs or "none"), compare.short(decoded.crs or "none"))
        )
    return found


def _unordered(case: dict, path: str, expected: chain.Chain) -> np.ndarray:
    if not (case["reading"]["unmasked"] and expected.plain):
        return expected.array.values
    upright = expected.array.transpose(..., "y", "x")
    values = upright.values if upright.ndim == 3 else upright.values[None]
    values = _decoded(case, path, expected, values).reshape(upright.shape)
    return xr.DataArray(values, dims=upright.dims).transpose(*expected.array.dims).values
