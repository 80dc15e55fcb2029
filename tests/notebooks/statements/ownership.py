"""Moves of variables and of their fields, clones, and borrows."""

from __future__ import annotations

from ..draw import COPY, Draw
from ..expressions import quoted, structure
from .variables import printable


def moved(d: Draw) -> str | None:
    names = d.of(lambda kind: kind not in COPY and printable(kind))
    if not names:
        return None
    name = d.pick(names)
    kind = d.visible()[name].type
    d.feature("move")
    form = d.pick(["let", "drop", "call", "block", "closure"])
    if d.visible()[name].mutable and kind in ("Vec<i64>", "String") and d.chance(0.7):
        d.feature("assigned after a move")
        fresh = quoted("anew") + ".to_string()" if kind == "String" else "vec![1i64, 2]"
        d.change(name)
        return f"drop({name});\n{name} = {fresh};"
    d.move(name)
    if form == "let":
        new = d.pick([n for n in ("data", "words", "v", "row", "name") if n != name])
        return f"let {d.make(new, kind, d.chance(0.4))} = {name};"
    if form == "call":
        takers = [item for item in d.items("fn") if item.info["params"] == [kind] and item.info.get("takes")]
        if takers:
            item = d.pick(takers)
            return f'println!("{{:?}}", «{item.key}»({name}));'
    if form == "block":
        inner = d.pick(["x", "name", "moved"])
        return f'{{\n    let {inner} = {name};\n    println!("{{:?}}", {inner});\n}}'
    if form == "closure":
        d.feature("move closure")
        return f'{{\n    let show = move || println!("{{:?}}", {name});\n    show();\n    show();\n}}'
    return f"drop({name});"


def partial_move(d: Draw) -> str | None:
    """A field is moved out: the others may still be read where that happens, and the variable is gone afterwards."""
    items = [i for i in d.items("struct") if i.info.get("pattern") and any(kind == "String" for _, kind in i.info["fields"])]
    if not items:
        return None
    d.feature("partial move")
    item = d.pick(items)
    names = d.named(f"«{item.key}»")
    if names:
        name, before = d.move(d.pick(names)), ""
    else:
        name = d.fresh("whole")
        before = f"let {name} = {structure(d, f'«{item.key}»', 1)};\n"
    field = next(field for field, kind in item.info["fields"] if kind == "String")
    rest = next(field for field, kind in item.info["fields"] if kind == "i64")
    new = d.pick([n for n in ("data", "words", "name", "t") if n != name])
    return f'{before}let {d.make(new, "String", d.chance(0.4))} = {name}.{field};\nprintln!("{{:?}}", {name}.{rest});'


def cloned(d: Draw) -> str | None:
    names = d.of(lambda kind: kind not in COPY and printable(kind))
    if not names:
        return None
    d.feature("clone")
    name = d.read(d.pick(names))
    kind = d.visible()[name].type
    return f"let {d.make(d.pick(['copy', 'data', 'v', name]), kind, d.chance(0.4))} = {name}.clone();"


def borrowed(d: Draw) -> str | None:
    """References live within their cell, and the kernel says so."""
    names = d.named("Vec<i64>", "String", "Vec<String>")
    if not names:
        return None
    d.feature("borrow")
    name = d.read(d.pick(names))
    local = d.fresh("lent")
    d.make(local, f"&{d.visible()[name].type}", False, kept=False)
    return f'let {local} = &{name};\nprintln!("{{}} {{:?}}", {local}.len(), {local});'
