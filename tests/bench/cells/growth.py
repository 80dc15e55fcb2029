"""Whether cells get slower as variables pile up: 2 variables and 30, in two kernels, cell by cell in turn."""

from __future__ import annotations

import statistics

from bench.cells import client
from bench.cells.floor import Floor

FEW, MANY = 2, 30
CELLS = 10


def measure(floor: Floor, runs: int) -> dict:
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    for run in range(runs):
        with client.kernel() as few, client.kernel() as many:
            for kernel, count in ((few, FEW), (many, MANY)):
                for n in range(count):
                    kind = ["{n}", 'String::from("{n}")', "vec![{n}.5, 2.0]"][n % 3]
                    kernel.ok(f"let v{n} = {kind.format(n=n)};")
            for n in range(CELLS):
                # Another number each time: a cell that was compiled before proves nothing.
                for kernel, count in ((few, FEW), (many, MANY)):
                    times[count].append(client.seconds(kernel, f"v0 + {1000 * run + n}"))
            floor.sample(2)
    return {
        "few": statistics.median(times[FEW]),
        "many": statistics.median(times[MANY]),
        "ratio": statistics.median(times[MANY]) / statistics.median(times[FEW]),
        "every": times,
    }
