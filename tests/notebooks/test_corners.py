"""Corners of the Rust language, as cells: a notebook must take whatever rustc takes, and show what the program would.

`corners/*.rs` hold them. `//== name` begins a corner, `//%%` parts its cells, and below each cell stands what it must show:
`//> ` a line of its output, `//=> ` its value (a second such line goes on with it), `//! Name words` the error that it must
fail with (`//!  words` if its name does not matter). Nothing else may be shown. `//~ crlf` and `//~ bom` say how the front end sends the cell; `//== name (alone)` is a corner after which the kernel
is restarted, for names that others must not see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.kernel import Kernel

CORNERS = Path(__file__).parent / "corners"
# So many share a session: enough to save time, few enough for a failure to be understood.
TOGETHER = 20


@dataclass
class Expected:
    """A cell, and what must come of it."""

    code: str
    stdout: str = ""
    value: str | None = None
    error: tuple[str, str] | None = None


@dataclass
class Corner:
    name: str
    alone: bool
    cells: list[Expected] = field(default_factory=list)


def read(path: Path) -> list[Corner]:
    corners = []
    for part in re.split(r"^//== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        corner = Corner(title.removesuffix(" (alone)"), title.endswith(" (alone)"))
        corner.cells = [expected(cell) for cell in re.split(r"^//%%\n", text, flags=re.MULTILINE)]
        corners.append(corner)
    return corners


def expected(text: str) -> Expected:
    code, cell, sent = [], Expected(""), set()
    for line in text.rstrip("\n").split("\n"):
        if match := re.fullmatch(r"//(>|=>|!|~) ?(.*)", line):
            mark, rest = match.groups()
            if mark == ">":
                cell.stdout += rest + "\n"
            elif mark == "=>":
                cell.value = rest if cell.value is None else f"{cell.value}\n{rest}"
            elif mark == "!":
                name, _, words = rest.partition(" ")
                cell.error = (name, words)
            else:
                sent.add(rest)
        else:
            code.append(line)
    cell.code = "\n".join(code).rstrip("\n")
    if "crlf" in sent:
        cell.code = cell.code.replace("\n", "\r\n")
    if "bom" in sent:
        cell.code = "\ufeff" + cell.code
    return cell


ALL = [pytest.param(corner, id=f"{path.stem}: {corner.name}") for path in sorted(CORNERS.glob("*.rs")) for corner in read(path)]


class Sessions:
    """A kernel, begun anew after so many corners."""

    def __init__(self, home: Path):
        self.kernel = Kernel(home).start()
        self.left = TOGETHER

    def take(self, alone: bool) -> Kernel:
        if self.left <= 0 or (alone and self.left < TOGETHER):
            self.kernel.restart()
            self.left = TOGETHER
        self.left -= TOGETHER if alone else 1
        return self.kernel


@pytest.fixture(scope="module")
def sessions(installed, tmp_path_factory):
    sessions = Sessions(tmp_path_factory.mktemp("corners"))
    yield sessions
    sessions.kernel.shutdown()


@pytest.mark.parametrize("corner", ALL)
def test_a_corner_of_the_language(sessions, corner):
    kernel = sessions.take(corner.alone)
    for cell in corner.cells:
        if cell.error:
            name, words = cell.error
            error = kernel.fail(cell.code)
            assert (not name or error["ename"] == name) and words in error["evalue"] + error["text"], error["text"]
            assert error["cell"].stdout == cell.stdout
        else:
            ran = kernel.ok(cell.code)
            assert ran.stdout == cell.stdout, ran.describe()
            values = [message.content["data"]["text/plain"] for message in ran.of("execute_result")]
            assert values == ([] if cell.value is None else [cell.value]), f"{cell.code}\n{ran.describe()}"


def test_corners_have_names_of_their_own():
    names = [parameter.id for parameter in ALL]
    assert len(set(names)) == len(names) >= 150
