"""GRIB files: drawn as data, written by ecCodes message by message, in either edition."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np

# Names of parameters with the kinds of level at which each makes sense.
PARAMETERS = [
    ("2t", "heightAboveGround"),
    ("t", "isobaricInhPa"),
    ("u", "isobaricInhPa"),
    ("v", "isobaricInhPa"),
    ("sp", "surface"),
    ("z", "isobaricInhPa"),
    ("tcc", "surface"),
    ("10u", "heightAboveGround"),
]
HEIGHTS = {"2t": 2, "10u": 10}


def draw(rng: random.Random) -> dict:
    """A file: parameters, and the levels, steps, times and members that each has."""
    edition = rng.choice([1, 2, 2])
    spec = {
        "edition": edition, "seed": rng.randrange(1 << 30), "parameters": sorted(rng.sample([name for name, _ in PARAMETERS], rng.choice([1, 1, 2, 3]))),
        "nx": rng.randint(2, 7), "ny": rng.randint(2, 6), "step_degrees": rng.choice([1.0, 2.5, 0.25, 10.0]),
        "west": rng.choice([0.0, 350.0, 180.0, 10.0]), "north": rng.choice([50.0, 60.0, 20.0]),
        "levels": sorted(rng.sample([1000, 850, 500, 100], rng.choice([1, 1, 2, 3])), reverse=rng.random() < 0.7),
        "steps": rng.choice([[0], [0], [0, 6], [0, 6, 12], [3]]),
        "times": rng.choice([[[20200101, 0]], [[20200101, 0]], [[20200101, 0], [20200101, 1200]], [[20200102, 0], [20200101, 0], [20200103, 600]]]),
    }  # fmt: skip
    if spec["west"] + spec["step_degrees"] * (spec["nx"] - 1) >= 360:
        # Across the meridian cfgrib sorts the longitudes and leaves the values where they are.
        spec["west"] = 190.0
    if rng.random() < 0.3:
        spec["south_first"] = True
    if rng.random() < 0.3:
        spec["missing"] = True
    if edition == 2 and rng.random() < 0.2:
        spec["members"] = rng.choice([[0, 1], [1, 2, 3]])
    if rng.random() < 0.1:
        spec["constant"] = True
    if rng.random() < 0.15:
        spec["holes"] = rng.randint(1, 2)
    if rng.random() < 0.2:
        spec["shuffled"] = True
    return spec


def messages(spec: dict) -> list[tuple]:
    """(parameter, level, time, step, member) of each message, in the order of the file."""
    listed = []
    for name in spec["parameters"]:
        kind = dict(PARAMETERS)[name]
        levels = spec["levels"] if kind == "isobaricInhPa" else [HEIGHTS.get(name, 0)]
        listed += itertools.product([name], levels, spec["times"], spec["steps"], spec.get("members", [None]))
    rng = random.Random(spec["seed"])
    for _ in range(spec.get("holes", 0)):
        if len(listed) > 2:
            listed.pop(rng.randrange(1, len(listed)))
    if spec.get("shuffled"):
        rng.shuffle(listed)
    return listed


def write(spec: dict, path: Path) -> str:
    import eccodes

    rng = np.random.default_rng(spec["seed"])
    kinds = dict(PARAMETERS)
    with open(path, "wb") as file:
        for name, level, (date, hour), step, member in messages(spec):
            message = eccodes.codes_grib_new_from_samples(
                f"regular_ll_{'pl' if kinds[name] == 'isobaricInhPa' else 'sfc'}_grib{spec['edition']}"
            )
            try:
                _grid(eccodes, message, spec)
                if member is not None:
                    eccodes.codes_set(message, "productDefinitionTemplateNumber", 1)
                    eccodes.codes_set(message, "perturbationNumber", member)
                    eccodes.codes_set(message, "numberOfForecastsInEnsemble", len(spec["members"]))
                for key, value in (
                    ("typeOfLevel", kinds[name]),
                    ("level", level),
                    ("shortName", name),
                    ("dataDate", date),
                    ("dataTime", hour),
                    ("step", step),
                ):
                    eccodes.codes_set(message, key, value)
                values = np.round(rng.random(spec["nx"] * spec["ny"]) * 50 + 250, 2)
                if spec.get("constant"):
                    values[:] = 250.0
                if spec.get("missing"):
                    values[rng.random(values.size) < 0.3] = 9999
                    eccodes.codes_set(message, "bitmapPresent", 1)
                    eccodes.codes_set(message, "missingValue", 9999)
                eccodes.codes_set(message, "bitsPerValue", 16)
                eccodes.codes_set_values(message, values)
                eccodes.codes_write(message, file)
            finally:
                eccodes.codes_release(message)
    return str(path)


def _grid(eccodes, message, spec: dict) -> None:
    degrees, nx, ny = spec["step_degrees"], spec["nx"], spec["ny"]
    north, south = spec["north"], spec["north"] - degrees * (ny - 1)
    first, last = (south, north) if spec.get("south_first") else (north, south)
    for key, value in (
        ("Ni", nx), ("Nj", ny), ("iDirectionIncrementInDegrees", degrees), ("jDirectionIncrementInDegrees", degrees),
        ("jScansPositively", int(spec.get("south_first", False))), ("latitudeOfFirstGridPointInDegrees", first),
        ("latitudeOfLastGridPointInDegrees", last), ("longitudeOfFirstGridPointInDegrees", spec["west"]),
        ("longitudeOfLastGridPointInDegrees", (spec["west"] + degrees * (nx - 1)) % 360),
    ):  # fmt: skip
        eccodes.codes_set(message, key, value)
