"""A dataset, or one variable through a chain, written as netCDF again."""

from __future__ import annotations

import numpy as np

from . import chain, compare, ours, theirs
from .canonical import Field, Refused
from .compare import Found
from .written import may_not_fit, numbers, outcome


def _options(case: dict) -> dict:
    options = {key: case["reading"][key] for key in ("mask_and_scale", "decode_times") if key in case["reading"]}
    if case["reading"].get("decode") is False:
        options = {"decode_cf": False}
    if "group" in case["spec"]:
        options["group"] = case["spec"]["group"]
    return options


def whole(case: dict, path: str, answer: dict) -> list[Found]:
    """A dataset written as it was read: what is decoded of it is the same."""
    try:
        refused = outcome(answer)
    except ours.Broken as broken:
        return [Found("broken in writing", "", "an answer", str(broken))]
    if refused is not None:
        if any(may_not_fit(one) for one in case["spec"]["variables"].values()) and "does not fit into" in refused:
            return []
        return [Found("writing a dataset is refused", "", "a file", refused)]
    group = {"group": case["spec"]["group"]} if "group" in case["spec"] else {}
    try:
        before = theirs.open_dataset(path, **group)
    except Refused:
        return []
    try:
        after = theirs.open_dataset(answer["written"]["path"])
    except Refused as refused:
        return [Found("what was written cannot be read", "", str(refused), "written")]
    found = [one for one in compare.datasets(after, before, attrs=False)]
    for one in found:
        one.kind += ", after a round trip"
    return found


def variable(case: dict, path: str, answer: dict) -> list[Found]:
    name, ops = case["through"]["variable"], case["through"]["ops"]
    group = {"group": case["spec"]["group"]} if "group" in case["spec"] else {}
    try:
        array = theirs.variable(path, name, **_options(case))
        decoded = theirs.variable(path, name, **group)
    except Refused:
        return []
    try:
        expected = chain.carry_out(chain.Chain(array), ops)
        refused = outcome(answer)
    except ours.Broken as broken:
        return [Found("broken in a chain", "", "an answer", str(broken))]
    except Exception:  # noqa: BLE001 - tests/oracle compares what chains of operations refuse
        return []
    stored = case["spec"]["variables"][name]
    if refused is not None and may_not_fit(stored):
        return []
    if refused is not None:
        return [Found("a chain is refused", "", "a file", refused)]
    written = answer["written"]["path"]
    try:
        after = theirs.open_dataset(written)
        raw = theirs.open_dataset(written, decode_cf=False)
    except Refused as problem:
        return [Found("what was written cannot be read", "", str(problem), "written")]
    renamed = str(expected.array.name or name)
    if renamed not in after.variables:
        return [Found("name of what was written", "", renamed, str(list(after.variables)))]
    wanted = expected.array
    if expected.plain and _options(case):
        wanted = chain.carry_out(chain.Chain(decoded), ops).array
    found = numbers(renamed, after.variables[renamed].values, np.asarray(wanted.values))
    if expected.plain and not found:
        found += _stored(case, name, raw.variables[renamed], path)
    return found


def _stored(case: dict, name: str, mine: Field, path: str) -> list[Found]:
    """The type in which a copy is stored is the file's, unless the numbers were decoded and nothing packs them."""
    wanted = theirs.variable(path, name, decode_cf=False, group=case["spec"].get("group")).dtype
    if case["spec"]["variables"][name].get("bool"):
        return []
    if mine.dtype != wanted.newbyteorder("=").name:
        return [Found("dtype of a copy that was written", name, wanted.name, mine.dtype)]
    return []
