"""The worker process: the prelude behind a pipe."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
# As it was before any library that is compared with changed it.
ENVIRONMENT = dict(os.environ)
# An answer begins with one of its parts.
ANSWER = re.compile(r'\{"(variants|opened|result|protocol)":.*')


class Hung(Exception):
    """No answer: the operation never ends."""


def program() -> Path:
    """The built worker: `ISOPLETH_ORACLE`, or the newest under target/."""
    if given := os.environ.get("ISOPLETH_ORACLE"):
        return Path(given)
    built = [path for profile in ("release", "debug") if (path := ROOT / "target" / profile / "isopleth-oracle").exists()]
    if not built:
        raise FileNotFoundError(
            "the worker is not built: cargo build --release --locked --workspace --bin isopleth-oracle"
        )
    return max(built, key=lambda path: path.stat().st_mtime)


class Worker:
    """One worker; it is started when first asked, and again after it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None

    def ask(self, request: dict) -> dict:
        """The answer, or `{"died": how}`: a crash of the worker is an answer too."""
        if self._process is None:
            # Two threads: lazy results must not depend on how many there are, and cores are shared with xarray.
            environment = {**ENVIRONMENT, "RAYON_NUM_THREADS": "2"}
            self._process = subprocess.Popen(
                [program()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True, bufsize=1
            )
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._line()
            # Libraries below the prelude print on stdout too, some without an end of line.
            while line and not (found := ANSWER.search(line)):
                line = self._line()
            line = line and found[0]
        except BrokenPipeError:
            line = ""
        if not line:
            code = self._process.wait()
            self._process = None
            return {"died": f"the worker ended with {code}"}
        return json.loads(line)

    def _line(self) -> str:
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        if not ready:
            self.close()
            raise Hung(f"no answer within {PATIENCE:.0f} s")
        return self._process.stdout.readline()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
