"""Statements that make variables for later cells, change them, or print them."""

from __future__ import annotations

from .. import nested
from ..draw import Draw
from ..expressions import TYPES, call, expr, quoted, reduced, structure


def own_types(d: Draw) -> list[str]:
    return [f"«{item.key}»" for item in d.items("struct") if item.info.get("make")]


def printable(kind: str) -> bool:
    """Whether values of the type are kept, can be shown, and show the same each time."""
    return kind != "closure" and not kind.startswith("&") and "dyn " not in kind and "fn(" not in kind


def any_type(d: Draw) -> str:
    own = own_types(d)
    return d.pick(own) if own and d.chance(0.45) else d.weighted(TYPES)


def value(d: Draw, kind: str, depth: int = 2) -> str:
    if kind.startswith("«"):
        names = d.named(kind)
        return f"{d.read(d.pick(names))}.clone()" if names and d.chance(0.3) else structure(d, kind, 1)
    return reduced(d, kind, depth)


def let(d: Draw) -> str:
    kind = any_type(d)
    name = d.new_name(0.5)
    d.feature(*(["raw name"] if name.startswith("r#") else []))
    before = d.visible().get(name)
    if before:
        d.feature("shadowing", *(["another type"] if before.type != kind else []))
    literal = kind == "i64" and d.chance(0.2)
    text = str(d.number()) if literal else value(d, kind)
    annotated = literal or d.chance(0.3)
    written = f": {kind}" if annotated else ""
    if kind == "f64" and not annotated:
        written = "⟦: f64⟧"
    if kind.startswith("«"):
        d.feature("own type in a variable")
    return f"let {d.make(name, kind, d.chance(0.5))}{written} = {text};"


def let_block(d: Draw) -> str:
    """A block over several lines as the value."""
    d.feature("block as a value", "multi-line statement")
    name, kind = d.new_name(), d.weighted(nested.SIMPLE)
    d.scopes.append({})
    lines = [nested.inner_statement(d, 1) for _ in range(d.number(1, 3))]
    last = reduced(d, kind, 2)
    d.scopes.pop()
    body = "\n".join(lines)
    return f"let {d.make(name, kind, d.chance(0.4))}: {kind} = {{\n{body}\n{last}\n}};"


def chain(d: Draw) -> str:
    d.feature("multi-line statement", "method chain")
    name = d.new_name()
    source = expr(d, "Vec<i64>", 1)
    inner = d.new_name()
    text = (
        f"let NAME = {source}\n    .into_iter()\n    .enumerate()\n\n    .filter(|(i, _)| i % 2 == 0)\n"
        f"    .map(|(_, {inner})| {inner} + {d.number()})\n    // the last step\n    .collect::<Vec<i64>>();"
    )
    return text.replace("NAME", d.make(name, "Vec<i64>", d.chance(0.5)))


def patterns(d: Draw) -> str:
    form = d.pick(["tuple", "nested", "slice", "let else", "array", "ref"])
    if any(item.info.get("pattern") for item in d.items("struct")) and d.chance(0.4):
        form = "struct"
    names = d.rng.sample(["x", "n", "total", "count", "k", "acc", "r#type", "t"], 3)
    kinds = ["i64", "i64", "i64"]
    made = lambda at: d.make(names[at], kinds[at], d.chance(0.3))  # noqa: E731
    if form == "tuple":
        d.feature("tuple pattern")
        kinds[1] = "String"
        source = reduced(d, "(i64, String)", 1)
        return f"let ({made(0)}, {made(1)}) = {source};"
    if form == "nested":
        d.feature("tuple pattern", "nested pattern")
        source = f"({reduced(d, '(i64, i64)', 1)}, {reduced(d, 'i64', 1)})"
        return f"let (({made(0)}, _), {made(1)}) = {source};"
    if form == "slice":
        d.feature("slice pattern", "let else")
        source = expr(d, "Vec<i64>", 1)
        return f"let [{made(0)}, .., {made(1)}] = [&{source}[..], &[1, 2]].concat()[..] else {{ panic!(\"none\") }};"
    if form == "let else":
        d.feature("let else")
        source = f"Some({reduced(d, 'i64', 1)})"
        return f'let Some({made(0)}) = {source} else {{\n    panic!("nothing");\n}};'
    if form == "array":
        d.feature("slice pattern")
        source = reduced(d, "[i64; 3]", 1)
        return f"let [{made(0)}, {made(1)}, {made(2)}] = {source};"
    if form == "ref":
        d.feature("tuple pattern", "reference pattern")
        source = reduced(d, "(i64, i64)", 1)
        return f"let &({made(0)}, {made(1)}) = &{source};"
    structs = [item for item in d.items("struct") if item.info.get("pattern")]
    item = d.pick(structs)
    d.feature("struct pattern")
    source = structure(d, f"«{item.key}»", 1)
    (field, kind), *_ = item.info["fields"]
    kinds[0] = kind
    return f"let «{item.key}» {{ {field}: {made(0)}, .. }} = {source};"


def mutate(d: Draw) -> str | None:
    """Assignments and methods that change a variable; the value is drawn before the name is noted as changed."""
    forms: dict[str, list] = {
        "i64": [
            lambda x: f"{x} = ({x} + {reduced(d, 'i64', 1)}) % 997;",
            lambda x: f"{x} -= {d.number(1, 5)};",
            lambda x: f"{x} +=\n    {d.number(1, 5)};",
        ],
        "String": [
            lambda x: f"{x} = {x}.chars().take(20).collect::<String>() + {quoted('+')};",
            lambda x: f"{x}.truncate(0);\n{x}.push('}}');",
        ],
        "Vec<i64>": [
            lambda x: f"{x}.push({reduced(d, 'i64', 1, True)});\n{x}.truncate(9);",
            lambda x: f"for k in {x}.iter_mut() {{ *k = (*k + {d.number()}) % 997; }}",
            lambda x: f"{x}.sort();",
            lambda x: f"if let Some(k) = {x}.last_mut() {{ *k += 1; }}",
            lambda x: f"{x}\n    .retain(|k| k % 3 != 1);",
        ],
        "[i64; 3]": [lambda x: f"{x}[{d.number(0, 2)}] = {reduced(d, 'i64', 1)};"],
        "(i64, i64)": [lambda x: f"{x}.{d.number(0, 1)} += {d.number(1, 5)};"],
        "Option<i64>": [lambda x: f"{x} = {x}.take().map(|k| (k + 1) % 997);"],
    }
    options = [(name, form) for name, var in d.visible().items() if var.mutable for form in forms.get(var.type, ())]
    for name, var in d.visible().items():
        item = d.state.items.get(var.type.strip("«»"))
        if item and var.mutable and item.kind == "struct" and item.info.get("pattern"):
            for field, kind in item.info["fields"]:
                options.append((name, lambda x, field=field, kind=kind: f"{x}.{field} = {reduced(d, kind, 1)};"))
    if not options:
        return None
    d.feature("mutation")
    name, form = d.pick(options)
    return form(d.change(name))


def mutating_call(d: Draw) -> str | None:
    """Methods that take `&mut self` and functions that take `&mut`."""
    found = [item for item in d.items("fn", "method") if item.info.get("ret") == "()"]
    d.rng.shuffle(found)
    for item in found[:4]:
        if text := call(d, item, 0):
            d.feature("mutation")
            return text + ";"
    return None


def printing(d: Draw) -> str:
    names = d.of(printable)
    if names and d.chance(0.6):
        name = d.read(d.pick(names))
        if not name.startswith("r#") and d.chance(0.4):
            return f'println!("{{{name}:?}}");'
        return f'println!("{{:?}}", {name});'
    return f'println!("{{:?}} {{:?}}", {expr(d, d.weighted(TYPES))}, {expr(d, "i64")});'


def odd_lines(d: Draw) -> str:
    """Lines that begin like a command of the kernel and are Rust."""
    d.feature("lines like commands")
    form = d.pick(["path", "not", "max", "and", "std"])
    if form == "path":
        return f'::std::println!("{{:?}}", {expr(d, "i64", 1)});'
    if form == "not":
        return f"let {d.make(d.pick(['flag', 'x']), 'bool')} =\n!{expr(d, 'bool', 0)};"
    if form == "and":
        return f"let {d.make('flag', 'bool', True)} = {expr(d, 'bool', 0)}\n    &&\n!{expr(d, 'bool', 0)};"
    if form == "std":
        return f"::std::assert!(\n!{quoted('a')}.is_empty()\n);"
    a, b = reduced(d, "i64", 1), reduced(d, "i64", 1)
    return f"let {d.make(d.new_name(), 'i64', d.chance(0.5))} =\n::std::cmp::max({a}, {b});"


def commented(d: Draw) -> str:
    d.feature("comments")
    text = printing(d)
    before = d.pick(["// let x = 1; } \"", "/* a block /* in a block */ let */", "// it's\n\n", "/*\n:vars\n*/"])
    return f"{before}\n{text} // the end {{ '"
