"""The exercises as tests see them: the student's notebook, the teacher's, and a course in nbgrader."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from harness.lesson import small_sample

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TEACHING = NOTEBOOKS / "teaching"
ASSIGNMENT = "8-1-exercises"
SOURCE = TEACHING / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
STUDENT = NOTEBOOKS / "exercises" / f"{ASSIGNMENT}.ipynb"
POINTS = 2
COUNT = 10


def read(path: Path):
    return nbformat.read(path, as_version=4)


def code(notebook) -> dict[str, str]:
    """The sources of the code cells by their ids."""
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}


def solutions() -> dict[str, str]:
    """The cells of the exercises as somebody who can do them all leaves them."""
    cells = code(read(SOURCE))
    marks = ("// BEGIN SOLUTION", "// END SOLUTION")
    solved = {name: source for name, source in cells.items() if name.startswith("exercise-")}
    return {
        name: "\n".join(line for line in source.splitlines() if line.strip() not in marks)
        for name, source in solved.items()
    }


class Course:
    """A course folder in which nbgrader runs as a teacher runs it."""

    def __init__(self, root: Path, home: Path):
        self.root = root
        shutil.copytree(TEACHING, root, ignore=shutil.ignore_patterns("gradebook.db", "release"))
        # nbgrader calls `alembic` by its name.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.env = {**small_sample(home), "PATH": path}

    def nbgrader(self, command: str, *arguments: str) -> str:
        """Runs a command on the assignment, and returns what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", command, ASSIGNMENT, *arguments],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=1200,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def released(self) -> Path:
        return self.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"

    def submit(self, student: str, cells: dict[str, str]) -> None:
        """Hands in the released notebook with these cells changed."""
        notebook = read(self.released)
        for cell in notebook.cells:
            if cell.id in cells:
                cell.source = cells[cell.id]
        folder = self.root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")

    def marks(self, student: str) -> dict[str, float]:
        """What the gradebook has, by check."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            notebook = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student)
            assert notebook.max_score == POINTS * COUNT
            assert not any(grade.needs_manual_grade for grade in notebook.grades)
            return {grade.name: grade.score for grade in notebook.grades}

    def autograded(self, student: str):
        """The executed notebook."""
        return read(self.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")

    def feedback(self, student: str) -> str:
        """The page that the student gets."""
        return (self.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


def marked(*missed: int) -> dict[str, float]:
    """Full marks but for these exercises."""
    return {f"check-{n}": 0.0 if n in missed else float(POINTS) for n in range(1, COUNT + 1)}
