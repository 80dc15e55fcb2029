"""Choices from a seed, and what may be named where a text is being written.

While a statement is drawn, its use of variables is noted here: what its text reads, changes, moves and makes.
"""

from __future__ import annotations

import random

from .model import State, Var
from .parts import Item, Stmt, references

# Names as people give them, some of them keywords. Few, so that they hide each other often.
NAMES = ["x", "n", "total", "count", "v", "words", "name", "data", "i", "k", "acc", "flag", "r#type", "r#match", "row", "t"]
NAMES += ["_old"]
WORDS = ["rain", "snow", "wind", "a-b", "Zürich", "x y", "", "left { brace", "// no comment", "fn f() {}", "it's", "#[x]"]
WORDS += ["done;"]
COPY = {"i64", "i32", "u8", "f64", "bool", "char", "(i64, i64)", "[i64; 3]", "Option<i64>"}


class Draw:
    """One notebook's choices. `state` is what holds where the next text will stand."""

    def __init__(self, seed: str):
        self.rng = random.Random(seed)
        self.state = State()
        self.scopes: list[dict[str, Var]] = []
        self.inside_function = False
        self.serial = 0
        self.begin()

    def begin(self) -> None:
        self.needs: dict[str, tuple[str, str]] = {}
        self.makes: list[tuple] = []
        self.features: set[str] = set()

    def statement(self, text: str, end: str = "") -> Stmt:
        """What was drawn since `begin`, as a statement."""
        return Stmt(text, dict(self.needs), tuple(self.makes), self.uses(text), end, tuple(sorted(self.features)))

    def uses(self, text: str, but: str = "") -> dict[str, str]:
        items = self.state.items
        return {key: items[key].signature for key in references(text) if key in items and key != but}

    def item(self, key: str, kind: str, text: str, signature: str = "", **info) -> Item:
        """What was drawn since `begin`, as an item."""
        uses = self.uses(text + info.get("impl", ""), key)
        return Item(key, kind, text, signature, info, uses, tuple(sorted(self.features)))

    # Choices

    def pick(self, options):
        return self.rng.choice(list(options))

    def weighted(self, options: dict):
        return self.rng.choices(list(options), list(options.values()))[0]

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def number(self, low: int = 0, high: int = 20) -> int:
        return self.rng.randint(low, high)

    def fresh(self, stem: str) -> str:
        """A name that no other item of the notebook has."""
        self.serial += 1
        return f"{stem}{self.serial}"

    def feature(self, *names: str) -> None:
        self.features.update(names)

    # Variables

    def visible(self) -> dict[str, Var]:
        found = {} if self.inside_function else dict(self.state.vars)
        for scope in self.scopes:
            found.update(scope)
        return found

    def named(self, *types: str, mutable: bool = False) -> list[str]:
        """Names of visible variables of one of the types."""
        return [name for name, var in self.visible().items() if var.type in types and (var.mutable or not mutable)]

    def of(self, predicate) -> list[str]:
        return [name for name, var in self.visible().items() if predicate(var.type)]

    def _use(self, name: str, how: str) -> str:
        for scope in reversed(self.scopes):
            if name in scope:
                return name
        rank = ["read", "change", "move"]
        kind, before = self.needs.get(name, (self.state.vars[name].type, "read"))
        self.needs[name] = (kind, max(how, before, key=rank.index))
        return name

    def read(self, name: str) -> str:
        return self._use(name, "read")

    def change(self, name: str) -> str:
        return self._use(name, "change")

    def move(self, name: str) -> str:
        return self._use(name, "move")

    def make(self, name: str, kind: str, mutable: bool = False, kept: bool = True) -> str:
        """The name as a pattern; inside of a block it ends with the block."""
        if self.scopes:
            self.scopes[-1][name] = Var(kind, mutable)
        else:
            self.makes.append((name, kind, mutable, kept))
        return f"mut {name}" if mutable else name

    def new_name(self, fresh: float = 0.3) -> str:
        """A name for a variable: mostly one that is in use already, somewhere."""
        taken = [name for name in self.visible() if name in NAMES]
        return self.pick(taken) if taken and not self.chance(fresh) else self.pick(NAMES)

    # Items

    def items(self, *kinds: str) -> list[Item]:
        return [i for i in self.state.items.values() if i.kind in kinds and not self.hidden(i) and self.state.whole(i.key)]

    def integer_functions(self) -> list[Item]:
        """Plain functions from a number to a number."""
        functions = [item for item in self.items("fn") if item.info.get("plain")]
        return [item for item in functions if item.info["params"] == ["i64"] and item.info["ret"] == "i64"]

    def hidden(self, item: Item) -> bool:
        """What a body that is being written must not call, or the two would call each other for ever."""
        return getattr(self, "writing", None) is not None and (
            item.key == self.writing or self.writing in self.reached(item.key)
        )

    def reached(self, key: str, seen: frozenset = frozenset()) -> set[str]:
        """All that an item uses, directly or not."""
        found: set[str] = set()
        if key in self.state.items:
            parts = [self.state.items[key], *self.state.impls(key)]
            for part in parts:
                for used in part.uses:
                    if used not in seen:
                        found |= {used} | self.reached(used, seen | {key, used})
        return found
