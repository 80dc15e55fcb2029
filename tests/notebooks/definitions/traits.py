"""Traits with default methods, their implementations, and the library's `Display` for own types."""

from __future__ import annotations

from ..draw import Draw
from ..parts import Item, joined
from .types import struct


def trait(d: Draw, old: Item | None) -> list[Item] | None:
    """A trait with a default method, implemented for types of the notebook and, unless it makes objects, for i64.

    One that makes objects stays as it is: which version an object that was made before has, is promised nowhere.
    """
    made = []
    if not d.items("struct"):
        made = struct(d, None)
        for item in made:
            d.state.define(item)
        d.begin()
    owners = [f"«{item.key}»" for item in d.items("struct") if item.info.get("open", True)]
    if not owners:
        return None
    key = d.fresh(d.pick(["Area", "Named"]))
    objects = d.chance(0.5)
    # Two traits of a type with the same method would make each call ambiguous.
    size, label = d.fresh("size"), d.fresh("label")
    text = joined(
        f"trait «{key}» {{",
        f"    fn «{key}.{size}»(&self) -> i64;",
        f"    fn «{key}.{label}»(&self) -> String {{",
        f"        let size = self.«{key}.{size}»() + {d.number()};",
        '        format!("size {size}")',
        "    }",
        "}",
    )
    d.feature("trait", "default method")
    item = d.item(
        key, "trait", text, "trait", methods=[[size, "i64"], [label, "String"]], default=label, objects=objects,
        frozen=objects, maker="",
    )  # fmt: skip
    d.state.items[key] = item
    made.append(item)
    for owner in d.rng.sample(owners, min(len(owners), 2)) + ([] if objects else ["i64"]):
        d.begin()
        made.append(trait_impl(d, None, key, owner))
        d.state.items[made[-1].key] = made[-1]
    if not objects:
        d.begin()
        made.append(bounded_fn(d, key, made[-1].info["owner"]))
    return made


def bounded_fn(d: Draw, key: str, owner: str) -> Item:
    d.feature("generic bound", "function")
    name = d.fresh("sized")
    (size, _), (label, _) = d.state.items[key].info["methods"]
    text = joined(
        f"fn «{name}»<T: «{key}»>(what: &T) -> String {{",
        f"    let x = what.«{key}.{size}»();",
        f'    format!("{{}} {{}}", x, what.«{key}.{label}»())',
        "}",
    )
    call = f"«{name}»(⟦needs {key} for {owner}⟧{{0}})"
    return d.item(name, "fn", text, f"bound{owner}", params=[f"&{owner}"], ret="String", call=call, maker="")


def trait_impl(d: Draw, old: Item | None, key: str, owner: str) -> Item:
    trait = d.state.items[key]
    (size, _), (label, _) = trait.info["methods"]
    struct_ = d.state.items.get(owner.strip("«»"))
    value = f"self.{next(name for name, kind in struct_.info['fields'] if kind == 'i64')}" if struct_ else "*self"
    own_label = bool(old.info["own"]) if old else d.chance(0.4)
    lines = [
        f"impl «{key}» for {owner} {{",
        f"    fn «{key}.{size}»(&self) -> i64 {{",
        f"        ({value} * {d.number(1, 9)}) % 997",
        "    }",
    ]
    if own_label:
        lines += [
            f"    fn «{key}.{label}»(&self) -> String {{",
            f'        format!("own {{}}", self.«{key}.{size}»() + {d.number()})',
            "    }",
        ]
    d.feature("trait impl", *(["trait impl defined anew"] if old else []))
    return d.item(
        f"{key} for {owner}", "impl", joined(*lines, "}"), "impl", trait=key, owner=owner, own=[label] if own_label else [],
        frozen=trait.info["objects"], maker="trait_impl",
    )  # fmt: skip


def std_impl(d: Draw, old: Item | None) -> list[Item] | None:
    """A trait of the library for a type of the notebook, and a function that needs it."""
    owners = [
        item for item in d.items("struct") if item.info.get("open", True) and f"Display for {item.key}" not in d.state.items
    ]
    if not owners:
        return None
    owner = d.pick(owners)
    integer = next(name for name, kind in owner.info["fields"] if kind == "i64")
    d.feature("Display")
    text = joined(
        f"impl std::fmt::Display for «{owner.key}» {{",
        "    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {",
        f'        write!(f, "<{{}}>", self.{integer})',
        "    }",
        "}",
    )
    name = d.fresh("text_of")
    impl = d.item(f"Display for {owner.key}", "std impl", text, "Display", frozen=True, maker="")
    d.state.items[impl.key] = impl
    user = f"fn «{name}»(what: &«{owner.key}») -> String {{\n    ⟦needs Display for {owner.key}⟧what.to_string()\n}}"
    params, call = [f"&«{owner.key}»"], f"«{name}»({{0}})"
    return [impl, d.item(name, "fn", user, "to_string", params=params, ret="String", call=call, maker="")]
