"""GRIB files as cfgrib opens them and as the prelude does: the same variables, coordinates, attributes and values.

    python -m tests.oracle.files_grib FILE...

prints what differs and is not explained in `docs/for-xarray-users.md`. Needs cfgrib and a worker that opens files.
"""

from __future__ import annotations

import base64
import json
import logging
import sys
from pathlib import Path

import numpy as np
import xarray as xr

from .worker import Hung, Worker

# What is there for maps besides what cfgrib has.
OURS_ALONE = {"spatial_ref", "x", "y"}
# Made by cfgrib about itself.
THEIRS_ALONE = {"history", "coordinates"}
NOTES = {"not_read", "fields_not_read"}
# Asked of ecCodes to understand its order of points.
ASKED = ["alternativeRowScanning", "Nx", "jScansPositively"]


def compare_grib(path: str | Path, filters: dict | None = None, worker: Worker | None = None) -> list[str]:
    """What differs between the two readings of a file; with other filters too, where cfgrib wants a choice."""
    own = worker or Worker()
    try:
        return _compared(str(path), filters or {}, own)
    finally:
        if worker is None:
            own.close()


def _compared(path: str, filters: dict, worker: Worker) -> list[str]:
    def said(differences: list[str]) -> list[str]:
        return [f"{filters}: {one}" if filters else one for one in differences]

    request = {"as": "dataset", "path": path, "filters": [[key, value] for key, value in filters.items()], "skip_damaged": True}
    try:
        answer = worker.ask({"file": request, "most": 1 << 40})
    except Hung as hung:
        return said([str(hung)])
    ours = answer.get("opened", answer)
    if "panic" in ours or "died" in ours or "protocol" in ours:
        return said([f"the worker: {ours}"])
    try:
        theirs = xr.open_dataset(
            path, engine="cfgrib", backend_kwargs={"indexpath": "", "filter_by_keys": filters, "read_keys": ASKED}
        )
    except Exception as error:  # every reader's error is one
        return said(_refused(path, filters, worker, ours, error))
    if theirs.attrs.get("GRIB_centre") is None and not theirs.data_vars:
        return [] if "error" in ours else said(["we read what cfgrib finds nothing in"])
    grids = {array.attrs.get("GRIB_gridType") for array in theirs.data_vars.values()}
    if "sh" in grids:
        return [] if "harmonics" in ours.get("error", "") else said(["spectral fields are not refused"])
    if "error" in ours:
        return said([f"we refuse: {ours['error']}"])
    return said(_datasets(ours, theirs))


def _refused(path: str, filters: dict, worker: Worker, ours: dict, error: Exception) -> list[str]:
    choices = error.args[2] if len(error.args) == 3 else None
    if choices is None:
        return [] if "error" in ours else [f"cfgrib fails ({error}); we read {[one['name'] for one in ours['dataset']]}"]
    key = error.args[1]
    if "error" not in ours:
        return [f"we read what cfgrib wants a choice of {key} for"]
    found = [] if f'filter("{key}"' in ours["error"] else [f"no choice of {key} is offered: {ours['error']}"]
    for choice in choices:
        if len(choice) < 4 and choice != filters:
            found += _compared(path, choice, worker)
    return found


def _values(view: dict) -> np.ndarray:
    raw = base64.b64decode(view["data"])
    if view["dtype"] == "str":
        return np.array(json.loads(raw), object).reshape(view["shape"])
    return np.frombuffer(raw, np.dtype(view["dtype"])).reshape(view["shape"])


def _datasets(ours: dict, theirs: xr.Dataset) -> list[str]:
    found = []
    arrays = {one["name"]: one for one in ours["dataset"]}
    known = {name for name in theirs.data_vars if not name.startswith("unknown")}
    unknown = [name for name in arrays if name.startswith("unknown")]
    if known != set(arrays) - set(unknown):
        found.append(f"variables {sorted(arrays)} and not {sorted(theirs.data_vars)}")
    found += _attrs("the dataset", ours["attrs"], theirs.attrs)
    coords = {one["name"]: one for one in ours["coords"] if one["name"] not in OURS_ALONE}
    # What cfgrib keeps of a variable that it skips belongs to none.
    used = {name for array in theirs.data_vars.values() for name in array.encoding.get("coordinates", "").split()}
    for name in sorted(set(coords) ^ set(theirs.coords)):
        if name in coords or not used or name in used:
            found.append(f"coordinate {name} is only {'ours' if name in coords else 'theirs'}")
    for name in set(coords) & set(theirs.coords):
        if not _misled(name, theirs):
            found += _coord(name, coords[name], theirs.coords[name])
    for name in set(arrays) & set(theirs.data_vars):
        found += _array(name, arrays[name], theirs[name])
    return found


def _misled(name: str, theirs: xr.Dataset) -> bool:
    """Whether ecCodes believed a wrong increment, and came out elsewhere than at the last point; or whether it takes the
    first point of a map for its lowest, or leaves rotated degrees as they are."""
    wanted = theirs.coords[name]
    for array in theirs.data_vars.values():
        kind, upwards = array.attrs.get("GRIB_gridType"), array.attrs.get("GRIB_jScansPositively")
        if name in ("latitude", "longitude") and (
            kind == "rotated_gg" or (kind in ("lambert", "polar_stereographic", "mercator") and not upwards)
        ):
            return True
    lasts = [array.attrs.get(f"GRIB_{name}OfLastGridPointInDegrees") for array in theirs.data_vars.values()]
    if name not in ("latitude", "longitude") or wanted.dims != (name,) or None in lasts or not lasts:
        return False
    return name == "latitude" and abs(wanted.values[-1] - lasts[0]) > 0.5


def _array(name: str, view: dict, theirs: xr.DataArray) -> list[str]:
    if "data" not in view:
        return [f"{name}: {view.get('error', view)}"]
    found = _attrs(name, view["attrs"], theirs.attrs)
    if tuple(view["dims"]) != theirs.dims or tuple(view["shape"]) != theirs.shape:
        return [*found, f"{name} is over {view['dims']} {view['shape']} and not {theirs.dims} {theirs.shape}"]
    ours, wanted = _values(view), theirs.values
    if ours.dtype != wanted.dtype:
        found.append(f"{name} is {ours.dtype} and not {wanted.dtype}")
    wanted = _in_rows(wanted, theirs)
    if not np.array_equal(ours, wanted, equal_nan=True):
        unequal = ~((ours == wanted) | (np.isnan(ours) & np.isnan(wanted)))
        at = tuple(int(index) for index in np.argwhere(unequal)[0])
        found.append(f"{name}: {unequal.sum()} of {ours.size} values, at {at} {ours[at]!r} and not {wanted[at]!r}")
    return found


def _in_rows(values: np.ndarray, array: xr.DataArray) -> np.ndarray:
    """What cfgrib leaves as it is stored: columns one after the other, and rows of points that run to and fro."""
    if array.attrs.get("GRIB_jPointsAreConsecutive"):
        rows, columns = values.shape[-2:]
        turned = bool(array.attrs.get("GRIB_alternativeRowScanning"))
        if turned:
            values = _every_other(values)
        values = values.reshape(*values.shape[:-2], columns, rows)
        return (_every_other(values) if turned else values).swapaxes(-1, -2)
    if array.dims[-1] == "values" and array.attrs.get("GRIB_alternativeRowScanning"):
        return _every_other(values.reshape(*values.shape[:-1], -1, array.attrs["GRIB_Nx"])).reshape(values.shape)
    return values


def _every_other(values: np.ndarray) -> np.ndarray:
    """Every other row the other way."""
    turned = values.copy()
    turned[..., 1::2, :] = values[..., 1::2, ::-1]
    return turned


def _coord(name: str, view: dict, theirs: xr.DataArray) -> list[str]:
    found = _attrs(name, view["attrs"], theirs.attrs)
    ours, wanted = _values(view), theirs.values
    if tuple(view["dims"]) != theirs.dims or ours.shape != wanted.shape:
        return [*found, f"{name} is over {view['dims']} {ours.shape} and not {theirs.dims} {wanted.shape}"]
    if wanted.dtype.kind == "m":
        # A number of hours, as there are no durations.
        wanted = wanted / np.timedelta64(1, "h")
    if wanted.dtype.kind == "M":
        wanted = wanted.astype("datetime64[ns]")
    if name == "isobaricInhPa":
        # ecCodes cuts off what is less than a whole hPa.
        ours = np.floor(ours)
    if name == "longitude":
        # Round the earth; and cfgrib sorts those of a row, whatever the order of its values.
        ours, wanted = np.mod(np.round(ours, 6), 360), np.mod(np.round(wanted, 6), 360)
        if view["dims"] == ["longitude"]:
            ours, wanted = np.sort(ours), np.sort(wanted)
    # Increments are rounded to thousandths or millionths of a degree; ecCodes adds them up.
    same = (
        np.allclose(ours, wanted, rtol=0, atol=1e-3) if name in ("latitude", "longitude") else np.array_equal(ours, wanted)
    )
    if not same:
        found.append(f"{name} is {ours.ravel()[:4]} and not {wanted.ravel()[:4]}")
    return found


def _attrs(name: str, ours: dict, theirs: dict) -> list[str]:
    found = []
    for key, wanted in theirs.items():
        if key in THEIRS_ALONE or key.removeprefix("GRIB_") in ASKED or (key in ("units", "calendar", "dtype") and name in ("time", "valid_time", "step")):
            continue
        if key not in ours:
            found.append(f"{name} lacks {key}: {wanted!r}"[:200])
            continue
        mine = ours[key]
        # The same thing has other words in each version of the standard's table.
        if key == "GRIB_gridDefinitionDescription":
            continue
        number = isinstance(wanted, (int, float, np.number, np.ndarray))
        same = np.allclose(mine, wanted, rtol=1e-6, atol=1e-6) if number and not isinstance(mine, str) else mine == wanted
        if wanted == "unknown_PLPresent":
            continue
        if not same:
            found.append(f"{name} has {key}: {mine!r} and not {wanted!r}"[:300])
    extra = set(ours) - set(theirs) - NOTES
    if theirs.get("GRIB_gridType") == "unknown_PLPresent":
        # Rows that ecCodes does not take for a thinned grid, whose places it works out all the same.
        extra = {key for key in extra if not key.startswith("GRIB_")}
    if extra and name != "step":
        found.append(f"{name} has {sorted(extra)} alone")
    return found


def main() -> int:
    logging.disable(logging.CRITICAL)
    worker = Worker()
    wrong = 0
    for path in sys.argv[1:]:
        found = compare_grib(path, worker=worker)
        wrong += bool(found)
        print(f"{path}: {'same' if not found else ''}")
        for one in found:
            print("   ", one)
    worker.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
