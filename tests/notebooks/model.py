"""What a notebook holds after each cell, as the kernel's guide promises it: which variables, which definitions.

The generator asks it what may be used, and the shrinker whether what is left of a notebook is still one.
Values are not known here; the ordinary program works them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .parts import Cell, Item, Stmt, references


class Invalid(Exception):
    """The cell could not be run at this point of a notebook, or what it does is promised nowhere."""


@dataclass(frozen=True)
class Var:
    type: str
    mutable: bool
    kept: bool = True


@dataclass
class State:
    vars: dict[str, Var] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    # Every version of a static that there was: nobody promises what a definition finds that comes back.
    statics: dict[str, list[str]] = field(default_factory=dict)

    def copy(self) -> State:
        return State(dict(self.vars), dict(self.items), {key: list(seen) for key, seen in self.statics.items()})

    # Definitions

    def define(self, item: Item) -> None:
        old = self.items.get(item.key)
        if "static" in item.features:
            seen = self.statics.setdefault(item.key, [])
            if item.text in seen and old is not None and old.text != item.text:
                raise Invalid(f"an old version of {item.key} comes back")
            if item.text not in seen:
                seen.append(item.text)
        if old is not None and old.text != item.text:
            if item.info.get("frozen"):
                raise Invalid(f"{item.key} must stay as it is")
            if item.kind in ("struct", "module"):
                if any(impl.info.get("frozen") and impl.info.get("owner") == f"«{item.key}»" for impl in self.items.values()):
                    raise Invalid(f"values of {item.key} may lie in boxes")
                self.vars = {name: var for name, var in self.vars.items() if not self._mentions(var.type, item.key)}
        # The order is that of the latest definitions.
        self.items.pop(item.key, None)
        self.items[item.key] = item

    def _mentions(self, type_: str, key: str, depth: int = 5) -> bool:
        """Whether values of a type hold one of the item `key`."""
        found = references(type_)
        return key in found or depth > 0 and any(
            self._mentions(field, key, depth - 1)
            for name in found
            if name in self.items
            for _, field in self.items[name].info.get("fields", ())
        )

    def check(self, uses: dict[str, str], seen: frozenset = frozenset()) -> None:
        """All items used are there, as their users know them, and so is what they use themselves."""
        for key, signature in uses.items():
            if key in seen:
                continue
            if key not in self.items:
                raise Invalid(f"no {key}")
            item = self.items[key]
            if item.signature != signature:
                raise Invalid(f"{key} is {item.signature}, not {signature}")
            self.check(item.uses, seen | {key})
            for impl in self.impls(key):
                self.check(impl.uses, seen | {key})

    def impls(self, key: str) -> list[Item]:
        """The implementations of the notebook's own trait `key`."""
        return [item for item in self.items.values() if item.kind == "impl" and item.info["trait"] == key]

    def whole(self, key: str) -> bool:
        """Whether a cell may use the item now."""
        try:
            self.check({key: self.items[key].signature})
        except Invalid:
            return False
        return True

    # Statements

    def run(self, statement: Stmt) -> None:
        self.check(statement.uses)
        for name, (kind, how) in statement.needs.items():
            var = self.vars.get(name)
            if var is None or var.type != kind:
                raise Invalid(f"{name} is {var}, not {kind}")
            if how == "change" and not var.mutable:
                raise Invalid(f"{name} is not mutable")
        for name, (_, how) in statement.needs.items():
            if how == "move":
                del self.vars[name]
        for name, kind, mutable, kept in statement.makes:
            self.vars[name] = Var(kind, mutable, kept)


def after(state: State, cell: Cell) -> State:
    """The state that the cell leaves; `Invalid` if it cannot be run in this one."""
    if cell.why == "early":
        own = {item.key for item in cell.items}
        if all(key in state.items or key in own for part in cell.parts for key in part.uses):
            raise Invalid("nothing is missing")
    if cell.end == "compile":
        return state
    state = state.copy()
    if len({item.key for item in cell.items}) < len(cell.items):
        raise Invalid("a definition stands twice in a cell")
    for item in cell.items:
        state.define(item)
    for item in cell.items:
        state.check({item.key: item.signature})
    before = dict(state.vars)
    moved = set()
    for at, statement in enumerate(cell.statements):
        if statement.end == "show" and at != len(cell.statements) - 1:
            raise Invalid("only the last expression is shown")
        for name, (_, how) in statement.needs.items():
            # Which variable a name means is settled by where it stands: after a `let` it is the new one.
            # What a cell gives a new value after it moved the old one away is kept only if the cell goes on to its end.
            moves = how == "move" or how == "change" and "assigned after a move" in statement.features
            if moves and state.vars.get(name) is before.get(name):
                moved.add(name)
        state.run(statement)
    if cell.end == "ok":
        state.vars = {name: var for name, var in state.vars.items() if var.kept}
    else:
        state.vars = {name: var for name, var in before.items() if name not in moved}
    return state


def valid(cells) -> bool:
    state = State()
    try:
        for cell in cells:
            state = after(state, cell)
    except Invalid:
        return False
    return True
