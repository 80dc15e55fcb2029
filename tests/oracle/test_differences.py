"""The list of deliberate differences is true: each still shows in its own example, and nothing else explains it."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from .case import replay, run
from .differences import DIFFERENCES, SETTLED
from .wire import encode
from .worker import Worker


@pytest.fixture(scope="module")
def worker():
    worker = Worker()
    yield worker
    worker.close()


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_a_named_difference_still_shows(difference, worker):
    arrays, ops = difference.example()
    case = {"arrays": [encode(array) for array in arrays], "ops": ops, "variants": [None, [["x", 1]]]}
    outcome = run(case, replay(case), worker)
    assert outcome.failure is None
    assert outcome.verdicts[-1] == f"known: {difference.name}", "both sides agree now: take it off the list and out of the docs"


# NumPy's types that the prelude has not: xarray's answer is converted before it is compared.
TYPES = {
    "uint64": lambda: xr.DataArray(np.ones(2, "uint8")).sum(),
    "timedelta64": lambda: xr.DataArray(np.ones(2, "M8[ns]")) - np.datetime64(0, "ns"),
    "float16": lambda: np.sqrt(xr.DataArray(np.ones(2, "uint8"))),
}


@pytest.mark.parametrize("name", SETTLED)
def test_xarray_still_has_a_type_that_the_prelude_has_not(name):
    assert TYPES[name]().dtype.name.startswith(name)
