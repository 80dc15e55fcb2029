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


def _missing_times(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where)
    if variable is None or variable["kind"] != "time" or not found.kind.startswith("missing values where there are some"):
        return False
    return variable["dtype"].startswith("float") and "missing" in variable


def _unsigned_fill_turned_round(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where, {})
    if variable.get("unsigned") != "true" or variable.get("endian") != "big" or variable.get("fill") is None:
        return False
    return found.kind.endswith(("values where there are some of a variable", "values where it is missing of a variable"))


def _integer_factor(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where, {})
    return variable.get("scale", [0, ""])[1].startswith("int") and found.kind.startswith(("dtype of a", "values of a"))


def _fill_that_rounds(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where, {})
    if not found.kind.startswith(("missing values where there are some of", "values where it is missing of")):
        return False
    # A float32 does not tell the largest integers of 32 and 64 bits from their neighbours, a float64 those of 64 bits.
    packed = variable.get("scale", variable.get("offset", [0, ""]))[1]
    coarse = {"float32": {"int32", "uint32", "int64", "uint64", "float64"}, "float64": {"int64", "uint64"}}.get(packed, set())
    return variable.get("dtype") in coarse and ("fill" in variable or "missing_value" in variable)


def _offset_with_a_colon(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where, {})
    variable = case["spec"]["variables"].get(variable["of"], {}) if variable.get("kind") == "bounds" else variable
    return "-6:00" in variable.get("units", "") and found.kind.startswith("values of a")


def _largest_nodata(case: dict, found: Found) -> bool:
    spec = case["spec"]
    wide = case["form"] == "raster" and spec["dtype"] in ("int64", "uint64") and abs(spec.get("nodata") or 0) > 2**53
    kinds = ("nodata", "values where it is missing", "missing values where", "dtype of", "stored numbers", "values of", "a chain")
    return wide and found.kind.startswith(kinds)


def _zarr_of_nothing(case: dict, found: Found) -> bool:
    empty = [dim for dim, length in case["spec"].get("dims", {}).items() if length == 0]
    if case["form"] != "zarr" or not empty:
        return False
    variable = case["spec"]["variables"].get(found.where, {})
    absent = found.kind in ("a variable is not there", "a coordinate is not there") and set(empty) & set(variable.get("dims", []))
    return bool(absent) or found.kind == "ours refuses" and ("no variables" in found.ours or "it has no elements" in found.ours)


def _zarr_objects(case: dict, found: Found) -> bool:
    variable = case["spec"].get("variables", {}).get(found.where, {})
    absent = found.kind in ("a variable is not there", "a coordinate is not there")
    return case["form"] == "zarr" and absent and variable.get("kind") in ("char", "string")


DIFFERENCES = [
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
        "integer-factors",
        "numbers packed with an integer `scale_factor` alone become float64; xarray multiplies in the integer's type, where "
        "products wrap around",
        _integer_factor,
        lambda: _dataset({"v0": _numbers("int32", ["time"], scale=[10, "int16"])}, dims={"time": 40}),
    ),
    Difference(
        "fill-values-of-unsigned",
        "where `_Unsigned` is true and the numbers are stored with their bytes turned round, xarray turns those of `_FillValue` "
        "round as well, so that nothing is equal to it",
        _unsigned_fill_turned_round,
        lambda: _dataset({"v0": _numbers("int16", ["time"], fill=-2, unsigned="true", endian="big")}, dims={"time": 40}),
    ),
    Difference(
        "nodata-of-64-bit-integers",
        "the largest 64-bit integers are nodata values like others; rasterio writes them as `1.8446744073709552e+19`, and GDAL "
        "reads the digits before the point, so that 1 is missing there",
        _largest_nodata,
        lambda: {
            "form": "raster",
            "spec": {
                "driver": "GTiff", "dtype": "uint64", "seed": 883370285, "height": 2, "width": 8, "count": 1, "crs": "EPSG:32633",
                "place": {"left": 500_000.0, "top": 60.0, "step": 1.0, "down": 1.0}, "nodata": 18446744073709551615,
            },
            "reading": {"unmasked": True},
        },  # fmt: skip
    ),
    Difference(
        "offsets-of-one-digit",
        "a reference date's offset such as `-6:00` counts; cftime leaves it out where it is not written with two digits",
        _offset_with_a_colon,
        lambda: _dataset(
            {
                "time": {
                    "kind": "time",
                    "dims": ["time"],
                    "units": "days since 1992-10-8 15:15:42.5 -6:00",
                    "dtype": "int32",
                    "numbers": [0, 6],
                    "calendar": "noleap",
                }
            }
        ),
    ),
    Difference(
        "steps-of-grib",
        "steps of GRIB files are a number of hours, as there are no durations; cfgrib gives durations",
        lambda case, found: case["form"] == "grib" and found.where == "step",
        _grib,
    ),
    Difference(
        "zarr-of-length-zero",
        "Zarr arrays without elements are left out: GDAL 3.6 takes them for damaged",
        _zarr_of_nothing,
        lambda: _dataset(
            {"v0": _numbers("int16", ["time"]), "v1": _numbers("int16", ["station"])}, "zarr", dims={"time": 2, "station": 0}
        ),
    ),
    Difference(
        "zarr-fill-values-of-64-bit-integers",
        "where chunks of a Zarr array were not written, a fill value that is no float64 is not read: GDAL 3.6 makes another number of it",
        lambda case, found: case["form"] == "zarr" and "not all of its chunks may have been written" in found.ours,
        lambda: _dataset(
            {f"v{n}": _numbers("uint64", [], fill=18446744073709551615) for n in range(12)}, "zarr", dims={"time": 2}
        ),
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
