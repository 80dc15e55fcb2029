"""Runs peer.py: a new process for each measurement, with its peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.rasters.memory import Peak

SCRIPT = Path(__file__).with_name("peer.py")
# Where these are set they make OpenBLAS, and numpy with it, take another processor's code.
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


@dataclass
class Answer:
    """`memory` is in bytes."""

    seconds: float | None
    value: object
    memory: int


def run(work: str, files: list[Path] | None = None, **options) -> Answer:
    """Does a piece of work; `options` are those of peer.py."""
    command = [sys.executable, str(SCRIPT), work]
    for name, value in options.items():
        command += [f"--{name}", *map(str, value if isinstance(value, tuple) else (value,))]
    environment = {name: value for name, value in os.environ.items() if name not in SLOWING}
    with tempfile.TemporaryFile("w+") as errors:
        arguments = [*command, "--", *map(str, files or [])]
        process = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
        with Peak(process.pid) as peak:
            output, _ = process.communicate()
        errors.seek(0)
        if process.returncode != 0:
            raise SystemExit(f"peer.py {work} failed with {process.returncode}:\n{errors.read()[-4000:]}")
    line = json.loads(output.splitlines()[-1])
    return Answer(line["seconds"], line["value"], peak.bytes)
