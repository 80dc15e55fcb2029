"""Figures that tests write down: printed below the report and kept in artefacts/figures.json.

Test processes of pytest-xdist send theirs to the one that reports.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
SOON = 0.5
_figures: list[tuple[str, str]] = []
_durations: list[tuple[str, str, float]] = []


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where pictures and figures for people go; git ignores it."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS


@pytest.fixture(scope="session")
def figure():
    """`figure("cell 6", "1.2 s")` puts a line under the test report and into artefacts/figures.json."""
    return lambda name, value: _figures.append((name, str(value)))


@pytest.fixture(scope="session")
def duration():
    """`duration("Stop", "a sleep", 0.02)` adds a kind to the line on what is called Stop."""
    return lambda name, kind, seconds: _durations.append((name, kind, seconds))


def of_durations() -> list[tuple[str, str]]:
    """A line for each name: how many kinds there were, how many of them were soon over, and the slowest."""
    lines = []
    for name in {name for name, _, _ in _durations}:
        kinds = {kind: seconds for each, kind, seconds in _durations if each == name}
        slowest = max(kinds, key=kinds.get)
        soon = sum(seconds <= SOON for seconds in kinds.values())
        lines.append((name, f"{soon} of {len(kinds)} kinds within {SOON} s; slowest {kinds[slowest]:.2f} s ({slowest})"))
    return lines


def in_order(figures: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """By name, and by number within a name: tests run in random order."""
    return sorted(figures, key=lambda entry: [(part.isdigit(), part.zfill(9)) for part in re.split(r"(\d+)", entry[0])])


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["figures"], output["durations"] = _figures, _durations


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    # A process that has crashed sends nothing.
    sent = getattr(node, "workeroutput", {})
    _figures.extend(map(tuple, sent.get("figures", [])))
    _durations.extend(map(tuple, sent.get("durations", [])))


def pytest_terminal_summary(terminalreporter) -> None:
    figures = in_order(_figures + of_durations())
    if not figures:
        return
    terminalreporter.section("figures")
    width = max(len(name) for name, _ in figures)
    for name, value in figures:
        terminalreporter.write_line(f"{name:<{width}}  {value}")
    figures += in_order([(f"{name}: {kind}", f"{seconds:.2f} s") for name, kind, seconds in _durations])
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / "figures.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
