"""What a notebook is made of: items and statements in cells, written so that both sides can be printed from one text.

A text holds marks, since the kernel and the ordinary program need different names:

    «scale»          an item of the notebook; the program has a name for each of its versions
    «Point::area»    an inherent method, «Area.size» a method of a trait
    «use:BTreeMap»   a name that an earlier `use` brought
    ⟦needs KEY⟧      nothing, but the item KEY must be there
    ⟦: i64⟧          a type that only the program writes: a notebook settles it at the end of the cell
    ⟦static HITS|T|init⟧ and ⟦HITS⟧   a static inside a function, and its use
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field

ITEM = re.compile(r"«([^»]+)»")
MARK = re.compile(r"⟦(static )?([^⟧]*)⟧")
NEEDS = re.compile(r"⟦needs ([^⟧]+)⟧")


@dataclass(frozen=True)
class Item:
    """A definition. `signature` is what its users rely on; `info` is what the generator knows about it.

    Of a type, `info["program"]` is its text for a module of the program, with public fields.
    """

    key: str
    kind: str
    text: str
    signature: str = ""
    info: dict = field(default_factory=dict, hash=False, compare=False)
    uses: dict = field(default_factory=dict, hash=False, compare=False)
    features: tuple = field(default=(), compare=False)


@dataclass(frozen=True)
class Stmt:
    """A statement: how it uses variables (`read`, `change`, `move`) of which type, and which it makes.

    `end` is "" for a statement that goes on, "show" for an expression whose value is the cell's, "panic" or
    "question" for one that ends the cell, "compile" for one that does not compile.
    """

    text: str
    needs: dict = field(default_factory=dict)
    makes: tuple = ()
    uses: dict = field(default_factory=dict)
    end: str = ""
    features: tuple = ()


@dataclass(frozen=True)
class Cell:
    """One execution of a cell. `why` says how it came: "new", "again", "edited", or "early", before what it uses is defined."""

    parts: tuple
    why: str = "new"

    @property
    def items(self) -> list[Item]:
        return [part for part in self.parts if isinstance(part, Item)]

    @property
    def statements(self) -> list[Stmt]:
        return [part for part in self.parts if isinstance(part, Stmt)]

    @property
    def end(self) -> str:
        """How the cell ends: "compile", "panic", "question" or "ok"."""
        if self.why == "early":
            return "compile"
        ends = [statement.end for statement in self.statements]
        return next((end for end in ("compile", "panic", "question") if end in ends), "ok")

    @property
    def features(self) -> set[str]:
        found = {feature for part in self.parts for feature in part.features}
        return found | ({f"run {self.why}"} if self.why != "new" else set())


@dataclass(frozen=True)
class Notebook:
    """The cells in the order in which they are run."""

    number: int
    cells: tuple

    def texts(self) -> list[str]:
        """What the kernel is given."""
        return [written(cell, self.number) for cell in self.cells]


def joined(*lines: str) -> str:
    return "\n".join(lines)


def references(text: str) -> list[str]:
    """The keys of all items that a text mentions, each once."""
    found = [key.split(".")[0] for key in ITEM.findall(text)] + NEEDS.findall(text)
    return list(dict.fromkeys(found))


def plain_name(key: str, number: int) -> str:
    """The name of an item in the notebook: own names in each notebook, so that several can share a kernel."""
    if key.startswith("use:"):
        return key[4:]
    if "::" in key:
        return key.split("::")[-1]
    if "." in key:
        # Several notebooks may implement a trait for i64.
        return f"{key.split('.')[-1]}_n{number}"
    if key.isupper():
        return f"{key}_N{number}"
    return f"{key}N{number}" if key[0].isupper() else f"{key}_n{number}"


def plain(text: str, number: int) -> str:
    """A text as it stands in the notebook."""

    def mark(found: re.Match) -> str:
        if found[1]:
            name, kind, value = found[2].split("|")
            return f"static {name}: {kind} = {value};"
        return "" if found[2].startswith((":", "needs ")) else found[2]

    return ITEM.sub(lambda found: plain_name(found[1], number), MARK.sub(mark, text))


def written(cell: Cell, number: int) -> str:
    """The text of a cell; methods that follow each other share an `impl`."""
    lines: list[str] = []
    header = None
    for part in cell.parts:
        new_header = part.info.get("impl") if isinstance(part, Item) else None
        if header and header != new_header:
            lines.append("}")
        if new_header and header != new_header:
            lines.append(f"{new_header} {{")
        header = new_header
        lines.append(part.text)
    if header:
        lines.append("}")
    return plain("\n".join(lines), number)


def to_json(notebook: Notebook) -> dict:
    cells = [
        {"why": cell.why, "parts": [{"part": type(part).__name__, **asdict(part)} for part in cell.parts]}
        for cell in notebook.cells
    ]
    return {"number": notebook.number, "cells": cells}


def from_json(data: dict) -> Notebook:
    def part(fields: dict) -> Item | Stmt:
        kind = {"Item": Item, "Stmt": Stmt}[fields.pop("part")]
        for key in ("features", "makes"):
            if key in fields:
                fields[key] = tuple(tuple(value) if isinstance(value, list) else value for value in fields[key])
        if "needs" in fields:
            fields["needs"] = {name: tuple(need) for name, need in fields["needs"].items()}
        return kind(**fields)

    cells = tuple(Cell(tuple(part(dict(one)) for one in cell["parts"]), cell["why"]) for cell in data["cells"])
    return Notebook(data["number"], cells)
