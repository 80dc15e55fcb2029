"""Expressions of a given type, made of what is visible: variables, functions, methods, constants, macros, blocks.

Numbers stay small: what is bound or assigned is taken modulo 997, so that nothing overflows in the depth of one
expression. An integer literal that nothing else gives a type has a suffix.
"""

from __future__ import annotations

from .draw import COPY, WORDS, Draw
from .model import Var
from .parts import Item

TYPES = {
    "i64": 8, "String": 4, "Vec<i64>": 4, "bool": 2, "f64": 2, "i32": 1, "u8": 1, "char": 1, "(i64, i64)": 1,
    "(i64, String)": 1, "[i64; 3]": 1, "Option<i64>": 2, "Vec<String>": 1,
}  # fmt: skip


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def expr(d: Draw, kind: str, depth: int = 2, bare: bool = False) -> str:
    """`bare`: the place gives the type, so a literal needs no suffix."""
    named = d.named(kind)
    if named and d.chance(0.45 if depth else 0.75):
        name = d.read(d.pick(named))
        return name if kind in COPY else f"{name}.clone()"
    if depth > 0 and d.chance(0.35) and (call := called(d, kind, depth - 1)):
        return call
    if depth > 0 and d.chance(0.12):
        return chosen(d, kind, depth - 1, bare)
    return MAKERS[kind](d, depth, bare) if kind in MAKERS else structure(d, kind, depth)


def reduced(d: Draw, kind: str, depth: int = 2, bare: bool = False) -> str:
    """An expression whose value is small enough to be kept."""
    text = expr(d, kind, depth, bare)
    if kind in ("i64", "i32") and not text.removesuffix(kind).isalnum():
        return f"({text}) % 997"
    return text


def integer(kind: str):
    def make(d: Draw, depth: int, bare: bool) -> str:
        literal = f"{d.number()}" + ("" if bare else kind)
        if depth <= 0:
            return literal
        a = lambda bare=bare: expr(d, kind, depth - 1, bare)  # noqa: E731
        receiver = lambda: f"({expr(d, kind, depth - 1)})"  # noqa: E731
        options = [
            lambda: literal,
            lambda: f"({a()} + {a(True)})",
            lambda: f"({a()} - {a(True)})",
            lambda: f"({a()} * {d.number(2, 5)} - {d.number(1, 9)})",
            lambda: f"{receiver()}.max({a(True)})",
            lambda: f"{receiver()}.abs()",
            lambda: f"({a()} / {d.number(1, 7)})",
        ]
        if kind == "i64":
            options += [
                lambda: f"{receiver()}.wrapping_mul({d.number(3, 999)}) % 1009",
                lambda: f"({expr(d, 'String', depth - 1)}.len() as i64)",
                lambda: f"{expr(d, 'Vec<i64>', depth - 1)}.iter().sum::<i64>() % 997",
                lambda: f"{expr(d, 'Option<i64>', depth - 1)}.unwrap_or({d.number()})",
                lambda: f"{expr(d, '[i64; 3]', 0)}[{d.number(0, 2)}]",
                lambda: f"{expr(d, '(i64, i64)', 0)}.{d.number(0, 1)}",
                lambda: f"i64::from({expr(d, 'bool', 0)})",
            ]
            if words := d.named("String", "Vec<i64>", "Vec<String>"):
                options += [lambda: f"({d.read(d.pick(words))}.len() as i64)"] * 2
            if vectors := d.named("Vec<i64>"):
                options += [lambda: f"{d.read(d.pick(vectors))}.iter().map(|k| k * 2).sum::<i64>() % 997"]
            if found := fields(d, "i64"):
                options += [lambda: d.pick(found)()] * 3
        return d.pick(options)()

    return make


def fields(d: Draw, kind: str) -> list:
    """Ways to read a field of type `kind` of a visible struct."""
    found = []
    for name, var in d.visible().items():
        item = d.state.items.get(var.type.strip("«»"))
        if item is not None and item.kind == "struct" and item.info.get("open", True):
            for field, type_ in item.info["fields"]:
                if type_ == kind:
                    found.append(lambda name=name, field=field: f"{d.read(name)}.{field}" + ("" if kind in COPY else ".clone()"))
    return found


def string(d: Draw, depth: int, bare: bool) -> str:
    word = quoted(d.pick(WORDS))
    options = [lambda: f"{word}.to_string()", lambda: f"String::from({word})"]
    if depth > 0:
        options += [
            lambda: f'format!("{{}}-{{}}", {expr(d, "i64", depth - 1)}, {word})',
            lambda: f"{expr(d, 'String', depth - 1)}.to_uppercase()",
            lambda: f"({expr(d, 'String', depth - 1)} + {word})",
            lambda: f'format!("{{:?}}", {expr(d, d.weighted(TYPES), depth - 1)})',
            lambda: f"{expr(d, 'String', depth - 1)}.chars().rev().collect::<String>()",
            lambda: coded(d),
        ]
        if names := [name for name in d.named("i64", "bool", "f64") if not name.startswith("r#")]:
            options += [lambda: f'format!("<{{{d.read(d.pick(names))}}}>")']
    return d.pick(options)()


def coded(d: Draw) -> str:
    """Text that looks like Rust, like a command of the kernel or like a question."""
    d.feature("strings like code")
    return d.pick(
        [
            'r#"let x = "5"; // }"#.to_string()',
            '"fn main() {\n    let total = 1; /* \n:vars\n?total\n!ls".to_string()',
            '"a \\" quote; let v = 1;".to_string()',
            "String::from(\"macro_rules! m { () => {} }\\n'\")",
            'b"struct S;".iter().map(|b| *b as char).collect::<String>()',
            'r##"# "quoted"# }"##.to_string()',
        ]
    )


def vector(d: Draw, depth: int, bare: bool) -> str:
    inner = lambda: expr(d, "i64", min(depth, 1) - 1)  # noqa: E731
    options = [lambda: f"vec![{', '.join(inner() for _ in range(d.number(1, 4)))}]"]
    if depth > 0:
        options += [
            lambda: f"vec![{inner()}; {d.number(1, 4)}]",
            lambda: f"(0..{d.number(1, 6)}i64).map(|k| k * {d.number(1, 4)} + {inner()}).collect::<Vec<i64>>()",
            lambda: f"{expr(d, 'Vec<i64>', depth - 1)}.iter().map(|k| k % 7).collect::<Vec<i64>>()",
            lambda: f"{expr(d, 'Vec<i64>', depth - 1)}.into_iter().filter(|k| k % 2 == 0).collect::<Vec<i64>>()",
            lambda: (
                f"{expr(d, 'Vec<i64>', depth - 1)}\n    .iter()\n    // a comment in a chain\n    .rev()\n"
                f"    .take({d.number(1, 4)})\n    .copied()\n    .collect::<Vec<i64>>()"
            ),
        ]
    return d.pick(options)()


def boolean(d: Draw, depth: int, bare: bool) -> str:
    if depth <= 0:
        return d.pick(["true", "false"])
    a = lambda kind: expr(d, kind, depth - 1)  # noqa: E731
    return d.pick(
        [
            # In parentheses: at the start of a statement a loop or a block is one by itself.
            lambda: f"({a('i64')}) > {expr(d, 'i64', 0, True)}",
            lambda: f"({a('i64')} % 2 == 0)",
            lambda: f"!{a('bool')}" if depth < 2 else f"!({a('bool')})",
            lambda: f"({a('bool')} && {a('bool')})",
            lambda: f"({a('bool')}\n    || {a('bool')})",
            lambda: f"{a('String')}.contains('a')",
            lambda: f"{a('Option<i64>')}.is_some()",
            lambda: f"matches!({a('i64')}, 1..=9)",
        ]
    )()


def option(d: Draw, depth: int, bare: bool) -> str:
    options = [lambda: f"Some({expr(d, 'i64', depth - 1)})", lambda: "None::<i64>"]
    if depth > 0:
        options += [
            lambda: f"{expr(d, 'Vec<i64>', depth - 1)}.first().copied()",
            lambda: f"{expr(d, 'Option<i64>', depth - 1)}.map(|k| k + 1)",
            lambda: f'"{d.number()}".parse::<i64>().ok()',
        ]
    return d.pick(options)()


MAKERS = {
    "i64": integer("i64"),
    "i32": integer("i32"),
    "u8": lambda d, depth, bare: f"{d.number(0, 99)}u8" + (f".wrapping_add({d.number(0, 255)})" if depth > 0 else ""),
    "f64": lambda d, depth, bare: (
        f"{d.number()}.5" if depth <= 0 else d.pick([f"{d.number()}.25", f"(({expr(d, 'i64', depth - 1)}) as f64) * 0.5"])
    ),
    "bool": boolean,
    "char": lambda d, depth, bare: d.pick(["'a'", "'}'", "'\\''", "'\"'", "'é'", "(b'a' + 2) as char"]),
    "String": string,
    "Vec<i64>": vector,
    "Vec<String>": lambda d, depth, bare: f"vec![{', '.join(expr(d, 'String', depth - 1) for _ in range(d.number(1, 3)))}]",
    "(i64, i64)": lambda d, depth, bare: f"({expr(d, 'i64', depth - 1)}, {expr(d, 'i64', depth - 1)})",
    "(i64, String)": lambda d, depth, bare: f"({expr(d, 'i64', depth - 1)}, {expr(d, 'String', depth - 1)})",
    "[i64; 3]": lambda d, depth, bare: f"[{', '.join(expr(d, 'i64', depth - 1) for _ in range(3))}]",
    "Option<i64>": option,
}


def structure(d: Draw, kind: str, depth: int) -> str:
    """A value of a type of the notebook's own."""
    item = d.state.items[kind.strip("«»")]
    return argument_list(d, item.info["make"], item.info["make_params"], depth)


def chosen(d: Draw, kind: str, depth: int, bare: bool) -> str:
    """`if`, `match` and blocks as values."""
    a = lambda: expr(d, kind, depth, False)  # noqa: E731
    form = d.pick(["if", "match", "block", "loop"])
    if form == "if":
        return f"(if {expr(d, 'bool', depth)} {{ {a()} }} else {{ {a()} }})"
    if form == "match":
        d.feature("match")
        head, first, last = expr(d, "i64", depth), a(), a()
        d.scopes.append({"k": Var("i64", False)})
        second = a()
        d.scopes.pop()
        return f"(match {head} {{ 0 => {first}, k if k < 9 => {second}, _ => {last} }})"
    d.scopes.append({})
    try:
        name = d.new_name()
        inner = expr(d, kind, depth)
        pattern = d.make(name, kind)
        d.feature("block as a value")
        if form == "loop":
            d.feature("loop with a value")
            return f"loop {{\n    let {pattern} = {inner};\n    break {name};\n}}"
        return f"{{\n    let {pattern} = {inner};\n    {expr(d, kind, max(depth - 1, 0))}\n}}"
    finally:
        d.scopes.pop()


# Calls


def called(d: Draw, kind: str, depth: int) -> str | None:
    """A call of something that returns a `kind`, if there is anything."""
    functions = [item for item in d.items("fn", "method", "macro", "const", "module") if item.info.get("ret") == kind]
    # People try what is new, and what uses something that is new.
    changed = set(list(d.state.items)[-3:])
    users = [item for item in functions if d.reached(item.key) & changed]
    functions = users if users and d.chance(0.5) else functions[-6:]
    ways = [lambda item=item: call(d, item, depth) for item in functions]
    for item in d.items("trait"):
        ways += [lambda item=item: trait_call(d, item, kind, depth)]
    d.rng.shuffle(ways)
    for way in ways:
        if text := way():
            return text
    return None


def call(d: Draw, item: Item, depth: int = 1) -> str | None:
    """A call of a function, method, macro, or the name of a constant."""
    d.feature(*item.info.get("when_used", ()))
    if item.kind == "macro" and d.inside_function:
        d.feature("macro used in a function")
    if item.kind == "const":
        d.feature("const used")
        return f"«{item.key}»"
    form = item.info["call"]
    params = item.info["params"]
    if item.kind == "method" and "{self}" in form:
        receiver = receiver_of(d, item, depth)
        if receiver is None:
            return None
        form = form.replace("{self}", receiver)
    return argument_list(d, form, params, depth)


def receiver_of(d: Draw, item: Item, depth: int) -> str | None:
    owner, how = item.info["owner"], item.info["receiver"]
    if how == "&mut self":
        names = d.named(owner, mutable=True)
        return d.change(d.pick(names)) if names else None
    names = d.named(owner)
    if names:
        name = d.read(d.pick(names))
        return name if how == "&self" else f"{name}.clone()"
    return structure(d, owner, depth)


def argument_list(d: Draw, form: str, params: list[str], depth: int) -> str | None:
    """`form` with its places `{0}`, `{1}`, … filled in."""
    for at, kind in enumerate(params):
        value = argument(d, kind, depth)
        if value is None:
            return None
        form = form.replace(f"{{{at}}}", value)
    return form


def argument(d: Draw, kind: str, depth: int) -> str | None:
    if kind == "&str":
        names = d.named("String")
        return f"&{d.read(d.pick(names))}" if names and d.chance(0.6) else quoted(d.pick(WORDS))
    if kind == "number text":
        return f'"{d.number()}"'
    if kind == "&[i64]":
        names = d.named("Vec<i64>", "[i64; 3]")
        return f"&{d.read(d.pick(names))}" if names else f"&[{d.number()}, {d.number()}, {d.number()}]"
    if kind.startswith("&mut "):
        names = d.named(kind[5:], mutable=True)
        return f"&mut {d.change(d.pick(names))}" if names else f"&mut {{ {expr(d, kind[5:], 0)} }}"
    if kind.startswith("&"):
        names = d.named(kind[1:])
        return f"&{d.read(d.pick(names))}" if names else f"&{expr(d, kind[1:], 0)}"
    if kind == "Fn":
        d.feature("closure as an argument")
        return f"|k| k * {d.number(1, 3)} + {expr(d, 'i64', 0)}"
    if kind == "ident":
        return d.pick(["x", "k", "total"])
    if kind in ("T", "list of T"):
        one = d.pick(["i64", "String", "f64", "char"])
        count = 1 if kind == "T" else d.number(1, 3)
        values = ", ".join(expr(d, one, 0) for _ in range(count))
        return values if kind == "T" else f"&[{values}]"
    if kind == "[i64; N]":
        return f"[{', '.join(str(d.number()) for _ in range(d.number(1, 4)))}]"
    if kind == "typed i64":
        # Where nothing around it says which integer a literal is.
        return reduced(d, "i64", min(depth, 1))
    return reduced(d, kind, min(depth, 1), True)


def trait_call(d: Draw, trait: Item, kind: str, depth: int) -> str | None:
    """A method of a trait, called on a visible value that has it."""
    methods = [name for name, ret in trait.info["methods"] if ret == kind]
    owners = [impl.info["owner"] for impl in d.state.impls(trait.key)]
    if not methods or not owners:
        return None
    owner = d.pick(owners)
    names = d.named(owner)
    method = d.pick(methods)
    if owner in ("i64", "String") or names:
        receiver = d.read(d.pick(names)) if names else f"({expr(d, owner, 0)})"
    else:
        receiver = structure(d, owner, 0)
    d.feature("trait method called")
    if "default" in trait.info and method == trait.info["default"]:
        d.feature("default method called")
    return f"{receiver}⟦needs {trait.key} for {owner}⟧.«{trait.key}.{method}»()"
