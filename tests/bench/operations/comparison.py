"""Measures one operation on both sides in turns, and compares what they say."""

from __future__ import annotations

from dataclasses import dataclass

from bench.operations.sections import Case
from bench.operations.sides import Side

# Sums of millions of single-precision numbers, added in another order and in another precision.
SHARE = 1e-3


@dataclass(frozen=True)
class Comparison:
    """Seconds of each round; the shortest counts."""

    case: Case
    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        """How many times as fast we are."""
        return min(self.theirs) / min(self.ours)

    @property
    def missed(self) -> bool:
        return self.ratio < self.case.target


def measure(case: Case, ours: Side, theirs: Side, rounds: int, folder: str) -> Comparison:
    """Half of the rounds on each side, then the other half: a machine's speed drifts."""
    request = {
        "section": case.section, "name": case.name, "cells": case.cells, "files": case.files,
        "threads": case.threads, "folder": folder, "rounds": (rounds + 1) // 2,
    }  # fmt: skip
    # The other side of what is written is our own computed form.
    itself = {**request, "name": f"{case.name} of computed"} if case.section == "netcdf" else None
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(2):
        answers = [asked(ours, request), asked(ours, itself) if itself else asked(theirs, request)]
        if not itself:
            agree(case, answers[0]["checksum"], answers[1]["checksum"])
        for seconds, answer in zip(times, answers, strict=True):
            seconds += answer["seconds"]
    return Comparison(case, *times)


def asked(side: Side, request: dict) -> dict:
    answer = side.ask(request)
    if "error" in answer:
        raise SystemExit(f"{request['name']}: {answer['error']}")
    return answer


def agree(case: Case, ours: list[float], theirs: list[float]) -> None:
    """Stops where the sums of what came out, or the numbers of missing values, differ.

    A reprojection by another library has another grid, so only its mean would agree: it is not compared.
    """
    if case.name.startswith("reproject"):
        return
    (our_sum, our_missing), (their_sum, their_missing) = ours, theirs
    close = abs(our_sum - their_sum) <= SHARE * max(abs(our_sum), abs(their_sum), 1.0)
    if not close or our_missing != their_missing:
        raise SystemExit(
            f"{case.key}: our sum is {our_sum!r} with {our_missing:.0f} missing, "
            f"theirs {their_sum!r} with {their_missing:.0f}"
        )
