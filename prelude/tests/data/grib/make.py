"""Makes the small GRIB files of this folder with ecCodes, and prints what cfgrib reads of them.

    python make.py

Fields are whole numbers, so that every packing holds them exactly; 9999 stands for what is missing.
"""

import sys
import warnings

import eccodes as ec
import numpy as np
import xarray as xr

warnings.simplefilter("ignore")
COLUMNS, ROWS = 12, 8


def message(edition, values, keys, packing=None, missing=False):
    """The bytes of one message."""
    handle = ec.codes_grib_new_from_samples(f"regular_ll_sfc_grib{edition}")
    grid = {
        "Ni": COLUMNS, "Nj": ROWS, "iDirectionIncrementInDegrees": 10, "jDirectionIncrementInDegrees": 10,
        "longitudeOfFirstGridPointInDegrees": 0, "longitudeOfLastGridPointInDegrees": 110,
        "latitudeOfFirstGridPointInDegrees": 60, "latitudeOfLastGridPointInDegrees": -10,
    }  # fmt: skip
    for key, value in {**grid, **keys}.items():
        ec.codes_set(handle, key, value)
    if missing:
        ec.codes_set(handle, "bitmapPresent", 1)
        ec.codes_set(handle, "missingValue", 9999)
    ec.codes_set_values(handle, values.astype(float))
    if packing:
        ec.codes_set(handle, "bitsPerValue", 12)
        ec.codes_set(handle, "packingType", packing)
        ec.codes_set_values(handle, values.astype(float))
        assert ec.codes_get(handle, "packingType") == packing
    return ec.codes_get_message(handle)


def waves():
    at = np.arange(COLUMNS * ROWS)
    return np.round(270 + 20 * np.sin(at / 7) + (at * 7919 % 5))


def holes(values):
    values = values.copy()
    values[::5] = 9999
    return values


def packings(missing):
    """One field for each packing of edition 2, as steps."""
    values = holes(waves()) if missing else waves()
    names = ["simple", "complex_spatial_differencing", "ccsds", "jpeg", "png"]
    return [message(2, values, {"forecastTime": step}, f"grid_{name}", missing) for step, name in enumerate(names)]


def one_value(edition, names):
    """Fields of one value with a decimal scale, as steps."""

    def field(step, name):
        keys = {"shortName": "2t", "forecastTime" if edition == 2 else "P1": step}
        return message(edition, np.full(COLUMNS * ROWS, 273.25), {**keys, "packingType": name, "decimalScaleFactor": 2})

    return [field(step, name) for step, name in enumerate(names)]


def second_order(name):
    """ecCodes may crash after making one, so each is made by a process of its own."""
    return [message(1, waves(), {"P1": {"no_SPD": 0, "SPD1": 1, "SPD3": 3}[name]}, f"grid_second_order_{name}")]


def cube():
    """Two members, three days out of order, two steps, two levels."""
    for day in (20200102, 20200101):
        for member in (1, 2):
            for step in (0, 6):
                for level in (500, 850):
                    keys = {
                        "productDefinitionTemplateNumber": 1, "perturbationNumber": member,
                        "numberOfForecastsInEnsemble": 2, "dataDate": day, "forecastTime": step,
                        "typeOfLevel": "isobaricInhPa", "level": level, "shortName": "t",
                    }  # fmt: skip
                    yield message(2, waves() + day % 100 + 10 * member + step + level, keys)


def scanning():
    """The same map in each order of points, as steps of grids of their own."""
    step = 0
    for columns_first in (0, 1):
        for south_first in (0, 1):
            for east_first in (0, 1):
                field = np.arange(COLUMNS * ROWS).reshape(ROWS, COLUMNS)
                field = field[::-1] if south_first else field
                field = field[:, ::-1] if east_first else field
                field = field.T if columns_first else field
                keys = {
                    "iScansNegatively": east_first, "jScansPositively": south_first,
                    "jPointsAreConsecutive": columns_first, "forecastTime": step,
                    "longitudeOfFirstGridPointInDegrees": 110 if east_first else 0,
                    "longitudeOfLastGridPointInDegrees": 0 if east_first else 110,
                    "latitudeOfFirstGridPointInDegrees": -10 if south_first else 60,
                    "latitudeOfLastGridPointInDegrees": 60 if south_first else -10,
                }  # fmt: skip
                yield message(2, field.ravel(), keys)
                step += 1


def greenwich():
    keys = {"longitudeOfFirstGridPointInDegrees": 300, "longitudeOfLastGridPointInDegrees": 50}
    yield message(2, waves(), keys)


def two_winds():
    """u and v in one message, as NCEP writes them: the sections from the product on are repeated."""
    u, v = (message(2, waves() + at, {"shortName": name, "typeOfLevel": "isobaricInhPa", "level": 500}) for at, name in
            enumerate(("u", "v")))  # fmt: skip
    product = 16
    while v[product + 4] != 4:
        product += int.from_bytes(v[product : product + 4], "big")
    both = u[:-4] + v[product:]
    return [both[:8] + len(both).to_bytes(8, "big") + both[16:]]


def names():
    """Parameters of ECMWF whose codes need all of their conditions, before and after its move to edition 2."""
    hours = "stepRange"
    wanted = [
        (33, {"paramId": 49, hours: "0-6"}),
        (33, {"paramId": 228028, hours: "0-3"}),
        (33, {"paramId": 201, hours: "0-6"}),
        (33, {"paramId": 51, hours: "0-24"}),
        (33, {"paramId": 132201}),
        (33, {"paramId": 132165}),
        (33, {"paramId": 210250}),
        (33, {"paramId": 210073}),
        (33, {"paramId": 140114}),
        (34, {"productDefinitionTemplateNumber": 8, "parameterCategory": 0, "parameterNumber": 0, "typeOfFirstFixedSurface": 103,
              "scaleFactorOfFirstFixedSurface": 0, "scaledValueOfFirstFixedSurface": 2, "typeOfStatisticalProcessing": 2, hours: "0-3"}),
        (34, {"productDefinitionTemplateNumber": 117, "parameterCategory": 0, "parameterNumber": 0, "typeOfFirstFixedSurface": 100,
              "scaleFactorOfFirstFixedSurface": 0, "scaledValueOfFirstFixedSurface": 50000, "perturbationNumber": 300,
              "numberOfForecastsInEnsemble": 1000, "forecastTime": 6}),
    ]  # fmt: skip
    made = []
    for tables, keys in wanted:
        made.append(message(2, np.zeros(COLUMNS * ROWS), {"tablesVersion": tables, **keys}))
        handle = ec.codes_new_from_message(made[-1])
        asked = ["paramId", "shortName", "cfVarName", "units", "stepType", "productDefinitionTemplateNumber"]
        print("names.grib2", *(ec.codes_get(handle, key) for key in asked))
    return made


def main():
    made = {
        "packings.grib2": packings(False),
        "packings_missing.grib2": packings(True),
        "one_value.grib2": one_value(2, ["grid_simple", "grid_ccsds", "grid_jpeg"]),
        "one_value.grib1": one_value(1, ["grid_simple"]),
        "cube.grib2": cube(),
        "scanning.grib2": scanning(),
        "greenwich.grib2": greenwich(),
        "two_winds.grib2": two_winds(),
        "names.grib2": names(),
    }
    if len(sys.argv) > 1:
        name = sys.argv[1]
        made = {f"second_order_{name}.grib1": second_order(name)}
    for name, messages in made.items():
        with open(name, "wb") as file:
            # Zeros between messages, as some writers leave.
            file.write(b"\0\0\0\0".join(messages))
        if name in ("scanning.grib2", "names.grib2"):
            continue
        ds = xr.open_dataset(name, engine="cfgrib", backend_kwargs={"indexpath": ""})
        for array in ds.data_vars.values():
            print(name, array.name, array.dims, array.shape, array.values.ravel()[[0, 1, -1]], array.mean().item())
            print("   ", {coord: ds[coord].values.tolist() for coord in ds.coords if ds[coord].size < 4})


main()
