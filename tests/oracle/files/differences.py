"""Where files come out otherwise on purpose, by name: what, why, and a case in which it shows.

`test_files_harness.py` fails if one of them no longer shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from .compare import Found


@dataclass(frozen=True)
class Difference:
    name: str
    reason: str
    applies: Callable[[dict, Found], bool]
    # A case in which it shows.
    example: Callable[[], dict]


def _dataset(variables: dict, form: str = "netcdf", dims: dict | None = None, attrs: dict | None = None) -> dict:
    spec = {"format": "NETCDF4", "seed": 4, "dims": dims or {"time": 2}, "variables": variables, "attrs": attrs or {}}
    return {"form": form, "spec": spec, "reading": {}}


def _numbers(dtype: str, dims: list[str], **more) -> dict:
    return {"kind": "numbers", "dims": dims, "dtype": dtype, "attrs": {}, **more}


def _grib() -> dict:
    spec = {
        "edition": 1, "seed": 1, "parameters": ["2t"], "nx": 3, "ny": 2, "step_degrees": 10.0, "west": 10.0, "north": 50.0,
        "levels": [500], "steps": [0], "times": [[20200101, 0]],
    }  # fmt: skip
    return {"form": "grib", "spec": spec, "reading": {}}


def _text_list(case: dict, found: Found) -> bool:
    return found.kind == "an attribute" and found.theirs.startswith("['")


def _missing_times(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where)
    if variable is None or variable["kind"] != "time" or not found.kind.startswith("missing values where there are some"):
        return False
    return variable["dtype"].startswith("float") and "missing" in variable


def _unsigned_missing_value(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where, {})
    if variable.get("unsigned") != "true":
        return False
    if variable.get("endian") == "big" and variable.get("fill") is not None:
        return found.kind.endswith(("values where there are some of a variable", "values where it is missing of a variable"))
    return found.kind == "missing values where there are some of a variable" and (variable.get("missing_value") or 0) < 0


def _fill_that_rounds(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where, {})
    if not found.kind.startswith("missing values where there are some of"):
        return False
    # A float32 does not tell the largest integers of 32 and 64 bits from their neighbours, a float64 those of 64 bits.
    packed = variable.get("scale", variable.get("offset", [0, ""]))[1]
    coarse = {"float32": {"int32", "uint32", "int64", "uint64", "float64"}, "float64": {"int64", "uint64"}}.get(packed, set())
    return variable.get("dtype") in coarse and ("fill" in variable or "missing_value" in variable)


def _zarr_objects(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where, {})
    absent = found.kind in ("a variable is not there", "a coordinate is not there")
    return case["form"] == "zarr" and absent and variable.get("kind") in ("char", "string")


DIFFERENCES = [
    Difference(
        "lists-of-texts",
        "an attribute that is a list of texts is one text, with commas; netCDF4 gives a list",
        _text_list,
        lambda: _dataset({"v0": _numbers("int16", ["time"])}, attrs={"words": ["red", "green"]}),
    ),
    Difference(
        "missing-times",
        "a missing time is a missing date; xarray makes the reference date of NaN, of float32 and where nothing is masked",
        _missing_times,
        lambda: _dataset(
            {
                "time": {
                    "kind": "time",
                    "dims": ["time"],
                    "units": "s since 2000-01-01",
                    "dtype": "float32",
                    "numbers": [0, 5],
                    "missing": [1],
                }
            }
        ),
    ),
    Difference(
        "fills-before-rounding",
        "a number is compared with the fill value as the file has both; xarray converts packed numbers to float32 first, "
        "where not all are equal to themselves",
        _fill_that_rounds,
        lambda: _dataset({"v0": _numbers("int32", ["time"], fill=2147483647, scale=[0.1, "float32"])}, dims={"time": 40}),
    ),
    Difference(
        "missing-values-of-unsigned",
        "where `_Unsigned` is true, `missing_value` is read without its sign as `_FillValue` is; xarray leaves its sign, "
        "so that nothing is equal to it, and turns the bytes of `_FillValue` round where those of the numbers are",
        _unsigned_missing_value,
        lambda: _dataset({"v0": _numbers("int16", ["time"], missing_value=-32768, unsigned="true")}, dims={"time": 40}),
    ),
    Difference(
        "steps-of-grib",
        "steps of GRIB files are a number of hours, as there are no durations; cfgrib gives durations",
        lambda case, found: case["form"] == "grib" and found.where == "step",
        _grib,
    ),
    Difference(
        "texts-of-any-length-in-zarr",
        "Zarr arrays of objects (texts of any length) are left out and named in the attribute `not_read`: GDAL does not "
        "decode them",
        _zarr_objects,
        lambda: _dataset({"v0": _numbers("int16", ["time"]), "label": {"kind": "string", "dims": ["time"], "width": 6}}, "zarr"),
    ),
]


def known(case: dict, found: Found) -> str | None:
    """The difference on the list that explains what was found."""
    return next((one.name for one in DIFFERENCES if one.applies(case, found)), None)
