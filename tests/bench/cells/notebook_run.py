"""The 60 cells, twice: with an empty cache, and in a new kernel that finds the cache of the first."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from bench.cells import client
from bench.cells.floor import Floor, percentile
from bench.cells.notebook import Source, notebook, use_of_all, variables

# Between so many cells the floor is taken once more.
STRIDE = 5


def measure(floor: Floor, runs: int) -> dict:
    passes = {"cold": [], "again": []}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as cache:
            for name in passes:
                with client.kernel(Path(cache)) as kernel:
                    passes[name].append(run(kernel, notebook(), floor))
    return {"variables": len(variables(notebook())), **{name: summary(found) for name, found in passes.items()}}


def run(kernel, cells: list[Source], floor: Floor) -> dict:
    """Times of all cells by kind, and of the floor before, between and after them."""
    times: dict[str, list[float]] = {}
    # The engine is ready when the first cell has run: what it takes until then is measured in `start`.
    client.seconds(kernel, "0")
    bare = floor.sample(3)
    for number, cell in enumerate(cells):
        times.setdefault(cell.kind, []).append(client.seconds(kernel, cell.code))
        if number % STRIDE == STRIDE - 1:
            bare += floor.sample()
    bare += floor.sample(3)
    client.seconds(kernel, use_of_all(cells))
    return {"floor": bare, "times": times}


def summary(found: list[dict]) -> dict:
    """Ratios to the floor of the same run; of several runs, the median of their ratios."""
    ratios: dict[str, dict[str, list[float]]] = {}
    for one in found:
        bare = statistics.median(one["floor"])
        for kind, times in one["times"].items():
            into = ratios.setdefault(kind, {"p50": [], "p95": []})
            into["p50"].append(statistics.median(times) / bare)
            into["p95"].append(percentile(times, 0.95) / bare)
    return {
        "floor": statistics.median([sample for one in found for sample in one["floor"]]),
        "seconds": {kind: statistics.median([t for one in found for t in one["times"][kind]]) for kind in ratios},
        "cells": {kind: len(found[0]["times"][kind]) for kind in ratios},
        "ratio": {
            kind: {name: statistics.median(values) for name, values in by.items()} for kind, by in ratios.items()
        },
        "every": found,
    }
