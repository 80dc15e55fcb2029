"""What a file says, without its library: both sides' answers become this before they are compared."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

import numpy as np

# Attributes that say how numbers are stored or decoded: they belong to the encoding, which is compared by its effects.
ENCODING = {
    "_FillValue", "missing_value", "scale_factor", "add_offset", "_Unsigned", "coordinates", "grid_mapping", "dtype",
    "calendar", "decoding_note", "valid_range", "_ARRAY_DIMENSIONS", "_Encoding",
}  # fmt: skip
EVERYDAY = {"standard", "gregorian", "proleptic_gregorian"}


@dataclass
class Field:
    """One variable. Dates are ISO texts of one length with `dtype` "dates[CALENDAR]"; None is a missing text or date."""

    dims: tuple[str, ...]
    dtype: str
    values: np.ndarray
    attrs: dict = field(default_factory=dict)
    full_shape: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()
    error: str | None = None


@dataclass
class Opened:
    """A file: its variables, coordinates and attributes; of a raster also where it lies."""

    variables: dict[str, Field]
    coords: dict[str, Field]
    attrs: dict = field(default_factory=dict)
    crs: str | None = None
    transform: tuple | None = None
    nodata: float | None = None
    # Names of the bands, by the place where the side keeps them.
    names: list[str] = field(default_factory=list)
    # Variables that only say where others lie; they are compared as the CRS.
    mappings: set[str] = field(default_factory=set)
    # What the file holds besides, and why it is left out, in ours.
    not_read: str = ""
    # Whether a raster's numbers were scaled: rioxarray's choice of a float for them is not xarray's in every case.
    scaled: bool = False


class Refused(Exception):
    """A side does not open the file; the text is what it says."""


def of_numpy(values: np.ndarray) -> tuple[str, np.ndarray]:
    """Values as xarray holds them, with the name of their type."""
    values = np.asarray(values)
    kind = values.dtype.kind
    if kind == "M":
        return "dates[proleptic_gregorian]", _mapped(values, lambda date: None if np.isnat(date) else padded(str(date)))
    if kind == "m":
        return "int64", values.astype("m8[ns]").astype("int64")
    if kind in "US":
        return "str", _mapped(values, lambda text: text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text))
    if kind == "V" and values.dtype.names is None:
        return str(values.dtype), values
    if kind == "O" or kind == "T":
        return _of_objects(values)
    if kind not in "biufc":
        return str(values.dtype), values
    return values.dtype.newbyteorder("=").name, values.astype(values.dtype.newbyteorder("="), copy=False)


def _of_objects(values: np.ndarray) -> tuple[str, np.ndarray]:
    flat = [one for one in values.ravel() if one is not None]
    dates = [one for one in flat if hasattr(one, "calendar")]
    if dates:
        return f"dates[{dates[0].calendar}]", _mapped(
            values, lambda date: cftime_text(date) if hasattr(date, "calendar") else None
        )
    if flat and all(isinstance(one, datetime.datetime) for one in flat):
        return "dates[proleptic_gregorian]", _mapped(values, lambda date: padded(date.isoformat()))
    if all(isinstance(one, (str, bytes, float)) for one in flat):
        return "str", _mapped(values, _text_or_missing)
    return "object", values


def _text_or_missing(value):
    if value is None or isinstance(value, float):
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _mapped(values: np.ndarray, function) -> np.ndarray:
    out = np.empty(values.shape, object)
    for at in np.ndindex(values.shape):
        out[at] = function(values[at])
    return out


def cftime_text(date) -> str:
    day = f"{date.year:05d}" if date.year < 0 else f"{date.year:04d}"
    return padded(
        f"{day}-{date.month:02d}-{date.day:02d}T{date.hour:02d}:{date.minute:02d}:{date.second:02d}.{date.microsecond:06d}"
    )


_DATE = re.compile(r"([+-]?\d+)-(\d\d)(?:-(\d\d))?(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?)?")


def padded(text: str) -> str | None:
    """A date in ISO 8601, however short, as year to nanosecond."""
    if text in ("", "NaT"):
        return None
    found = _DATE.fullmatch(text.strip())
    if not found:
        return text
    year, month, day, hour, minute, second, fraction = found.groups()
    time = f"{hour or '00'}:{minute or '00'}:{second or '00'}.{(fraction or '').ljust(9, '0')[:9]}"
    return f"{int(year):04d}-{month}-{day or '01'}T{time}"


def plain_attr(value):
    """An attribute in Python's own types: text, number, or list of either."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray):
        listed = [plain_attr(one) for one in value.ravel()]
        return listed[0] if len(listed) == 1 else listed
    if isinstance(value, np.generic):
        return plain_attr(value.item())
    if isinstance(value, (list, tuple)):
        listed = [plain_attr(one) for one in value]
        return listed[0] if len(listed) == 1 else listed
    if isinstance(value, bool):
        return int(value)
    return value


def plain_attrs(attrs: dict, more: set = frozenset()) -> dict:
    return {str(name): plain_attr(value) for name, value in attrs.items() if name not in ENCODING and name not in more}
