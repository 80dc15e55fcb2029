"""Loops, branches and closures at the top of a cell."""

from __future__ import annotations

from .. import nested
from ..draw import Draw
from ..parts import joined


def flow(d: Draw) -> str:
    """Loops, branches and closures over the notebook's variables."""
    forms = [
        nested.for_loop, nested.while_loop, nested.if_else, nested.matched, nested.labelled, nested.bare_block,
        nested.if_let, nested.let_else, nested.while_let, nested.closure, nested.slice_pattern, nested.labelled_block,
    ]  # fmt: skip
    d.scopes.append({})
    text = d.pick(forms)(d, 2)
    d.scopes.pop()
    # What it binds itself stays in braces, so that it is no variable of the notebook.
    return "{\n" + text + "\n}" if text.startswith("let ") else text


def top_labelled(d: Draw) -> str:
    """A labelled loop whose value is a variable of the notebook."""
    d.feature("labelled loop", "loop with a value")
    name = d.new_name()
    d.scopes.append({})
    body = nested.block(d, 1)
    d.scopes.pop()
    target, outer = d.number(2, 9), d.fresh("'outer")
    text = joined(
        "let NAME = {",
        "    let mut steps = 0i64;",
        f"    {outer}: loop {{",
        "        loop {",
        "            steps += 1;",
        f"            if steps % 2 == 0 {{ continue {outer}; }}",
        f"            if steps > {target} {{ break {outer} steps * 2; }}",
        body,
        "        }",
        "    }",
        "};",
    )
    return text.replace("NAME", d.make(name, "i64", d.chance(0.5)))


def top_closure(d: Draw) -> str | None:
    """A closure bound at the top of a cell: it is there until the cell ends."""
    local = d.fresh("add")
    form = d.pick(["plain", "move", "FnMut"])
    names = d.named("i64", mutable=form == "FnMut")
    if not names:
        return None
    name = d.pick(names)
    d.feature("closure at the top")
    d.make(local, "closure", False, kept=False)
    if form == "FnMut":
        d.feature("FnMut closure")
        d.change(name)
        return joined(
            f"let mut {local} = |by: i64| {{ {name} = ({name} + by) % 997; {name} }};",
            f"{local}(2);",
            f'println!("{{}}", {local}({d.number()}));',
        )
    d.read(name)
    d.feature("move closure" if form == "move" else "closure")
    inner = d.pick([n for n in ("x", "total", "k") if n != name])
    return joined(
        f"let {local} = {'move ' if form == 'move' else ''}|by: i64| {{",
        f"    let {inner} = by + {name};",
        f"    {inner} % 50",
        "};",
        f'println!("{{:?}}", ({local}(1), {local}({d.number()})));',
    )
