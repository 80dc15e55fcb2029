"""Finds every process that a kernel started, even one whose parent has died.

They inherit a mark in their environment, and so do theirs; children that were started with an
environment of their own are found through their parents.
"""

from __future__ import annotations

import time
import uuid

import psutil

MARK = "ISOPLETH_TEST_MARK"


class Marked:
    """The processes that carry one mark."""

    def __init__(self) -> None:
        self.mark = uuid.uuid4().hex

    def now(self) -> set[psutil.Process]:
        found = set()
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark:
                    found |= {process, *process.children(recursive=True)}
            except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
                continue
        return {process for process in found if alive(process)}

    def gone(self, before: set[psutil.Process], timeout: float = 60) -> list[str]:
        """Waits for processes to end; returns a line for each that does not."""
        deadline = time.monotonic() + timeout
        while (left := {process for process in before if alive(process)}) and time.monotonic() < deadline:
            time.sleep(0.1)
        return sorted(describe(process) for process in left)


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def describe(process: psutil.Process) -> str:
    try:
        return f"{process.pid}: {' '.join(process.cmdline())[:200]}"
    except psutil.Error:
        return f"{process.pid}: gone"
