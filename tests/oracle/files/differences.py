"""Where files come out otherwise on purpose, by name: what, why, and a case in which it shows.

`test_files.py` fails if one of them no longer shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from .compare import Found


@dataclass(frozen=True)
class Difference:
    name: str
    reason: str
    applies: Callable[[dict, Found], bool]
    # A case in which it shows.
    example: Callable[[], dict]


DIFFERENCES: list[Difference] = []


def known(case: dict, found: Found) -> str | None:
    """The difference on the list that explains what was found."""
    return next((one.name for one in DIFFERENCES if one.applies(case, found)), None)
