"""The other side: xarray, rioxarray with rasterio, and cfgrib, in the canonical form."""

from __future__ import annotations

import contextlib
import os
import warnings

# isort: off - pyproj first of all: where ecCodes is loaded before pyproj, the process crashes when it ends.
import pyproj
import numpy as np
import xarray as xr

from .canonical import Field, Opened, Refused, of_numpy, plain_attr, plain_attrs

# A land-use table or a picture larger than this is no small file of a test.
MOST_BYTES = 400_000_000


@contextlib.contextmanager
def libraries():
    """rasterio as it wants to be used; its GeoTIFF part looks for PROJ's tables where the environment says, and nowhere else."""
    import rasterio

    tables = os.path.join(os.path.dirname(rasterio.__file__), "proj_data")
    before = os.environ.get("PROJ_DATA")
    if os.path.isdir(tables):
        os.environ["PROJ_DATA"] = tables
    try:
        with rasterio.Env(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            os.environ.pop("PROJ_DATA", None)
        else:
            os.environ["PROJ_DATA"] = before


def field(array: xr.DataArray | xr.Variable, more: set = frozenset()) -> Field:
    dtype, values = of_numpy(array.values)
    return Field(tuple(str(dim) for dim in array.dims), dtype, values, plain_attrs(array.attrs, more))


def of_dataset(ds: xr.Dataset) -> Opened:
    """A dataset; a grid mapping is no variable but the CRS of those that name it."""
    if sum(variable.nbytes for variable in ds.variables.values()) > MOST_BYTES:
        raise Refused("too large to be compared here")
    named = {variable.attrs.get("grid_mapping") or variable.encoding.get("grid_mapping") for variable in ds.variables.values()}
    mappings = {str(name) for name in named if name and name in ds.variables} | ({"spatial_ref"} & set(ds.variables))
    variables = {str(name): field(ds[name]) for name in ds.data_vars if str(name) not in mappings}
    coords = {str(name): field(ds[name]) for name in ds.coords if str(name) not in mappings}
    return Opened(variables, coords, plain_attrs(ds.attrs), _crs_of(ds, mappings), mappings=mappings)


def _crs_of(ds: xr.Dataset, mappings: set[str]) -> str | None:
    """The CRS of the first grid mapping that describes one, in WKT or in CF's words."""
    for name in sorted(mappings):
        attrs = ds[name].attrs
        for written in ("crs_wkt", "spatial_ref"):
            if isinstance(attrs.get(written), str) and attrs[written].strip():
                return attrs[written]
        try:
            return pyproj.CRS.from_cf(attrs).to_wkt()
        except Exception:  # noqa: BLE001 - a definition that nobody reads is none
            continue
    return None


def open_dataset(path: str, **options) -> Opened:
    """A netCDF, HDF5 or Zarr file as xarray reads it."""
    engine = options.pop("engine", None) or _engine(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with xr.open_dataset(path, engine=engine, decode_timedelta=False, **options) as ds:
                return of_dataset(ds)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, xarray does not read the file
            raise Refused(f"{type(error).__name__}: {error}") from None


def variable(path: str, name: str, **options) -> xr.DataArray:
    """One variable with its coordinates, read into memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with xr.open_dataset(path, engine=_engine(path), decode_timedelta=False, **options) as ds:
                return ds[name].load()
        except Exception as error:  # noqa: BLE001 - whatever it is, xarray does not read the file
            raise Refused(f"{type(error).__name__}: {error}") from None


def _engine(path: str) -> str | None:
    if os.path.isdir(path):
        return "zarr"
    return "h5netcdf" if path.endswith((".h5", ".hdf5")) else None


def open_grib(path: str) -> list[Opened]:
    """The datasets that cfgrib makes of a file: one for each shape that its messages have."""
    import cfgrib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            opened = cfgrib.open_datasets(path, backend_kwargs={"indexpath": "", "errors": "ignore"})
            return [of_dataset(ds) for ds in opened]
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001
            raise Refused(f"{type(error).__name__}: {error}") from None


def open_raster(path: str, *, masked: bool, overview: int | None = None) -> Opened:
    """A raster as rasterio reads it, with the types and the coordinates that rioxarray gives it."""
    import rasterio
    import rioxarray

    with warnings.catch_warnings(), rasterio.Env(GDAL_CACHEMAX=64):
        warnings.simplefilter("ignore")
        try:
            options = {"overview_level": overview} if overview is not None else {}
            with rasterio.open(path, **options) as source:
                if source.count == 0:
                    raise Refused("no bands")
                if source.width * source.height * source.count * 8 > MOST_BYTES:
                    raise Refused("too large to be compared here")
                array = rioxarray.open_rasterio(path, masked=masked, mask_and_scale=masked, overview_level=overview)
                if isinstance(array, list):
                    raise Refused("several subdatasets")
                if isinstance(array, xr.Dataset):
                    raise Refused("a dataset of several grids or bands by variable")
                return _raster(source, array, masked)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001
            raise Refused(f"{type(error).__name__}: {error}") from None


def _raster(source, array: xr.DataArray, masked: bool) -> Opened:
    raw = source.read(masked=masked)
    if masked:
        values, dtype = _unpacked(source, raw, array.dtype)
    else:
        values, dtype = raw, raw.dtype
    one = Field(("band", "y", "x"), np.dtype(dtype).name, values)
    t = source.transform
    if any(0 < abs(number) < 1e-300 for number in t[:6]):
        # Where some drivers have no transform, rasterio gives memory that nobody has written to.
        t = type(t).identity()
    transform = (t.c, t.a, t.b, t.f, t.d, t.e)
    coords = {}
    # The centres are worked out here: rioxarray has labels for a raster that stands on its side.
    if t.b == t.d == 0:
        for name, edge, step, length in (("x", t.c, t.a, source.width), ("y", t.f, t.e, source.height)):
            coords[name] = Field((name,), "float64", edge + (np.arange(length) + 0.5) * step)
    coords["band"] = Field(("band",), "int64", np.arange(1, source.count + 1))
    names = [name or "" for name in source.descriptions]
    crs = source.crs.to_wkt() if source.crs else None
    attrs = {name: plain_attr(value) for name, value in source.tags().items()}
    return Opened({"": one}, coords, attrs, crs, transform, source.nodata, names, scaled=masked and is_scaled(source))


def is_scaled(source) -> bool:
    return any(scale != 1 for scale in source.scales) or any(offset != 0 for offset in source.offsets)


def can_miss(source, band: int) -> bool:
    """Whether a band has a mask, or a nodata value that its type can hold."""
    from rasterio.enums import MaskFlags

    flags = source.mask_flag_enums[band - 1]
    if MaskFlags.all_valid in flags:
        return False
    if MaskFlags.nodata not in flags:
        return True
    return holds(np.dtype(source.dtypes[band - 1]), source.nodatavals[band - 1])


def holds(dtype: np.dtype, nodata: float | None) -> bool:
    if nodata is None:
        return False
    if dtype.kind not in "iu":
        return True
    return nodata == nodata and int(nodata) == nodata and np.iinfo(dtype).min <= nodata <= np.iinfo(dtype).max


def _unpacked(source, raw: np.ma.MaskedArray, dtype: np.dtype) -> tuple[np.ndarray, np.dtype]:
    """Missing values as NaN, scales and offsets of each band applied, in the type that xarray chooses."""
    scales, offsets, scaled = source.scales, source.offsets, is_scaled(source)
    # Where nothing can be missing the prelude keeps integers; rioxarray makes floats of them all the same.
    if not scaled and not any(can_miss(source, band) for band in source.indexes):
        return np.ma.getdata(raw), raw.dtype
    wide = dtype if dtype.kind in "fc" else np.dtype("f8")
    values = np.ma.filled(raw.astype(wide), np.nan)
    if scaled:
        for band, (scale, offset) in enumerate(zip(scales, offsets)):
            values[band] = (values[band].astype("f8") * scale + offset).astype(wide)
    return values, wide
