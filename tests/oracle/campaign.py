"""Many cases, spread over processes."""

from __future__ import annotations

import json
import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

from .case import generate, run, shrink
from .report import Table
from .wire import decode
from .worker import Worker

ARTEFACTS = Path(__file__).parents[1] / "artefacts" / "oracle"


@dataclass
class Failure:
    number: int
    message: str
    text: str


def campaign(cases: int, seed: int, *, only: str | None = None, stop_after: int = 25) -> tuple[Table, list[Failure]]:
    """Cases 0 to `cases` of `seed`; as many processes as cores."""
    processes = min(len(os.sched_getaffinity(0)), 8)
    parts = [(range(first, cases, processes), seed, only, stop_after) for first in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        results = pool.starmap(_part, parts)
    table, failures = Table(), []
    for one, found in results:
        table.merge(one)
        failures += found
    return table, sorted(failures, key=lambda failure: failure.number)


def _part(numbers: range, seed: int, only: str | None, stop_after: int) -> tuple[Table, list[Failure]]:
    worker, table, failures = Worker(), Table(), []
    for number in numbers:
        try:
            case, steps = generate(seed, number, only)
            outcome = run(case, steps, worker)
        except Exception as error:
            raise RuntimeError(f"the harness itself fails in case {number} of seed {seed}: {error!r}") from error
        table.add(outcome)
        if outcome.failure:
            failures.append(Failure(number, outcome.failure, described(case, outcome.failure, worker, seed, number, only)))
            if len(failures) >= stop_after:
                break
    worker.close()
    return table, failures


def described(case: dict, message: str, worker: Worker, seed: int, number: int, only: str | None) -> str:
    """What a reader needs: the smallest case found, in words and as a file, and the command that replays it."""
    small = shrink(case, message, worker)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    path = ARTEFACTS / f"case-{seed}-{number}.json"
    path.write_text(json.dumps(small) + "\n")
    used = {0, *(at for op in small["ops"] for at in _arrays_of(op))}
    lines = [message, f"  python tests/oracle --seed {seed} --replay {number}" + (f" --only {only}" if only else "")]
    lines += [f"  python tests/oracle --case {os.path.relpath(path)}   (shrunk)"]
    lines += [f"  {op}" for op in small["ops"]]
    for at in sorted(used):
        lines += [f"  array {at}:", *("    " + line for line in repr(decode(small["arrays"][at])).splitlines())]
    return "\n".join(lines)


def _arrays_of(op: dict):
    for key, value in op.items():
        if key == "others":
            yield from value
        elif isinstance(value, dict):
            yield from _arrays_of(value)
        elif key in ("array", "weights") or key == "other" and isinstance(value, int):
            yield value
