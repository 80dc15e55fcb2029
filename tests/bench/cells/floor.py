"""The floor: the least that a compiled cell can take on this machine, at this moment."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ONE_LINE = """
use isopleth::prelude::*;
#[unsafe(no_mangle)] pub extern "C" fn cell() { println!("{}", 1 + 2); }
"""


class Floor:
    """Bare compiles of one line; every sample is kept, and a measure compares with those taken around it."""

    def __init__(self, prefix: Path):
        self.prefix = prefix
        library = prefix / "lib/isopleth"
        self.toolchain = json.loads((library / "toolchain.json").read_text(encoding="utf-8"))
        self._folder = tempfile.TemporaryDirectory()
        source = Path(self._folder.name) / "cell.rs"
        source.write_text(ONE_LINE, encoding="utf-8")
        self._command = [
            self.toolchain["rustc"], "--edition=2024", "--crate-type=cdylib", "-Cprefer-dynamic", "-Awarnings",
            "-L", f"dependency={library}/deps", "--extern", f"isopleth={library}/libisopleth.so",
            str(source), "-o", f"{self._folder.name}/cell.so",
        ]  # fmt: skip
        self.samples: list[float] = []
        # The first one reads the compiler from disk.
        self._compile()

    def _compile(self) -> float:
        begun = time.perf_counter()
        subprocess.run(self._command, check=True)
        return time.perf_counter() - begun

    def sample(self, times: int = 1) -> list[float]:
        """Seconds of so many compiles."""
        taken = [self._compile() for _ in range(times)]
        self.samples += taken
        return taken

    def summary(self) -> dict:
        return {
            "rustc": self.toolchain["verbose_version"].splitlines()[0],
            "seconds": statistics.median(self.samples) if self.samples else None,
            "samples": self.samples,
        }


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
