"""The same cells through `evcxr_jupyter`, the kernel that Rust has without us, side by side in the same run.

Only the cells that are plain Rust: the others would need a `:dep` on the prelude there, which takes a minute at every
start and slows each later cell, so leaving them out favours the stock kernel.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.cells import client
from bench.cells.floor import Floor
from bench.cells.notebook import notebook

VERSION = "0.22.0"
HELP = f"compare with evcxr_jupyter {VERSION} in ROOT/bin; installed there if it is missing (12 minutes on 2 cores)"
NAME = "stock-rust"


def measure(floor: Floor, runs: int, root: Path) -> dict:
    binary = root / "bin/evcxr_jupyter"
    if not binary.exists():
        install(floor, root)
    every = []
    with tempfile.TemporaryDirectory() as specs:
        write_kernelspec(Path(specs), binary)
        # It writes its own kernelspec anew at every start: into this folder, not into the user's.
        env = {"JUPYTER_PATH": specs, "JUPYTER_DATA_DIR": specs, "JUPYTER_CONFIG_DIR": specs}
        for _ in range(runs):
            begun = time.monotonic()
            with client.kernel(name=NAME, **env) as stock:
                client.seconds(stock, "0")
                stock_start = time.monotonic() - begun
                begun = time.monotonic()
                with client.kernel() as ours:
                    client.seconds(ours, "0")
                    our_start = time.monotonic() - begun
                    every.append(side_by_side(ours, stock, floor, our_start, stock_start))
    return {"version": VERSION, "ours": medians(every, "ours"), "stock": medians(every, "stock"), "every": every}


def side_by_side(ours, stock, floor: Floor, our_start: float, stock_start: float) -> dict:
    sides = {"ours": (ours, our_start), "stock": (stock, stock_start)}
    found: dict = {name: {"start": start, "times": {}} for name, (_, start) in sides.items()}
    for number, cell in enumerate(cell for cell in notebook() if cell.plain):
        for name, (kernel, _) in sides.items():
            found[name]["times"].setdefault(cell.kind, []).append(client.seconds(kernel, cell.code))
        if number % 5 == 4:
            floor.sample()
    for name, (kernel, _) in sides.items():
        found[name]["resident"] = sum(process.memory_info().rss for process in kernel.marked.now())
    return found


def medians(every: list[dict], side: str) -> dict:
    kinds = every[0][side]["times"]
    return {
        "start": statistics.median(one[side]["start"] for one in every),
        "resident": statistics.median(one[side]["resident"] for one in every),
        "seconds": {kind: statistics.median([t for one in every for t in one[side]["times"][kind]]) for kind in kinds},
    }


def install(floor: Floor, root: Path) -> None:
    print(f"installing evcxr_jupyter {VERSION} into {root}", file=sys.stderr, flush=True)
    command = [
        floor.toolchain["cargo"], "install", "evcxr_jupyter", "--version", VERSION, "--locked", "--root", str(root),
    ]  # fmt: skip
    subprocess.run(command, check=True)


def write_kernelspec(specs: Path, binary: Path) -> None:
    folder = specs / "kernels" / NAME
    folder.mkdir(parents=True)
    spec = {
        "argv": [str(binary), "--control_file", "{connection_file}"],
        "display_name": "Rust (stock)",
        "language": "rust",
        "interrupt_mode": "message",
    }
    (folder / "kernel.json").write_text(json.dumps(spec))
    os.environ["JUPYTER_PATH"] = os.pathsep.join([os.environ["JUPYTER_PATH"], str(specs)])
