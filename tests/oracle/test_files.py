"""The campaign over files: what is drawn from a seed, written by other libraries and read here, and written again here.

`ISOPLETH_ORACLE_FILES` and `ISOPLETH_SEED` change how many and which.
"""

from __future__ import annotations

import os

from .files.campaign import ARTEFACTS, campaign

CASES = int(os.environ.get("ISOPLETH_ORACLE_FILES", 500))
SEED = int(os.environ.get("ISOPLETH_SEED", 1))


def test_generated_files_come_out_as_rasterio_xarray_and_cfgrib_read_them(capsys, figure):
    table, failures = campaign(CASES, SEED, stop_after=10)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    (ARTEFACTS / "table.txt").write_text(table.text() + "\n")
    with capsys.disabled():
        print("\n" + table.text())
    figure("files read by other libraries and the prelude", table.cases)
    assert not failures, "\n\n".join(f"case {failure.number}: {failure.text}" for failure in failures[:5])
    assert table.cases == CASES
