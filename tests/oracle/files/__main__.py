"""`python tests/oracle files`: generated files, one of them alone, or the files of a folder.

python tests/oracle files --cases 10000 --seed 1     a run, with the table
python tests/oracle files --only grib --cases 200    files of one format
python tests/oracle files --seed 1 --replay 1234     one case of a run, in full
python tests/oracle files --case FILE                a shrunk case
python tests/oracle files --real FOLDER…             files that others made
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tests/oracle files", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["raster", "netcdf", "zarr", "grib"], help="files of one format")
    parser.add_argument("--replay", type=int, help="the number of one case of the seed")
    parser.add_argument("--case", type=Path, help="a file with one case")
    parser.add_argument("--failures", type=int, default=100_000, help="stop a process after so many")
    parser.add_argument("--brief", action="store_true", help="one line for each kind of failure")
    parser.add_argument("--keep", type=Path, help="where the file of one case is written as well, for other programs")
    parser.add_argument("--real", type=Path, nargs="+", help="files, or folders of files, that others made")
    parser.add_argument(
        "--write", action="store_true", help="with --real: equal files are written again and read by the other side"
    )
    parser.add_argument("--report", type=Path, help="where the report of --real goes as well")
    given = parser.parse_args(arguments)
    if given.real:
        from .real import main as real

        return real(given.real, given.report, given.write)
    if given.replay is not None or given.case:
        from .case import generate

        case = json.loads(given.case.read_text()) if given.case else generate(given.seed, given.replay, given.only)
        return show(case, given.keep)
    from .campaign import campaign

    start = time.monotonic()
    table, failures = campaign(given.cases, given.seed, only=given.only, stop_after=given.failures, shrunk=not given.brief)
    print(table.text())
    kinds: dict[str, list] = defaultdict(list)
    for failure in failures:
        kinds[failure.kind].append(failure)
    for kind, alike in sorted(kinds.items(), key=lambda item: -len(item[1])):
        numbers = " ".join(str(failure.number) for failure in alike[:12])
        print(f"\n{len(alike)} x {kind}  (cases {numbers}): {max(alike, key=lambda one: len(one.text)).text}")
    print(f"\n{len(failures)} of {table.cases} cases fail, {time.monotonic() - start:.0f} s")
    return 1 if failures else 0


def show(case: dict, keep: Path | None) -> int:
    """One case in full: what is drawn, and what differs."""
    from ..worker import Worker
    from .case import run, text, write

    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        print(text(case))
        print("--- written to", write(case, keep or Path(folder)))
    worker = Worker()
    outcome = run(case, worker)
    worker.close()
    print("--- verdict:", outcome.verdict, *outcome.known)
    for found in outcome.found:
        print(f"{found.kind}: {found.where}\n    theirs {found.theirs}\n    ours   {found.ours}")
    return 1 if outcome.found else 0
