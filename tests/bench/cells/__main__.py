"""Measures an installation through a real Jupyter client, and prints a table of ratios.

    .venv/bin/python tests/bench/cells --prefix PREFIX

Times are from the request to the kernel's `idle`. The floor is a bare `rustc` that compiles and links one line
against the same prelude; it is measured again and again between the cells, since a machine's speed drifts. Absolute
times are those of one machine; read the ratios. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.cells import dependency, growth, hot_loop, lesson, notebook_run, start, stock, table  # noqa: E402
from bench.cells.floor import Floor  # noqa: E402

MEASURES = {
    "cells": notebook_run.measure,
    "growth": growth.measure,
    "start": start.measure,
    "lesson": lesson.measure,
    "hot-loop": hot_loop.measure,
    "dep": dependency.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench/cells", description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=Path, required=True, help="the installation to measure")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="how often everything is done (3)")
    parser.add_argument("--only", nargs="+", choices=MEASURES, metavar="NAME", help=f"of {', '.join(MEASURES)}")
    parser.add_argument("--stock", type=Path, metavar="ROOT", help=stock.HELP)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single time to FILE as well")
    parser.add_argument("--markdown", action="store_true", help="print README's table")
    options = parser.parse_args()

    prefix = options.prefix.resolve()
    specs = prefix / "share/jupyter"
    if not (specs / "kernels/isopleth").is_dir():
        parser.error(f"no installation in {prefix}: {specs}/kernels/isopleth is missing")
    # Before any kernel manager looks for it, and before a kernelspec of the same name elsewhere.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(specs), os.environ.get("JUPYTER_PATH")]))

    floor = Floor(prefix)
    found = {}
    for name in options.only or MEASURES:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        found[name] = MEASURES[name](floor, options.runs)
    if options.stock:
        print("measuring: stock", file=sys.stderr, flush=True)
        found["stock"] = stock.measure(floor, options.runs, options.stock.resolve())
    found["floor"] = floor.summary()
    print(table.markdown(found) if options.markdown else table.plain(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
