"""Every line of docs/plots.md makes the figure that it says, in cells of the kernel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "plots.md"


def lines() -> list[str]:
    """The code in the left column of the tables that compare with matplotlib and xarray."""
    found, comparing = [], False
    for line in PAGE.read_text().splitlines():
        if line.startswith("| here |"):
            comparing = True
        elif not line.startswith("|"):
            comparing = False
        elif comparing and line.startswith("| `"):
            found.append(re.match(r"\| `([^`]+)` \|", line).group(1))
    return found


LINES = lines()


@pytest.fixture(scope="module")
def page(kernel, tmp_path_factory):
    """The kernel, with the arrays of the page, in a folder of the test."""
    kernel.ok(f"std::env::set_current_dir({str(tmp_path_factory.mktemp('figures'))!r})?;".replace("'", '"'))
    kernel.ok(re.findall(r"```rust\n(.*?)```", PAGE.read_text(), re.S)[0])
    return kernel


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_page_makes_a_figure(page, line: str):
    if ".save(" in line:
        page.ok(f"{line};\nassert!(std::fs::metadata(\"year.svg\")?.len() > 1000);")
        return
    cell = page.ok(line)
    assert cell.text.startswith("Figure"), cell.text
    assert "image/png" in cell.shown[0]


def test_the_page_has_lines_of_every_kind():
    assert len(LINES) > 30
    assert all(any(word in line for line in LINES) for word in ("imshow", "hist", "scatter", "col(", "coastlines", "hue"))
