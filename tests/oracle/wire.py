"""Arrays to and from the JSON that the worker speaks, and a canonical form in which results are compared."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "datetime64[ns]"]


def texts(values: np.ndarray) -> np.ndarray:
    """Texts as Python's, None where there is none; other values as they are."""
    if values.dtype.kind not in "UTO":
        return values
    missing = [text is None or text != text for text in values.ravel().tolist()]
    plain = np.empty(values.size, object)
    plain[:] = [None if gone else str(text) for gone, text in zip(missing, values.ravel().tolist())]
    return plain.reshape(values.shape)


def encode_values(values: np.ndarray) -> dict:
    if values.dtype.kind in "UTO":
        data = base64.b64encode(json.dumps(texts(values).ravel().tolist()).encode()).decode()
        return {"dtype": "str", "shape": list(values.shape), "data": data}
    dtype = "datetime64[ns]" if values.dtype.kind == "M" else values.dtype.name
    if dtype not in DTYPES:
        raise TypeError(f"the prelude has no {dtype}")
    if values.dtype.kind == "M":
        values = values.astype("datetime64[ns]")
    little = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False)
    return {"dtype": dtype, "shape": list(values.shape), "data": base64.b64encode(little.tobytes()).decode()}


def decode_values(spec: dict) -> np.ndarray:
    raw = base64.b64decode(spec["data"])
    if spec["dtype"] == "str":
        texts = np.empty(len(found := json.loads(raw)), object)
        texts[:] = found
        return texts.reshape(spec["shape"])
    return np.frombuffer(raw, dtype=np.dtype(spec["dtype"])).reshape(spec["shape"]).copy()


def encode(array: xr.DataArray) -> dict:
    """The array as a request has it."""
    coords = [
        {"name": name, "dims": list(coord.dims), **encode_values(coord.values)} for name, coord in array.coords.items()
    ]
    spec = {"name": array.name, "dims": list(array.dims), **encode_values(array.values)}
    return {**spec, "coords": coords, "attrs": dict(array.attrs)}


def decode(spec: dict) -> xr.DataArray:
    """The array of a request, for xarray."""
    coords = {coord["name"]: (coord["dims"], decode_values(coord)) for coord in spec["coords"]}
    return xr.DataArray(decode_values(spec), coords, spec["dims"], spec["name"], dict(spec["attrs"]))


@dataclass
class Plain:
    """One array without its library: what both sides' results become."""

    name: str | None
    dims: tuple[str, ...]
    values: np.ndarray
    coords: dict[str, tuple[tuple[str, ...], np.ndarray]]
    attrs: dict = field(default_factory=dict)
    lazy: bool = False


@dataclass
class Several:
    """A dataset (by name) or a list of arrays (by position)."""

    arrays: dict[str, Plain]
    coords: dict[str, tuple[tuple[str, ...], np.ndarray]]


def plain(result) -> Plain | Several:
    """xarray's result in the canonical form."""
    if isinstance(result, xr.DataArray):
        coords = {str(name): (tuple(coord.dims), texts(coord.values)) for name, coord in result.coords.items()}
        return Plain(result.name, tuple(result.dims), texts(np.asarray(result.values)), coords, dict(result.attrs))
    if isinstance(result, xr.Dataset):
        coords = {str(name): (tuple(coord.dims), texts(coord.values)) for name, coord in result.coords.items()}
        return Several({str(name): plain(result[name]) for name in result.data_vars}, coords)
    return Several({str(at): plain(array) for at, array in enumerate(result)}, {})


def _coords(views: list[dict]) -> dict:
    return {view["name"]: (tuple(view["dims"]), decode_values(view)) for view in views}


def answered(view: dict) -> Plain | Several:
    """The worker's result in the canonical form."""
    if "list" in view:
        return Several({str(at): answered(one) for at, one in enumerate(view["list"])}, {})
    if "dataset" in view:
        return Several({one["name"]: answered(one) for one in view["dataset"]}, _coords(view["coords"]))
    if view["dtype"] != view["true_dtype"] or view["shape"] != view["true_shape"]:
        raise Untrue(
            f"the array says {view['dtype']} {view['shape']} and its values are {view['true_dtype']} {view['true_shape']}"
        )
    return Plain(view["name"], tuple(view["dims"]), decode_values(view), _coords(view["coords"]), view["attrs"], view["lazy"])


class Untrue(Exception):
    """An array whose dtype or shape is not that of its values."""
