"""Times as files have them: every calendar, every form of reference date that cftime takes, and the numbers that go with them."""

from __future__ import annotations

import random

CALENDARS = ["standard", "gregorian", "proleptic_gregorian", "noleap", "365_day", "360_day", "all_leap", "366_day", "julian"]
REFERENCES = [
    "2000-01-01", "1990-01-01 00:00:00", "1970-01-01T00:00:00Z", "2000-01-01 12:00", "1900-01-01 00:00:0.0", "1850-1-1",
    "2000-02-28 06:30:15.5", "1-1-1", "0001-01-01 00:00:00", "2000-01-01 00:00:00 UTC", "1990-01-01 00:00 GMT",
    "2000-01-01 00:00:00 +01:00", "2000-01-01 00:00:00 -06:00", "2000-01-01 00:00 +0530", "1992-10-8 15:15:42.5 -6:00",
    "1600-01-01", "1582-10-04", "2300-01-01", "01-JAN-1950", "2000-01-01 00:00:00 -0600",
]  # fmt: skip
UNITS = [
    "days",
    "hours",
    "minutes",
    "seconds",
    "milliseconds",
    "microseconds",
    "day",
    "hr",
    "h",
    "s",
    "msec",
    "d",
    "mins",
    "Days",
]


def draw(rng: random.Random, length: int, classic: bool) -> dict:
    """Units, calendar, type and numbers of a variable of times."""
    calendar = rng.choice([None, "standard", "proleptic_gregorian", *CALENDARS])
    unit = rng.choice(["days", "hours", *UNITS])
    if rng.random() < 0.05:
        unit = "months" if calendar == "360_day" or rng.random() < 0.3 else "years"
    reference = rng.choice(REFERENCES[:3] * 4 + REFERENCES)
    dtype = rng.choice(["float64", "float64", "int32", "int64", "int16", "float32"])
    dtype = "int32" if classic and dtype == "int64" else dtype
    start = rng.choice([0, 0, 15, 1000, 59])
    step = rng.choice([1, 1, 30, 365, 6])
    scale = {"m": 1440, "s": 86400}.get(unit[0], 24 if unit[0] == "h" else 1)
    if unit.startswith("mi") and not unit.startswith("min") or unit == "msec":
        scale = 86_400_000
    if unit in ("months", "years"):
        scale, step = 1, 1
    span = {"int16": 30_000, "int32": 2_000_000_000, "float32": 10_000_000}.get(dtype, 2**62)
    numbers = [(start + step * at) * (scale if rng.random() < 0.9 else 1) for at in range(length)]
    numbers = [min(number, span) for number in numbers]
    if dtype.startswith("float") and rng.random() < 0.5 and unit not in ("months", "years"):
        numbers = [number + rng.choice([0.0, 0.5, 0.25]) for number in numbers]
    drawn = {"units": f"{unit} since {reference}", "dtype": dtype, "numbers": numbers}
    if calendar:
        drawn["calendar"] = calendar
    if length and rng.random() < 0.2:
        drawn["missing"] = rng.sample(range(length), rng.randint(1, min(2, length)))
    return drawn
