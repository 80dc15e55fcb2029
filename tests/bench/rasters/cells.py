"""Our side: cells of a real kernel, as the lesson has them, that print how long their own work took."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.cells import client
from bench.rasters.memory import Peak
from harness.kernel import Cell, Kernel
from harness.upkeep import the

# A whole year on a slow machine.
TIMEOUT = 3600

BEGIN = "let start = Instant::now();"
END = 'println!("seconds: {}", start.elapsed().as_secs_f64());'


@contextlib.contextmanager
def kernel(**env: str) -> Iterator[Kernel]:
    """A new kernel that has come to rest: its engine answers, so nothing warms up beside what is measured."""
    with client.kernel(**env) as kernel:
        kernel.ok("let ready = 1;")
        kernel.ask("complete", "ready.po", 8, timeout=TIMEOUT)
        yield kernel


@dataclass
class Answer:
    """What a timed cell took. `worker` is the peak memory of the process that ran it, `memory` that of the kernel,
    its compiler and the worker together; both in bytes."""

    cell: Cell
    seconds: float
    memory: int
    worker: int


def timed(kernel: Kernel, code: str) -> Answer:
    """Runs a cell that contains `BEGIN` and `END`."""
    with Peak(kernel.manager.provisioner.pid) as all_of_it, Peak(the(kernel, "worker").pid, descendants=False) as worker:
        cell = kernel.ok(code, timeout=TIMEOUT)
    return Answer(cell, seconds(cell), all_of_it.bytes, worker.bytes)


def seconds(cell: Cell) -> float:
    """What the cell said."""
    found = re.findall(r"^seconds: (\S+)$", cell.stdout, re.MULTILINE)
    assert len(found) == 1, cell.describe()
    return float(found[0])


def paths(files: list[Path]) -> str:
    """A cell that finds the first files of a folder, as the lesson does; `files` is the variable."""
    folder = files[0].parent
    return f'let files = glob({text(folder)}, "*.tif")?;\nlet files = files[..{len(files)}].to_vec();'


def text(value: object) -> str:
    """A Rust string."""
    return json.dumps(str(value), ensure_ascii=False)
