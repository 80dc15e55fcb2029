"""Blocks inside blocks: loops, branches, matches and closures whose inner `let` reuse the names around them."""

from __future__ import annotations

from .draw import COPY, Draw
from .expressions import TYPES, expr, quoted, reduced
from .model import Var
from .parts import joined

SIMPLE = {"i64": 6, "String": 3, "bool": 2, "Vec<i64>": 2, "f64": 1, "(i64, i64)": 1}


def indented(lines: list[str]) -> str:
    # Text inside of string literals must not be moved, so only what begins a statement is.
    return "\n".join("    " + line for line in lines)


def block(d: Draw, depth: int, bound: dict | None = None, statements: int | None = None) -> str:
    """Statements in braces; `bound` are the names that a pattern before them brings."""
    d.scopes.append(dict(bound or {}))
    lines = [inner_statement(d, depth) for _ in range(statements or d.number(1, 3))]
    d.scopes.pop()
    return "{\n" + indented(lines) + "\n}"


def inner_statement(d: Draw, depth: int) -> str:
    options = {shadow: 5, assignment: 4, printed: 4, destructured: 2, pushed: 2}
    if depth > 0:
        options |= {
            for_loop: 2, while_loop: 1, if_else: 2, matched: 1, labelled: 1, bare_block: 1, if_let: 1, let_else: 1,
            while_let: 1, closure: 2, slice_pattern: 1, labelled_block: 1,
        }  # fmt: skip
    return d.weighted(options)(d, depth)


def shadow(d: Draw, depth: int) -> str:
    kind = d.weighted(SIMPLE)
    name = d.new_name(0.15)
    if name in d.visible():
        d.feature("shadowing inside")
    value = reduced(d, kind, 1 if depth else 0)
    return f"let {d.make(name, kind, d.chance(0.5))} = {value};"


def assignment(d: Draw, depth: int) -> str:
    names = d.named("i64", mutable=True)
    if not names:
        return printed(d, depth)
    name = d.pick(names)
    value = expr(d, "i64", 1)
    d.change(name)
    form = d.pick(["{0} = ({0} + {1}) % 997;", "{0} += ({1}) % 13;", "{0} = ({0} * 3 - ({1})) % 997;", "{0} = ({1}) % 997;"])
    return form.format(name, value)


def printed(d: Draw, depth: int) -> str:
    names = [name for name in d.visible() if d.visible()[name].type in TYPES]
    if names and d.chance(0.7):
        name = d.read(d.pick(names))
        return d.pick([f'println!("{name.removeprefix("r#")}={{:?}}", {name});', f'print!("{{:?}};", {name});'])
    return f'println!("{{:?}}", {expr(d, d.weighted(SIMPLE), 1)});'


def pushed(d: Draw, depth: int) -> str:
    vectors, strings = d.named("Vec<i64>", mutable=True), d.named("String", mutable=True)
    if not vectors and not strings:
        return shadow(d, depth)
    name = d.pick(vectors + strings)
    value = reduced(d, "i64", 1, True)
    d.change(name)
    if name in vectors:
        return f"{name}.push({value}); {name}.truncate(12);"
    return f"if {name}.len() < 60 {{ {name} += &({value}).to_string(); }}"


def destructured(d: Draw, depth: int) -> str:
    d.feature("tuple pattern")
    value = reduced(d, "(i64, i64)", 1)
    first, second = d.new_name(), d.new_name()
    if first == second:
        second = "_"
    patterns = [d.make(name, "i64", d.chance(0.3)) if name != "_" else name for name in (first, second)]
    return f"let ({patterns[0]}, {patterns[1]}) = {value};"


def _bound(d: Draw, name: str, kind: str = "i64") -> dict:
    if name in d.visible():
        d.feature("shadowing inside")
    return {name: Var(kind, False)}


def for_loop(d: Draw, depth: int) -> str:
    d.feature("for")
    name = d.new_name()
    source = d.pick(
        [
            lambda: f"0..{d.number(1, 4)}i64",
            lambda: f"(1..={d.number(1, 3)}i64).rev()",
            lambda: f"[{d.number()}i64, {d.number()}, {d.number()}]",
            lambda: expr(d, "Vec<i64>", 1),
        ]
    )()
    return f"for {name} in {source} {block(d, depth - 1, _bound(d, name))}"


def while_loop(d: Draw, depth: int) -> str:
    d.feature("while")
    count = d.fresh("turn")
    return (
        f"let mut {count} = 0;\nwhile {count} < {d.number(1, 3)} && {expr(d, 'bool', 1)} {{\n    {count} += 1;\n"
        + block(d, depth - 1)
        + "\n}"
    )


def if_else(d: Draw, depth: int) -> str:
    d.feature("if")
    text = f"if {expr(d, 'bool', 1)} {block(d, depth - 1)}"
    if d.chance(0.5):
        text += f" else if {expr(d, 'bool', 1)} {block(d, depth - 1)}"
    return text + (f" else {block(d, depth - 1)}" if d.chance(0.6) else "")


def matched(d: Draw, depth: int) -> str:
    d.feature("match")
    if d.chance(0.5):
        name = d.new_name()
        value = expr(d, "i64", 1)
        return (
            f"match {value} {{\n    {d.number(0, 3)} => {block(d, depth - 1)}\n"
            f"    {name} if {name} % 2 == 0 => {block(d, depth - 1, _bound(d, name))}\n"
            f"    {name} @ 1..=40 => {block(d, depth - 1, _bound(d, name))}\n    _ => {{}}\n}}"
        )
    first, second = d.pick(["x", "n"]), d.pick(["k", "total"])
    value = f"({expr(d, 'Option<i64>', 1)}, {expr(d, 'i64', 1)})"
    both = {**_bound(d, first), **_bound(d, second)}
    return (
        f"match {value} {{\n    (Some({first}), {second}) => {block(d, depth - 1, both)}\n"
        f"    (None, {second}) => {block(d, depth - 1, _bound(d, second))}\n}}"
    )


def labelled(d: Draw, depth: int) -> str:
    d.feature("labelled loop", "loop with a value")
    label, count, name = d.fresh(d.pick(["'outer", "'a", "'search"])), d.fresh("turn"), d.new_name()
    inner = d.new_name()
    body = block(d, depth - 1, _bound(d, inner))
    result = f"({count}).wrapping_mul({d.number(2, 9)})"
    text = joined(
        f"let mut {count} = 0i64;",
        f"let NAME = {label}: loop {{",
        f"    for {inner} in 0..{d.number(2, 4)}i64 {{",
        f"        {count} += 1;",
        f"        if {inner} == 1 {{ continue; }}",
        f"        if {count} > {d.number(2, 7)} {{ break {label} {result}; }}",
        body,
        "    }",
        "};",
    )
    return text.replace("NAME", d.make(name, "i64", d.chance(0.3)))


def labelled_block(d: Draw, depth: int) -> str:
    d.feature("labelled block")
    name = d.new_name()
    early, late = reduced(d, "i64", 1), reduced(d, "i64", 1)
    text = f"let NAME = 'done: {{\n    if {expr(d, 'bool', 1)} {{ break 'done {early}; }}\n    {late}\n}};"
    return text.replace("NAME", d.make(name, "i64", d.chance(0.3)))


def bare_block(d: Draw, depth: int) -> str:
    return block(d, depth - 1)


def if_let(d: Draw, depth: int) -> str:
    d.feature("if let")
    name = d.new_name()
    value = expr(d, "Option<i64>", 1)
    extra = f" && {name} > {d.number()}" if d.chance(0.3) else ""
    if extra:
        d.feature("let chain")
    return f"if let Some({name}) = {value}{extra} {block(d, depth - 1, _bound(d, name))} else {block(d, depth - 1)}"


def let_else(d: Draw, depth: int) -> str:
    d.feature("let else")
    name = d.new_name()
    value = expr(d, "Option<i64>", 1)
    d.scopes.append({})
    after = [inner_statement(d, depth - 1)]
    d.scopes.pop()
    # In a loop of one turn there is somewhere to go.
    d.scopes.append(_bound(d, name))
    rest = [inner_statement(d, depth - 1) for _ in range(d.number(1, 2))]
    d.scopes.pop()
    return joined(
        "for _ in 0..1 {",
        f"    let Some({name}) = ({value}) else {{",
        indented(after),
        "        continue;",
        "    };",
        indented(rest),
        "}",
    )


def while_let(d: Draw, depth: int) -> str:
    d.feature("while let")
    stack, name = d.fresh("stack"), d.new_name()
    value = expr(d, "Vec<i64>", 1)
    return (
        f"let mut {stack} = {value};\nwhile let Some({name}) = {stack}.pop() {block(d, depth - 1, _bound(d, name))}"
    )


def closure(d: Draw, depth: int) -> str:
    """A closure made and called in one statement, so that nothing is borrowed afterwards."""
    f, param = d.fresh("f"), d.new_name()
    form = d.pick(["plain", "move", "FnMut"])
    d.feature({"plain": "closure", "move": "move closure", "FnMut": "FnMut closure"}[form])
    calls = f'println!("{{:?}}", ({f}({d.number()}), {f}({d.number()})));'
    mutable = d.named("i64", mutable=True)
    if form == "FnMut" and mutable:
        name = d.change(d.pick(mutable))
        if param == name:
            param = d.fresh("p")
        return f"let mut {f} = |{param}: i64| {{ {name} = ({name} + {param}) % 997; {name} }};\n{calls}"
    d.scopes.append(_bound(d, param))
    before = shadow(d, 1)
    value = expr(d, "i64", 1)
    d.scopes.pop()
    # By `move` it takes what it names: copies only.
    move = "move " if form == "move" and not _owners(d, before + value) else ""
    return f"let {f} = {move}|{param}: i64| {{\n    {before}\n    ({value}) % 997\n}};\n{calls}"


def _owners(d: Draw, text: str) -> bool:
    return any(name in text for name, var in d.visible().items() if var.type not in COPY)


def slice_pattern(d: Draw, depth: int) -> str:
    d.feature("slice pattern")
    first, rest = d.pick(["x", "i"]), d.pick(["row", "words"])
    value = expr(d, "Vec<i64>", 1)
    label = quoted(d.pick(["one", "more"]))
    inner = block(d, depth - 1, {**_bound(d, first, "&i64"), **_bound(d, rest, "&[i64]")})
    return joined(
        f"match {value}.as_slice() {{",
        '    [] => println!("none"),',
        f'    [{first}] => println!("{{}} {{}}", {label}, {first}),',
        f"    [{first}, {rest} @ ..] => {{",
        f'        println!("{{}} {{:?}}", {first}, {rest});',
        inner,
        "    }",
        "}",
    )
