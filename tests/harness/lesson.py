"""The lesson notebook as tests see it, before and after it was executed."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "8-1-parallel-rasters.ipynb"


def code_of(notebook: Path) -> list[str]:
    """The sources of a notebook's code cells."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def suggestions() -> dict[str, str]:
    """The code that the lesson's text suggests to try, by itself: it draws something."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return {code: code for code in re.findall(r"`([^`]+\.plot\(\)[^`]*)`", text)}


def small_sample(home: Path) -> dict[str, str]:
    """The environment of a kernel whose sample data are small and lie in `home`.

    ISOPLETH_DAYS and ISOPLETH_SCALE in the caller's environment change the size; a full year is 366 and 1.
    """
    return {
        **os.environ,
        "ISOPLETH_DAYS": os.environ.get("ISOPLETH_DAYS", "40"),
        "ISOPLETH_SCALE": os.environ.get("ISOPLETH_SCALE", "10"),
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "STATE", "DATA", "CONFIG")},
    }


@dataclass
class LessonCell:
    """An executed code cell."""

    number: int | None
    outputs: list
    reply: dict
    seconds: float

    def bundles(self) -> list[dict]:
        return [o["data"] for o in self.outputs if o["output_type"] in ("execute_result", "display_data")]

    def has(self, mime: str) -> bool:
        return any(mime in bundle for bundle in self.bundles())

    @property
    def text(self) -> str:
        """The text view of the cell's value, which comes after any progress bar."""
        values = [o["data"]["text/plain"] for o in self.outputs if o["output_type"] == "execute_result"]
        assert len(values) == 1, f"cell {self.number} has {len(values)} values"
        return values[0]

    @property
    def stdout(self) -> str:
        return "".join(o["text"] for o in self.outputs if o["output_type"] == "stream" and o["name"] == "stdout")

    @property
    def errors(self) -> list[str]:
        return [f"{o['ename']}: {o['evalue']}" for o in self.outputs if o["output_type"] == "error"]


class Lesson:
    """The executed notebook: `cell(6)` by source number, `probe("mean")` by name."""

    def __init__(self, notebook, replies: dict[int, dict], seconds: dict[int, float], home: Path):
        self.home = home
        self.cells: list[LessonCell] = []
        self._probes: dict[str, LessonCell] = {}
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            number = cell.metadata.get("source-cell")
            executed = LessonCell(number, cell.outputs, replies.get(index, {}), seconds.get(index, 0.0))
            if "probe" in cell.metadata:
                self._probes[cell.metadata["probe"]] = executed
            else:
                self.cells.append(executed)

    def cell(self, number: int) -> LessonCell:
        return next(cell for cell in self.cells if cell.number == number)

    def probed(self, name: str) -> LessonCell:
        probe = self._probes[name]
        assert not probe.errors, probe.errors
        return probe

    def probe(self, name: str) -> str:
        return self.probed(name).stdout.strip()
