"""Rasters: drawn as data, written by rasterio, with masks and side files of every kind."""

from __future__ import annotations

import random
import warnings
from pathlib import Path

import numpy as np

INTEGERS = ["uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
FLOATS = ["float32", "float64"]
KILOMETRES = "+proj=utm +zone=33 +datum=WGS84 +units=km +no_defs"
CRSES = ["EPSG:4326", "EPSG:32633", "EPSG:3857", "EPSG:3035", KILOMETRES, None]
STEPS = [0.05, 0.1, 1 / 12, 0.25, 1.0, 10.0, 30.0, 1000.0]
# Options of the driver that change how pixels lie in the file and nothing else.
LAYOUTS = [
    {}, {"compress": "lzw"}, {"compress": "deflate", "predictor": 2}, {"compress": "packbits"}, {"compress": "zstd"},
    {"tiled": True, "blockxsize": 16, "blockysize": 16}, {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "lzw"},
    {"interleave": "band"}, {"ENDIANNESS": "BIG"}, {"BIGTIFF": "YES"}, {"blockysize": 1},
]  # fmt: skip


def draw(rng: random.Random) -> dict:
    """A raster: what is in `spec` and not needed can be left out, which is how cases shrink."""
    driver = rng.choices(["GTiff", "VRT", "ENVI", "EHdr", "ERS", "PNG", "AAIGrid"], [60, 8, 5, 5, 4, 5, 2])[0]
    dtypes = {
        "ENVI": ["uint8", "int16", "int32", "float32", "float64", "uint16", "uint32"],
        "EHdr": ["uint8", "int16", "float32", "uint16"],
        "ERS": ["uint8", "int16", "float32", "int32"],
        "PNG": ["uint8", "uint16"],
        "AAIGrid": ["float32", "int32"],
    }.get(driver, INTEGERS + FLOATS * 3)
    if driver == "GTiff" and rng.random() < 0.02:
        dtypes = ["complex64", "complex128", "complex_int16"]
    spec = {
        "driver": driver, "dtype": rng.choice(dtypes), "seed": rng.randrange(1 << 30),
        "height": rng.randint(1, 9), "width": rng.randint(1, 9), "count": rng.choice([1, 1, 1, 2, 3]),
        "crs": rng.choice(CRSES), "place": _place(rng),
    }  # fmt: skip
    if driver in ("AAIGrid", "PNG") or driver == "EHdr" and rng.random() < 0.7:
        spec["count"] = 1
    if driver == "ERS":
        # Which names of datums it knows depends on how GDAL was built.
        spec["crs"] = None
    if driver == "AAIGrid":
        spec["place"] = {"left": 5.0, "top": 50.0, "step": 0.25, "down": 0.25}
    if driver in ("EHdr", "AAIGrid", "ERS", "PNG"):
        spec["place"].pop("rotated", None)
        spec["place"].pop("gcps", None)
        spec["place"]["down"] = abs(spec["place"]["down"])
    if driver == "GTiff":
        spec["layout"] = rng.choice(LAYOUTS)
        _extras(rng, spec)
    elif driver == "VRT":
        _per_band(rng, spec)
    elif rng.random() < 0.4:
        spec["nodata"] = _nodata(rng, spec["dtype"])
        if spec["nodata"] in ("nan", "inf") and spec["dtype"] not in FLOATS:
            spec["nodata"] = 3
    if spec["crs"] == "EPSG:4326" and spec["place"]["step"] * spec["width"] > 360:
        # More than once around the Earth a place has no one longitude.
        spec["crs"] = "EPSG:3857"
    if spec.get("side") == ".tfw":
        # What a plain TIFF cannot say stands in the .aux.xml that is taken away.
        for key in ("tags", "units", "names"):
            spec.pop(key, None)
    return spec


def _place(rng: random.Random) -> dict:
    step = rng.choice(STEPS)
    place = {"left": rng.choice([0.0, -180.0, 5.0, 359.5, 500_000.0, 7 / 3]), "top": rng.choice([90.0, 50.0, 60.05, 5e6, -10.0])}
    place |= {"step": step, "down": rng.choice([step, step, step, 2 * step, -step])}
    pick = rng.random()
    if pick < 0.1:
        place["rotated"] = rng.choice([30.0, -12.5, 90.0])
    elif pick < 0.15:
        place["gcps"] = True
    elif pick < 0.22:
        place["none"] = True
    return place


def _nodata(rng: random.Random, dtype: str):
    """A nodata value, now and then one that the type cannot hold."""
    if dtype in FLOATS:
        return rng.choice(["nan", -9999.0, 0.0, 1e20, 3.0, "inf", -3.4028234663852886e38])
    if dtype.startswith("complex"):
        return None
    possible = [0, 3, int(np.iinfo(dtype).max), int(np.iinfo(dtype).min)]
    if dtype not in ("int64", "uint64") and rng.random() < 0.25:
        # (A fraction is cut by some versions of GDAL and not by others.)
        return rng.choice(["nan", -9999, 300])
    return rng.choice(possible)


def _extras(rng: random.Random, spec: dict) -> None:
    if rng.random() < 0.5:
        spec["nodata"] = _nodata(rng, spec["dtype"])
    if rng.random() < 0.25:
        _scales(rng, spec)
    if rng.random() < 0.3:
        spec["names"] = [rng.choice(["red", "Nacht", "größe", "b 1", ""]) for _ in range(spec["count"])]
    if rng.random() < 0.2:
        spec["units"] = rng.choice(["K", "m s-1", "°C"])
    if rng.random() < 0.2:
        spec["tags"] = dict(rng.sample([("source", "made"), ("version", "007"), ("level", "2"), ("note", "a = b; ü")], 2))
    pick = rng.random()
    if pick < 0.1:
        spec["mask"] = "internal"
    elif pick < 0.2:
        spec["mask"] = ".msk"
    elif pick < 0.27 and spec["dtype"] in ("uint8", "uint16"):
        spec["mask"] = "alpha"
        spec["count"] = rng.choice([2, 4])
        spec.pop("names", None)
        spec.pop("scales", None)
    pick = rng.random()
    if pick < 0.12:
        spec["side"] = ".aux.xml"
    elif pick < 0.2 and not {"rotated", "gcps", "none"} & set(spec["place"]):
        spec["side"] = ".tfw"
    if rng.random() < 0.08 and min(spec["height"], spec["width"]) >= 4 and not spec["dtype"].startswith("complex"):
        spec["overview"] = rng.choice(["internal", ".ovr"])


def _scales(rng: random.Random, spec: dict) -> None:
    one = rng.choice([(0.01, 0.0), (0.1, 273.15), (2.0, -5.0), (1.0, 100.0), (-1.0, 0.0)])
    same = rng.random() < 0.6
    pairs = [one if same else rng.choice([(0.01, 0.0), (0.5, 10.0)]) for _ in range(spec["count"])]
    spec["scales"] = pairs


def _per_band(rng: random.Random, spec: dict) -> None:
    """A VRT has what GeoTIFF has not: a nodata value of each band."""
    spec["count"] = rng.choice([1, 2, 3])
    if spec["dtype"] in ("int64", "uint64", "int8"):
        spec["dtype"] = "int16"
    spec["nodatas"] = [rng.choice([None, 0, 3, 7]) for _ in range(spec["count"])]
    if rng.random() < 0.4:
        _scales(rng, spec)
    spec["place"].pop("gcps", None)


def numbers(spec: dict) -> np.ndarray:
    """The pixels: small numbers among which nodata values are, and a few of the type's extremes."""
    rng = np.random.default_rng(spec["seed"])
    shape = (spec["count"], spec["height"], spec["width"])
    dtype = spec["dtype"]
    if dtype == "complex_int16":
        return (rng.integers(-9, 9, shape) + 1j * rng.integers(-9, 9, shape)).astype("complex64")
    if dtype.startswith("complex"):
        return (rng.random(shape) + 1j * rng.random(shape)).astype(dtype)
    values = rng.integers(0, 9, shape).astype(dtype)
    if dtype in FLOATS:
        values = values + rng.choice([0, 0, 0.25, 0.1], shape).astype(dtype)
        # GDAL 3.6 does not read a text grid that begins with `nan`.
        first = 1.0 if spec.get("text") else np.nan
        special = np.array([first, np.inf, -9999.0, 1e20, -0.0], dtype)
    else:
        info = np.iinfo(dtype)
        special = np.array([info.min, info.max, info.max - 1], dtype)
    where = rng.random(shape) < 0.15
    values[where] = rng.choice(special, int(where.sum()))
    return values.astype(dtype)


def transform(spec: dict):
    from rasterio.transform import Affine

    place = spec["place"]
    if place.get("none") or place.get("gcps"):
        return None
    made = Affine.translation(place["left"], place["top"])
    if "rotated" in place:
        made = (
            made @ Affine.rotation(place["rotated"])
            if hasattr(Affine, "__matmul__")
            else made * Affine.rotation(place["rotated"])
        )
    scaled = Affine.scale(place["step"], -place["down"])
    return made @ scaled if hasattr(Affine, "__matmul__") else made * scaled


ENDINGS = {"GTiff": "tif", "VRT": "vrt", "ENVI": "img", "EHdr": "bil", "ERS": "ers", "PNG": "png", "AAIGrid": "asc"}


def write(spec: dict, folder: Path) -> str:
    """Makes the file with all that lies beside it, and gives its path."""
    import rasterio.shutil

    path = folder / f"a.{ENDINGS[spec['driver']]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if spec["driver"] == "VRT":
            inner = {**spec, "driver": "GTiff"}
            _plain(rasterio, inner, folder / "inner.tif", {})
            _vrt(spec, folder / "inner.tif", path)
        elif spec["driver"] in ("PNG", "AAIGrid"):
            source = {**spec, "driver": "GTiff", "text": spec["driver"] == "AAIGrid"}
            _plain(rasterio, source, folder / "source.tif", {})
            options = {"WORLDFILE": "YES"} if spec["driver"] == "PNG" else {}
            rasterio.shutil.copy(folder / "source.tif", path, driver=spec["driver"], **options)
            (folder / "source.tif").unlink()
            if spec["driver"] == "PNG" and spec["seed"] % 2 and (folder / "a.wld").exists():
                (folder / "a.wld").rename(folder / "a.pgw")
        else:
            _plain(rasterio, spec, path, spec.get("layout", {}))
    return str(path)


def _plain(rasterio, spec: dict, path: Path, layout: dict) -> None:
    from rasterio.control import GroundControlPoint

    pixels = numbers(spec)
    options = dict(layout)
    if spec.get("side") == ".aux.xml":
        options["PROFILE"] = "BASELINE"
    elif spec.get("side") == ".tfw":
        options |= {"PROFILE": "BASELINE", "TFW": "YES"}
    if options.get("predictor") and spec["dtype"] in (*FLOATS, "int64", "uint64") or spec["dtype"].startswith("complex"):
        options.pop("predictor", None)
    if spec.get("mask") == "alpha":
        options["ALPHA"] = "YES"
    nodata = spec.get("nodata")
    nodata = float(nodata) if isinstance(nodata, str) else nodata
    where = transform(spec)
    environment = {"GDAL_TIFF_INTERNAL_MASK": spec.get("mask") == "internal", "TIFF_USE_OVR": spec.get("overview") == ".ovr"}
    with rasterio.Env(**environment):
        with rasterio.open(
            path, "w", driver=spec["driver"], width=spec["width"], height=spec["height"], count=spec["count"],
            dtype=spec["dtype"], crs=spec["crs"] if not spec["place"].get("gcps") else None,
            **({"transform": where} if where is not None else {}), **options,
        ) as file:  # fmt: skip
            if nodata is not None:
                # rasterio refuses what the type cannot hold, and GDAL's own programs write it.
                _set_nodata(file, nodata, spec)
            file.write(pixels)
            if spec["place"].get("gcps"):
                corners = [
                    (0, 0, 5.0, 50.0),
                    (0, spec["width"], 9.0, 50.5),
                    (spec["height"], 0, 5.5, 46.0),
                    (spec["height"], spec["width"], 9.4, 46.3),
                ]
                file.gcps = [GroundControlPoint(row, column, x, y) for row, column, x, y in corners], rasterio.CRS.from_epsg(4326)
            if "scales" in spec:
                file.scales = [scale for scale, _ in spec["scales"]]
                file.offsets = [offset for _, offset in spec["scales"]]
            for band, name in enumerate(spec.get("names", []), 1):
                if name:
                    file.set_band_description(band, name)
            if "units" in spec:
                file.units = [spec["units"]] * spec["count"]
            if "tags" in spec:
                file.update_tags(**spec["tags"])
            if spec.get("mask") in ("internal", ".msk"):
                file.write_mask(_mask(spec))
            if spec.get("mask") == "alpha":
                from rasterio.enums import ColorInterp

                file.colorinterp = [*file.colorinterp[:-1], ColorInterp.alpha]
        if "overview" in spec:
            with rasterio.open(path, "r+") as file:
                file.build_overviews([2], rasterio.enums.Resampling.nearest)
    if isinstance(nodata, (int, float)) and _impossible(spec["dtype"], nodata):
        _write_nodata_tag(path, spec, nodata)
    if spec.get("side") == ".tfw":
        Path(f"{path}.aux.xml").unlink(missing_ok=True)


def _impossible(dtype: str, nodata: float) -> bool:
    if dtype in FLOATS or dtype.startswith("complex"):
        return False
    return nodata != nodata or not np.iinfo(dtype).min <= nodata <= np.iinfo(dtype).max or int(nodata) != nodata


def _set_nodata(file, nodata, spec: dict) -> None:
    if not _impossible(spec["dtype"], nodata):
        file.nodata = nodata


def _write_nodata_tag(path: Path, spec: dict, nodata: float) -> None:
    """What the type cannot hold stands in the file beside it, as other programs leave it there."""
    if spec["driver"] != "GTiff":
        return
    beside = Path(f"{path}.aux.xml")
    text = "nan" if nodata != nodata else repr(nodata)
    bands = "".join(
        f'<PAMRasterBand band="{band}"><NoDataValue>{text}</NoDataValue></PAMRasterBand>' for band in range(1, spec["count"] + 1)
    )
    if not beside.exists():
        beside.write_text(f"<PAMDataset>{bands}</PAMDataset>\n")


def _mask(spec: dict) -> np.ndarray:
    rng = np.random.default_rng(spec["seed"] + 1)
    return np.where(rng.random((spec["height"], spec["width"])) < 0.4, 0, 255).astype("uint8")


TYPES = {
    "uint8": "Byte",
    "int16": "Int16",
    "uint16": "UInt16",
    "int32": "Int32",
    "uint32": "UInt32",
    "float32": "Float32",
    "float64": "Float64",
}


def _vrt(spec: dict, inner: Path, path: Path) -> None:
    """A VRT over all bands of a file, with a nodata value, a scale and an offset of each band."""
    import rasterio.shutil

    bands = []
    for band in range(1, spec["count"] + 1):
        nodata = spec.get("nodatas", [None] * spec["count"])[band - 1]
        scale, offset = spec.get("scales", [(1, 0)] * spec["count"])[band - 1]
        lines = [f'<VRTRasterBand dataType="{TYPES[spec["dtype"]]}" band="{band}">']
        lines += [f"<NoDataValue>{nodata}</NoDataValue>"] if nodata is not None else []
        lines += [f"<Offset>{offset}</Offset><Scale>{scale}</Scale>"] if (scale, offset) != (1, 0) else []
        lines += [
            f'<SimpleSource><SourceFilename relativeToVRT="1">{inner.name}</SourceFilename><SourceBand>{band}</SourceBand></SimpleSource>'
        ]
        bands += [*lines, "</VRTRasterBand>"]
    with rasterio.open(inner) as file:
        t = file.transform
        crs = file.crs.to_wkt().replace("&", "&amp;").replace("<", "&lt;") if file.crs else None
    numbers = ", ".join(repr(number) for number in (t.c, t.a, t.b, t.f, t.d, t.e))
    head = f'<VRTDataset rasterXSize="{spec["width"]}" rasterYSize="{spec["height"]}">'
    place = (f"<SRS>{crs}</SRS>" if crs else "") + (
        "" if spec["place"].get("none") else f"<GeoTransform>{numbers}</GeoTransform>"
    )
    path.write_text("\n".join([head, place, *bands, "</VRTDataset>"]) + "\n")


def draw_reading(rng: random.Random, spec: dict) -> dict:
    """One of the ways to open it."""
    reading: dict = {"unmasked": rng.random() < 0.35}
    if "overview" in spec:
        reading["overview"] = 0
    if spec["count"] > 1 and rng.random() < 0.2:
        reading["bands"] = rng.sample(range(1, spec["count"] + 1), rng.randint(1, spec["count"]))
    return reading
