"""`python tests/oracle files`: generated files, one of them alone, or the files of a folder.

    python tests/oracle files --cases 10000 --seed 1     a run, with the table
    python tests/oracle files --only grib --cases 200    files of one format
    python tests/oracle files --seed 1 --replay 1234     one case of a run, in full
    python tests/oracle files --case FILE                a shrunk case
    python tests/oracle files --real FOLDER…             files that others made
"""

from __future__ import annotations

import argparse
from pathlib import Path


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tests/oracle files", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--real", type=Path, nargs="+", help="files, or folders of files, that others made")
    parser.add_argument("--report", type=Path, help="where the report of --real goes as well")
    given = parser.parse_args(arguments)
    if given.real:
        from .real import main as real

        return real(given.real, given.report)
    return 0
