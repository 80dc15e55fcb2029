"""What a kernel holds at one moment: memory, descriptors, threads, files; to compare with a later moment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.kernel import Kernel

# The processes that a kernel has all the time.
ROLES = ("kernel", "worker", "analysis", "keeper")


# A share of the full numbers of rounds; what the tests ask for holds for any.
SHARE = float(os.environ.get("ISOPLETH_SOAK", "0.3"))
SEED = int(os.environ.get("ISOPLETH_SEED", "8"))


def rounds(full: int, least: int = 3) -> int:
    return max(least, round(full * SHARE))


def by_role(kernel: Kernel) -> dict[str, list[psutil.Process]]:
    """The kernel's processes by what they are: one of `ROLES`; anything else by its name."""
    roles: dict[str, list[psutil.Process]] = {}
    for process in kernel.marked.now():
        try:
            words = process.cmdline()
            isopleth = len(words) > 1 and Path(words[0]).name == "isopleth"
            role = words[1] if isopleth else process.name()
        except psutil.Error:
            continue
        roles.setdefault(role, []).append(process)
    return roles


def the(kernel: Kernel, role: str) -> psutil.Process:
    """The only process of a role."""
    found = by_role(kernel).get(role, [])
    assert len(found) == 1, f"{len(found)} processes are {role}: {found}"
    return found[0]


def folder(kernel: Kernel) -> Path:
    """The kernel's folder in the temporary folder."""
    return Path(the(kernel, "keeper").cmdline()[2])


def zombies(kernel: Kernel) -> list[psutil.Process]:
    """Children that have ended and that the kernel has not waited for."""
    return [
        child
        for child in psutil.Process(kernel.manager.provisioner.pid).children(recursive=True)
        if child.status() == psutil.STATUS_ZOMBIE
    ]


@dataclass(frozen=True)
class Holdings:
    """Of a kernel's lasting processes together, but for the files, which are those in its temporary folder."""

    bytes: int
    descriptors: int
    threads: int
    files: int

    @classmethod
    def of(cls, kernel: Kernel) -> Holdings:
        processes = [the(kernel, role) for role in ROLES]
        return cls(
            bytes=sum(process.memory_info().rss for process in processes),
            descriptors=sum(process.num_fds() for process in processes),
            threads=sum(process.num_threads() for process in processes),
            files=sum(1 for path in kernel.tmp.rglob("*") if path.is_file()),
        )

    def __str__(self) -> str:
        return f"{self.bytes >> 20} MB, {self.descriptors} descriptors, {self.threads} threads, {self.files} files"
