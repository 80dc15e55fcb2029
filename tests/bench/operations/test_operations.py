"""The benchmark notices wrong answers, sorts by what is missed, and runs from end to end on tiny arrays."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.operations import sections, sides, table
from bench.operations.comparison import Comparison, agree

CASE = sections.Case("memory", "exp", "1 MB", 1, 1.0, cells=250_000)


def test_a_wrong_sum_and_a_missing_value_too_many_are_noticed():
    agree(CASE, [1000.0, 3.0], [1000.5, 3.0])
    with pytest.raises(SystemExit, match="our sum is 1000.0"):
        agree(CASE, [1000.0, 3.0], [1002.0, 3.0])
    with pytest.raises(SystemExit, match="with 3 missing, theirs 1000.0 with 4"):
        agree(CASE, [1000.0, 3.0], [1000.0, 4.0])


def test_what_is_furthest_from_its_target_comes_first():
    good = Comparison(CASE, [1.0, 2.0], [3.0, 1.5])
    bad = Comparison(CASE, [1.0], [0.5])
    assert (good.ratio, good.missed, bad.missed) == (1.5, False, True)
    assert table.worst_first([good, bad]) == [bad, good]
    assert "1 of 2 targets are missed." in table.plain([good, bad], {CASE.key: 4.0})
    assert "4.00 x" in table.markdown([good], {CASE.key: 4.0})


def test_the_command_measures_every_operation_in_memory(tmp_path: Path):
    if not (sides.TARGET / "release" / sides.WORKER).exists():
        pytest.skip("the worker is not built: cargo build --release -p isopleth-operations")
    report = tmp_path / "report.json"
    command = [sys.executable, Path(sides.HERE), "--section", "memory", "labels", "--sizes", "40kB", "--rounds", "1"]
    done = subprocess.run([*map(str, command), "--json", str(report), "--worst-first"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = json.loads(report.read_text())["rows"]
    assert len(rows) == len(sections.IN_MEMORY) * 2 + len(sections.LABELS)
    assert "a * 1.8 + 32" in done.stdout and "targets" in done.stdout or "No target" in done.stdout
