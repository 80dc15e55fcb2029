"""One case: a file that is drawn, written, and read by both sides; judged, and shrunk when they differ."""

from __future__ import annotations

import copy
import json
import random
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from ..worker import Worker
from . import compare, grib, netcdf, ours, rasters, real, stores, theirs, through
from .canonical import Opened, Refused
from .compare import Found
from .differences import known

FORMS = {"raster": 45, "netcdf": 40, "zarr": 8, "grib": 7}


@dataclass
class Outcome:
    """How a case ended: what was tried, what differs, and which of it is meant."""

    case: dict
    # What the table counts this case under, one row each.
    labels: list[str] = field(default_factory=list)
    verdict: str = "same"
    found: list[Found] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    def failure(self) -> str | None:
        return "\n  ".join(one.text() for one in self.found) or None


def generate(seed: int, number: int, only: str | None = None) -> dict:
    """Case `number` of a run."""
    rng = random.Random(f"files/{seed}/{number}")
    form = only if only in FORMS else rng.choices(list(FORMS), list(FORMS.values()))[0]
    if form == "raster":
        spec = rasters.draw(rng)
        case = {"form": form, "spec": spec, "reading": rasters.draw_reading(rng, spec)}
        if rng.random() < 0.5:
            case["through"] = through.draw_raster(rng, case)
        return case
    if form == "grib":
        return {"form": form, "spec": grib.draw(rng), "reading": {}}
    spec = netcdf.draw(rng)
    reading: dict = {}
    pick = rng.random()
    if pick < 0.12:
        reading["mask_and_scale"] = False
    elif pick < 0.2:
        reading["decode_times"] = False
    elif pick < 0.25:
        reading["decode"] = False
    if form == "zarr":
        spec.pop("group", None)
        return {"form": form, "spec": spec, "reading": reading}
    if spec["format"] == "NETCDF4" and "group" not in spec and rng.random() < 0.2:
        spec["writer"] = "h5netcdf"
    case = {"form": form, "spec": spec, "reading": reading}
    if rng.random() < 0.4:
        case["through"] = through.draw_netcdf(rng, case)
    return case


def run(case: dict, worker: Worker, spoil=None) -> Outcome:
    """Both sides of a case. `spoil` changes an answer of ours, to see whether that is noticed."""
    outcome = Outcome(case, labels(case))
    with theirs.libraries(), tempfile.TemporaryDirectory(prefix="isopleth-files-") as folder:
        path = write(case, Path(folder))
        request = {"file": _file(case, path)}
        expected, refusal = None, ""
        try:
            expected = _expected(case, path)
        except Refused as refused:
            refusal = str(refused)
        steps = case.get("through")
        if steps and expected is not None:
            request |= through.request(steps, path, Path(folder))
        try:
            answer = ours.ask(worker, request)
            if spoil:
                spoil(answer)
            got = ours.opened(answer["opened"])
        except ours.Broken as broken:
            outcome.found = [Found("broken", "", refusal or "an answer", str(broken))]
        except Refused as refused:
            if expected is None or real.unsupported(expected):
                outcome.verdict = "both refuse"
            else:
                outcome.found = [Found("ours refuses", "", "an answer", str(refused))]
        else:
            if expected is None:
                # What nobody else reads cannot be compared; that it does no harm is all there is to see.
                outcome.verdict = "theirs refuses"
            else:
                outcome.found = _differences(case, got, expected, partial(ours.filtered, worker, path))
                if steps and not outcome.found:
                    outcome.found = through.judge(case, path, answer)
    _settle(outcome)
    return outcome


def _settle(outcome: Outcome) -> None:
    """Takes out of what was found the differences that are meant."""
    left = []
    for found in outcome.found:
        if name := known(outcome.case, found):
            outcome.known.append(name)
        else:
            left.append(found)
    outcome.found = left
    if left:
        outcome.verdict = "different"
    elif outcome.known:
        outcome.verdict = "known"


def write(case: dict, folder: Path) -> str:
    spec = case["spec"]
    if case["form"] == "raster":
        return rasters.write(spec, folder)
    if case["form"] == "grib":
        return grib.write(spec, folder / f"a.grib{spec['edition']}")
    if case["form"] == "zarr":
        return stores.write_zarr(spec, folder / "a.zarr")
    if spec.get("writer") == "h5netcdf":
        return stores.write_h5netcdf(spec, folder / "a.nc")
    return stores.write_netcdf(spec, folder / "a.nc")


def _file(case: dict, path: str) -> dict:
    """How the prelude opens it."""
    if case["form"] == "raster":
        return {"as": "raster", "path": path, **case["reading"]}
    group = {"group": case["spec"]["group"]} if "group" in case["spec"] else {}
    return {"as": "dataset", "path": path, **case["reading"], **group}


def _expected(case: dict, path: str):
    """What the other side makes of it."""
    reading = case["reading"]
    if case["form"] == "grib":
        return theirs.open_grib(path)
    if case["form"] == "raster":
        opened = theirs.open_raster(path, masked=not reading["unmasked"], overview=reading.get("overview"))
        return _bands(opened, reading["bands"], case["spec"]) if "bands" in reading else opened
    options = {key: reading[key] for key in ("mask_and_scale", "decode_times") if key in reading}
    if reading.get("decode") is False:
        options = {"decode_cf": False}
    if "group" in case["spec"]:
        options["group"] = case["spec"]["group"]
    return theirs.open_dataset(path, **options)


def _bands(opened: Opened, bands: list[int], spec: dict) -> Opened:
    (one,) = opened.variables.values()
    one.values = one.values[[band - 1 for band in bands]]
    nodatas = spec.get("nodatas")
    if nodatas and "scales" not in spec and all(nodatas[band - 1] is None for band in bands):
        # Bands of which nothing can be missing stay integers, whatever the others are.
        one.values, one.dtype = one.values.astype(spec["dtype"]), spec["dtype"]
    opened.coords["band"].values = opened.coords["band"].values[[band - 1 for band in bands]]
    opened.names = [opened.names[band - 1] for band in bands]
    return opened


def _differences(case: dict, got: Opened, expected, opened_with) -> list[Found]:
    if case["form"] == "grib":
        return real.gribs(got, expected, opened_with)
    if case["form"] != "raster":
        decoded = case["reading"].get("decode", True)
        if not decoded:
            # Undecoded, letters are what each side calls them.
            letters = [name for name, variable in case["spec"]["variables"].items() if variable["kind"] == "char"]
            for side in (got, expected):
                for name in letters:
                    side.variables.pop(name, None)
                    side.coords.pop(name, None)
        found = compare.datasets(got, expected)
        if decoded and expected.crs and not compare.same_crs(got.crs, expected.crs):
            found.append(Found("CRS", "", compare.short(expected.crs), compare.short(got.crs or "none")))
        return found
    spec = case["spec"]
    if spec["place"].get("gcps"):
        # Neither side has a grid then; where the corners lie is compared when it is warped.
        expected.crs, expected.transform, expected.coords = got.crs, got.transform, {}
    if expected.transform == (0.0, 1.0, 0.0, 0.0, 0.0, 1.0) and got.transform is None:
        expected.transform = None
    found = real.rasters(got, expected)
    if case["reading"]["unmasked"]:
        found += _nodata(case, got, expected)
    if "overview" in case["reading"]:
        # Words stand with the full size.
        return found
    for name, value in spec.get("tags", {}).items():
        if str(got.attrs.get(name)) != value:
            found.append(Found("a tag", name, value, str(got.attrs.get(name))))
    if spec.get("units") and got.attrs.get("units") != spec["units"]:
        found.append(Found("units", "", spec["units"], str(got.attrs.get("units"))))
    return found


def _nodata(case: dict, got: Opened, expected: Opened) -> list[Found]:
    if "nodatas" in case["spec"]:
        return []
    (one,) = expected.variables.values()
    wanted = expected.nodata if theirs.holds(one.values.dtype, expected.nodata) else None
    if same_nodata(got.nodata, wanted, one.dtype):
        return []
    return [Found("nodata", "", str(wanted), str(got.nodata))]


def same_nodata(ours_: float | None, wanted: float | None, dtype: str) -> bool:
    """NaN among floats is missing whether it is called nodata or not; others are compared as the type has them."""
    ours_, wanted = (None if value is None or value != value else value for value in (ours_, wanted))
    if ours_ is None or wanted is None:
        return ours_ is wanted
    return np.float32(ours_) == np.float32(wanted) if dtype == "float32" else ours_ == wanted


def labels(case: dict) -> list[str]:
    """What a case tries, for the table."""
    spec, form = case["spec"], case["form"]
    listed = [form]
    if form == "raster":
        listed += [f"raster {spec['driver']}", f"raster dtype {spec['dtype']}"]
        listed += [f"raster {key}" for key in ("nodata", "scales", "names", "units", "tags", "nodatas") if key in spec]
        listed += [f"raster {key} {spec[key]}" for key in ("mask", "side", "overview") if key in spec]
        listed += [f"raster place {key}" for key in ("rotated", "gcps", "none") if key in spec["place"]]
        listed.append("raster unmasked" if case["reading"]["unmasked"] else "raster masked")
    elif form == "grib":
        listed += [
            f"grib edition {spec['edition']}",
            *(f"grib {key}" for key in ("members", "holes", "missing", "south_first", "shuffled") if key in spec),
        ]
    else:
        listed += [f"{form} {spec.get('writer', spec['format'])}"] if form == "netcdf" else []
        for variable in spec["variables"].values():
            listed.append(f"{form} {variable['kind']}" + (f" {variable['dtype']}" if "dtype" in variable else ""))
            listed += [f"{form} calendar {variable.get('calendar', 'none')}"] if variable["kind"] == "time" else []
            listed += [
                f"{form} {key}"
                for key in ("fill", "missing_value", "scale", "offset", "unsigned", "bool", "chunks", "zlib")
                if variable.get(key)
            ]
        listed += [f"{form} {key}" for key in ("group", "unlimited") if key in spec]
    if case.get("through"):
        listed += [f"write {case['through']['write']['as']}", *(f"through {op['op']}" for op in case["through"]["ops"])]
    return sorted(set(listed))


def shrink(case: dict, worker: Worker) -> dict:
    """A smaller case with the same kind of first difference: parts of the spec are left out one by one."""
    wanted = {found.kind for found in run(case, worker).found[:1]}

    def fails(candidate: dict) -> bool:
        try:
            return wanted == {found.kind for found in run(candidate, worker).found[:1]}
        except Exception:  # noqa: BLE001 - a candidate that makes no sense is no smaller case
            return False

    improved = True
    while improved:
        improved = False
        for candidate in _smaller(case):
            if fails(candidate):
                case, improved = candidate, True
                break
    return case


NEEDED = {
    "driver",
    "dtype",
    "seed",
    "height",
    "width",
    "count",
    "crs",
    "place",
    "format",
    "dims",
    "variables",
    "attrs",
    "edition",
    "kind",
}


def _smaller(case: dict):
    if "through" in case:
        yield {key: value for key, value in case.items() if key != "through"}
        ops = case["through"]["ops"]
        for at in range(len(ops)):
            yield {**case, "through": {**case["through"], "ops": ops[:at] + ops[at + 1 :]}}
    spec = case["spec"]
    for key in spec:
        if key not in NEEDED:
            yield {**case, "spec": {name: value for name, value in spec.items() if name != key}}
    for name in spec.get("variables", {}):
        smaller = copy.deepcopy(spec)
        del smaller["variables"][name]
        yield {**case, "spec": smaller}
    for name, variable in spec.get("variables", {}).items():
        for key in variable:
            if key not in ("kind", "dims", "dtype", "units", "numbers", "width", "first", "step", "of"):
                smaller = copy.deepcopy(spec)
                del smaller["variables"][name][key]
                yield {**case, "spec": smaller}
    for name in spec.get("attrs", {}):
        yield {**case, "spec": {**spec, "attrs": {key: value for key, value in spec["attrs"].items() if key != name}}}


def text(case: dict) -> str:
    return json.dumps(case, ensure_ascii=False)
