"""Kernels for measuring, in folders of their own, and the time of a cell."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.kernel import Kernel


@contextlib.contextmanager
def kernel(cache: Path | None = None, name: str | None = None, **env: str) -> Iterator[Kernel]:
    """A started kernel that has done nothing; `cache` is kept between kernels, everything else is new."""
    with fresh(cache, name, **env) as kernel:
        yield kernel.start()


@contextlib.contextmanager
def fresh(cache: Path | None = None, name: str | None = None, **env: str) -> Iterator[Kernel]:
    """The same, not started yet."""
    with tempfile.TemporaryDirectory() as folder:
        if cache is not None:
            env["XDG_CACHE_HOME"] = str(cache)
        kernel = Kernel(Path(folder), **env)
        if name is not None:
            kernel.manager.kernel_name = name
        try:
            yield kernel
        finally:
            processes = kernel.marked.now()
            kernel.shutdown()
            left = kernel.marked.gone(processes, timeout=60)
            assert not left, f"these would disturb what is measured next: {left}"


def seconds(kernel: Kernel, code: str, timeout: float = 600) -> float:
    """From the request to `idle`, for a cell that must succeed."""
    cell = kernel.ok(code, timeout=timeout)
    return cell.idle - cell.sent
