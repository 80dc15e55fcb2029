"""The campaign: cases drawn from a seed agree with xarray, in memory and in chunks.

`ISOPLETH_ORACLE_CASES` and `ISOPLETH_SEED` change how many and which.
"""

from __future__ import annotations

import os

from .campaign import ARTEFACTS, campaign

CASES = int(os.environ.get("ISOPLETH_ORACLE_CASES", 3000))
SEED = int(os.environ.get("ISOPLETH_SEED", 1))


def test_generated_operations_agree_with_xarray(capsys, figure):
    table, failures = campaign(CASES, SEED, stop_after=10)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    (ARTEFACTS / "table.txt").write_text(table.text() + "\n")
    with capsys.disabled():
        print("\n" + table.text())
    figure("cases run through xarray and the prelude", table.cases)
    assert not failures, "\n\n".join(f"case {failure.number}: {failure.text}" for failure in failures[:5])
    assert table.cases == CASES
