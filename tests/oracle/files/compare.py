"""How two answers about a file differ: every difference, each with the kind that it counts as in a report."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

import numpy as np

from .canonical import EVERYDAY, Field, Opened

# Where both sides scale, each may round once more or less.
CLOSE = {"float16": 1e-3, "float32": 3e-7, "float64": 1e-15}


@dataclass
class Found:
    """One difference: `kind` without names and numbers, then where, and what each side says."""

    kind: str
    where: str
    theirs: str
    ours: str

    def text(self) -> str:
        return f"{self.kind}: {self.where}: ours {self.ours}, theirs {self.theirs}"


def short(value, length: int = 120) -> str:
    text = re.sub(r"\s+", " ", repr(value) if not isinstance(value, str) else value)
    return text if len(text) <= length else text[:length] + "…"


def datasets(ours: Opened, theirs: Opened, *, attrs: bool = True) -> list[Found]:
    found: list[Found] = []
    for name, field in theirs.variables.items():
        mine = ours.variables.get(name)
        if mine is None and name in ours.coords:
            found.append(Found("a variable is a coordinate", name, "variable", "coordinate"))
            mine = ours.coords[name]
        if mine is None:
            found.append(Found("a variable is not there", name, f"{field.dtype} {field.dims}", names_of(ours.variables)))
        elif mine.error is not None:
            found.append(Found("a variable cannot be computed", name, f"{field.dtype} {field.dims}", mine.error))
        else:
            found += fields("variable", name, mine, field, attrs)
    for name in set(ours.variables) - set(theirs.variables) - theirs.mappings:
        if name in theirs.coords:
            found.append(Found("a coordinate is a variable", name, "coordinate", "variable"))
        else:
            mine = ours.variables[name]
            found.append(Found("a variable too many", name, names_of(theirs.variables), f"{mine.dtype} {mine.dims}"))
    found += coordinates(ours, theirs, attrs)
    if attrs:
        found += attributes("the file", ours.attrs, theirs.attrs)
    return found


def coordinates(ours: Opened, theirs: Opened, attrs: bool) -> list[Found]:
    found: list[Found] = []
    for name, field in theirs.coords.items():
        if name in ours.coords:
            found += fields("coordinate", name, ours.coords[name], field, attrs)
        elif name not in ours.variables:
            found.append(Found("a coordinate is not there", name, f"{field.dtype} {field.dims}", names_of(ours.coords)))
    for name in set(ours.coords) - set(theirs.coords) - set(theirs.variables) - theirs.mappings:
        mine = ours.coords[name]
        found.append(Found("a coordinate too many", name, names_of(theirs.coords), f"{mine.dtype} {mine.dims}"))
    return found


def names_of(fields: dict) -> str:
    return "only " + (", ".join(sorted(fields)) or "nothing")


def fields(what: str, name: str, ours: Field, theirs: Field, attrs: bool = True) -> list[Found]:
    if ours.dims != theirs.dims:
        return [Found(f"dims of a {what}", name, str(theirs.dims), str(ours.dims))]
    found = values(what, name, ours, theirs)
    if attrs:
        # The units of dates are used up by decoding.
        dated = theirs.dtype.startswith("dates") or ours.dtype.startswith("dates")
        drop = {"units"} if dated else set()
        mine, their = ({key: value for key, value in side.attrs.items() if key not in drop} for side in (ours, theirs))
        found += attributes(f"{what} {name}", mine, their)
    return found


def values(what: str, name: str, ours: Field, theirs: Field) -> list[Found]:
    shape = ours.full_shape or ours.values.shape
    if tuple(shape) != tuple(theirs.values.shape):
        return [Found(f"shape of a {what}", name, str(theirs.values.shape), str(shape))]
    expected = theirs.values
    if ours.strides:
        expected = expected[tuple(slice(None, None, step) for step in ours.strides)]
    if not same_type(ours.dtype, theirs.dtype):
        # A date that is a number is another fault than a float that is wider.
        return [Found(f"dtype of a {what}: {ours.dtype} instead of {theirs.dtype}", name, theirs.dtype, ours.dtype)]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        wrong = ~agree(ours.values, expected, ours.dtype)
        if ours.dtype.startswith("dates") and "proleptic_gregorian" in ours.dtype + theirs.dtype and ours.dtype != theirs.dtype:
            # One day has two names before the reform of the calendar.
            early = [one is not None and one < "1582-10-15" for one in expected.ravel()]
            wrong |= np.array(early, bool).reshape(expected.shape)
    if not wrong.any():
        return []
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    count = f" at {at}, {int(wrong.sum())} of {wrong.size}"
    kind = kind_of(ours.values, expected, wrong)
    return [Found(f"{kind} of a {what}", name, short(expected[at]) + count, short(ours.values[at]))]


def kind_of(ours: np.ndarray, theirs: np.ndarray, wrong: np.ndarray) -> str:
    """Missing values that are there, values that are missing, or other values."""

    def missing(values: np.ndarray) -> np.ndarray:
        if values.dtype.kind == "f":
            return np.isnan(values)
        return values == None if values.dtype.kind == "O" else np.zeros(values.shape, bool)  # noqa: E711

    mine, their = missing(ours)[wrong], missing(theirs)[wrong]
    if (their & ~mine).all():
        return "values where it is missing"
    if (mine & ~their).all():
        return "missing values where there are some"
    return "values"


def same_type(ours: str, theirs: str) -> bool:
    if ours == theirs:
        return True
    if ours.startswith("dates") and theirs.startswith("dates"):
        mine, their = ours[6:-1], theirs[6:-1]
        alike = [{"noleap", "365_day"}, {"all_leap", "366_day"}, EVERYDAY]
        return any(mine in group and their in group for group in alike)
    return False


def agree(ours: np.ndarray, theirs: np.ndarray, dtype: str) -> np.ndarray:
    if dtype.startswith("dates"):
        return np.array([_same_instant(a, b) for a, b in zip(ours.ravel(), theirs.ravel())], bool).reshape(ours.shape)
    if ours.dtype.kind == "f" and theirs.dtype.kind == "f":
        a, b = ours.astype("f8"), theirs.astype("f8")
        close = np.abs(a - b) <= CLOSE[theirs.dtype.name] * np.maximum(np.abs(a), np.abs(b))
        return np.asarray(close | (a == b) | (np.isnan(a) & np.isnan(b)))
    return np.asarray(ours == theirs, bool)


def _same_instant(ours, theirs) -> bool:
    """Dates of cftime have microseconds, so the nanoseconds may be rounded away there."""
    if ours is None or theirs is None or ours == theirs:
        return ours is theirs or ours == theirs
    if ours[: ours.index("T")] != theirs[: theirs.index("T")]:
        return False
    return abs(_nanoseconds(ours) - _nanoseconds(theirs)) <= 1000


def _nanoseconds(text: str) -> int:
    time = text[text.index("T") + 1 :]
    hour, minute, second = time.split(":")
    whole, _, fraction = second.partition(".")
    return ((int(hour) * 60 + int(minute)) * 60 + int(whole)) * 10**9 + int(fraction)


def attributes(where: str, ours: dict, theirs: dict) -> list[Found]:
    found = []
    for name in theirs:
        if name not in ours:
            found.append(Found("an attribute is not there", f"{name} of {where}", short(theirs[name]), "nothing"))
        elif not same_attr(ours[name], theirs[name]):
            found.append(Found("an attribute", f"{name} of {where}", short(theirs[name]), short(ours[name])))
    for name in set(ours) - set(theirs):
        found.append(Found("an attribute too many", f"{name} of {where}", "nothing", short(ours[name])))
    return found


def same_attr(ours, theirs) -> bool:
    if isinstance(theirs, list) != isinstance(ours, list):
        return False
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(same_attr(a, b) for a, b in zip(ours, theirs))
    if isinstance(theirs, str) or isinstance(ours, str):
        return ours == theirs
    try:
        a, b = float(ours), float(theirs)
    except (TypeError, ValueError):
        return ours == theirs
    return a == b or a != a and b != b


def places(ours: Opened, theirs: Opened) -> list[Found]:
    """CRS and transform."""
    found = []
    if not same_crs(ours.crs, theirs.crs):
        found.append(Found("CRS", "", short(theirs.crs or "none"), short(ours.crs or "none")))
    if not same_transform(ours.transform, theirs.transform):
        found.append(Found("transform", "", str(theirs.transform), str(ours.transform)))
    return found


def same_crs(ours: str | None, theirs: str | None) -> bool:
    if not ours or not theirs or ours == theirs:
        return (ours or None) == (theirs or None)
    import pyproj
    import rasterio.crs

    try:
        if rasterio.crs.CRS.from_wkt(ours) == rasterio.crs.CRS.from_wkt(theirs):
            return True
        mine, their = pyproj.CRS.from_wkt(ours), pyproj.CRS.from_wkt(theirs)
        if mine.equals(their, ignore_axis_order=True):
            return True
        # CF's words have no names, which each library makes up.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nameless = "undefined" in theirs or "unknown" in theirs
            return nameless and _same_parameters(mine, their)
    except (rasterio.errors.CRSError, pyproj.exceptions.CRSError):
        return False


def _same_parameters(mine, their) -> bool:
    """The same projection of ellipsoids of one size, whatever they are called."""
    if abs(mine.ellipsoid.semi_major_metre - their.ellipsoid.semi_major_metre) > 1e-3:
        return False
    if abs(mine.ellipsoid.inverse_flattening - their.ellipsoid.inverse_flattening) > 1e-4:
        return False
    sides = []
    for crs in (mine, their):
        given = {"k_0": 1.0, "k": 1.0, **crs.to_dict()}
        named = {"type", "no_defs", "ellps", "datum", "a", "b", "rf", "R", "f", "towgs84"}
        sides.append({name: value for name, value in given.items() if name not in named and value not in (0, 0.0)})
    if set(sides[0]) != set(sides[1]):
        return False
    return all(_close(sides[0][name], value) for name, value in sides[1].items())


def _close(a, b) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(b)))


def same_transform(ours, theirs) -> bool:
    """Equal to a millionth of a pixel."""
    if ours is None or theirs is None:
        return ours is theirs
    pixel = min(abs(theirs[1]) + abs(theirs[2]), abs(theirs[4]) + abs(theirs[5]))
    return all(abs(a - b) <= max(1e-6 * pixel, 1e-12 * abs(b)) for a, b in zip(ours, theirs))
