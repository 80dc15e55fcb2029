"""The comparisons as a table, the worst first, for a terminal or for the README."""

from __future__ import annotations

from bench.operations.comparison import Comparison

HEAD = ["work", "size", "threads", "here", "there", "ratio", "at least"]


def plain(comparisons: list[Comparison], baseline: dict[str, float]) -> str:
    table = [head(baseline), *(row(one, baseline) for one in comparisons)]
    widths = [max(len(line[at]) for line in table) for at in range(len(table[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in table]
    return "\n".join([*lines, "", missed(comparisons)])


def markdown(comparisons: list[Comparison], baseline: dict[str, float]) -> str:
    table = [head(baseline), *(row(one, baseline) for one in comparisons)]
    lines = [f"| {' | '.join(line)} |" for line in table]
    return "\n".join([lines[0], "|" + "---|" * len(table[0]), *lines[1:], "", missed(comparisons)])


def head(baseline: dict[str, float]) -> list[str]:
    return [*HEAD, "before", "gained"] if baseline else HEAD


def row(one: Comparison, baseline: dict[str, float]) -> list[str]:
    case, seconds = one.case, min(one.ours)
    cells = [
        case.name,
        case.size,
        str(case.threads),
        duration(seconds),
        duration(min(one.theirs)),
        f"{one.ratio:.2f} x" + (" (missed)" if one.missed else ""),
        f"{case.target:.2g} x",
    ]
    if not baseline:
        return cells
    before = baseline.get(case.key)
    return [*cells, *([duration(before), f"{before / seconds:.2f} x"] if before else ["", ""])]


def duration(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{1e6 * seconds:.0f} µs"
    if seconds < 0.1:
        return f"{1e3 * seconds:.1f} ms"
    return f"{1e3 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def worst_first(comparisons: list[Comparison]) -> list[Comparison]:
    """By how far each is from what is aimed at."""
    return sorted(comparisons, key=lambda one: one.ratio / one.case.target)


def missed(comparisons: list[Comparison]) -> str:
    count = sum(one.missed for one in comparisons)
    return f"{count} of {len(comparisons)} targets are missed." if count else "No target is missed."
