"""Items as people write them in notebooks. Each maker draws a new item, or a new version of `old` for the same users.

A maker returns several items where one needs the others; `None` where nothing is there to work with.
"""

from __future__ import annotations

from dataclasses import replace

from ..draw import Draw
from ..parts import Item
from . import functions, others, traits, types
from .functions import changing_fn, fallible_fn, generic_fn, panicking_fn, plain_fn, recursive_fn, static_fn
from .others import const, macro, module, static, static_user, use
from .traits import std_impl, trait
from .types import enum, generic_struct, struct

DEFINITIONS = {
    plain_fn: 10, fallible_fn: 4, generic_fn: 7, static_fn: 4, recursive_fn: 1, changing_fn: 3, panicking_fn: 5,
    struct: 6, enum: 3, generic_struct: 4, std_impl: 4, trait: 7, macro: 5, const: 3, static: 6, static_user: 5, use: 5, module: 3,
}  # fmt: skip
MAKERS = {maker.__name__: maker for maker in DEFINITIONS}


def again_of(d: Draw, item: Item) -> list[Item] | None:
    """A new version of an item, if it may have one."""
    made = _again(d, item)
    if not made or item.kind != "fn":
        return made
    return [replace(one, features=(*one.features, "function defined anew")) for one in made]


def _again(d: Draw, item: Item) -> list[Item] | None:
    maker = item.info.get("maker")
    if item.info.get("frozen") or not maker:
        return None
    if maker == "method":
        return [types.method(d, item, item.info["owner"].strip("«»"))]
    if maker == "trait_impl":
        return [traits.trait_impl(d, item, item.info["trait"], item.info["owner"])]
    if maker == "matching":
        return [types.matching(d, item.key, item.info["owner"])]
    if maker == "struct" and not item.info.get("pattern"):
        return None
    return MAKERS[maker](d, item)
