"""The two processes that are measured: our worker, and Python with numpy, xarray and dask in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORKER = "isopleth-operations"
# Where these are set they make OpenBLAS, and numpy with it, take another processor's code.
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class Side:
    """A process that answers one line of JSON with another."""

    def __init__(self, command: list[str | Path]) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in SLOWING}
        self._process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def ask(self, request: dict) -> dict:
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args[0]} ended with {self._process.wait()} at {request}")
        return json.loads(line)

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_) -> None:
        self._process.stdin.close()
        self._process.wait()


def ours() -> Side:
    """The worker, built as the installed library is: with the release profile."""
    build = ["cargo", "build", "--release", "--locked", "--quiet", "-p", WORKER]
    subprocess.run(build, cwd=ROOT, check=True)
    return Side([TARGET / "release" / WORKER])


def theirs() -> Side:
    """Python in an environment that has what `requirements.txt` names, and nothing else."""
    folder = TARGET / "bench-operations/venv"
    python = folder / "bin/python"
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    installed = folder / "installed.txt"
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", HERE / "requirements.txt"]
        subprocess.run([str(part) for part in pip], check=True)
        installed.write_text(wanted, encoding="utf-8")
    return Side([python, HERE / "peer.py"])
