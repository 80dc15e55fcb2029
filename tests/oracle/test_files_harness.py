"""The comparison of files notices faults: an answer that is spoilt in one place fails the case, whatever the format."""

from __future__ import annotations

import numpy as np
import pytest

from .files.canonical import Field
from .files.case import generate, run, shrink, write
from .files.compare import values
from .files.differences import DIFFERENCES
from .files.real import candidates, judge, report
from .wire import decode_values, encode_values
from .worker import Worker


@pytest.fixture(scope="module")
def worker():
    worker = Worker()
    yield worker
    worker.close()


def raster() -> dict:
    spec = {
        "driver": "GTiff", "dtype": "int16", "seed": 3, "height": 3, "width": 4, "count": 2, "crs": "EPSG:32633",
        "place": {"left": 500_000.0, "top": 5e6, "step": 10.0, "down": 10.0}, "nodata": 3, "units": "K",
    }  # fmt: skip
    return {"form": "raster", "spec": spec, "reading": {"unmasked": True}}


def netcdf() -> dict:
    variables = {
        "lat": {
            "kind": "axis",
            "dims": ["lat"],
            "dtype": "float32",
            "first": 5.0,
            "step": 0.1,
            "attrs": {"units": "degrees_north"},
        },
        "time": {"kind": "time", "dims": ["time"], "units": "hours since 2000-01-01", "dtype": "int32", "numbers": [0, 6, 12]},
        "v0": {"kind": "numbers", "dims": ["time", "lat"], "dtype": "float32", "attrs": {"long_name": "heat"}, "fill": -9999.0},
    }
    spec = {"format": "NETCDF4", "seed": 3, "dims": {"lat": 2, "time": 3}, "variables": variables, "attrs": {"title": "made"}}
    return {"form": "netcdf", "spec": spec, "reading": {}}


def array_of(answer: dict) -> dict:
    opened = answer["opened"]
    return opened["dataset"][0] if "dataset" in opened else opened


def coord_of(answer: dict, name: str) -> dict:
    return next(coord for coord in answer["opened"]["coords"] if coord["name"] == name)


def spoilt_value(answer: dict) -> None:
    values = decode_values(array_of(answer))
    values.ravel()[0] += 1
    array_of(answer).update(encode_values(values))


def spoilt_dtype(answer: dict) -> None:
    values = decode_values(array_of(answer)).astype("float64")
    array_of(answer).update(encode_values(values), true_dtype="float64")


def spoilt_label(name: str):
    def spoil(answer: dict) -> None:
        coord = coord_of(answer, name)
        values = decode_values(coord)
        values[0] += 1 if values.dtype.kind != "M" else 3_600_000_000_000
        coord.update(encode_values(values))

    return spoil


FAULTS = {
    "a value": (raster, spoilt_value),
    "the dtype": (raster, spoilt_dtype),
    "a label of the map": (raster, spoilt_label("x")),
    "the CRS": (raster, lambda answer: answer["opened"].update(crs=None)),
    "the transform": (raster, lambda answer: answer["opened"]["transform"].__setitem__(0, 500_001.0)),
    "the nodata value": (raster, lambda answer: answer["opened"].update(nodata=7.0)),
    "the unit": (raster, lambda answer: answer["opened"]["attrs"].pop("units")),
    "a value of a dataset": (netcdf, spoilt_value),
    "a date": (netcdf, spoilt_label("time")),
    "a float32 label": (netcdf, spoilt_label("lat")),
    "a coordinate that is gone": (netcdf, lambda answer: answer["opened"]["coords"].pop()),
    "an attribute that is gone": (netcdf, lambda answer: array_of(answer).update(attrs={})),
    "an attribute of the file": (netcdf, lambda answer: answer["opened"].update(attrs={"title": "found"})),
    "the order of dims": (netcdf, lambda answer: array_of(answer).update(dims=["lat", "time"])),
    "a refusal": (netcdf, lambda answer: answer.update(opened={"error": "no", "kind": "Other"})),
    "a panic": (netcdf, lambda answer: answer.update(opened={"panic": "at the disco"})),
}


@pytest.mark.parametrize("make", [raster, netcdf])
def test_the_case_passes_unspoilt(make, worker):
    outcome = run(make(), worker)
    assert outcome.failure() is None and outcome.verdict == "same"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_spoilt_answer_is_noticed(fault, worker):
    make, spoil = FAULTS[fault]
    assert run(make(), worker, spoil=spoil).verdict == "different"


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_a_named_difference_still_shows(difference, worker):
    outcome = run(difference.example(), worker)
    assert difference.name in outcome.known, "both sides agree now: take it off the list and out of the docs"


@pytest.mark.parametrize(
    ("calendar", "date", "equal"),
    [
        ("proleptic_gregorian", "1500-01-01T00:00:00.000000000", True),
        ("standard", "1500-01-01T00:00:00.000000000", False),
        ("standard", "1600-01-01T00:00:00.000000000", True),
        ("noleap", "1600-01-01T00:00:00.000000000", False),
    ],
)
def test_dates_are_compared_by_instant_and_calendar(calendar, date, equal):
    dates = np.array([date, None], object)
    ours, theirs = Field(("time",), "dates[proleptic_gregorian]", dates), Field(("time",), f"dates[{calendar}]", dates)
    assert (values("coordinate", "time", ours, theirs) == []) == equal


def test_files_that_others_made_are_told_by_kind(tmp_path, worker):
    for name, case in (("map", raster()), ("table", netcdf())):
        (tmp_path / name).mkdir()
        write(case, tmp_path / name)
    (tmp_path / "picture.png").write_bytes(b"no map")
    (tmp_path / "broken.nc").write_bytes(b"no file")
    found = candidates([tmp_path])
    assert sorted(form for _, form in found) == ["netCDF", "netCDF", "raster"]
    judged = [judge(path, form, worker) for path, form in found]
    assert sorted(one.verdict for one in judged) == ["both refuse", "equal", "equal"]

    class Spoiling:
        """Tells every date an hour late."""

        def ask(self, request):
            answer = worker.ask(request)
            spoilt_label("time")(answer)
            return answer

    table = next(path for path, _ in found if "table" in path)
    spoilt = judge(table, "netCDF", Spoiling())
    assert [one.kind for one in spoilt.found] == ["values of a coordinate"]
    assert "1 x netCDF: values of a coordinate" in report([*judged, spoilt], 0.0)


def test_the_same_seed_draws_the_same_cases():
    drawn = [generate(7, number) for number in range(40)]
    assert drawn == [generate(7, number) for number in range(40)]
    assert {case["form"] for case in drawn} == {"raster", "netcdf", "zarr", "grib"}


def test_a_failing_case_shrinks_to_what_fails(worker):
    class Spoiling:
        """Tells every date an hour late."""

        def ask(self, request):
            answer = worker.ask(request)
            if any(coord["name"] == "time" for coord in answer["opened"]["coords"]):
                spoilt_label("time")(answer)
            return answer

    small = shrink(netcdf(), Spoiling())
    assert list(small["spec"]["variables"]) == ["time"] and not small["spec"]["attrs"]
