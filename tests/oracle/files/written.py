"""What every comparison of a written file needs."""

from __future__ import annotations

import numpy as np

from . import compare, ours
from .canonical import Refused
from .compare import Found


def outcome(answer: dict) -> str | None:
    """Why ours wrote nothing; None where it did."""
    try:
        ours.result(answer.get("result"))
        ours.result(answer.get("written"))
    except Refused as refused:
        return str(refused)
    return None


def numbers(where: str, ours_: np.ndarray, wanted: np.ndarray) -> list[Found]:
    """Decoded numbers: the same to the rounding of the coarser type, missing in the same places."""
    if ours_.shape != wanted.shape:
        return [Found("shape of what was written", where, str(wanted.shape), str(ours_.shape))]
    if wanted.dtype.kind in "iub" and ours_.dtype.kind in "iub":
        wrong = np.asarray(ours_ != wanted)
    else:
        a, b = ours_.astype("f8"), wanted.astype("f8")
        with np.errstate(all="ignore"):
            close = np.abs(a - b) <= 1e-5 * np.maximum(1, np.maximum(np.abs(a), np.abs(b)))
        wrong = ~(close | (a == b) | (np.isnan(a) & np.isnan(b)))
    if not wrong.any():
        return []
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    kind = compare.kind_of(ours_, wanted, wrong)
    return [
        Found(
            f"{kind} in what was written", where, f"{wanted[at]!r} at {at}, {int(wrong.sum())} of {wrong.size}", repr(ours_[at])
        )
    ]


def may_not_fit(stored: dict) -> bool:
    """Whether numbers that were decoded may be none that can be stored as they were.

    Once they have a missing value or a scale they are floats, which do not hold all integers of 64 bits; with a scale of 32 bits
    not all of 32, and the largest are rounded to numbers beyond.
    """
    changed = {"scale", "offset", "fill", "missing_value"} & set(stored)
    wide = stored.get("dtype") in ("int64", "uint64") and bool(changed)
    return wide or stored.get("dtype") in ("int32", "uint32") and stored.get("scale", [0, ""])[1] == "float32"
