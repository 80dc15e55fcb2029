"""The table of what each operation was tried on."""

from __future__ import annotations

from collections import Counter, defaultdict

import xarray as xr

from .case import Outcome
from .operations import label

SHORT = {"float64": "f64", "float32": "f32", "uint8": "u8", "int16": "i16", "uint16": "u16", "int32": "i32"}
SHORT |= {"uint32": "u32", "int64": "i64", "bool": "bool", "datetime64[ns]": "dates"}



class Table:
    """Counts per operation; tables of parts of a run can be added up."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter] = defaultdict(Counter)
        self.known: Counter = Counter()
        self.cases = self.lazy = 0

    def add(self, outcome: Outcome) -> None:
        self.cases += 1
        chunked = max(0, len(outcome.case["variants"]) - 1)
        self.lazy += chunked
        for step, verdict in zip(outcome.steps, outcome.verdicts):
            row = self.rows[("ds " if isinstance(step.before, xr.Dataset) else "") + label(step.op)]
            row["tried"] += 1
            row["lazy"] += chunked
            row["erred"] += verdict.startswith("both erred")
            row["skipped"] += verdict.startswith("known")
            if isinstance(step.before, xr.DataArray):
                row["dtype " + SHORT.get(str(step.before.dtype), "text")] += 1
                row[f"ndim {step.before.ndim}"] += 1
            if verdict.startswith("known: "):
                self.known[verdict.removeprefix("known: ")] += 1
            for name in step.settled:
                self.known[name] += 1

    def merge(self, other: "Table") -> None:
        for name, row in other.rows.items():
            self.rows[name] += row
        self.known += other.known
        self.cases += other.cases
        self.lazy += other.lazy

    def text(self) -> str:
        head = ("operation", "tried", "chunked", "both err", "known", "dtypes", "dimensions")
        lines = [head]
        for name, row in sorted(self.rows.items()):
            dtypes = " ".join(short for short in SHORT.values() if row["dtype " + short])
            dims = " ".join(str(n) for n in range(8) if row[f"ndim {n}"])
            if all(row["dtype " + short] for short in SHORT.values()):
                dtypes = "all"
            lines.append((name, *(str(row[key]) for key in ("tried", "lazy", "erred", "skipped")), dtypes, dims))
        widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
        rows = [
            "  ".join(cell.rjust(width) if 0 < at < 5 else cell.ljust(width) for at, (cell, width) in enumerate(zip(line, widths)))
            for line in lines
        ]
        tail = ["", f"{self.cases} cases, {sum(row['tried'] for row in self.rows.values())} operations, {self.lazy} chunked runs", ""]
        tail += ["named differences met: " + ", ".join(f"{name} {count}" for name, count in self.known.most_common())]
        return "\n".join(line.rstrip() for line in [*rows, *tail])
