"""Notebooks from a seed: cells that are new, run again, edited, run too early, that fail, and that do not compile."""

from __future__ import annotations

from . import definitions, statements
from .draw import Draw
from .expressions import call
from .model import Invalid, State, after
from .parts import Cell, Item, Notebook, references

LENGTH = 15
KINDS = {"new": 50, "redefine": 18, "again": 10, "edited": 8, "compile": 4, "panic": 6, "question": 6, "early": 3}


def notebook(seed: int, number: int, length: int = LENGTH) -> Notebook:
    d = Draw(f"{seed}/{number}")
    cells: list[Cell] = []
    state = State()
    while len(cells) < length:
        kind = d.weighted(KINDS)
        for cell in MAKERS.get(kind, failing(kind))(d, state, cells):
            try:
                state = after(state, cell)
            except Invalid:
                break
            cells.append(cell)
    return Notebook(number, tuple(cells))


class Writing:
    """A cell that is being written: what is drawn sees what stands above it."""

    def __init__(self, d: Draw, state: State):
        self.d, self.parts = d, []
        d.state = state.copy()
        d.scopes, d.inside_function, d.writing = [], False, None

    def add_items(self, maker, old: Item | None = None) -> bool:
        self.d.begin()
        saved = self.d.state.copy()
        made = maker(self.d, old)
        self.d.state = saved
        if not made or {item.key for item in made} & {part.key for part in self.parts if isinstance(part, Item)}:
            return False
        try:
            for item in made:
                self.d.state.define(item)
            for item in made:
                self.d.state.check({item.key: item.signature})
        except Invalid:
            self.d.state = saved
            return False
        self.parts += made
        return True

    def add(self, maker, end: str = "") -> bool:
        self.d.begin()
        text = maker(self.d)
        if not text:
            return False
        statement = self.d.statement(text, end)
        try:
            self.d.state.run(statement)
        except Invalid:
            return False
        self.parts.append(statement)
        return True

    def add_some(self, count: int) -> None:
        """Many kinds of statement need something that is not there yet; then another one is drawn."""
        for _ in range(count):
            any(self.add(self.d.weighted(statements.STATEMENTS)) for _ in range(3))

    def cell(self, why: str = "new") -> list[Cell]:
        return [Cell(tuple(self.parts), why)] if self.parts else []


def new(d: Draw, state: State, cells: list[Cell]) -> list[Cell]:
    writing = Writing(d, state)
    for _ in range(d.weighted({0: 4, 1: 6, 2: 3} if len(cells) > 4 else {1: 4, 2: 3})):
        writing.add_items(d.weighted(definitions.DEFINITIONS))
    writing.add_some(d.number(1, 4))
    if d.chance(0.5):
        writing.add(statements.shown, "show")
    elif d.chance(0.3):
        # Definitions may stand below what uses them.
        writing.add_items(d.pick([definitions.plain_fn, definitions.const, definitions.recursive_fn]))
    return writing.cell()


def redefine(d: Draw, state: State, cells: list[Cell]) -> list[Cell]:
    """New versions of one or two definitions, and sometimes a use of them at once."""
    writing = Writing(d, state)
    candidates = {item.key: 1 for item in state.items.values() if item.info.get("maker") and not item.info.get("frozen")}
    for item in state.items.values():
        # What others use is the more interesting: they must follow.
        candidates |= {key: 4 for key in item.uses if key in candidates}
    for var in state.vars.values():
        # A type whose variables go.
        candidates |= {key: 20 for key in references(var.type) if key in candidates and state.items[key].info.get("pattern")}
    candidates |= {key: 4 for key in candidates if state.items[key].kind in ("impl", "module", "static")}
    for _ in range(d.number(1, 2) if candidates else 0):
        writing.add_items(definitions.again_of, state.items[d.weighted(candidates)])
    if not writing.parts:
        return []
    if d.chance(0.7):
        writing.add(statements.newest)
    writing.add_some(d.number(0, 2))
    if d.chance(0.3):
        writing.add(statements.shown, "show")
    return writing.cell()


def again(d: Draw, state: State, cells: list[Cell]) -> list[Cell]:
    """An earlier cell as it was; seldom one that does not compile."""
    candidates = [cell for cell in cells if cell.end != "compile" or d.chance(0.1)]
    return [Cell(d.pick(candidates).parts, "again")] if candidates else []


def edited(d: Draw, state: State, cells: list[Cell]) -> list[Cell]:
    """An earlier cell with one part left out, written anew or added."""
    candidates = [cell for cell in cells if cell.end == "ok" and cell.parts]
    if not candidates:
        return []
    old = d.pick(candidates)
    target = d.number(0, len(old.parts) - 1)
    form = d.pick(["drop", "anew", "anew", "add"])
    writing = Writing(d, state)
    for at, part in enumerate(old.parts):
        if at == target and form == "add":
            writing.add_some(1)
        if at != target or form == "add":
            try:
                if isinstance(part, Item):
                    d.state.define(part)
                    d.state.check({part.key: part.signature})
                else:
                    d.state.run(part)
            except Invalid:
                return []
            writing.parts.append(part)
        elif form == "anew" and isinstance(part, Item):
            if not writing.add_items(definitions.again_of, part):
                return []
        elif form == "anew" and part.end == "":
            writing.add_some(1)
    return writing.cell("edited")


def failing(kind: str):
    """A cell that fails in its middle; what stands below never runs."""
    ends = {"compile": statements.wrong, "panic": statements.panicking, "question": statements.question_err}

    def make(d: Draw, state: State, cells: list[Cell]) -> list[Cell]:
        writing = Writing(d, state)
        if d.chance(0.25):
            writing.add_items(d.pick([definitions.plain_fn, definitions.const, definitions.macro]))
        if kind == "panic" and d.chance(0.3):
            writing.add_items(definitions.panicking_fn)
        writing.add_some(d.number(1, 3))
        writing.add(ends[kind], kind)
        if d.chance(0.3) and kind != "compile":
            writing.add(statements.printing)
        return writing.cell()

    return make


def early(d: Draw, state: State, cells: list[Cell]) -> list[Cell]:
    """A cell is run before the one that defines what it uses, then after it."""
    writing = Writing(d, state)
    if not writing.add_items(d.pick([definitions.plain_fn, definitions.static_fn, definitions.const, definitions.macro])):
        return []
    first = writing.cell()
    item = first[0].items[0]
    between = after(state, first[0])
    writing = Writing(d, between)

    def user(d: Draw) -> str:
        d.feature("out of order")
        return f'println!("{{:?}}", {call(d, item, 1)});' if item.info.get("ret") != "()" else f"{call(d, item, 1)};"

    writing.add(user)
    writing.add_some(1)
    second = writing.cell()
    return [Cell(second[0].parts, "early"), *first, *second] if second else []


MAKERS = {"new": new, "redefine": redefine, "again": again, "edited": edited, "early": early}
