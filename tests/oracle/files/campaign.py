"""Many cases, spread over processes, and the table of what was tried."""

from __future__ import annotations

import multiprocessing
import os
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "files"


@dataclass
class Failure:
    number: int
    kind: str
    text: str


@dataclass
class Table:
    """Counts by what was tried; tables of parts of a run can be added up."""

    rows: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))
    known: Counter = field(default_factory=Counter)
    cases: int = 0

    def add(self, outcome) -> None:
        self.cases += 1
        for label in outcome.labels:
            self.rows[label]["tried"] += 1
            self.rows[label][outcome.verdict] += 1
        self.known.update(outcome.known)

    def merge(self, other: "Table") -> None:
        for name, row in other.rows.items():
            self.rows[name] += row
        self.known += other.known
        self.cases += other.cases

    def text(self) -> str:
        head = ("what", "tried", "same", "known", "both refuse", "theirs refuses", "different")
        lines = [head, *((name, *(str(row[key]) for key in head[1:])) for name, row in sorted(self.rows.items()))]
        widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
        rows = [
            "  ".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, width) in enumerate(zip(line, widths)))
            for line in lines
        ]
        known = ", ".join(f"{name} {count}" for name, count in self.known.most_common())
        return "\n".join([*rows, "", f"{self.cases} files; named differences met: {known or 'none'}"])


def campaign(
    cases: int, seed: int, *, only: str | None = None, stop_after: int = 25, shrunk: bool = True
) -> tuple[Table, list[Failure]]:
    """Cases 0 to `cases` of `seed`; as many processes as cores. The libraries are loaded in those processes alone."""
    processes = min(len(os.sched_getaffinity(0)), 8)
    parts = [(range(first, cases, processes), seed, only, stop_after, shrunk) for first in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        results = pool.starmap(_part, parts)
        # They end by themselves: what their libraries share with the system is given back then.
        pool.close()
        pool.join()
    table, failures = Table(), []
    for one, found in results:
        table.merge(one)
        failures += found
    return table, sorted(failures, key=lambda failure: failure.number)


def _part(numbers: range, seed: int, only: str | None, stop_after: int, shrunk: bool) -> tuple[Table, list[Failure]]:
    from ..worker import Worker
    from .case import generate, run

    worker, table, failures = Worker(), Table(), []
    seen: Counter = Counter()
    for number in numbers:
        case = generate(seed, number, only)
        try:
            outcome = run(case, worker)
        except Exception as error:
            note = f"the harness itself fails in case {number} of seed {seed}: {error!r}"
            raise RuntimeError(note) from error
        table.add(outcome)
        if outcome.found:
            kind = kind_of(case, outcome.found[0])
            seen[kind] += 1
            # One of a kind is told in full: the smallest case takes a while to find.
            text = described(case, outcome, worker, seed, number, only) if shrunk and seen[kind] == 1 else outcome.failure()
            failures.append(Failure(number, kind, text))
            if len(failures) >= stop_after:
                break
    worker.close()
    return table, failures


def kind_of(case: dict, found) -> str:
    words = (
        f"{found.kind}: {found.ours}"
        if found.kind.endswith("refused") or found.kind in ("ours refuses", "broken")
        else found.kind
    )
    return case["form"] + ": " + re.sub(r"\"[^\"]*\"|'[^']*'|/\S+|-?\d[\d.e+-]*", "_", words)[:100]


def described(case: dict, outcome, worker, seed: int, number: int, only: str | None) -> str:
    """What a reader needs: what differs, the smallest case found, and the commands that run it again."""
    from .case import shrink, text

    small = shrink(case, worker)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    path = ARTEFACTS / f"case-{seed}-{number}.json"
    path.write_text(text(small) + "\n")
    lines = [
        outcome.failure() or "",
        f"  python tests/oracle files --seed {seed} --replay {number}" + (f" --only {only}" if only else ""),
    ]
    lines += [f"  python tests/oracle files --case {os.path.relpath(path)}   (shrunk)", f"  {text(small)}"]
    return "\n".join(lines)
