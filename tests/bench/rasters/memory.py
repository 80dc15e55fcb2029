"""The most memory that processes held together, looked at from outside while they work, in the same way on both sides."""

from __future__ import annotations

import threading

import psutil

INTERVAL = 0.05


class Peak:
    """The highest sum of resident memory of a process and, with `descendants`, of all that it has started."""

    def __init__(self, pid: int, descendants: bool = True):
        self._process = psutil.Process(pid)
        self._descendants = descendants
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.bytes = 0

    def __enter__(self) -> Peak:
        self.look()
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(INTERVAL):
            self.look()

    def look(self) -> None:
        try:
            processes = [self._process, *(self._process.children(recursive=True) if self._descendants else [])]
        except psutil.NoSuchProcess:
            return
        self.bytes = max(self.bytes, sum(resident(process) for process in processes))


def resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        # It has ended since it was listed.
        return 0
