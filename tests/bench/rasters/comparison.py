"""What was measured on both sides, in turns, and what our side should at least reach."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Comparison:
    """Values of the same work on both sides; less is better. `files` is how many files one value stands for."""

    what: str
    peer: str
    target: float | None
    unit: str = "s"
    files: int = 1
    # Comparisons of one group are one row of README's table.
    group: str | None = None
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def add(self, ours: float, theirs: float) -> None:
        self.ours.append(ours)
        self.theirs.append(theirs)

    @property
    def our_median(self) -> float:
        return statistics.median(self.ours)

    @property
    def their_median(self) -> float:
        return statistics.median(self.theirs)

    @property
    def ratio(self) -> float:
        """How many times as much the peer takes."""
        return self.their_median / self.our_median

    @property
    def missed(self) -> bool:
        """As far as the digits that are shown can tell."""
        return self.target is not None and round(self.ratio, 2) < self.target


def in_turns(what: str, runs: int, ours: Callable[[], Any], theirs: Callable[[], Any]) -> list[tuple[Any, Any]]:
    """Ours, theirs, ours, theirs, so that a machine whose speed drifts does not favour one side."""
    print(f"measuring: {what}, {runs} {'time' if runs == 1 else 'times'}", file=sys.stderr, flush=True)
    return [(ours(), theirs()) for _ in range(runs)]
