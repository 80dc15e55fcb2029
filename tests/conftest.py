"""One kernel for all tests that only run cells, and a fresh one for those about its life."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from harness.kernel import KERNEL, Gate, Kernel

ARTEFACTS = Path(__file__).parent / "artefacts"
_figures: list[tuple[str, str]] = []


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


@pytest.fixture(scope="session")
def kernel(installed, tmp_path_factory: pytest.TempPathFactory):
    """A kernel that tests share. They keep to variable names of their own."""
    kernel = Kernel(tmp_path_factory.mktemp("kernel")).start()
    yield kernel
    kernel.shutdown()


@pytest.fixture
def fresh_kernel(installed, tmp_path: Path):
    """A kernel in which nothing has run."""
    kernel = Kernel(tmp_path).start()
    yield kernel
    kernel.shutdown()


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


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where pictures and figures for people go; git ignores it."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS


@pytest.fixture(scope="session")
def figure():
    """`figure("cell 6", "1.2 s")` puts a line under the test report and into artefacts/figures.json."""
    return lambda name, value: _figures.append((name, str(value)))


def pytest_terminal_summary(terminalreporter) -> None:
    if not _figures:
        return
    terminalreporter.section("figures")
    width = max(len(name) for name, _ in _figures)
    for name, value in _figures:
        terminalreporter.write_line(f"{name:<{width}}  {value}")
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / "figures.json").write_text(json.dumps(_figures, indent=1, ensure_ascii=False) + "\n")
