"""Notebooks that are run through Jupyter and, exported and built, as programs of their own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import nbclient
import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager

from harness.kernel import KERNEL
from harness.lesson import small_sample

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def isopleth(installed):
    """`isopleth("export", ...)` runs the installed command."""
    spec = KernelSpecManager().get_kernel_spec(KERNEL)
    command = spec.argv[0].replace("{resource_dir}", spec.resource_dir)

    def run(*arguments, cwd=None):
        return subprocess.run(
            [command, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
        )

    return run


@dataclass
class Program:
    """An exported project, built."""

    folder: Path
    said: str
    build: subprocess.CompletedProcess
    binary: Path

    @property
    def main(self) -> str:
        return (self.folder / "src/main.rs").read_text(encoding="utf-8")

    def run(self, home: Path, given: str = "") -> subprocess.CompletedProcess:
        home.mkdir(exist_ok=True)
        return subprocess.run(
            [self.binary], cwd=home, env=small_sample(home.parent), input=given, capture_output=True, text=True,
            timeout=900, check=False,
        )  # fmt: skip


@pytest.fixture(scope="session")
def program(isopleth, tmp_path_factory):
    """`program(notebook)` exports and builds a notebook.

    The crates that the prelude is made of were built with it: they are taken from there. Nothing is downloaded.
    """

    def make(notebook: Path, name: str) -> Program:
        folder = tmp_path_factory.mktemp("exported") / name
        done = isopleth("export", notebook, folder)
        assert done.returncode == 0, done.stderr
        target = ROOT / "target"
        build = subprocess.run(
            ["cargo", "build", "--release", "--offline", "--color=never"], cwd=folder,
            env={**os.environ, "CARGO_TARGET_DIR": str(target)}, capture_output=True, text=True, timeout=1800, check=False,
        )  # fmt: skip
        assert build.returncode == 0, build.stderr + (folder / "src/main.rs").read_text(encoding="utf-8")
        return Program(folder, done.stdout, build, target / "release" / name)

    return make


@dataclass
class Executed:
    """A notebook after Jupyter has run it: what it has shown as lines of text, and its pictures."""

    lines: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def executed():
    """`executed(notebook, home)` runs a notebook through Jupyter in the folder `home`."""

    def run(path: Path, home: Path) -> Executed:
        home.mkdir(exist_ok=True)
        notebook = nbformat.read(path, as_version=4)
        client = nbclient.NotebookClient(
            notebook, kernel_name=KERNEL, timeout=None, resources={"metadata": {"path": str(home)}}
        )
        client.execute(env=small_sample(home.parent))
        shown = Executed()
        # What answers a command or a question is the notebook's own.
        rust = [cell for cell in notebook.cells if cell.cell_type == "code" and not cell.source.startswith((":", "?"))]
        for output in (output for cell in rust for output in cell.outputs):
            if output.output_type == "stream":
                assert output.name == "stdout", output.text
                shown.lines += output.text.splitlines()
            elif output.output_type in ("execute_result", "display_data"):
                # What is said above the output, and the line that a progress bar leaves.
                if not output.data.get("text/html", "").startswith(('<div style="opacity', '<pre style="opacity')):
                    shown.lines += output.data["text/plain"].splitlines()
                    shown.pictures += [output.data["image/png"]] if "image/png" in output.data else []
        return shown

    return run
