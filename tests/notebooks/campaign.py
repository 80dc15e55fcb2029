"""Many notebooks: the program for all of them once, the kernel twice, first compiling every cell and then from its cache."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import generate, program, session
from .parts import Notebook, to_json
from .program import Answer
from .report import Table
from .shrink import shrink

ARTEFACTS = Path(__file__).parents[1] / "artefacts" / "notebooks"
# Notebooks that share a kernel: a start costs as much as a dozen cells, but old definitions pile up.
TOGETHER = 10
# Notebooks in one program: rustc needs about as long as for ten cells in the kernel.
IN_PROGRAM = 100


def cores() -> int:
    """Kernels at a time: rustc works for one cell of each."""
    return min(len(os.sched_getaffinity(0)), 8)


@dataclass
class Difference:
    """The first cell of a notebook in which the two sides disagree."""

    at: int
    cached: bool
    expected: Answer
    got: Answer
    said: str

    @property
    def kind(self) -> str:
        """What is wrong, without the values: differences of one kind most likely have one cause."""
        if self.expected.status != self.got.status:
            error = re.search(r"error\[(E\d+)\]|(cannot find \w+|no method|mismatched types|expected)", self.said)
            return f"{self.expected.status} is {self.got.status}" + (f" ({error[0]})" if error else "")
        return "stdout" if self.expected.stdout != self.got.stdout else "value"


@dataclass
class Failure:
    notebook: Notebook
    kind: str
    text: str


def differences(expected: list[Answer], got: list[tuple[Answer, str]], cached: bool) -> list[Difference]:
    found = []
    for at, right in enumerate(expected):
        answer, said = got[at] if at < len(got) else (Answer("no answer", "", None), "")
        if answer != right:
            found.append(Difference(at, cached, right, answer, said))
    return found


@dataclass
class Verdict:
    """What came of a group of notebooks that shared a kernel."""

    differences: dict[int, list[Difference]]
    seconds: Counter
    recompiled: int


def judge(notebooks: list[Notebook], folder: Path, expected: dict, spoil=None, twice: bool = True) -> Verdict:
    """Runs the notebooks in one kernel, and again in a new one with what the first left in its cache."""
    verdict = Verdict({notebook.number: [] for notebook in notebooks}, Counter(), 0)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        cache = Path(home) / "cache"
        for cached in (False, True)[: 1 + twice]:
            start = time.monotonic()
            before = _entries(cache)
            answers = session.run(notebooks, Path(home) / str(cached), cache, spoil if not cached else None)
            verdict.seconds["from the cache" if cached else "compiling"] += time.monotonic() - start
            if cached:
                verdict.recompiled = len(_entries(cache) - before)
            for notebook in notebooks:
                # Where nothing came at all, an earlier notebook took the kernel with it.
                got = answers.get(notebook.number, [])
                verdict.differences[notebook.number] += differences(expected[notebook.number], got, cached)
    return verdict


def _entries(cache: Path) -> set[Path]:
    return {path for path in cache.rglob("*") if path.is_file()} if cache.exists() else set()


def campaign(
    cells: int, seed: int, *, jobs: int = 1, stop_after: int = 25, shrink_at_most: int = 5, progress=None
) -> tuple[Table, list[Failure]]:
    """Notebooks of `seed` with at least so many cells; `jobs` kernels at a time."""
    table, failures = Table(), []
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    number = 0
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        folder = Path(name)
        while table.cells < cells and len(failures) < stop_after:
            notebooks = []
            while len(notebooks) < IN_PROGRAM and sum(len(n.cells) for n in notebooks) + table.cells < cells:
                notebooks.append(generate.notebook(seed, number))
                number += 1
            start = time.monotonic()
            expected = program.answers(notebooks, folder)
            table.seconds["rustc"] += time.monotonic() - start
            # As many groups for each kernel, so that none waits for the last one.
            count = max(jobs, -(-len(notebooks) // (TOGETHER * jobs)) * jobs)
            groups = [group for at in range(count) if (group := notebooks[at::count])]
            waiting = [pool.submit(judge, group, folder, {one.number: expected[one.number] for one in group}) for group in groups]
            for group, future in zip(groups, waiting):
                if len(failures) >= stop_after:
                    future.cancel()
                    continue
                verdict = future.result()
                table.seconds += verdict.seconds
                table.recompiled += verdict.recompiled
                for notebook in group:
                    wrong = verdict.differences[notebook.number]
                    table.add(notebook, {one.at for one in wrong})
                    if wrong:
                        small = len(failures) < shrink_at_most
                        failures.append(described(notebook, group, wrong[0], seed, folder, small))
                if progress:
                    progress(table, failures)
    return table, sorted(failures, key=lambda failure: failure.notebook.number)


def described(notebook: Notebook, group: list[Notebook], wrong: Difference, seed: int, folder: Path, small: bool) -> Failure:
    """What a reader needs: the smallest notebook found that fails, as text and as a file, and the commands that replay it."""
    lines = [f"notebook {notebook.number}, cell {wrong.at}: {wrong.kind}"]
    lines += [f"  python tests/notebooks --seed {seed} --replay {notebook.number}"]
    if small:
        shrunk = shrink(notebook, wrong.kind, folder)
        if shrunk is None:
            lines += ["  alone it does not fail: only after the notebooks before it in the same kernel"]
            before = group[: group.index(notebook) + 1]
            path = _saved(f"together-{seed}-{notebook.number}", before)
            lines += [f"  python tests/notebooks --case {os.path.relpath(path)}"]
        else:
            notebook, wrong = shrunk
            path = _saved(f"case-{seed}-{notebook.number}", [notebook])
            lines += [f"  python tests/notebooks --case {os.path.relpath(path)}   (shrunk)"]
    lines += in_full(notebook, wrong) if small else cells_near(notebook, wrong)
    return Failure(notebook, wrong.kind, "\n".join(lines))


def _saved(name: str, notebooks: list[Notebook]) -> Path:
    path = ARTEFACTS / f"{name}.json"
    path.write_text(json.dumps([to_json(one) for one in notebooks], ensure_ascii=False, indent=1) + "\n")
    return path


def cells_near(notebook: Notebook, wrong: Difference) -> list[str]:
    return [f"  cell {wrong.at}", *_indented(notebook.texts()[wrong.at]), *_sides(wrong)]


def in_full(notebook: Notebook, wrong: Difference) -> list[str]:
    lines = []
    for at, text in enumerate(notebook.texts()[: wrong.at + 1]):
        why = notebook.cells[at].why
        lines += [f"  cell {at}" + (f" ({why})" if why != "new" else ""), *_indented(text)]
    return lines + _sides(wrong)


def _indented(text: str) -> list[str]:
    return ["    | " + line for line in text.split("\n")]


def _sides(wrong: Difference) -> list[str]:
    where = "from its cache" if wrong.cached else "compiled"
    lines = [f"  the program: {wrong.expected}", f"  the kernel ({where}): {wrong.got}"]
    return lines + ["    # " + line for line in wrong.said.splitlines()[:25]]
