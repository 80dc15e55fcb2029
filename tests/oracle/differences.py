"""Where the prelude differs from xarray on purpose, by name: what, why, and a case in which it shows.

`docs/for-xarray-users.md` has the same list for readers. `test_differences.py` fails if one of them no longer shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np
import xarray as xr


@dataclass
class Context:
    """All that is known about an operation in which the two sides differ."""

    op: dict
    before: object
    env: list
    result: object
    error: Exception | None
    ours: dict
    problem: str


@dataclass(frozen=True)
class Difference:
    name: str
    reason: str
    applies: Callable[[Context], bool]
    # Arrays and operations in which it shows; the last operation is the one.
    example: Callable[[], tuple[list[xr.DataArray], list[dict]]]


# Types that NumPy has and the prelude has not: xarray's answer is brought to the prelude's type before it is compared.
SETTLED = {
    "uint64": "sums of unsigned integers are int64, like all sums of integers: there is no uint64",
    "timedelta64": "differences of dates are int64 nanoseconds: there is no timedelta type",
    "float16": "functions of bool and uint8 are float32: there is no float16",
    "int8": "powers and remainders of bool are uint8: there is no int8",
}


def settle(result) -> tuple[object, list[str]]:
    """xarray's result in types that the prelude has, and which were replaced."""
    if isinstance(result, xr.DataArray):
        return _settled(result)
    if isinstance(result, xr.Dataset):
        names: list[str] = []
        for name in result.data_vars:
            array, found = _settled(result[name])
            if found:
                result = result.assign({name: array})
                names += found
        return result, names
    pairs = [_settled(array) for array in result]
    return [array for array, _ in pairs], [name for _, found in pairs for name in found]


def _settled(array: xr.DataArray) -> tuple[xr.DataArray, list[str]]:
    kind = array.dtype
    if kind == np.uint64:
        return array.astype("int64"), ["uint64"]
    if kind.kind == "m":
        return array.copy(data=array.values.astype("timedelta64[ns]").astype("int64")), ["timedelta64"]
    if kind == np.float16:
        return array.astype("float32"), ["float16"]
    if kind == np.int8:
        return array.astype("uint8"), ["int8"]
    return array, []


DIFFERENCES: list[Difference] = []


def known(context: Context) -> str | None:
    """The name of the difference that explains this one."""
    return next((one.name for one in DIFFERENCES if one.applies(context)), None)
