"""Datasets for netCDF and Zarr: drawn as data, with encodings, calendars, texts, bounds and attributes of all kinds."""

from __future__ import annotations

import random

import numpy as np

from . import times

FORMATS = ["NETCDF4", "NETCDF4", "NETCDF4", "NETCDF4_CLASSIC", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET"]
# What netCDF-3 has.
CLASSIC = ["int8", "int16", "int32", "float32", "float64"]
ALL = [*CLASSIC, "uint8", "uint16", "uint32", "int64", "uint64"]
LAT_STEPS = [0.05, 0.1, 1 / 12, 0.25, 2.5]


def draw(rng: random.Random) -> dict:
    """One file: dimensions, coordinates and variables, each of which can be left out while a case shrinks."""
    form = rng.choice(FORMATS)
    dims = {"lat": rng.randint(1, 6), "lon": rng.randint(1, 6), "time": rng.randint(1, 5), "station": rng.randint(1, 4)}
    # In netCDF-3 a length of zero is one that grows.
    if rng.random() < 0.05 and form == "NETCDF4":
        dims[rng.choice(["time", "station"])] = 0
    spec: dict = {"format": form, "seed": rng.randrange(1 << 30), "dims": dims, "variables": {}, "attrs": _attrs(rng, form)}
    used = rng.sample(list(dims), rng.randint(1, 3))
    variables = spec["variables"]
    if "lat" in used:
        variables["lat"] = _axis(rng, "lat", dims["lat"])
    if "lon" in used:
        variables["lon"] = _axis(rng, "lon", dims["lon"])
    if "time" in used and rng.random() < 0.9:
        variables["time"] = {"kind": "time", "dims": ["time"], **times.draw(rng, dims["time"], form != "NETCDF4")}
        if rng.random() < 0.2:
            variables["time"]["bounds"] = "time_bnds"
            variables["time_bnds"] = {"kind": "bounds", "dims": ["time", "nv"], "of": "time"}
            dims["nv"] = 2
    if "station" in used and rng.random() < 0.6:
        variables["station"] = _text(rng, form, ["station"])
    for number in range(rng.randint(1, 3)):
        own = [dim for dim in dims if dim in used and rng.random() < 0.8]
        variables[f"v{number}"] = _numbers(rng, form, own)
    _more(rng, form, spec, used)
    if form == "NETCDF4" and rng.random() < 0.08:
        spec["group"] = rng.choice(["inner", "a/b"])
    if rng.random() < 0.15:
        grows = rng.choice(list(dims))
        # netCDF-3 has one such dimension, which comes first.
        firsts = [variable["dims"].index(grows) == 0 for variable in variables.values() if grows in variable["dims"]]
        if form == "NETCDF4" or all(firsts):
            spec["unlimited"] = grows
    return spec


def _axis(rng: random.Random, name: str, length: int) -> dict:
    step = rng.choice(LAT_STEPS)
    first = rng.choice([-10.0, 0.0, 50.025] if name == "lat" else [-180.0, 0.0, 350.0, 5.05])
    direction = -1 if name == "lat" and rng.random() < 0.5 else 1
    axis = {
        "kind": "axis",
        "dims": [name],
        "dtype": rng.choice(["float32", "float32", "float64"]),
        "first": first,
        "step": direction * step,
    }
    if rng.random() < 0.8:
        axis["attrs"] = {
            "units": "degrees_north" if name == "lat" else "degrees_east",
            "standard_name": {"lat": "latitude", "lon": "longitude"}[name],
        }
    return axis


def _numbers(rng: random.Random, form: str, dims: list[str]) -> dict:
    dtype = rng.choice(ALL if form == "NETCDF4" else CLASSIC)
    drawn: dict = {"kind": "numbers", "dims": dims, "dtype": dtype, "attrs": _attrs(rng, form, few=True)}
    integer = dtype.startswith(("int", "uint"))
    if rng.random() < 0.45:
        drawn["fill"] = _fill(rng, dtype)
    if rng.random() < 0.15:
        drawn["missing_value"] = _fill(rng, dtype)
    if rng.random() < (0.4 if integer else 0.1):
        drawn["scale"] = rng.choice([[0.01, "float64"], [0.1, "float32"], [2.0, "float64"], [10, "int16"]])
        if rng.random() < 0.5:
            drawn["offset"] = [rng.choice([273.15, -5.0, 100.0]), drawn["scale"][1] if drawn["scale"][1] != "int16" and rng.random() < 0.8 else "float64"]
    elif rng.random() < 0.04:
        drawn["offset"] = [10.0, "float32"]
    if integer and dtype in ("int8", "int16", "int32") and rng.random() < 0.15:
        drawn["unsigned"] = "true"
    if dtype == "uint8" and rng.random() < 0.1:
        drawn["unsigned"] = "false"
    if (
        dtype == "int8"
        and "unsigned" not in drawn
        and not {"scale", "fill", "missing_value", "offset"} & set(drawn)
        and rng.random() < 0.3
    ):
        drawn["bool"] = True
    if form.startswith("NETCDF4") and dims:
        if rng.random() < 0.3:
            drawn["chunks"] = True
        if rng.random() < 0.3:
            drawn["zlib"] = rng.choice([1, 4])
        if rng.random() < 0.1:
            drawn["endian"] = "big"
        if rng.random() < 0.1:
            drawn["fletcher32"] = True
    return drawn


def _fill(rng: random.Random, dtype: str):
    if dtype.startswith("float"):
        return rng.choice([-9999.0, 1e20, 9.969209968386869e36, 3.0, "nan"])
    info = np.iinfo(dtype)
    return rng.choice([3, int(info.max), int(info.min)])


WORDS = ["Bern", "Zürich", "a", "", "longer than others", "São Paulo"]


def _text(rng: random.Random, form: str, dims: list[str]) -> dict:
    kinds = ["char", "string"] if form == "NETCDF4" else ["char"]
    return {"kind": rng.choice(kinds), "dims": dims, "width": rng.choice([6, 20])}


def _more(rng: random.Random, form: str, spec: dict, used: list[str]) -> None:
    """Texts, coordinates that lie along no dimension of their name, and where the map lies."""
    variables = spec["variables"]
    if rng.random() < 0.25:
        dims = rng.choice([[], ["station"], ["station", "time"]])
        variables["label"] = _text(rng, form, dims)
    if {"lat", "lon"} <= set(used) and rng.random() < 0.25:
        variables["area"] = {"kind": "numbers", "dims": ["lat", "lon"], "dtype": "float64", "attrs": {}, "fill": None}
        named = [name for name in variables if name.startswith("v") and {"lat", "lon"} <= set(variables[name]["dims"])]
        for name in named:
            variables[name]["coordinates"] = "area height"
        variables["height"] = {"kind": "numbers", "dims": [], "dtype": "float64", "attrs": {"units": "m"}}
    if {"lat", "lon"} <= set(used) and rng.random() < 0.3:
        variables["crs"] = {"kind": "mapping", "dims": [], "wkt": rng.random() < 0.6}
        for name, variable in variables.items():
            if name.startswith("v") and {"lat", "lon"} <= set(variable["dims"]):
                variable["mapping"] = "crs"


def _attrs(rng: random.Random, form: str, few: bool = False) -> dict:
    choices = [
        ("title", "made"), ("history", "Größe, größer"), ("level", 2), ("ratio", 0.5), ("range", [1.0, 2.5]), ("flags", [1, 2, 3]),
        ("empty", ""), ("long_name", "a b c"), ("units", "K"), ("note", "first line\nsecond line"), ("days", "days"), ("one", [7.0]),
    ]  # fmt: skip
    if form == "NETCDF4":
        choices += [("words", ["red", "green"]), ("large", 2**40)]
    return dict(rng.sample(choices, rng.randint(0, 2 if few else 4)))


def plan(spec: dict) -> list[tuple[str, list[str], np.ndarray, dict, dict]]:
    """What is stored: for each variable its name, dimensions, values, attributes, and how it lies in the file."""
    variables = spec["variables"]
    # A bounds variable, or one that is named elsewhere, may have been left out while the case shrank.
    listed = []
    for number, (name, variable) in enumerate(variables.items()):
        rng = np.random.default_rng([spec["seed"], number])
        shape = tuple(spec["dims"][dim] for dim in variable["dims"])
        values, attrs = MAKERS[variable["kind"]](rng, shape, variable, variables)
        for key, attr in (("coordinates", "coordinates"), ("mapping", "grid_mapping"), ("bounds", "bounds")):
            if wanted := variable.get(key):
                names = [one for one in wanted.split() if one in variables]
                if names:
                    attrs[attr] = " ".join(names)
        listed.append((name, variable["dims"], values, attrs, variable))
    return listed


def _made_axis(rng, shape, variable, variables):
    labels = variable["first"] + variable["step"] * np.arange(shape[0])
    return labels.astype(variable["dtype"]), dict(variable.get("attrs", {}))


def _made_time(rng, shape, variable, variables):
    values = np.array(variable["numbers"], variable["dtype"])
    attrs = {"units": variable["units"]} | ({"calendar": variable["calendar"]} if "calendar" in variable else {})
    if "missing" in variable:
        fill = np.array(np.nan if values.dtype.kind == "f" else np.iinfo(values.dtype).min, values.dtype)
        values[variable["missing"]] = fill
        attrs["_FillValue"] = fill
    return values, attrs


def _made_bounds(rng, shape, variable, variables):
    of = variables.get(variable["of"])
    numbers = np.array(of["numbers"], "float64") if of else np.arange(shape[0], dtype="float64")
    return np.stack([numbers, numbers + 1], -1), {}


def _made_numbers(rng, shape, variable, variables):
    dtype = np.dtype(variable["dtype"])
    if dtype.kind == "f":
        values = (rng.integers(-20, 20, shape) / 4).astype(dtype)
        special = [np.nan, np.inf, -0.0]
    else:
        info = np.iinfo(dtype)
        values = rng.integers(max(info.min, -100), 100, shape).astype(dtype)
        special = [info.min, info.max]
    special = np.array(
        [*special, *(_as_fill(variable[key]) for key in ("fill", "missing_value") if variable.get(key) is not None)], dtype
    )
    where = rng.random(shape) < 0.25
    values = np.where(where, rng.choice(special, shape), values).astype(dtype)
    attrs = dict(variable.get("attrs", {}))
    if variable.get("bool"):
        values = rng.integers(0, 2, shape).astype("int8")
        attrs["dtype"] = "bool"
    for key, attr in (("fill", "_FillValue"), ("missing_value", "missing_value")):
        if variable.get(key) is not None:
            attrs[attr] = np.array(_as_fill(variable[key]), dtype)
    for key, attr in (("scale", "scale_factor"), ("offset", "add_offset")):
        if key in variable:
            attrs[attr] = np.array(variable[key][0], variable[key][1])
    if "unsigned" in variable:
        attrs["_Unsigned"] = variable["unsigned"]
    return values, attrs


def _as_fill(value):
    return np.nan if value == "nan" else value


def _made_text(rng, shape, variable, variables):
    words = rng.choice(np.array(WORDS, object), shape)
    return (np.array(words, object) if shape else np.array(str(words), object)), {}


def _made_mapping(rng, shape, variable, variables):
    if variable.get("wkt"):
        from rasterio.crs import CRS

        return np.array(0, "int32"), {"crs_wkt": CRS.from_epsg(4326).to_wkt(), "grid_mapping_name": "latitude_longitude"}
    return np.array(0, "int32"), {
        "grid_mapping_name": "latitude_longitude", "semi_major_axis": 6378137.0, "inverse_flattening": 298.257223563,
        "longitude_of_prime_meridian": 0.0,
    }  # fmt: skip


MAKERS = {
    "axis": _made_axis, "time": _made_time, "bounds": _made_bounds, "numbers": _made_numbers, "char": _made_text,
    "string": _made_text, "mapping": _made_mapping,
}  # fmt: skip
