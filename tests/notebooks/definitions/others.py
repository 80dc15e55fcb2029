"""Macros, constants, statics, imports and modules."""

from __future__ import annotations

from ..draw import Draw
from ..parts import Item, joined


def macro(d: Draw, old: Item | None) -> list[Item]:
    """A macro that is an expression, repeats, prints, or binds a name that it is given."""
    key = old.key if old else d.fresh(d.pick(["twice", "all", "say", "bind"]))
    form = old.info["form"] if old else d.pick(["expr", "repeat", "statement", "bind", "fn"])
    k = d.number(1, 9)
    d.writing = key
    functions = d.integer_functions()
    call = f"«{d.pick(functions).key}»" if functions and form in ("expr", "fn") else ""
    d.writing = None
    integer = "typed i64"
    rules, params, ret, used = {
        "expr": ([f"($a:expr) => {{ ({call}($a) + {k}) % 997 }};"], [integer], "i64", f"«{key}»!({{0}})"),
        "fn": (
            ["($a:expr, $b:expr) => {{", f"    let total = {call}($a);", f"    (total + $b * {k}) % 997", "}};"],
            [integer, integer],
            "i64",
            f"«{key}»!({{0}}, {{1}})",
        ),
        "repeat": (
            [f"() => {{ {k}i64 }};", f"($first:expr $(, $rest:expr)* $(,)?) => {{ ($first + «{key}»!($($rest),*)) % 997 }};"],
            [integer, integer],
            "i64",
            f"«{key}»![{{0}}, {{1}}]",
        ),
        "statement": (
            [f'($($a:expr),*) => {{ $( println!("{k}: {{:?}}", $a); )* }};'],
            [integer, "String"],
            "()",
            f"«{key}»!({{0}}, {{1}})",
        ),
        "bind": (
            [f"($name:ident, $value:expr) => {{ let $name = ($value) * {k} % 997; }};"],
            [integer],
            "()",
            f"«{key}»!(bound, {{0}})",
        ),
    }[form]
    text = joined(f"macro_rules! «{key}» {{", *("    " + rule for rule in rules), "}")
    # What such a macro binds is there until its cell ends: nobody can see from outside that it is a `let`.
    info = {"makes": ["bound", "i64"]} if form == "bind" else {}
    d.feature("macro", *(["macro defined anew"] if old else []))
    return [
        d.item(
            key, "macro", text, form, form=form, params=params, ret=ret, call=used, maker="macro", when_used=["macro used"], **info
        )
    ]  # fmt: skip


def const(d: Draw, old: Item | None) -> list[Item]:
    key = old.key if old else d.fresh("LIMIT_").upper()
    kind = old.info["ret"] if old else d.pick(["i64", "i64", "f64"])
    value = f"{d.number()}" if kind == "i64" else f"{d.number()}.5"
    d.feature("const", *(["const defined anew"] if old else []))
    return [d.item(key, "const", f"const «{key}»: {kind} = {value};", kind, ret=kind, maker="const")]


# Each form: its type, its first value, and statements that use it.
STATICS = {
    "AtomicUsize": ("std::sync::atomic::AtomicUsize", "std::sync::atomic::AtomicUsize::new({first})", [
        'println!("{}", NAME.fetch_add({0}, std::sync::atomic::Ordering::SeqCst) % 1000);',
        "NAME.store({0}, std::sync::atomic::Ordering::Relaxed);",
        'println!("{}", NAME.load(std::sync::atomic::Ordering::SeqCst) % 1000);',
    ]),
    "Mutex": ("std::sync::Mutex<Vec<i64>>", "std::sync::Mutex::new(Vec::new()) /* {first} */", [
        'NAME.lock().unwrap().push({0});\nprintln!("{:?}", NAME.lock().unwrap().iter().rev().take(3).collect::<Vec<_>>());',
        "{\n    let mut all = NAME.lock().unwrap();\n    let n = all.len() as i64;\n    all.push(n);\n}",
    ]),
    "OnceLock": ("std::sync::OnceLock<String>", "std::sync::OnceLock::new() /* {first} */", [
        'println!("{}", NAME.get_or_init(|| format!("once {}", {0})));',
        'println!("{:?}", NAME.get().is_some());',
    ]),
}  # fmt: skip


def static(d: Draw, old: Item | None) -> list[Item]:
    """A static; only a number is defined anew, with one that no version had before."""
    key = old.key if old else d.fresh("SHARED_").upper()
    form = old.info["form"] if old else d.pick(["AtomicUsize", "Mutex", "OnceLock"])
    first = (old.info["first"] if old else 0) + d.number(1, 9)
    if old and form != "AtomicUsize":
        return []
    kind, value, used = STATICS[form]
    d.feature("static", *(["static defined anew"] if old else []))
    text = f"static «{key}»: {kind} = {value.replace('{first}', str(first))};"
    info = {"form": form, "first": first, "statements": used, "used": [f"static {form}"], "maker": "static"}
    return [d.item(key, "static", text, form, **info)]


def static_user(d: Draw, old: Item | None) -> list[Item] | None:
    """A function over a static of the notebook, which is defined along with it if there is none."""
    made: list[Item] = []
    if old:
        on = old.info["on"]
    else:
        found = [item for item in d.items("static") if item.info["form"] == "AtomicUsize"]
        made = [] if found else [item for item in static(d, None) if item.info["form"] == "AtomicUsize"]
        for item in made:
            d.state.define(item)
        if not found + made:
            return None
        on = d.pick(found + made).key
        d.begin()
    key = old.key if old else d.fresh("hit")
    text = joined(
        f"fn «{key}»() -> i64 {{",
        f"    let n = «{on}».fetch_add({d.number(1, 3)}, std::sync::atomic::Ordering::Relaxed) as i64;",
        f"    (n * {d.number(1, 3)}) % 997",
        "}",
    )
    d.feature("function", "static used by a function")
    info = {"params": [], "ret": "i64", "call": f"«{key}»()", "on": on, "maker": "static_user", "when_used": ["static used"]}
    return [*made, d.item(key, "fn", text, "hit", **info)]


# Each name: the `use`, and statements of later cells with the variable that they make. `#0` is a number.
IMPORTS = {
    "BTreeMap": ("use std::collections::BTreeMap;", [
        [
            joined(
                "let NAME = «use:BTreeMap»::new();",
                "for (i, k) in [(#0, #1), (#2, #3)] {",
                "    *NAME.entry(i as i64).or_insert(0i64) += k;",
                "}",
            ),
            ("table", "BTreeMap<i64, i64>"),
        ],
        ['println!("{:?}", «use:BTreeMap»::from([(#0, "a"), (#1, "b")]));', None],
    ]),
    "BTreeSet": ("use std::collections::{BTreeSet, VecDeque as _Queue};", [
        ["let NAME: «use:BTreeSet»<i64> = [#0, #1, #2].into_iter().collect();", ("table", "BTreeSet<i64>")],
    ]),
    "Queue": ("use std::collections::VecDeque as Queue;", [
        ["let NAME = «use:Queue»::from(vec![#0i64, #1]);", ("data", "VecDeque<i64>")],
        [
            joined(
                "let mut q = «use:Queue»::new();",
                "q.push_back(#0i64);",
                "q.push_front(#1);",
                'println!("{:?}", q);',
                "let NAME = q.len() as i64;",
            ),
            ("n", "i64"),
        ],
    ]),
    "fmt": ("use std::fmt;", [
        [
            joined(
                "{",
                "    struct P;",
                "    impl «use:fmt»::Display for P {",
                '        fn fmt(&self, f: &mut «use:fmt»::Formatter) -> «use:fmt»::Result { write!(f, "P#0") }',
                "    }",
                '    println!("{}", P);',
                "}",
            ),
            None,
        ],
    ]),
    "swap": ("use std::mem::swap;", [
        ["let (mut a, mut b) = (#0i64, #1i64);\n«use:swap»(&mut a, &mut b);\nlet NAME = a - b;", ("n", "i64")],
    ]),
    "_FromStr": ("use std::str::FromStr as _FromStr;", [
        ['println!("{:?}", <i64 as «use:_FromStr»>::from_str("#0"));', None],
    ]),
    "iter": ("use std::{iter, cmp::Ordering as Order};", [
        ["let NAME: Vec<i64> = «use:iter»::repeat(#0).take(3).collect();", ("v", "Vec<i64>")],
    ]),
}  # fmt: skip


def use(d: Draw, old: Item | None) -> list[Item] | None:
    left = [name for name in IMPORTS if f"use:{name}" not in d.state.items]
    if not left:
        return None
    name = d.pick(left)
    text, statements = IMPORTS[name]
    d.feature("use")
    return [d.item(f"use:{name}", "use", text, "use", statements=statements, maker="")]


def module(d: Draw, old: Item | None) -> list[Item]:
    """A module with a type whose field only it sees, a private function and a module inside."""
    key = old.key if old else d.fresh(d.pick(["bank", "geo"]))
    k = d.number(1, 9)
    functions = d.integer_functions()
    outer = f"super::«{d.pick(functions).key}»(n)" if functions and not old else "n"
    text = joined(
        f"mod «{key}» {{",
        "    #[derive(Debug, Clone)]",
        "    pub struct Account {",
        "        balance: i64,",
        "        pub name: String,",
        "    }",
        "",
        "    impl Account {",
        f'        pub fn new(balance: i64) -> Self {{ Self {{ balance, name: "a{k}".to_string() }} }}',
        "        pub fn add(&mut self, n: i64) -> i64 { self.balance = (self.balance + n) % 997; self.balance }",
        "    }",
        "",
        f"    fn secret(n: i64) -> i64 {{ n + {k} }}",
        "    pub fn open(n: i64) -> i64 {",
        f"        let n = {outer};",
        "        secret(n) % 997",
        "    }",
        "    pub mod deep {",
        f"        pub const K: i64 = {k};",
        "        pub fn far(n: i64) -> i64 { super::secret(n) * K % 997 }",
        "    }",
        "}",
    )
    d.feature("module", "private field", *(["module defined anew"] if old else []))
    call = d.pick([f"«{key}»::open({{0}})", f"«{key}»::deep::far({{0}})", f"«{key}»::Account::new({{0}}).add({d.number()})"])
    return [d.item(key, "module", text, "mod", params=["i64"], ret="i64", call=call, maker="module", when_used=["module used"])]
