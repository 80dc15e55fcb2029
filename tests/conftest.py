"""A kernel for the tests of a module that only run cells, and a fresh one for those that end or count something."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from harness.kernel import KERNEL, Gate, Kernel

pytest_plugins = ["harness.separation", "harness.order", "harness.figures"]


@pytest.fixture(scope="session")
def installed() -> None:
    """Fails with a remedy, once and early, where the kernel is not installed."""
    try:
        KernelSpecManager().get_kernel_spec(KERNEL)
    except NoSuchKernel:
        path = os.environ.get("JUPYTER_PATH", "not set")
        pytest.fail(
            f"Jupyter knows no kernel {KERNEL!r}. Run ./install.sh first, and set JUPYTER_PATH to "
            f"PREFIX/share/jupyter (it is {path} now).",
            pytrace=False,
        )


@pytest.fixture(scope="module")
def kernel(installed, tmp_path_factory: pytest.TempPathFactory):
    """A kernel that the tests of a module share, in any order: each keeps to names of its own, and none ends the worker."""
    with Kernel(tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


@pytest.fixture
def fresh_kernel(installed, tmp_path: Path):
    """A kernel in which nothing has run."""
    with Kernel(tmp_path) as kernel:
        yield kernel


@pytest.fixture
def gates(tmp_path: Path):
    """`gates(n)` makes points at which cells wait for the test. All are open when the test ends, however it ends."""
    made: list[Gate] = []

    def make(count: int = 1) -> list[Gate]:
        new = [Gate(tmp_path / f"gate-{len(made) + n}") for n in range(count)]
        made.extend(new)
        return new

    yield make
    for gate in made:
        gate.open()
