"""The table of a campaign: how many cells had each feature, and how many of those were in notebooks that failed."""

from __future__ import annotations

from collections import Counter

from .features import REQUIRED, derived
from .parts import Notebook


class Table:
    """Counts of cells; those of parts of a run can be added up."""

    def __init__(self) -> None:
        self.features: Counter = Counter()
        self.failing: Counter = Counter()
        self.ends: Counter = Counter()
        self.cells = self.notebooks = self.wrong_cells = self.wrong_notebooks = 0
        self.seconds: Counter = Counter()
        self.recompiled = 0

    def add(self, notebook: Notebook, wrong: set[int]) -> None:
        self.notebooks += 1
        self.wrong_notebooks += bool(wrong)
        self.cells += len(notebook.cells)
        self.wrong_cells += len(wrong)
        for at, (cell, more) in enumerate(zip(notebook.cells, derived(notebook))):
            self.ends[cell.end] += 1
            self.features.update(cell.features | more)
            if at in wrong:
                self.failing.update(cell.features | more)

    def missing(self) -> list[str]:
        return [name for name in REQUIRED if not self.features[name]]

    def text(self) -> str:
        rows = [("feature", "cells", "differ")]
        rows += [(name, str(self.features[name]), str(self.failing[name] or "")) for name in sorted(self.features)]
        widths = [max(len(row[at]) for row in rows) for at in range(3)]
        lines = [f"{a.ljust(widths[0])}  {b.rjust(widths[1])}  {c.rjust(widths[2])}".rstrip() for a, b, c in rows]
        # Two columns side by side: the list is long.
        half = (len(lines) + 1) // 2
        width = max(len(line) for line in lines) + 4
        right = lines[half:] + [""]
        lines = [f"{left.ljust(width)}{right[at] if at < len(right) else ''}".rstrip() for at, left in enumerate(lines[:half])]
        ends = ", ".join(f"{count} {end}" for end, count in self.ends.most_common())
        lines += ["", f"{self.cells} cells in {self.notebooks} notebooks; they end: {ends}"]
        lines += [f"{self.wrong_cells} cells in {self.wrong_notebooks} notebooks differ"]
        lines += [", ".join(f"{what} {seconds:.0f} s" for what, seconds in self.seconds.items())]
        return "\n".join(lines)
