"""Times the lesson's work on full-size rasters, here and in the Python stack, and prints a table of ratios.

    .venv/bin/pip install -r tests/bench/rasters/requirements.txt
    .venv/bin/python tests/bench/rasters --prefix PREFIX

Both sides read the same files, in turns; each value is the median of its runs. Our side is cells of a new kernel, the other
side a new Python process, and neither's start, imports or compilation counts. What they compute is compared as well.
Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.rasters import days, files, layouts, picture, table, versions, writing, year  # noqa: E402
from bench.rasters.settings import Settings  # noqa: E402

MEASURES = {
    "loop": days.loop,
    "pool": days.pool,
    "mean": year.mean,
    "months": year.months,
    "pixel": year.pixel,
    "layouts": layouts.measure,
    "write": writing.measure,
    "picture": picture.measure,
    "scaling": year.scaling,
}
DATA = Path(__file__).resolve().parents[3] / "target/bench-rasters"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench/rasters", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--prefix", type=Path, required=True, help="the installation to measure")
    add("--data", type=Path, default=DATA, metavar="FOLDER", help="where the files are, or are made (target/bench-rasters)")
    add("--files", type=positive, default=files.DAYS, metavar="N", help=f"days of the year, 26 MB each ({files.DAYS})")
    add("--loop-files", type=positive, default=30, metavar="N", help="of these, for the sequential loop (30)")
    add("--pool-files", type=positive, default=60, metavar="N", help="of these, for the pool (60)")
    add("--workers", type=positive, default=2, metavar="N", help="threads here, processes there (2)")
    add("--runs", type=positive, default=3, metavar="N", help="how often everything is done (3)")
    add("--year-runs", type=positive, metavar="N", help="the same for what reads the whole year (as --runs)")
    add("--only", nargs="+", choices=MEASURES, metavar="NAME", help=f"of {', '.join(MEASURES)}")
    add("--json", type=Path, metavar="FILE", help="write every single value to FILE as well, after each measure")
    add("--markdown", action="store_true", help="print README's table")
    options = parser.parse_args()
    options.prefix = options.prefix.resolve()
    if not (options.prefix / "share/jupyter/kernels/isopleth").is_dir():
        parser.error(f"no installation in {options.prefix}: share/jupyter/kernels/isopleth is missing there")
    if options.files > files.DAYS:
        parser.error(f"--files {options.files}: the year has {files.DAYS} days")
    return options


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def main() -> None:
    options = parse()
    # Before any kernel manager looks for it, and before a kernelspec of the same name elsewhere.
    specs = str(options.prefix / "share/jupyter")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [specs, os.environ.get("JUPYTER_PATH")]))
    # What is measured here is set by the measures themselves.
    os.environ.pop("ISOPLETH_DECODER", None)

    settings = Settings(
        data=options.data.resolve(),
        files=options.files,
        loop_files=min(options.loop_files, options.files),
        pool_files=min(options.pool_files, options.files),
        runs=options.runs,
        year_runs=options.year_runs or options.runs,
        workers=options.workers,
    )
    about = versions.collect(options.prefix)
    found = []
    for name in options.only or MEASURES:
        found += MEASURES[name](settings)
        if options.json:
            every = [{**asdict(comparison), "ratio": comparison.ratio} for comparison in found]
            report = {**about, "comparisons": every}
            options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shown = table.markdown if options.markdown else table.plain
    print(shown(found, versions.text(about)))


if __name__ == "__main__":
    main()
