"""Makes a failing notebook small: all that the failing cell does not need goes at once, then part by part what is left.

A try takes a start of the kernel and the cells, so the order of the tries matters more than their number: most
failures need the failing cell, what it uses, and at most a few cells before it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from . import program
from .model import valid
from .parts import Notebook

# A failure that is still large after so many tries is shown as it is.
TRIES = 40


def shrink(notebook: Notebook, kind: str, folder: Path, spoil=None):
    """The smallest notebook found and its first difference; `None` if the notebook does not fail alone."""
    from .campaign import judge

    left = TRIES

    def failure(candidate: Notebook, cached: bool = True):
        nonlocal left
        left -= 1
        with tempfile.TemporaryDirectory(dir=folder) as name:
            try:
                expected = program.answers([candidate], Path(name))
            except program.DoesNotCompile:
                return None
            found = judge([candidate], Path(name), expected, spoil, cached).differences[candidate.number]
        return next((one for one in found if one.kind == kind), None)

    wrong = failure(notebook)
    if wrong is None:
        return None
    cached = wrong.cached
    # What comes after the failure has no part in it.
    notebook = replace(notebook, cells=notebook.cells[: wrong.at + 1])
    kept = 1
    while kept < len(notebook.cells) and left > 0:
        candidate = needed(notebook, kept)
        if candidate != notebook and (found := failure(candidate, cached)) is not None:
            notebook, wrong = candidate, found
            break
        kept *= 2
    at = 0
    while left > 0:
        candidates = list(smaller(notebook))
        if at >= len(candidates):
            break
        if (found := failure(candidates[at], cached)) is not None:
            # The candidates before this one were tried on a larger notebook: most likely they fail no more.
            notebook, wrong = candidates[at], found
        else:
            at += 1
    return replace(notebook, cells=notebook.cells[: wrong.at + 1]), wrong


def needed(notebook: Notebook, kept: int) -> Notebook:
    """The last `kept` cells, and of the others only what those cannot be run without."""
    cells = list(notebook.cells)
    at = len(cells) - kept - 1
    while at >= 0:
        for candidate in (cells[:at] + cells[at + 1 :], *_without_a_part(cells, at)):
            if valid(candidate):
                # A part went: the same cell again. The whole cell went: the one before it.
                at += len(candidate) == len(cells)
                cells = candidate
                break
        at -= 1
    return replace(notebook, cells=tuple(cells))


def smaller(notebook: Notebook) -> Iterator[Notebook]:
    """Valid notebooks with one cell or one part less."""
    cells = list(notebook.cells)
    for at in range(len(cells)):
        for candidate in (cells[:at] + cells[at + 1 :], *_without_a_part(cells, at)):
            if candidate and valid(candidate):
                yield replace(notebook, cells=tuple(candidate))


def _without_a_part(cells: list, at: int) -> Iterator[list]:
    parts = cells[at].parts
    if len(parts) > 1:
        for gone in reversed(range(len(parts))):
            yield [*cells[:at], replace(cells[at], parts=parts[:gone] + parts[gone + 1 :]), *cells[at + 1 :]]
