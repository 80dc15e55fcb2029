"""The lesson on a small sample: memory after its first part, and what Restart and Run All adds to the cells' own work.

A cell's own work cannot be seen from outside. So in a variant of the lesson every cell begins with a display of a
marker, and every cell that ends in a statement also ends with one. What passes from the request to the first marker,
and from the last one to `idle`, is the kernel's. Where a cell ends in a value there is no last marker: drawing the
value is the cell's own work, and for what comes after it the median of the other cells is taken.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import nbformat
import psutil

from bench.cells import client
from bench.cells.floor import Floor
from harness.kernel import Cell, Kernel
from harness.lesson import NOTEBOOK, small_sample
from harness.upkeep import by_role

FIRST_PART = 22
MARKER = "isopleth-bench-marker"
MARK = f'html("", "{MARKER}");'


def measure(floor: Floor, runs: int) -> dict:
    memory, overhead = [], []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        # The sample is made once, by the first run, and what it took counts nowhere.
        env = small_sample(folder)
        data = {key: env[key] for key in ("ISOPLETH_DAYS", "ISOPLETH_SCALE", "XDG_DATA_HOME")}
        cache = folder / "cache"
        for run in range(runs + 1):
            # The first run fills the cache with the variant; from the second on it is Restart and Run All.
            with client.kernel(cache, **data) as kernel:
                cells = run_all(kernel, [marked(code) for code in sources()])
            if run > 0:
                overhead.append(beyond_own_work(cells))
            with client.kernel(cache, **data) as kernel:
                run_all(kernel, sources()[:FIRST_PART])
                # Cells from the cache run before the engine has read them; it answers when it has.
                kernel.ask("complete", "temp.me", 7)
                memory.append(resident(kernel))
            floor.sample(2)
    of_cells = [statistics.median(times) for times in zip(*(one["cells"] for one in overhead), strict=True)]
    return {
        "resident": statistics.median([one["resident"] for one in memory]),
        "proportional": statistics.median([one["proportional"] for one in memory]),
        "total": statistics.median([one["total"] for one in overhead]),
        "overhead": statistics.median([sum(one["cells"]) for one in overhead]),
        "slowest": {"cell": 1 + of_cells.index(max(of_cells)), "seconds": max(of_cells)},
        "median": statistics.median(of_cells),
        "every": {"memory": memory, "overhead": overhead},
    }


def sources() -> list[str]:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def run_all(kernel: Kernel, codes: list[str]) -> list[Cell]:
    # Waited for first: the warm-up is measured in `start`.
    kernel.ok("0")
    return [kernel.ok(code, timeout=600) for code in codes]


def ends_in_statement(code: str) -> bool:
    return code.rstrip().endswith((";", "}"))


def marked(code: str) -> str:
    return f"{MARK}\n{code}\n{MARK}" if ends_in_statement(code) else f"{MARK}\n{code}"


def beyond_own_work(cells: list[Cell]) -> dict:
    """By cell, the seconds before its first statement and after its last."""
    before, after = [], []
    for cell in cells:
        marks = [m.time for m in cell.of("display_data") if m.content["data"].get("text/plain") == MARKER]
        before.append(marks[0] - cell.sent)
        after.append(cell.idle - marks[-1] if ends_in_statement(cell.code) else None)
    typical = statistics.median([tail for tail in after if tail is not None])
    total = sum(cell.idle - cell.sent for cell in cells)
    tails = [typical if tail is None else tail for tail in after]
    return {"total": total, "cells": [head + tail for head, tail in zip(before, tails, strict=True)]}


def resident(kernel: Kernel) -> dict:
    """Bytes of all of the kernel's processes: as `ps` shows them, and with what they share counted once."""
    processes: list[psutil.Process] = [process for found in by_role(kernel).values() for process in found]
    full = [process.memory_full_info() for process in processes]
    return {
        "resident": sum(info.rss for info in full),
        "proportional": sum(info.pss for info in full),
        "by role": {role: sum(p.memory_info().rss for p in found) for role, found in by_role(kernel).items()},
    }
