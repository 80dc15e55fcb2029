"""The campaign over files that others made: each is opened by both sides, and what differs is told by kind.

python tests/oracle files --real FOLDER…
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from ..worker import Worker
from . import compare, ours, theirs
from .canonical import Opened, Refused
from .compare import Found

RASTERS = {"tif", "tiff", "img", "asc", "png", "jpg", "jpeg", "vrt", "bil", "bsq", "bip", "ers", "jp2", "grd", "dem"}
# Pictures are maps where something beside them says where they lie; the others are the icons of a program.
PICTURES = {"png", "jpg", "jpeg"}
BESIDE = [".pgw", ".pngw", ".wld", ".jgw", ".png.aux.xml", ".jpg.aux.xml"]
GRIBS = {"grib", "grb", "grib2", "grb2", "grib1", "grb1"}
DATASETS = {"nc", "nc4", "nc3", "cdf", "h5", "hdf5", "netcdf"}
# One file may take both sides this long, in seconds.
PATIENCE = 240


@dataclass
class Judged:
    """One file: its format, how it ended, and every difference."""

    path: str
    form: str
    verdict: str
    found: list[Found] = field(default_factory=list)
    said: str = ""


def candidates(folders: list[Path]) -> list[tuple[str, str]]:
    """Every file that might be one of the formats, and every folder that is a Zarr store."""
    paths: list[tuple[str, str]] = []
    seen: set[bytes] = set()

    def add(path: Path) -> None:
        """Packages carry the same files."""
        if not (form := _form(path)):
            return
        content = hashlib.sha256(path.read_bytes()).digest()
        if content not in seen or form == "raster":
            paths.append((str(path), form))
        seen.add(content)

    for folder in folders:
        if folder.is_file():
            add(folder)
            continue
        for top, names, files in os.walk(folder):
            here = Path(top)
            if {".zgroup", ".zmetadata", "zarr.json"} & set(files):
                paths.append((top, "Zarr"))
                names.clear()
                continue
            names[:] = sorted(names)
            for name in sorted(files):
                add(here / name)
    return paths


def _form(path: Path) -> str | None:
    if not path.is_file():
        return None
    ending = path.name.rsplit(".", 1)[-1].lower() if "." in path.name else ""
    if ending in PICTURES and not any(path.with_name(path.stem + beside).exists() for beside in BESIDE):
        return None
    if ending in RASTERS:
        return "raster"
    if ending in GRIBS:
        return "GRIB"
    if ending in DATASETS:
        return "HDF5" if ending.startswith("h") else "netCDF"
    if ending in ("hdf", "") and path.stat().st_size < 50_000_000:
        with open(path, "rb") as file:
            magic = file.read(4)
        return {b"GRIB": "GRIB", b"CDF\x01": "netCDF", b"CDF\x02": "netCDF", b"CDF\x05": "netCDF"}.get(magic)
    return None


def judge(path: str, form: str, worker: Worker, write: bool = False) -> Judged:
    """Both sides of one file; with `write` also what the other side reads of our copy of it."""
    judged = Judged(path, form, "")
    try:
        expected = _theirs(path, form)
    except Refused as refused:
        expected, judged.said = None, str(refused)
    as_ = "raster" if form == "raster" else "dataset"
    try:
        answer = ours.ask(worker, {"file": {"as": as_, "path": path}, "most": 4_000_000})
        got = ours.opened(answer["opened"])
    except ours.Broken as broken:
        judged.verdict, judged.said = "broken", str(broken)
        return judged
    except Refused as refused:
        nothing = isinstance(expected, Opened) and not expected.variables and not expected.coords
        judged.verdict = "both refuse" if expected is None or nothing or unsupported(expected) else "ours refuses"
        judged.said = str(refused) if expected is not None else f"theirs: {judged.said} / ours: {refused}"
        return judged
    if expected is None:
        judged.verdict = "theirs refuses"
        return judged
    judged.found = _differences(form, got, expected, partial(ours.filtered, worker, path))
    # What is named in `differences.py` is told below the table, and makes no file different.
    others = [found for found in judged.found if found.where != "step"]
    judged.verdict = "different" if others else "equal"
    if write and not others and form != "GRIB":
        judged.found += _copied(path, form, as_, expected, worker)
        judged.verdict = "different" if judged.found else "equal"
    return judged


def _copied(path: str, form: str, as_: str, expected: Opened, worker: Worker) -> list[Found]:
    """A file that comes out equal, written again by ours and read by the other side."""
    with tempfile.TemporaryDirectory(prefix="isopleth-files-") as folder:
        copy = os.path.join(folder, "copy.tif" if form == "raster" else "copy.nc")
        write = {"as": "raster" if form == "raster" else "netcdf", "path": copy}
        try:
            answer = ours.ask(worker, {"file": {"as": as_, "path": path}, "most": 1, "show": False, "ops": [], "write": write})
            ours.result(answer["result"])
            ours.result(answer["written"])
            after = theirs.open_raster(copy, masked=True) if form == "raster" else theirs.open_dataset(copy)
        except (ours.Broken, Refused) as problem:
            return [Found("a copy cannot be made or read", "", "a copy", str(problem))]
        if "Conventions" not in expected.attrs:
            # The file format's own words.
            after.attrs.pop("Conventions", None)
        found = rasters(after, expected) if form == "raster" else compare.datasets(after, expected)
    for one in found:
        one.kind = f"in a copy: {one.kind}"
    return found


def unsupported(expected) -> bool:
    """Complex numbers, which the prelude refuses by name."""
    opened = expected if isinstance(expected, list) else [expected]
    return any(one.dtype.startswith("complex") for part in opened for one in part.variables.values())


def _theirs(path: str, form: str):
    if form == "raster":
        return theirs.open_raster(path, masked=True)
    if form == "GRIB":
        return theirs.open_grib(path)
    return theirs.open_dataset(path)


def _differences(form: str, got: Opened, expected, opened_with: Callable[[str, str], Opened]) -> list[Found]:
    if form == "raster":
        return rasters(got, expected)
    if form == "GRIB":
        return gribs(got, expected, opened_with)
    found = compare.datasets(got, expected)
    if expected.crs and not compare.same_crs(got.crs, expected.crs):
        words = "undefined" in expected.crs
        found.append(
            Found(
                "CRS in CF's words" if words else "CRS",
                "",
                compare.short(expected.crs, 400),
                compare.short(got.crs or "none", 400),
            )
        )
    return found


def rasters(got: Opened, expected: Opened) -> list[Found]:
    """Values with their type and what is missing, labels, place, and the names of bands."""
    (mine,), (their,) = got.variables.values(), expected.variables.values()
    mine.dims = ("band", *mine.dims[1:]) if len(mine.dims) == 3 else mine.dims
    if expected.scaled and {mine.dtype, their.dtype} == {"float32", "float64"}:
        for one in (mine, their):
            one.dtype, one.values = "float32", one.values.astype("float32")
    found = compare.fields("raster", "", mine, their, attrs=False)
    for name, coord in expected.coords.items():
        if name == "band":
            continue
        if name not in got.coords:
            found.append(Found("a coordinate is not there", name, str(coord.values[:3]), "nothing"))
        else:
            found += _labels(name, got.coords[name], coord)
    found += [Found("CRS", "", compare.short(expected.crs or "none"), compare.short(got.crs or "none"))][
        : not compare.same_crs(got.crs, expected.crs)
    ]
    # What is placed by control points alone has no transform on either side.
    upright = expected.transform is None or expected.transform[2] == expected.transform[4] == 0
    if (upright or got.transform is not None) and not compare.same_transform(got.transform, expected.transform):
        found.append(Found("transform", "", str(expected.transform), str(got.transform)))
    if any(expected.names) and expected.names != got.names and got.names != [""]:
        found.append(Found("names of bands", "", str(expected.names), str(got.names)))
    if len(expected.names) > 1 and any(expected.names) and got.names == [""]:
        found.append(Found("names of bands", "", str(expected.names), "none"))
    return found


def _labels(name: str, mine, their) -> list[Found]:
    """Pixel centres, which both sides work out: the same to a millionth of a pixel."""
    if mine.values.shape != their.values.shape:
        return [Found("shape of a coordinate", name, str(their.values.shape), str(mine.values.shape))]
    if mine.values.dtype.kind not in "fiu":
        return [Found("dtype of a coordinate", name, their.dtype, mine.dtype)]
    step = abs(float(their.values[1] - their.values[0])) if len(their.values) > 1 else 1.0
    off = abs(mine.values.astype("f8") - their.values)
    if (off > 1e-6 * step + 1e-12 * abs(their.values)).any():
        return [Found("values of a coordinate", name, compare.short(their.values[:3]), compare.short(mine.values[:3]))]
    return []


def gribs(got: Opened, expected: list[Opened], opened_with: Callable[[str, str], Opened]) -> list[Found]:
    """Each variable of each dataset of cfgrib is one of ours; where names repeat, ours may carry more.

    One that does not go with the others is named with the filter that opens it, as cfgrib opens it in a dataset of its own.
    """
    found: list[Found] = []
    names = Counter(name for one in expected for name in one.variables)
    for one in expected:
        for name, their in one.variables.items():
            choices = [key for key in got.variables if key == name or names[name] > 1 and key.startswith(name)]
            tried = [_grib_variable(key, got, their, one) for key in choices]
            for key, value in () if tried else left_out(name, got.not_read):
                try:
                    alone = opened_with(key, value)
                except (ours.Broken, Refused) as problem:
                    tried.append([Found("what was left out does not open", name, f"{key} {value}", str(problem))])
                    continue
                tried += [_grib_variable(other, alone, their, one) for other in alone.variables if other == name]
            if not tried:
                found.append(
                    Found("a variable is not there", name, f"{their.dims} {their.values.shape}", compare.names_of(got.variables))
                )
            else:
                found += min(tried, key=len)
    return found


def left_out(name: str, not_read: str) -> list[tuple[str, str]]:
    """The filters that are named for a variable that was left out."""
    notes = [note for note in not_read.split("; ") if note.startswith((f"{name}, whose", f"a second {name}"))]
    # The note goes on behind its own semicolon.
    rest = not_read[not_read.find(notes[0]) :] if notes else ""
    return re.findall(r'filter\("(\w+)", "?([^")]*)"?\)', rest)[:1]


def _grib_variable(key: str, got: Opened, their, one: Opened) -> list[Found]:
    mine = got.variables[key]
    if mine.error is not None:
        return [Found("a variable cannot be computed", key, str(their.dims), mine.error)]
    found: list[Found] = []
    coords = dict(got.coords)
    found += compare.fields("variable", key, mine, their, attrs=False)
    for name, coord in one.coords.items():
        if name in ("number", "step", "valid_time") and not coord.dims and name not in coords:
            continue
        if name not in coords:
            found.append(Found("a coordinate is not there", name, f"{coord.dtype} {coord.dims}", compare.names_of(coords)))
        else:
            found += compare.fields("coordinate", name, coords[name], coord, attrs=False)
    return found


def _in_process(path: str, form: str, write: bool, pipe) -> None:
    worker = Worker()
    try:
        with theirs.libraries():
            judged = judge(path, form, worker, write)
    except Exception as error:  # noqa: BLE001 - the harness's own fault is shown as such
        import traceback

        judged = Judged(path, form, "harness", [], f"{error!r} {traceback.format_exc()[-400:]}")
    worker.close()
    pipe.send(judged)
    pipe.close()
    # Libraries that do not go together may crash when they are unloaded.
    os._exit(0)


def campaign(folders: list[Path], write: bool = False, note=print) -> list[Judged]:
    """Every file in a process of its own, since either side may crash."""
    import cfgrib  # noqa: F401 - loaded once, before the processes part
    import rasterio  # noqa: F401
    import rioxarray  # noqa: F401

    context = multiprocessing.get_context("fork")
    results = []
    files = candidates(folders)
    for number, (path, form) in enumerate(files):
        receive, send = context.Pipe(False)
        process = context.Process(target=_in_process, args=(path, form, write, send))
        process.start()
        send.close()
        judged = None
        try:
            if receive.poll(PATIENCE):
                judged = receive.recv()
        except EOFError:
            pass
        if process.is_alive() and judged is None:
            process.kill()
        process.join()
        results.append(judged or Judged(path, form, "harness", [], f"no end within {PATIENCE} s, or exit {process.exitcode}"))
        if number % 50 == 49:
            note(f"… {number + 1} of {len(files)} files")
    return results


VERDICTS = ["equal", "different", "ours refuses", "theirs refuses", "both refuse", "broken", "harness"]


def report(results: list[Judged], seconds: float) -> str:
    """A table by format, then the kinds of difference, those of most files first."""
    rows = [("format", "files", *VERDICTS)]
    forms = sorted({one.form for one in results})
    for form in [*forms, "all"]:
        those = [one for one in results if form in (one.form, "all")]
        count = Counter(one.verdict for one in those)
        rows.append((form, str(len(those)), *(str(count[verdict]) for verdict in VERDICTS)))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths)))
        for row in rows
    ]
    kinds: dict[tuple, list] = defaultdict(list)
    for one in results:
        seen = set()
        for found in one.found:
            key = (one.form, found.kind)
            if key not in seen:
                seen.add(key)
                kinds[key].append((one.path, found))
        if one.verdict in ("ours refuses", "broken", "harness"):
            words = re.sub(r"\"[^\"]*\"|'[^']*'|/\S+|\d+", "_", one.said)[:90]
            kinds[one.form, f"{one.verdict}: {words}"].append((one.path, Found("", "", "", one.said[:300])))
    for (form, kind), those in sorted(kinds.items(), key=lambda item: -len(item[1])):
        path, found = those[0]
        lines += ["", f"{len(those)} x {form}: {kind}", f"    {path}"]
        if found.theirs or found.where:
            lines += [f"    {found.where}" if found.where else "", f"    theirs {found.theirs}"]
        lines += [f"    ours   {found.ours}"]
        lines += [
            f"    also {os.path.basename(path)}: {found.where} theirs {found.theirs} ours {found.ours}"
            for path, found in those[1:4]
        ]
    lines = [line for at, line in enumerate(lines) if line or at and lines[at - 1]]
    return "\n".join([*lines, "", f"{len(results)} files, {seconds:.0f} s"])


def main(folders: list[Path], to: Path | None = None, write: bool = False) -> int:
    start = time.monotonic()
    results = campaign(folders, write)
    text = report(results, time.monotonic() - start)
    print(text)
    if to:
        to.write_text(
            text + "\n\n" + "\n".join(f"{one.verdict}\t{one.form}\t{one.path}\t{one.said[:120]}" for one in results) + "\n"
        )
    return 1 if any(one.verdict in ("different", "ours refuses", "broken", "harness") for one in results) else 0
