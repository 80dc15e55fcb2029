"""What must be drawn: a campaign in which one of these did not occur has tested less than it says."""

from __future__ import annotations

from .model import State, after
from .parts import Notebook

FEATURES = """
shadowing, another type, shadowing inside, raw name, tuple pattern, nested pattern, slice pattern, struct pattern, let
else, if let, let chain, while let, for, while, if, match, labelled loop, labelled block, loop with a value, block as
a value, multi-line statement, method chain, closure, move closure, FnMut closure, closure at the top, closure as an
argument, closure parameter, function, function defined anew, newest through an earlier one, static kept over cells,
function pointer, recursion, &mut parameter, generic function, generic bound, const generic, impl trait, struct, tuple
struct, struct defined anew, own type in a variable, method, method called, method defined anew, generic struct, enum,
trait, trait impl, trait impl defined anew, trait method called, default method, default method called, dyn, Display,
macro, macro used, macro used in a function, macro defined anew, static, static used, static AtomicUsize, static
Mutex, static OnceLock, static defined anew, static in a function, static in a function used, static used by a
function, const, const used, const defined anew, use, use in a later cell, module, module used, module defined anew,
private field, mutation, move, partial move, assigned after a move, clone, borrow, variable gone with its type, match
on an own enum, value of a module's type, ? on Ok, ? on Err, ? in a function, panic, panic in a function, compile
error, value shown, run again, run edited, run early, out of order, strings like code, comments, lines like commands
"""
REQUIRED = [" ".join(name.split()) for name in FEATURES.split(",")]


def derived(notebook: Notebook) -> list[set[str]]:
    """For each cell, what it is because of the cells before it."""
    state, found = State(), []
    changed: dict[str, int] = {}
    used: set[str] = set()
    for at, cell in enumerate(notebook.cells):
        features: set[str] = set()
        then = after(state, cell)
        if cell.end != "compile":
            for item in cell.items:
                if item.key not in state.items or state.items[item.key].text != item.text:
                    changed[item.key] = at
                    used.discard(item.key)
            lost = {name for name, var in state.vars.items() if "«" in var.type} - set(then.vars)
            moved = {name for statement in cell.statements for name, (_, how) in statement.needs.items() if how == "move"}
            if lost - moved:
                features.add("variable gone with its type")
            for statement in cell.statements:
                for key in statement.uses:
                    item = then.items[key]
                    if "static" in item.features and item.key in used:
                        features.add("static kept over cells")
                    if any(changed[inner] > changed[key] for inner in _reached(then, key)):
                        features.add("newest through an earlier one")
            used |= {key for statement in cell.statements for key in statement.uses}
            state = then
        found.append(features)
    return found


def _reached(state: State, key: str) -> set[str]:
    found: set[str] = set()
    waiting = [key]
    while waiting:
        for used in state.items[waiting.pop()].uses:
            if used not in found and used in state.items:
                found.add(used)
                waiting.append(used)
    return found
