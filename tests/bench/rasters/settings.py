"""How much is measured, and where the files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`files` is the length of the year; the other numbers of files are at most that."""

    data: Path
    files: int
    loop_files: int
    pool_files: int
    runs: int
    year_runs: int
    workers: int
