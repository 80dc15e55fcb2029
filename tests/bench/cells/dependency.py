"""`:dep` on a small crate of the registry: what it takes, and what cells take after it."""

from __future__ import annotations

import statistics

from bench.cells import client
from bench.cells.floor import Floor

DEPENDENCY = ':dep itoa = "1"'
USE = "itoa::Buffer::new().format(2016).len()"
CELLS = 8


def measure(floor: Floor, runs: int) -> dict:
    every: dict[str, list[float]] = {"dep": [], "first use": [], "before": [], "after": []}
    for run in range(runs):
        with client.kernel() as kernel:
            kernel.ok("let v = 1;")
            for when in ("before", "after"):
                for n in range(CELLS):
                    number = n + CELLS * (2 * run + (when == "after"))
                    every[when].append(client.seconds(kernel, f"v + {number}"))
                floor.sample(2)
                if when == "before":
                    every["dep"].append(client.seconds(kernel, DEPENDENCY))
                    every["first use"].append(client.seconds(kernel, USE))
    medians = {name: statistics.median(times) for name, times in every.items()}
    return {**medians, "ratio": medians["after"] / medians["before"], "every": every}
