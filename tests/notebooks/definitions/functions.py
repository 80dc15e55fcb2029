"""Functions: plain ones that call others, fallible, generic, recursive, with a static, with `&mut`, and one that panics."""

from __future__ import annotations

from .. import nested
from ..draw import Draw
from ..expressions import called, reduced
from ..model import Var
from ..parts import Item, joined


def places(count: int) -> str:
    """The arguments of a call as places to fill in: `{0}, {1}`."""
    return ", ".join(f"{{{at}}}" for at in range(count))


def body(d: Draw, params: dict[str, str], ret: str) -> str:
    """Statements and a last expression; only the parameters and items are visible."""
    d.inside_function = True
    d.scopes.append({name: Var(kind, False) for name, kind in params.items()})
    lines = [nested.inner_statement(d, 1) for _ in range(d.number(0, 2))]
    if d.chance(0.5) and (call := called(d, "i64", 1)):
        # So that new versions of what it calls reach it.
        lines.append(f'println!("calls {{}}", {call});')
    last = reduced(d, ret, 1)
    d.scopes.pop()
    d.inside_function = False
    return nested.indented([*lines, last])


PARAMETERS = [["i64"], ["i64"], ["i64", "i64"], ["&str"], ["&[i64]", "i64"], ["Vec<i64>"], ["String"], ["i64", "bool"]]


def plain_fn(d: Draw, old: Item | None) -> list[Item]:
    """An ordinary function, which may call others; `takes` when it owns its argument."""
    if old:
        key, types, ret = old.key, old.info["params"], old.info["ret"]
    else:
        key = d.fresh(d.pick(["scale", "mix", "area", "describe", "total"]))
        types = d.pick(PARAMETERS)
        ret = d.pick(["i64", "i64", "i64", "String", "Vec<i64>", "bool"])
    d.writing = key
    names = d.rng.sample(["x", "n", "total", "k", "v", "name"], len(types))
    # A slice or text is used as what it refers to only in the line that turns it into a value.
    params, first = {}, []
    for name, kind in zip(names, types):
        owned, method = {"&str": ("String", "to_string"), "&[i64]": ("Vec<i64>", "to_vec")}.get(kind, (kind, ""))
        params[name] = owned
        if method:
            first.append(f"    let {name} = {name}.{method}();")
    inner = joined(*first, body(d, params, ret))
    arguments = ", ".join(f"{name}: {kind}" for name, kind in zip(names, types))
    doc = d.pick(["", "", "/// What it does.\n", "// a comment before\n", "#[inline]\n", "#[allow(dead_code)]\npub "])
    text = f"{doc}fn «{key}»({arguments}) -> {ret} {{\n{inner}\n}}"
    d.writing = None
    d.feature("function")
    takes = len(types) == 1 and types[0] in ("Vec<i64>", "String")
    return [
        d.item(
            key, "fn", text, f"fn{types}{ret}", params=types, ret=ret, call=f"«{key}»({places(len(types))})", plain=True,
            maker="plain_fn", takes=takes,
        )
    ]  # fmt: skip


def fallible_fn(d: Draw, old: Item | None) -> list[Item]:
    """A function that returns a `Result` and uses `?`; `good` and `bad` are calls of known outcome."""
    key = old.key if old else d.fresh(d.pick(["parse", "checked"]))
    if (old.info["form"] if old else d.pick(["parse", "check"])) == "parse":
        error = old.info["error"] if old else d.pick(["std::num::ParseIntError", "Box<dyn std::error::Error>", "prelude"])
        returned = "Result<i64>" if error == "prelude" else f"Result<i64, {error}>"
        text = joined(
            f"fn «{key}»(text: &str) -> {returned} {{",
            "    let n: i64 = text.trim().parse()?;",
            '    println!("parsed {n}");',
            f"    let n = n * {d.number(1, 9)} + {d.number()};",
            "    Ok(n)",
            "}",
        )
        info = {"form": "parse", "error": error, "good": f"«{key}»({{0}})", "good_params": ["number text"]}
        info["bad"] = f'«{key}»("no")'
    else:
        text = joined(
            f"fn «{key}»(n: i64) -> Result<i64, String> {{",
            "    if n < 0 {",
            '        return Err(format!("{n} is below 0"));',
            "    }",
            f"    let half = if n > {d.number()} {{ Ok::<i64, String>(n / 2) }} else {{ Ok(n) }}?;",
            f"    Ok(half + {d.number()})",
            "}",
        )
        info = {"form": "check", "good": f"«{key}»({d.number()})", "good_params": [], "bad": f"«{key}»(-{d.number(1, 9)})"}
    d.feature("function", "? in a function")
    return [d.item(key, "fn", text, "fallible", fallible=True, value="i64", params=["never"], maker="fallible_fn", **info)]


# Each form: its parameters, what it returns, its text with a number k in it, and what it is an example of.
GENERIC = {
    "largest": (["list of T"], "String", "generic function", lambda key, k: joined(
        f"fn «{key}»<T: PartialOrd + std::fmt::Debug>(items: &[T]) -> String {{",
        "    let mut best = &items[0];",
        "    for x in items {",
        "        if *x > *best { best = x; }",
        "    }",
        f'    format!("{{:?}}/{k}", best)',
        "}",
    )),
    "debug": (["T"], "String", "generic function", lambda key, k: joined(
        f"fn «{key}»<T: std::fmt::Debug>(x: T) -> String {{",
        '    let x = format!("<{x:?}>");',
        f"    x.repeat({k % 3 + 1})",
        "}",
    )),
    "where": (["T", "i64"], "Vec<String>", "generic function", lambda key, k: joined(
        f"fn «{key}»<T>(item: T, n: i64) -> Vec<String>",
        "where",
        "    T: Clone + std::fmt::Debug,",
        "{",
        f'    (0..n.abs() % 3 + {k % 2}).map(|i| format!("{{i}}:{{:?}}", item.clone())).collect()',
        "}",
    )),
    "impl fn": (["Fn", "i64"], "i64", "closure parameter", lambda key, k: joined(
        f"fn «{key}»(f: impl Fn(i64) -> i64, n: i64) -> i64 {{",
        f"    let n = f(n % 100) + f({k});",
        "    n % 997",
        "}",
    )),
    "impl trait": (["&[i64]"], "i64", "impl trait", lambda key, k: joined(
        f"fn «{key}»(v: &[i64]) -> i64 {{",
        "    fn odd(v: &[i64]) -> impl Iterator<Item = i64> + '_ {",
        "        v.iter().copied().filter(|k| k % 2 != 0)",
        "    }",
        f"    (odd(v).sum::<i64>() + {k}) % 997",
        "}",
    )),
    "const": (["[i64; N]"], "i64", "const generic", lambda key, k: joined(
        f"fn «{key}»<const N: usize>(items: [i64; N]) -> i64 {{",
        f"    let mut total = N as i64 * {k};",
        "    for i in 0..N {",
        "        let total_now = total;",
        "        total = total_now + items[i];",
        "    }",
        "    total % 997",
        "}",
    )),
}  # fmt: skip


def generic_fn(d: Draw, old: Item | None) -> list[Item]:
    key = old.key if old else d.fresh(d.pick(["largest", "show_all", "pair", "apply", "sum_of"]))
    forms = ["largest", "debug", "where", "impl fn", "impl fn", "impl trait", "impl trait", "const"]
    form = old.info["form"] if old else d.pick(forms)
    params, ret, feature, text = GENERIC[form]
    text = text(key, d.number(1, 9))
    d.feature("function", feature)
    call = f"«{key}»({places(len(params))})"
    return [d.item(key, "fn", text, "generic" + form, form=form, params=params, ret=ret, call=call, maker="generic_fn")]


def static_fn(d: Draw, old: Item | None) -> list[Item]:
    """A function with a static of its own, which counts its calls."""
    key = old.key if old else d.fresh(d.pick(["next_id", "counted"]))
    # A name that no version's static had before: nobody promises what one finds that comes back in another function body.
    first = (old.info["first"] if old else 0) + d.number(1, 9)
    count = f"COUNT_{first}"
    form = d.pick(["atomic", "mutex", "once"])
    if form == "atomic":
        kind = "std::sync::atomic::AtomicI64"
        declared = f"⟦static {count}|{kind}|{kind}::new({first})⟧"
        used = f"⟦{count}⟧.fetch_add(by, std::sync::atomic::Ordering::SeqCst) % 997"
    elif form == "mutex":
        kind = "std::sync::Mutex<Vec<i64>>"
        declared = f"⟦static {count}|{kind}|std::sync::Mutex::new(Vec::new())⟧\n    let first = {first};"
        used = joined(
            "{",
            f"        let mut all = ⟦{count}⟧.lock().unwrap();",
            "        all.push(by + first);",
            "        all.len() as i64",
            "    }",
        )
    else:
        kind = "std::sync::OnceLock<i64>"
        declared = f"⟦static {count}|{kind}|std::sync::OnceLock::new()⟧"
        used = f"*⟦{count}⟧.get_or_init(|| by + {first})"
    calls = d.integer_functions()
    extra = f" + «{d.pick(calls).key}»(1)" if calls and not old and d.chance(0.5) else ""
    text = f"fn «{key}»(by: i64) -> i64 {{\n    {declared}\n    let n = {used};\n    (n{extra}) % 997\n}}"
    d.feature("static in a function", "function", "static")
    return [
        d.item(
            key, "fn", text, "static fn", params=["i64"], ret="i64", call=f"«{key}»({{0}})", first=first, maker="static_fn",
            when_used=["static in a function used"],
        )
    ]  # fmt: skip


def recursive_fn(d: Draw, old: Item | None) -> list[Item]:
    key = old.key if old else d.fresh(d.pick(["fib", "steps"]))
    text = joined(
        f"fn «{key}»(n: i64) -> i64 {{",
        "    let n = n.abs() % 12;",
        f"    if n < 2 {{ return n + {d.number(1, 5)}; }}",
        f"    («{key}»(n - 1) + «{key}»(n - 2)) % 997",
        "}",
    )
    d.feature("function", "recursion")
    return [d.item(key, "fn", text, "rec", params=["i64"], ret="i64", call=f"«{key}»({{0}})", maker="recursive_fn")]


def changing_fn(d: Draw, old: Item | None) -> list[Item]:
    key = old.key if old else d.fresh(d.pick(["grow", "bump"]))
    kind = old.info["params"][0] if old else d.pick(["&mut Vec<i64>", "&mut i64", "&mut String"])
    k = d.number(1, 9)
    line = {
        "&mut Vec<i64>": f"what.push({k});\n    what.truncate(8);",
        "&mut i64": f"*what = (*what * 2 + {k}) % 997;",
        "&mut String": f'if what.len() < 30 {{ what.push_str("{k}"); }}',
    }[kind]
    d.feature("function", "&mut parameter")
    text = f"fn «{key}»(what: {kind}) {{\n    {line}\n}}"
    return [d.item(key, "fn", text, "change" + kind, params=[kind], ret="()", call=f"«{key}»({{0}})", maker="changing_fn")]


def panicking_fn(d: Draw, old: Item | None) -> list[Item]:
    """A function that panics below 0; only cells that are to fail call it."""
    key = old.key if old else d.fresh("strict")
    text = joined(
        f"fn «{key}»(n: i64) -> i64 {{",
        '    println!("strict {n}");',
        '    assert!(n >= 0, "{n} is below 0");',
        f"    n + {d.number()}",
        "}",
    )
    d.feature("function")
    return [d.item(key, "fn", text, "strict", params=["never"], panics=f"«{key}»(-{d.number(1, 9)})", maker="panicking_fn")]
