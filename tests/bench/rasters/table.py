"""The comparisons as a table, for a terminal or for the README."""

from __future__ import annotations

from itertools import groupby

from bench.rasters.comparison import Comparison

HEAD = ["work", "here", "compared with", "there", "ratio", "at least"]


def plain(comparisons: list[Comparison], about: str) -> str:
    """Every comparison by itself."""
    table = [HEAD, *(row([one]) for one in comparisons)]
    widths = [max(len(line[at]) for line in table) for at in range(len(HEAD))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in table]
    return "\n".join([about, "", *lines, "", missed(comparisons)])


def markdown(comparisons: list[Comparison], about: str) -> str:
    """Comparisons of one group share a row, which has the range of their medians and their lowest ratio."""
    table = [HEAD, *(row(list(group)) for _, group in groupby(comparisons, key=lambda one: one.group or id(one)))]
    lines = [f"| {' | '.join(line)} |" for line in table]
    rule = "|" + "---|" * len(HEAD)
    return "\n".join([lines[0], rule, *lines[1:], "", missed(comparisons), "", f"Measured on {about}."])


def row(group: list[Comparison]) -> list[str]:
    first = group[0]
    ours, theirs = [one.our_median for one in group], [one.their_median for one in group]
    worst = min(group, key=lambda one: one.ratio)
    target = f"{first.target:g} x" if first.target else ""
    return [
        (first.group or first.what) if len(group) > 1 else first.what,
        measured(ours, first),
        first.peer,
        measured(theirs, first),
        f"{worst.ratio:.2f} x" + (" (missed)" if any(one.missed for one in group) else ""),
        target,
    ]


def measured(medians: list[float], comparison: Comparison) -> str:
    """From the least to the most; with the time of one file, where a value stands for several."""
    low, high = min(medians), max(medians)
    if comparison.unit == "MB":
        return f"{low:,.0f} MB"
    if comparison.files > 1:
        return f"{duration(low)} ({1000 * low / comparison.files:.0f} ms a file)"
    return duration(low) if duration(low) == duration(high) else f"{duration(low)} to {duration(high)}"


def duration(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"


def missed(comparisons: list[Comparison]) -> str:
    """Which targets are missed, in a sentence."""
    names = dict.fromkeys(one.group or one.what for one in comparisons if one.missed)
    return f"Targets that are missed: {'; '.join(names)}." if names else "No target is missed."
