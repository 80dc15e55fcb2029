"""A variable of a netCDF file as a GeoTIFF: where its labels say that it lies, also where they are float32."""

from __future__ import annotations

import warnings

import numpy as np
import xarray as xr

from . import compare, ours, theirs
from .canonical import Refused
from .compare import Found
from .written import may_not_fit, outcome


def judge(case: dict, path: str, answer: dict) -> list[Found]:
    import rasterio

    try:
        refused = outcome(answer)
    except ours.Broken as broken:
        return [Found("broken in writing a map", "", "an answer", str(broken))]
    dims = case["spec"]["variables"][case["through"]["variable"]]["dims"]
    if refused is not None and set(dims[-2:]) != {"lat", "lon"}:
        # Bands that do not come first may be refused, as rioxarray does; what is written must be right.
        return []
    if refused is not None and may_not_fit(case["spec"]["variables"][case["through"]["variable"]]):
        return []
    if refused is not None:
        return [Found("writing a map is refused", "", "a file", refused)]
    try:
        array = expected(case, path)
    except Refused:
        return []
    written = answer["written"]["path"]
    try:
        decoded = theirs.open_raster(written, masked=True)
    except Refused as problem:
        return [Found("what was written cannot be read", "", str(problem), "written")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with rasterio.open(written) as file:
            found = _place(array, file.transform)
    (mine,) = decoded.variables.values()
    values = array.values if array.ndim == 3 else array.values[None]
    if mine.values.shape != values.shape:
        return [*found, Found("shape of a map", "", str(values.shape), str(mine.values.shape))]
    wrong = ~_close(mine.values.astype("f8"), values.astype("f8"))
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        kind = compare.kind_of(mine.values, values, wrong)
        found.append(Found(f"{kind} of a map", "", f"{values[at]!r} at {at}", repr(mine.values[at])))
    return found


def expected(case: dict, path: str) -> xr.DataArray:
    """The variable as xarray decodes it, of it the pixels that the box touches, bands first."""
    name, group = case["through"]["variable"], case["spec"].get("group")
    array = theirs.variable(path, name, group=group)
    for op in case["through"]["ops"]:
        left, bottom, right, top = op["box"]
        for dim, low, high in (("lon", left, right), ("lat", bottom, top)):
            labels = array[dim].values.astype("f8")
            half = abs(case["spec"]["variables"][dim]["step"]) / 2
            array = array.isel({dim: np.flatnonzero((labels + half > low) & (labels - half < high))})
    return array.transpose(..., "lat", "lon")


def _place(array: xr.DataArray, transform) -> list[Found]:
    """Pixel centres are the labels, to a hundredth of a pixel: float32 has no more near 360°."""
    found = []
    for dim, edge, step in (("lon", transform.c, transform.a), ("lat", transform.f, transform.e)):
        labels = array[dim].values.astype("f8")
        centres = edge + (np.arange(len(labels)) + 0.5) * step
        if (np.abs(centres - labels) > 0.01 * abs(step)).any():
            found.append(Found("transform of a map", dim, str(labels[:3]), str(centres[:3])))
    return found


def _close(ours_: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        close = np.abs(ours_ - wanted) <= 1e-5 * np.maximum(1, np.abs(wanted))
    return np.asarray(close | (ours_ == wanted) | (np.isnan(ours_) & np.isnan(wanted)))
