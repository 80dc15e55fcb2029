"""What was measured, as a table for a terminal or for the README."""

from __future__ import annotations

from dataclasses import dataclass

from bench.machine import processor


@dataclass(frozen=True)
class Row:
    what: str
    measured: str
    compared: str = ""
    target: str = ""

    def cells(self) -> list[str]:
        return [self.what, self.measured, self.compared, self.target]


HEAD = Row("what", "measured", "ratio", "target")


def rows(found: dict) -> list[Row]:
    table = []
    for name, rows_of in ROWS.items():
        if name in found:
            table += rows_of(found[name])
    return table


def of_cells(cells: dict) -> list[Row]:
    cold, again = cells["cold"], cells["again"]
    table = [
        Row(
            "trivial cell, median", ms(cold["seconds"]["trivial"]),
            over(cold["ratio"]["trivial"]["p50"], "floor"), "1.5 x floor",
        ),
        Row("trivial cell, 95th percentile", "", over(cold["ratio"]["trivial"]["p95"], "floor"), "4 x floor"),
        Row(
            "trivial cell that was compiled before, after a restart", ms(again["seconds"]["trivial"]),
            over(again["ratio"]["trivial"]["p50"], "floor"), "0.7 x floor",
        ),
    ]  # fmt: skip
    for kind, what in (
        ("let", "cell with a `let`"),
        ("item", "cell with a function or type"),
        ("show", "cell of other work"),
    ):
        table.append(Row(f"{what}, median", ms(cold["seconds"][kind]), over(cold["ratio"][kind]["p50"], "floor")))
    return table


def of_growth(growth: dict) -> list[Row]:
    return [Row("trivial cell with 30 variables, to one with 2", ms(growth["many"]), over(growth["ratio"]), "1.2 x")]


def of_start(start: dict) -> list[Row]:
    return [
        Row("start of the process to `kernel_info_reply`", ms(start["kernel_info"]), "", "300 ms"),
        Row("start of the process to the first `1 + 1`", s(start["sum"]), "", "2.5 s"),
        Row("start of the process to the first `let` of a `DataArray`", s(start["let"]), "", "3 s"),
    ]


def of_lesson(lesson: dict) -> list[Row]:
    slowest = lesson["slowest"]
    return [
        Row("resident memory after the lesson's first 22 cells", mb(lesson["resident"]), "", "450 MB"),
        Row("the same, with shared pages counted once", mb(lesson["proportional"])),
        Row(
            "lesson, Restart and Run All: beyond the cells' own work", s(lesson["overhead"]),
            f"of {s(lesson['total'])} in all",
        ),
        Row("the same, of a cell", ms(lesson["median"]), f"at most {ms(slowest['seconds'])} (cell {slowest['cell']})"),
    ]  # fmt: skip


def of_loop(loops: dict) -> list[Row]:
    squares, over_map = loops["sum of squares"], loops["loop over a map"]
    return [
        Row("sum of squares of 100 million numbers, to the same in a release build", ms(squares["cell"]), over(squares["ratio"]), "1.1 x"),
        Row("the lesson's loop over a map of 19 million, to the same", ms(over_map["cell"]), over(over_map["ratio"]), "1.1 x"),
    ]  # fmt: skip


def of_dependency(dependency: dict) -> list[Row]:
    return [
        Row("`:dep itoa` (with the network)", s(dependency["dep"])),
        Row("trivial cell after `:dep`, to one before", ms(dependency["after"]), over(dependency["ratio"]), "1.5 x"),
    ]


def of_stock(both: dict) -> list[Row]:
    ours, stock = both["ours"], both["stock"]
    beside = f"evcxr_jupyter {both['version']}"
    table = [Row("start to the first result", s(ours["start"]), f"{s(stock['start'])} with {beside}")]
    for kind, what in (("trivial", "trivial cell"), ("let", "cell with a `let`"), ("show", "cell of other work")):
        times = stock["seconds"][kind] / ours["seconds"][kind]
        table.append(
            Row(
                f"{what}, plain Rust, median",
                ms(ours["seconds"][kind]),
                f"{ms(stock['seconds'][kind])} there ({times:.1f} x)",
            )
        )
    return [*table, Row("resident memory after these cells", mb(ours["resident"]), f"{mb(stock['resident'])} there")]


def of_floor(floor: dict) -> list[Row]:
    if not floor["samples"]:
        return []
    return [
        Row("floor: bare `rustc`, one line against the prelude", ms(floor["seconds"]), f"n = {len(floor['samples'])}")
    ]


ROWS = {
    "floor": of_floor,
    "cells": of_cells,
    "growth": of_growth,
    "start": of_start,
    "lesson": of_lesson,
    "hot-loop": of_loop,
    "dep": of_dependency,
    "stock": of_stock,
}


def plain(found: dict) -> str:
    table = [row.cells() for row in [HEAD, *rows(found)]]
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([machine(found), "", *lines])


def markdown(found: dict) -> str:
    table = [row.cells() for row in [HEAD, *rows(found)]]
    lines = [f"| {' | '.join(row)} |" for row in table]
    return "\n".join([lines[0], "|" + "---|" * len(table[0]), *lines[1:], "", f"Measured on {machine(found)}."])


def machine(found: dict) -> str:
    return f"{processor()}, {found['floor']['rustc']}"


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def s(seconds: float) -> str:
    return f"{seconds:.1f} s"


def mb(size: float) -> str:
    return f"{size / 2**20:.0f} MB"


def over(ratio: float, what: str = "") -> str:
    return f"{ratio:.2f} x {what}".rstrip()
