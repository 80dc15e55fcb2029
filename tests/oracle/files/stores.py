"""Drawn datasets as files: netCDF by netCDF4 or h5netcdf, and Zarr."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from .netcdf import plan


def write_netcdf(spec: dict, path: Path) -> str:
    """As netCDF4 writes it, with nothing decoded on the way."""
    import netCDF4

    classic = spec["format"] != "NETCDF4"
    with warnings.catch_warnings(), netCDF4.Dataset(path, "w", format=spec["format"]) as top:
        # That the other order of bytes is asked for is what it says.
        warnings.simplefilter("ignore")
        file = top.createGroup(spec["group"]) if "group" in spec else top
        # A group sees the dimensions of those that it lies in.
        place = top if spec["seed"] % 2 else file
        for dim, length in spec["dims"].items():
            place.createDimension(dim, None if spec.get("unlimited") == dim else length)
        file.setncatts({name: _netcdf_attr(value, classic) for name, value in spec["attrs"].items()})
        for name, dims, values, attrs, stored in plan(spec):
            _variable(file, name, dims, values, dict(attrs), stored, classic)
    return str(path)


def _netcdf_attr(value, classic: bool):
    if isinstance(value, list) and value and not isinstance(value[0], str):
        return np.array(value, "float64" if isinstance(value[0], float) else "int16")
    if value == 0.5:
        return np.float32(value)
    if isinstance(value, int) and (classic or abs(value) < 2**31):
        return np.int32(value)
    return value


def _variable(file, name: str, dims: list[str], values: np.ndarray, attrs: dict, stored: dict, classic: bool) -> None:
    dims = tuple(dims)
    if stored["kind"] == "char":
        values, width = _chars(values)
        dim = f"{name}_width"
        file.createDimension(dim, width)
        variable = file.createVariable(name, "S1", (*dims, dim))
        variable[:] = values
        return
    if stored["kind"] == "string":
        variable = file.createVariable(name, str, dims)
        if values.size:
            variable[...] = values if values.ndim else str(values)
        return
    options = {}
    if "chunks" in stored:
        options["chunksizes"] = [max(1, (length + 1) // 2) for length in values.shape]
    if "zlib" in stored:
        options |= {"zlib": True, "complevel": stored["zlib"]}
    if "fletcher32" in stored:
        options["fletcher32"] = True
    if "endian" in stored:
        options["endian"] = stored["endian"]
    fill = attrs.pop("_FillValue", None)
    variable = file.createVariable(name, values.dtype, dims, fill_value=fill, **options)
    variable.set_auto_maskandscale(False)
    variable.set_auto_chartostring(False)
    variable.setncatts({key: _netcdf_attr(value, classic) for key, value in attrs.items()})
    if values.size:
        variable[...] = values


def _chars(values: np.ndarray) -> tuple[np.ndarray, int]:
    encoded = [text.encode() for text in values.ravel()]
    width = max([len(text) for text in encoded], default=1) or 1
    flat = np.array(encoded, f"S{width}") if encoded else np.empty(0, f"S{width}")
    return flat.view("S1").reshape(*values.shape, width), width


def write_h5netcdf(spec: dict, path: Path) -> str:
    """The same by way of h5netcdf, whose files have no creation order and other string types."""
    import xarray as xr

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _raw_dataset(spec, xr).to_netcdf(path, engine="h5netcdf")
    return str(path)


def write_zarr(spec: dict, path: Path) -> str:
    """A Zarr store of format 2, with or without consolidated metadata."""
    import xarray as xr

    encoding = {}
    for name, dims, values, _, stored in plan(spec):
        if "chunks" in stored and values.size:
            encoding[name] = {"chunks": tuple(max(1, (length + 1) // 2) for length in values.shape)}
        if "zlib" not in stored and stored["kind"] == "numbers":
            encoding.setdefault(name, {})["compressors"] = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _raw_dataset(spec, xr).to_zarr(path, mode="w", zarr_format=2, encoding=encoding, consolidated=spec["seed"] % 3 > 0)
    return str(path)


def _raw_dataset(spec: dict, xr):
    """The stored numbers as they are: what says how to decode them is an attribute, except what xarray must encode."""
    variables = {}
    for name, dims, values, attrs, stored in plan(spec):
        attrs = {key: _json_attr(value) for key, value in attrs.items()}
        encoding = {}
        if stored["kind"] in ("char", "string"):
            values = np.array(values, object) if values.ndim else np.array(str(values), object)
            # Texts of one length, or of any; which of them Zarr's codecs and HDF5's types are is xarray's choice.
            if not values.size or spec["seed"] % 2:
                values = values.astype(str) if values.size else values.astype("U1")
        if "coordinates" in attrs:
            encoding["coordinates"] = attrs.pop("coordinates")
        if "dtype" in attrs:
            values = values.astype(bool)
            attrs.pop("dtype")
        if "_FillValue" not in attrs and values.dtype.kind == "f":
            encoding["_FillValue"] = None
        variables[name] = xr.Variable(dims, values, attrs, encoding)
    return xr.Dataset(variables, attrs={key: _json_attr(value) for key, value in spec["attrs"].items()})


def _json_attr(value):
    return value[()] if isinstance(value, np.ndarray) else value
