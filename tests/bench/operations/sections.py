"""What is compared: names that both sides know, the sizes of their arrays, and the ratios that are aimed at."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000
SIZES = {"1 MB": MB // 4, "38 MB": 38 * MB // 4, "400 MB": 400 * MB // 4}
THREADS = (1, 2)

# Bound by memory: two threads gain less.
COPIES = ("a + b", "concat", "transpose", "astype", "isel with a step")
IN_MEMORY = (
    "a * 1.8 + 32",
    "clip",
    "exp",
    "ln",
    "sin",
    "pow",
    "where",
    "compare",
    "fillna",
    "map",
    "a + coord",
    *COPIES,
    "diff",
    "sum",
    "mean",
    "min",
    "max",
    "std",
    "count",
    "median",
    "corr",
    "weighted mean",
    "rolling mean",
    "cumsum",
    "sortby",
    "groupby mean",
)
LABELS = {"sel of a twentieth of the labels": 100_000, "mean of groups": 20_000}
GROWTH = (50, 100, 200, 366)
LAZY = {
    "reproject, mean": (200, 5.0),
    "rolling mean 7, max": (366, 12.0),
    "anomalies, max": (366, 1.0),
    "quantile": (366, 1.0),
    "trend": (366, 1.0),
    "zonal": (366, 1.0),
    "resample": (366, 1.0),
    "std": (366, 1.0),
}
SECTIONS = ("memory", "labels", "lazy", "netcdf")


@dataclass(frozen=True)
class Case:
    """One row: an operation on so many cells (or labels, or groups) or files, with so many threads."""

    section: str
    name: str
    size: str
    threads: int
    target: float
    cells: int = 0
    files: int = 0

    @property
    def key(self) -> str:
        return f"{self.section}/{self.name}/{self.size}/{self.threads}"


def cases(sections: list[str], only: list[str], sizes: list[str], threads: list[int], days: int) -> list[Case]:
    """In an order in which neighbours use the same arrays. `only` are parts of names; `days` how many files there are."""
    found: list[Case] = []
    if "memory" in sections:
        for size in sizes:
            for name in IN_MEMORY:
                for count in threads:
                    target = 1.0 if count == 1 else 1.2 if name in COPIES else 1.5
                    found.append(Case("memory", name, size, count, target, cells=cells(size)))
    if "labels" in sections:
        for name, number in LABELS.items():
            found.append(Case("labels", name, f"{number:,}", max(threads), 1.0, cells=number))
    if "lazy" in sections:
        for name, (files, target) in LAZY.items():
            files = min(files, days)
            found.append(Case("lazy", name, f"{files} files", max(threads), target, files=files))
        for files in dict.fromkeys(min(files, days) for files in GROWTH):
            found.append(Case("lazy", "mean", f"{files} files", max(threads), 1.0, files=files))
    if "netcdf" in sections:
        # The other side of this row is our own computed form, which may be 1.2 times as fast.
        found.append(Case("netcdf", "to_netcdf", "lazy beside computed", max(threads), 1 / 1.2))
    return [case for case in found if not only or any(part in case.name for part in only)]


def cells(size: str) -> int:
    """How many single-precision numbers a size in words is: `38 MB`, `20 kB`."""
    number, unit = size.split()
    return int(float(number) * {"kB": 1000, "MB": MB, "GB": 1000 * MB}[unit]) // 4
