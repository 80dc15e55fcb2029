"""Statements that use what cells have defined: the newest version, objects, enums, modules, statics, macros, imports."""

from __future__ import annotations

from ..draw import Draw
from ..expressions import argument_list, call, structure
from ..parts import joined


def newest(d: Draw) -> str | None:
    """A call of something that uses what has changed since."""
    changed = set(list(d.state.items)[-2:])
    users = [item for item in d.items("fn", "method", "macro", "module") if item.key in changed or d.reached(item.key) & changed]
    users = [item for item in users if item.info.get("ret") not in (None, "()")]
    if not users:
        return None
    text = call(d, d.pick(users), 1)
    return text and f'println!("{{:?}}", {text});'


def boxed(d: Draw) -> str | None:
    """Objects behind `Box<dyn …>`, kept for later cells."""
    traits = [item for item in d.items("trait") if item.info.get("objects")]
    if not traits:
        return None
    trait = d.pick(traits)
    kind = f"Vec<Box<dyn «{trait.key}»>>"
    method = d.pick([name for name, _ in trait.info["methods"]])
    names = d.named(kind)
    d.feature("dyn")
    if names and d.chance(0.6):
        name = d.read(d.pick(names))
        return f'for one in {name}.iter() {{\n    println!("{{:?}}", one.«{trait.key}.{method}»());\n}}'
    owners = [impl.info["owner"] for impl in d.state.impls(trait.key) if impl.info["owner"].startswith("«")]
    values = [f"Box::new(⟦needs {trait.key} for {owner}⟧{structure(d, owner, 0)})" for owner in owners]
    if not values:
        return None
    values = [d.pick(values) for _ in range(d.number(1, 3))]
    return f"let {d.make(d.pick(['shapes', 'all', 'row']), kind)}: {kind} = vec![{', '.join(values)}];"


def enums(d: Draw) -> str | None:
    """A match on a variable that is an enum of the notebook."""
    found = [item for item in d.items("struct") if item.signature == "enum"]
    if not found:
        return None
    d.feature("match", "match on an own enum")
    item = d.pick(found)
    names = d.named(f"«{item.key}»")
    matched = d.read(d.pick(names)) if names else f"({structure(d, f'«{item.key}»', 1)})"
    inner = d.pick(["x", "n", "total"])
    return joined(
        f"match &{matched} {{",
        f'    «{item.key}»::Empty => println!("none"),',
        f"    «{item.key}»::One({inner}) if *{inner} > {d.number()} => {{",
        f"        let {inner} = {inner} * 2;",
        f'        println!("{{}}", {inner});',
        "    }",
        f'    «{item.key}»::One({inner}) | «{item.key}»::Pair {{ a: {inner}, .. }} => println!("{{}}", {inner}),',
        "}",
    )


def module_values(d: Draw) -> str | None:
    """Values of a type in a module, whose field only the module sees."""
    found = d.items("module")
    if not found:
        return None
    d.feature("value of a module's type")
    key = d.pick(found).key
    kind = f"«{key}»::Account"
    names = d.named(kind, mutable=True)
    if names and d.chance(0.7):
        name = d.change(d.pick(names))
        return f'println!("{{}} {{}}", {name}.add({d.number()}), {name}.name);'
    return f"let {d.make(d.pick(['account', 'data', 'x']), kind, True)} = {kind}::new({d.number()});"


def pointers(d: Draw) -> str | None:
    """A function as a value: it stays the version that it was."""
    functions = [i for i in d.items("fn") if i.info["params"] == ["i64"] and i.info.get("ret") == "i64" and i.info.get("plain")]
    names = d.named("fn(i64) -> i64")
    if names and d.chance(0.6):
        name = d.read(d.pick(names))
        return f'println!("{{}}", {name}({d.number()}));'
    if not functions:
        return None
    d.feature("function pointer")
    kind = "fn(i64) -> i64"
    return f"let {d.make(d.pick(['f', 'apply']), kind)}: {kind} = «{d.pick(functions).key}»;"


def collections(d: Draw) -> str | None:
    """Values of types that an earlier `use` brought."""
    imports = [item for item in d.items("use") if item.info.get("statements")]
    if not imports:
        return None
    item = d.pick(imports)
    d.feature("use in a later cell")
    text, made = d.pick(item.info["statements"])
    values = [f"{d.number()}" for _ in range(6)]
    for at, one in enumerate(values):
        text = text.replace(f"#{at}", one)
    if made:
        name, kind = made
        text = text.replace("let NAME", f"let {d.make(name, kind, True)}").replace("NAME", name)
    return text


def statics(d: Draw) -> str | None:
    found = d.items("static")
    if not found:
        return None
    item = d.pick(found)
    d.feature("static used", *item.info["used"])
    text = d.pick(item.info["statements"])
    return text.replace("{0}", str(d.number())).replace("NAME", f"«{item.key}»")


def macro_statement(d: Draw) -> str | None:
    found = [item for item in d.items("macro") if item.info.get("ret") == "()"]
    if not found:
        return None
    item = d.pick(found)
    d.feature("macro used")
    text = argument_list(d, item.info["call"], item.info["params"], 1)
    if item.info.get("makes"):
        # A macro that binds a name that it was given.
        name, kind = item.info["makes"]
        d.make(name, kind, kept=False)
    return text and text + ";"
