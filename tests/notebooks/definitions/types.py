"""Types: structs with methods, tuple structs, enums, and structs with type or const parameters."""

from __future__ import annotations

from .. import nested
from ..draw import Draw
from ..expressions import expr
from ..parts import Item, joined
from .functions import places

DERIVE = "#[derive(Debug, Clone, PartialEq)]\n"


def struct(d: Draw, old: Item | None) -> list[Item]:
    """A struct with `new` and methods; a new version has one field more, and its variables are dropped."""
    if old:
        key, fields, tuple_like = old.key, [*old.info["fields"]], False
        fields.append([d.fresh("extra"), "i64"])
        d.feature("struct defined anew")
    else:
        key = d.fresh(d.pick(["Point", "Station", "Account"]))
        names = d.rng.sample(["x", "name", "total", "r#type", "items", "on"], 3)
        kinds = ["i64", d.pick(["String", "String", "i64"]), d.pick(["Vec<i64>", "bool", "i64"])]
        fields = [[name, kind] for name, kind in zip(names, kinds)]
        tuple_like = d.chance(0.25)
        if tuple_like:
            fields = [[str(at), kind] for at, kind in enumerate(kinds)]
    d.feature("tuple struct" if tuple_like else "struct")
    kinds = [kind for _, kind in fields]
    if tuple_like:
        text = f"{DERIVE}struct «{key}»({', '.join(kinds)});"
        program = f"{DERIVE}pub struct «{key}»({', '.join(f'pub {kind}' for kind in kinds)});"
        made = f"«{key}»({', '.join(f'a{at}' for at in range(len(fields)))})"
    else:
        lines = "\n".join(f"    {name}: {kind}," for name, kind in fields)
        text = f"{DERIVE}struct «{key}» {{\n{lines}\n}}"
        program = f"{DERIVE}pub struct «{key}» {{ {', '.join(f'pub {name}: {kind}' for name, kind in fields)} }}"
        made = f"«{key}» {{ {', '.join(f'{name}: a{at}' for at, (name, _) in enumerate(fields))} }}"
    signature = f"struct{kinds}"
    item = d.item(
        key, "struct", text, signature, fields=fields, make=f"«{key}»::«{key}::new»({places(len(fields))})", make_params=kinds,
        pattern=not tuple_like, program=program, maker="struct",
    )  # fmt: skip
    arguments = ", ".join(f"a{at}: {kind}" for at, kind in enumerate(kinds))
    new = Item(
        f"{key}::new",
        "method",
        f"    fn «{key}::new»({arguments}) -> «{key}» {{\n        {made}\n    }}",
        signature,
        {"impl": f"impl «{key}»", "owner": f"«{key}»", "params": ["never"], "maker": ""},
        {key: signature},
    )
    if old:
        return [item, new]
    d.state.items[key], d.state.items[new.key] = item, new
    d.begin()
    return [item, new, *(method(d, None, key) for _ in range(d.number(1, 3)))]


def method(d: Draw, old: Item | None, owner: str) -> Item:
    """A method: reads a field, changes one, takes the value, is called by the type's name, or takes another value."""
    fields = d.state.items[owner].info["fields"]
    if old:
        key, form = old.key, old.info["form"]
    else:
        form = d.pick(["get", "get", "change", "take", "associated", "other"])
        stem = {"get": "value", "change": "bump", "take": "into_text", "associated": "unit", "other": "joined"}[form]
        key = f"{owner}::{d.fresh(stem)}"
    d.writing = key
    d.inside_function = True
    d.scopes.append({})
    integer = next(name for name, kind in fields if kind == "i64")
    params, ret, how = [], "i64", "&self"
    extra = expr(d, "i64", 1)
    if form == "get":
        lines = [nested.inner_statement(d, 1)] if d.chance(0.4) else []
        inner = joined(*lines, f"(self.{integer} * {d.number(1, 5)} + {extra}) % 997")
        arguments = "&self"
    elif form == "change":
        params, ret, how, arguments = ["i64"], "()", "&mut self", "&mut self, by: i64"
        inner = f"self.{integer} = (self.{integer} + by * {d.number(1, 4)}) % 997;"
    elif form == "take":
        ret, how, arguments = "String", "self", "self"
        inner = joined(
            'let text = format!("{:?}", self);',
            f"text.chars().filter(|c| *c != ' ').take({d.number(5, 40)}).collect()",
        )
    elif form == "associated":
        params, how, arguments = ["i64"], "", "n: i64"
        inner = f"(n * {d.number(1, 9)} + {extra}) % 997"
    else:
        params, arguments = [f"&«{owner}»"], f"&self, other: &«{owner}»"
        inner = f"let total = self.{integer} + other.{integer};\n(total * {d.number(1, 3)}) % 997"
    d.scopes.pop()
    d.inside_function = False
    d.writing = None
    arrow = "" if ret == "()" else f" -> {ret}"
    # Lines that may lie in a string keep their place.
    lines = inner.split("\n") if '"' not in inner else [inner]
    text = f"    fn «{key}»({arguments}){arrow} {{\n{nested.indented(lines)}\n    }}"
    receiver = "{self}." if how else f"«{owner}»::"
    d.feature("method", *(["method defined anew"] if old else []))
    made = d.item(
        key, "method", text, form, impl=f"impl «{owner}»", owner=f"«{owner}»", form=form, params=params, ret=ret,
        call=f"{receiver}«{key}»({places(len(params))})", receiver=how, maker="method", when_used=["method called"],
    )  # fmt: skip
    d.begin()
    return made


def enum(d: Draw, old: Item | None) -> list[Item]:
    """An enum and a function that matches on it; the enum stays, the function may be defined anew."""
    key = d.fresh(d.pick(["Shape", "Weather"]))
    d.feature("enum", "match")
    text = joined(f"{DERIVE}enum «{key}» {{", "    Empty,", "    One(i64),", "    Pair { a: i64, b: String },", "}")
    form, kinds = d.pick([("One({0})", ["i64"]), ("Pair { a: {0}, b: {1} }", ["i64", "String"])])
    item = d.item(
        key, "struct", text, "enum", fields=[["One", "i64"]], open=False, frozen=True, make=f"«{key}»::{form}", make_params=kinds,
        program=text.replace("enum", "pub enum"), maker="",
    )  # fmt: skip
    d.state.items[key] = item
    name = d.fresh("kind_of")
    d.begin()
    return [item, matching(d, name, key)]


def matching(d: Draw, name: str, owner: str) -> Item:
    d.feature("match", "function")
    k = d.number(1, 9)
    text = joined(
        f"fn «{name}»(what: &«{owner}») -> i64 {{",
        "    match what {",
        f"        «{owner}»::Empty => {k},",
        f"        «{owner}»::One(n) if *n > {k} => n - {k},",
        f"        «{owner}»::One(n) => *n,",
        f"        «{owner}»::Pair {{ a, b }} => {{",
        "            let a = a + b.len() as i64;",
        "            a % 100",
        "        }",
        "    }",
        "}",
    )
    call = f"«{name}»({{0}})"
    return d.item(name, "fn", text, "match", params=[f"&«{owner}»"], ret="i64", call=call, owner=owner, maker="matching")


def generic_struct(d: Draw, old: Item | None) -> list[Item]:
    """A struct over a type, or over two numbers, with a function that makes and prints one."""
    key = d.fresh("Stack")
    form = d.pick(["T", "N"])
    if form == "T":
        d.feature("generic struct")
        text = joined("#[derive(Debug, Clone)]", f"struct «{key}»<T> {{", "    items: Vec<T>,", "    limit: usize,", "}")
        program = f"#[derive(Debug, Clone)] pub struct «{key}»<T> {{ pub items: Vec<T>, pub limit: usize }}"
        impl = f"impl<T: Clone + std::fmt::Debug> «{key}»<T>"
        method = joined(
            f"    fn «{key}::filled»(one: T, n: i64) -> i64 {{",
            f"        let s = Self {{ items: vec![one; (n.abs() % 4) as usize], limit: {d.number(1, 9)} }};",
            '        println!("{:?}", s);',
            "        s.items.len() as i64 + s.limit as i64",
            "    }",
        )
        params, call = ["T", "i64"], f"«{key}»::«{key}::filled»({{0}}, {{1}})"
    else:
        d.feature("const generic")
        head = f"struct «{key}»<const R: usize, const C: usize>"
        text = joined("#[derive(Debug, Clone, Copy)]", f"{head} {{", "    cells: [[i64; C]; R],", "}")
        program = f"#[derive(Debug, Clone, Copy)] pub {head} {{ pub cells: [[i64; C]; R] }}"
        impl = f"impl<const R: usize, const C: usize> «{key}»<R, C>"
        method = joined(
            f"    fn «{key}::filled»(n: i64) -> i64 {{",
            "        let s = Self { cells: [[n; C]; R] };",
            '        println!("{:?}", s);',
            "        s.cells.iter().flatten().sum::<i64>() % 997",
            "    }",
        )
        params, call = ["i64"], f"«{key}»::<{d.number(1, 3)}, {d.number(1, 3)}>::«{key}::filled»({{0}})"
    item = d.item(key, "generic struct", text, "generic", fields=[], program=program, frozen=True, maker="")
    info = {"impl": impl, "owner": "", "params": params, "ret": "i64", "call": call, "receiver": "", "maker": ""}
    info["when_used"] = ["method called"]
    return [item, Item(f"{key}::filled", "method", method, form, info, {key: "generic"})]
