"""Times operations on labelled arrays, here and with numpy, xarray and dask, and prints a table of ratios.

    .venv/bin/python tests/bench/operations

Both sides are processes that live on; each does the same work on the same numbers in turns, what came out is compared, and
the shortest time of each counts. Where there are several ways to write something with numpy and xarray, the fastest counts.
Our side is a program that uses the library in the release profile; this builds it. The other side's environment is made
below target/. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.machine import processor  # noqa: E402
from bench.operations import sections, sides, table  # noqa: E402
from bench.operations.comparison import asked, measure  # noqa: E402

DATA = sides.TARGET / "bench-operations/data"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench/operations", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--section", nargs="+", choices=sections.SECTIONS, default=list(sections.SECTIONS), metavar="NAME",
        help=f"of {', '.join(sections.SECTIONS)}")  # fmt: skip
    add("--only", nargs="+", default=[], metavar="TEXT", help="operations with one of these in their names")
    add("--sizes", nargs="+", type=size, default=list(sections.SIZES), metavar="SIZE",
        help=f"of arrays in memory ({', '.join(sections.SIZES)})")  # fmt: skip
    add("--threads", nargs="+", type=int, default=list(sections.THREADS), metavar="N", help="of our side (1 2)")
    add("--rounds", type=int, default=10, metavar="N", help="how often everything is done (10; of files a fifth of it)")
    add("--files", type=int, default=366, metavar="N", help="days of the year (366)")
    add("--map", nargs=2, type=int, default=(900, 1800), metavar=("ROWS", "COLUMNS"), help="pixels of a day (900 1800)")
    add("--data", type=Path, default=DATA, metavar="FOLDER", help="where the files are, or are made")
    add("--worst-first", action="store_true", help="by how far each is from what is aimed at")
    add("--json", type=Path, metavar="FILE", help="write every single time to FILE as well")
    add("--baseline", type=Path, metavar="FILE", help="what an earlier run wrote, to be shown beside this one")
    add("--markdown", action="store_true", help="print README's table")
    return parser.parse_args(arguments)


def size(text: str) -> str:
    """`38MB` and `38 MB` are the same size."""
    unit = text.strip()[-2:]
    number = text.strip()[:-2].strip()
    if unit not in ("kB", "MB", "GB") or not number.replace(".", "", 1).isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 38MB")
    return f"{number} {unit}"


def main() -> None:
    options = parse()
    cases = sections.cases(options.section, options.only, options.sizes, options.threads, options.files)
    folder = str(options.data.resolve())
    found = []
    with sides.ours() as ours, sides.theirs() as theirs:
        if any(case.section in ("lazy", "netcdf") for case in cases):
            asked(theirs, {"section": "files", "name": "files", "folder": folder, "files": options.files, "map": options.map})
        versions = asked(theirs, {"section": "versions", "name": "versions", "folder": folder})
        for case in cases:
            print(f"measuring: {case.key}", file=sys.stderr, flush=True)
            rounds = options.rounds if case.section in ("memory", "labels") else -(-options.rounds // 5)
            found.append(measure(case, ours, theirs, rounds, folder))
    if options.json:
        rows = {one.case.key: {"ours": one.ours, "theirs": one.theirs, "ratio": one.ratio} for one in found}
        report = {"machine": processor(), "versions": versions, "rows": rows}
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    baseline = {}
    if options.baseline:
        before = json.loads(options.baseline.read_text(encoding="utf-8"))["rows"]
        baseline = {key: min(row["ours"]) for key, row in before.items()}
    shown = table.worst_first(found) if options.worst_first else found
    print((table.markdown if options.markdown else table.plain)(shown, baseline))
    there = ", ".join(f"{name} {version}" for name, version in versions.items())
    print(f"\nMeasured on {processor()}; on the other side {there}.")


if __name__ == "__main__":
    main()
