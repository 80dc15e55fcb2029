"""The machine that measurements were made on, in words."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def processor() -> str:
    """The processor's model, and the cores that this process may use."""
    model = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        models = [
            line.split(":", 1)[1].strip()
            for line in information.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = models[0] if models else model
    return f"{model}, {len(os.sched_getaffinity(0))} cores"
