"""Whether two results say the same: what differs, in words, or nothing."""

from __future__ import annotations

import numpy as np

from .wire import Plain, Several

# After a rounding operation results agree to this share of the values' magnitude. Both sides round, in different orders;
# xarray adds float32 in float32, the prelude in float64.
ROUGH = {"float32": 4e-5, "float64": 1e-9}
# Where no operation so far rounds, the last bit at most.
EXACT = {"float32": 1.2e-7, "float64": 2.3e-16}


def difference(ours, theirs, *, rough: bool, scale: float, coarse: bool = False, shares: dict = ROUGH) -> str | None:
    """How `ours` differs from `theirs`; `scale` is the magnitude of what was added up."""
    if type(ours) is not type(theirs):
        return f"a {type(ours).__name__} where xarray has a {type(theirs).__name__}"
    if coarse:
        shares = dict.fromkeys(shares, shares["float32"])
    if isinstance(ours, Several):
        return _several(ours, theirs, rough, scale, shares)
    return _array(ours, theirs, rough, scale, shares)


def _several(ours: Several, theirs: Several, rough: bool, scale: float, shares: dict) -> str | None:
    if set(ours.arrays) != set(theirs.arrays):
        return f"variables {sorted(ours.arrays)} instead of {sorted(theirs.arrays)}"
    for name, array in theirs.arrays.items():
        if found := _array(ours.arrays[name], array, rough, scale, shares):
            return f"{name}: {found}"
    return _coords(ours.coords, theirs.coords)


def _array(ours: Plain, theirs: Plain, rough: bool, scale: float, shares: dict) -> str | None:
    if ours.dims != theirs.dims:
        return f"dims {ours.dims} instead of {theirs.dims}"
    if found := _values("values", ours.values, theirs.values, scale, shares if rough else EXACT):
        return found
    if found := _coords(ours.coords, theirs.coords):
        return found
    if ours.name != theirs.name:
        return f"name {ours.name!r} instead of {theirs.name!r}"
    if ours.attrs != theirs.attrs:
        return f"attrs {ours.attrs} instead of {theirs.attrs}"
    return None


def _coords(ours: dict, theirs: dict) -> str | None:
    if set(ours) != set(theirs):
        return f"coordinates {sorted(ours)} instead of {sorted(theirs)}"
    for name, (dims, values) in theirs.items():
        if ours[name][0] != dims:
            return f"coordinate {name} along {ours[name][0]} instead of {dims}"
        if found := _values(f"coordinate {name}", ours[name][1], values, 0.0, EXACT):
            return found
    return None


def _values(what: str, ours: np.ndarray, theirs: np.ndarray, scale: float, shares: dict) -> str | None:
    if ours.dtype != theirs.dtype:
        return f"{what}: dtype {ours.dtype} instead of {theirs.dtype}"
    if ours.shape != theirs.shape:
        return f"{what}: shape {ours.shape} instead of {theirs.shape}"
    wrong = ~_agree(ours, theirs, scale, shares)
    if not wrong.any():
        return None
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{what}: {ours[at]!r} instead of {theirs[at]!r} at {at} ({int(wrong.sum())} of {wrong.size} differ)"


def _agree(ours: np.ndarray, theirs: np.ndarray, scale: float, shares: dict) -> np.ndarray:
    if ours.dtype.kind in "biu":
        return np.asarray(ours == theirs)
    if ours.dtype.kind == "M":
        return np.asarray(ours.view("int64") == theirs.view("int64"))
    if ours.dtype.kind != "f":
        return np.asarray(ours == theirs)
    share = shares[ours.dtype.name]
    with np.errstate(all="ignore"):
        allowed = share * np.maximum(np.abs(theirs.astype("f8")), 0.0 if shares is EXACT else scale)
        close = np.abs(ours.astype("f8") - theirs.astype("f8")) <= allowed
    return np.asarray(close | (ours == theirs) | (np.isnan(ours) & np.isnan(theirs)))


# Sums in chunks are grouped otherwise than sums in one go.
BITS = {"float32": 4e-7, "float64": 2e-14}


def bits(lazy, eager, *, rough: bool, scale: float) -> str | None:
    """How a lazy result differs from the one in memory by more than the last bits of what was added up."""
    return difference(lazy, eager, rough=rough, scale=scale, shares=BITS)
