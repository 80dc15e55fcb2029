"""`python tests/notebooks`: runs notebooks, or one alone.

    python tests/notebooks --cells 20000 --seed 1     a run, with the table
    python tests/notebooks --seed 1 --replay 12       one notebook of a run, in full (--small: and shrunk, if it fails)
    python tests/notebooks --case FILE                a shrunk notebook
    python tests/notebooks --seed 1 --check 500       only whether the programs of 500 notebooks compile
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from notebooks import generate, program  # noqa: E402
from notebooks.campaign import ARTEFACTS, campaign, cores, described, judge  # noqa: E402
from notebooks.parts import Notebook, from_json  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="tests/notebooks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replay", type=int, help="the number of one notebook of the seed")
    parser.add_argument("--small", action="store_true", help="shrink the notebook of --replay")
    parser.add_argument("--case", type=Path, help="a file with notebooks, as a failure leaves them")
    parser.add_argument("--check", type=int, help="compile and run only the programs of so many notebooks")
    parser.add_argument("--failures", type=int, default=25, help="stop after so many failing notebooks")
    parser.add_argument("--shrink", type=int, default=5, help="shrink so many of them")
    parser.add_argument("--jobs", type=int, default=cores(), help="kernels at a time")
    given = parser.parse_args()
    if given.check is not None:
        return check(given.seed, given.check)
    if given.replay is not None:
        notebook = generate.notebook(given.seed, given.replay)
        return shrunk(notebook, given.seed) if given.small else show([notebook])
    if given.case:
        return show([from_json(one) for one in json.loads(given.case.read_text())])

    start = time.monotonic()

    def progress(table, failures) -> None:
        print(f"{table.cells} cells, {len(failures)} failures, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)

    table, failures = campaign(
        given.cells, given.seed, jobs=given.jobs, stop_after=given.failures, shrink_at_most=given.shrink, progress=progress
    )
    kinds: dict[str, list] = {}
    for failure in failures:
        kinds.setdefault(failure.kind, []).append(failure)
    for kind, alike in sorted(kinds.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(alike)} x {kind}  (notebooks {' '.join(str(one.notebook.number) for one in alike[:20])})")
        # Those that were shrunk, or else the first.
        for failure in [one for one in alike if "--case" in one.text] or alike[:1]:
            print(failure.text)
    print("\n" + table.text())
    print(f"{table.recompiled} new files in the caches when everything ran again")
    for name in table.missing():
        print(f"never drawn: {name}")
    print(f"{len(failures)} failures, {time.monotonic() - start:.0f} s")
    return 1 if failures else 0


def check(seed: int, count: int) -> int:
    """A fault of the generator is found without any kernel."""
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, count, 100):
            program.answers([generate.notebook(seed, n) for n in range(first, min(first + 100, count))], Path(folder))
    print(f"the programs of {count} notebooks compile and run")
    return 0


def shrunk(notebook: Notebook, seed: int) -> int:
    """The smallest notebook that fails as this one does, as a campaign would report it."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        expected = program.answers([notebook], Path(name))
        wrong = judge([notebook], Path(name), expected).differences[notebook.number]
        if wrong:
            print(described(notebook, [notebook], wrong[0], seed, Path(name), True).text)
    return 1 if wrong else 0


def show(notebooks: list[Notebook]) -> int:
    """Notebooks in full: each cell, and what both sides say; the program of the last one below."""
    with tempfile.TemporaryDirectory() as name:
        expected = program.answers(notebooks, Path(name))
        found = judge(notebooks, Path(name), expected).differences
    for notebook in notebooks:
        for at, text in enumerate(notebook.texts()):
            cell = notebook.cells[at]
            print(f"--- notebook {notebook.number}, cell {at} ({cell.why}, {cell.end})\n{text}")
            print(f"    the program: {expected[notebook.number][at]}")
            for one in found[notebook.number]:
                if one.at == at:
                    print(f"    the kernel ({'from its cache' if one.cached else 'compiled'}): {one.got}")
                    print("\n".join("    # " + line for line in one.said.splitlines()))
    print("--- the program\n" + program.module(notebooks[-1]))
    failed = any(found.values())
    print("FAILED" if failed else "passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
