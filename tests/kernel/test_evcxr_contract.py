"""What evcxr makes of a cell is the contract of cells here: the types of variables and what a last expression shows.

The right answers were recorded from the pinned evcxr by `kernel/examples/record_evcxr_contract.rs`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = json.loads((Path(__file__).parent / "evcxr_contract.json").read_text())
# evcxr writes `{:?}`; here a value that is long or has several lines is laid out over lines.
BLANKS = re.compile(r"\s+|,(?=\s*[\])}])")


def short(kind: str) -> str:
    """A type without the modules of its names, and without the lifetime that every kept reference has."""
    kind = re.sub(r"\b(?:\w+::)+", "", kind)
    return kind.replace("'static ", "").replace(" ", "")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook["cells"][0][:40])
def test_a_notebook_means_what_it_means_to_evcxr(kernel, notebook):
    kernel.ok(":clear")
    for code, wanted in zip(notebook["cells"], notebook["shown"], strict=True):
        cell = kernel.ok(code)
        shown = [bundle["text/plain"] for bundle in cell.shown if "text/html" not in bundle]
        if wanted is None:
            assert not shown, cell.describe()
        else:
            assert [BLANKS.sub("", text) for text in shown] == [BLANKS.sub("", wanted)], cell.describe()
    kept = kernel.ok(":vars").text
    names = [] if kept == "There are no variables." else [line.split(":")[0] for line in kept.splitlines()]
    found = {name: short(kernel.ok(f":type {name}").text.split(": ", 1)[1]) for name in names}
    assert found == {name: short(kind) for name, kind in notebook["types"].items()}
