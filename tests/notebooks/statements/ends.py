"""`?`, and how cells end: with a value, with an error, in a panic, or before they start, in the compiler."""

from __future__ import annotations

from ..draw import COPY, Draw
from ..expressions import TYPES, argument_list, called, expr, quoted
from ..parts import joined
from .variables import printable


def question_ok(d: Draw) -> str | None:
    d.feature("? on Ok")
    fallible = [item for item in d.items("fn") if item.info.get("fallible")]
    if fallible and d.chance(0.6):
        item = d.pick(fallible)
        kind = item.info["value"]
        text = argument_list(d, item.info["good"], item.info["good_params"], 1)
        return f"let {d.make(d.new_name(), kind, d.chance(0.4))} = {text}?;"
    return f'let {d.make(d.new_name(), "i64", d.chance(0.4))}: i64 = "{d.number()}".trim().parse()?;'


def question_err(d: Draw) -> str:
    d.feature("? on Err")
    fallible = [item for item in d.items("fn") if item.info.get("fallible")]
    if fallible and d.chance(0.6):
        item = d.pick(fallible)
        return f"let failed = {item.info['bad']}?;"
    counters = d.named("i64", mutable=True)
    if counters and d.chance(0.5):
        name = d.change(d.pick(counters))
        return f'for word in ["1", "2", "no", "3"] {{\n    {name} += word.parse::<i64>()?;\n}}'
    # The statements behind it never run, but they are compiled: a name that it shadows keeps its type.
    numbers = [name for name in d.named("i64") if not name.startswith("r#")]
    name = d.pick(numbers) if numbers and d.chance(0.7) else "unread"
    return f'let {name}: i64 = {quoted(d.pick(["", "twelve", "1.5", "9 9"]))}.parse()?;'


def panicking(d: Draw) -> str:
    d.feature("panic")
    bad = [item for item in d.items("fn") if item.info.get("panics")]
    if bad and d.chance(0.7):
        d.feature("panic in a function")
        return d.pick(bad).info["panics"] + ";"
    vectors = d.named("Vec<i64>", mutable=True)
    counters = d.named("i64", mutable=True)
    if counters and d.chance(0.4):
        name = d.change(d.pick(counters))
        return joined(
            "for turn in 0..5i64 {",
            f"    {name} += turn;",
            f"    if turn == {d.number(0, 4)} {{",
            '        panic!("at {turn}");',
            "    }",
            "}",
        )
    if vectors and d.chance(0.5):
        name = d.change(d.pick(vectors))
        return f"{name}.insert(0, 5);\nlet past = {name}[{name}.len() + 1];"
    return d.pick(
        [
            'panic!("on purpose {}", 1 + 1);',
            "let nothing = None::<i64>.unwrap();",
            'let bad = "x".parse::<i64>().expect("a number");',
            'let empty: Vec<i64> = vec![];\nlet missing = empty[0];',
            'assert_eq!(1 + 1, 3, "sums {{");',
            "unreachable!();",
        ]
    )


def wrong(d: Draw) -> str:
    """A statement that no compiler takes."""
    d.feature("compile error")
    options = [
        "no_such_name_anywhere + 1;",
        'let x: i64 = "text";',
        "let v = vec![1, 2;",
        "let y = no_such_function(3);",
        "let c = ';",
        "fn half( {",
    ]
    for name in [name for name, var in d.visible().items() if not var.mutable and var.type == "i64"][:1]:
        options += [f"{name} = 5;"] * 2
    for name in d.named("Vec<i64>", "String")[:1]:
        options += [
            f'let gone = {name};\nprintln!("{{:?}}", {name});',
            f'let r = {{ let x = {name}.clone(); &x[..] }};\nprintln!("{{:?}}", r);',
        ]
    return d.pick(options)


def shown(d: Draw) -> str:
    names = d.of(printable)
    d.feature("value shown")
    form = d.pick(["name", "name", "expr", "tuple", "call", "not"])
    if form == "name" and names:
        return d.read(d.pick(names))
    if form == "tuple" and names:
        copies = [n for n in names if d.visible()[n].type in COPY]
        if copies:
            return f"({d.read(d.pick(copies))}, {expr(d, 'i64', 1)})"
    if form == "call":
        if text := called(d, d.pick(["i64", "String", "Vec<i64>", "bool"]), 1):
            return text
    if form == "not":
        d.feature("lines like commands")
        return f"!{expr(d, 'bool', 0)}"
    text = expr(d, d.weighted(TYPES))
    return f"({text})" if text.startswith(("{", "loop")) else text
