"""docs/for-xarray-users.md says that both sides of each line do the same. Here they are made to show it.

The left side runs through xarray, the right side in cells of the kernel; dimensions, lengths and the mean of what
comes out must agree. Code between the tables runs too.
"""

from __future__ import annotations

import ast
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from harness.kernel import Cell, Kernel
from oracle.differences import DIFFERENCES

PAGE = Path(__file__).parents[2] / "docs" / "for-xarray-users.md"


@dataclass
class Line:
    section: str
    python: str
    rust: str


def code(cell: str) -> str:
    """The code in a cell of a table. A bar inside code is written `\\|` there."""
    text = cell.strip()
    assert text.startswith("`") and text.endswith("`"), f"not code: {cell}"
    return text.strip("`").replace("\\|", "|")


def lines() -> list[Line]:
    section, found = "", []
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        if line.startswith("| `"):
            left, right = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            found.append(Line(section, code(left), code(right)))
    return found


def blocks(language: str) -> list[str]:
    """The code between the tables. The first block makes what the tables use."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.S)


LINES = lines()


@dataclass
class Outcome:
    """What a line of the page gave: a value, or the error of the Python side; and the cell of the right side."""

    expected: object = None
    error: Exception | None = None
    cell: Cell | None = None


class Page:
    """Both sides of the page. A line may use what the lines above it make, so that they run in the page's order, whichever
    is asked for first."""

    def __init__(self, names: dict, kernel: Kernel):
        self.names = names
        self.kernel = kernel
        self.outcomes: list[Outcome] = []

    def outcome(self, number: int) -> Outcome:
        while len(self.outcomes) <= number:
            self.outcomes.append(self._run(LINES[len(self.outcomes)]))
        outcome = self.outcomes[number]
        if outcome.error:
            raise outcome.error
        assert outcome.cell.status == "ok" and not outcome.cell.errors, outcome.cell.describe()
        return outcome

    def _run(self, line: Line) -> Outcome:
        try:
            expected = run_python(line.python, self.names)
        except Exception as error:  # It is the line's own, and raised again where the line is asked for.
            return Outcome(error=error)
        if not isinstance(expected, xr.DataArray):
            return Outcome(expected, cell=self.kernel.execute(line.rust))
        show = 'println!("{:.9e}", row.astype(DType::F64).mean(())?.item()?);' if number(expected) else ""
        # In a block: some of the lines lend, and what is lent cannot be kept as a variable.
        return Outcome(expected, cell=self.kernel.execute(f"{{ let row = {line.rust}; {show} row.clone() }}"))


@pytest.fixture(scope="module")
def page(kernel, tmp_path_factory):
    """Each side has the same variables, and writes files into a folder of its own."""
    names: dict = {}
    exec(blocks("python")[0], names)
    kernel.ok(blocks("rust")[0])
    here = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("python"))
    # As a user has it, whatever the differential tests have set.
    with xr.set_options(use_bottleneck=True):
        yield Page(names, kernel)
    os.chdir(here)


def run_python(source: str, names: dict):
    """The value of the line, or None for an assignment."""
    last = ast.parse(source).body[-1]
    if isinstance(last, ast.Expr):
        return eval(source, names)
    exec(source, names)
    return None


def number(value) -> str:
    """The mean of an array, to the digits that two ways of adding agree on; empty where there is none."""
    if isinstance(value, xr.DataArray) and value.dtype.kind in "biuf":
        return f"{float(value.astype(float).mean()):.9e}"
    return ""


def sizes(text: str) -> list[tuple[str, int]] | None:
    """The dimensions that a text view begins with."""
    head = re.search(r"\(((?:\w+: \d+(?:, )?)*)\)", text)
    return [(d, int(n)) for d, n in re.findall(r"(\w+): (\d+)", head.group(1))] if head else None


@pytest.mark.parametrize("at", range(len(LINES)), ids=[f"{line.section}: {line.python}" for line in LINES])
def test_both_sides_of_a_line_do_the_same(page, at: int):
    outcome = page.outcome(at)
    expected, cell = outcome.expected, outcome.cell
    if expected is None:
        return
    if isinstance(expected, xr.Dataset):
        assert sorted(sizes(cell.text)) == sorted((str(d), n) for d, n in expected.sizes.items())
        for name in expected.data_vars:
            assert re.search(rf"^ +{name}\b", cell.text, re.M), cell.text
        return
    if not isinstance(expected, xr.DataArray):
        assert words(cell.text) == words(repr(expected))
        return
    assert sizes(cell.text) == [(str(d), n) for d, n in expected.sizes.items()]
    if mean := number(expected):
        assert float(cell.stdout) == pytest.approx(float(mean), rel=1e-7, nan_ok=True)
    labelled = {str(name) for name in expected.coords}
    for name in labelled:
        assert re.search(rf"^ +\*? ?{name}\b", cell.text, re.M), f"no coordinate {name} in\n{cell.text}"


@pytest.mark.parametrize("block", blocks("rust")[1:], ids=lambda block: block.split("(")[0])
def test_code_between_the_tables_runs(page, block: str):
    page.kernel.ok(block)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_each_difference_that_the_tests_know_is_on_the_page(difference):
    page = " ".join(PAGE.read_text().split())
    assert f"**{difference.name}**" in page
    assert " ".join(difference.reason.split()) in page


def words(text: str) -> list[str]:
    """What a value says, without the brackets and quotes of the language that prints it."""
    text = re.sub(r"np\.\w+\(|Some\(|Text\(", "", text.replace("np.True_", "True")).replace("True", "true").replace("False", "false")
    return re.findall(r"[\w.°-]+", text)


def test_the_page_has_lines_for_every_section():
    assert len(LINES) > 90
    sections = {line.section for line in LINES}
    assert {"Make", "Select", "Compute", "Group, resample, roll", "Combine", "Lazy"} <= sections
