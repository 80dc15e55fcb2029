"""The exercises as they lie in git: the teacher's notebook, and the student's, which nbgrader makes of it."""

import json
import os
import re
from pathlib import Path

import nbformat
import pytest

from harness.exercises import ASSIGNMENT, COUNT, POINTS, SOURCE, STUDENT, Course, code, read

TASKS = [f"exercise-{n}" for n in range(1, COUNT + 1)]
CHECKS = [f"check-{n}" for n in range(1, COUNT + 1)]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    home = tmp_path_factory.mktemp("course")
    course = Course(home / "course", home)
    course.nbgrader("generate_assignment")
    return course


def test_the_students_notebook_is_what_nbgrader_makes_of_the_teachers(course):
    remedy = "run `nbgrader generate_assignment 8-1-exercises` in notebooks/teaching and copy the notebook from release"
    assert read(course.released) == read(STUDENT), remedy


@pytest.mark.parametrize("path", [SOURCE, STUDENT], ids=["teacher", "student"])
def test_both_are_valid_clean_and_readable_in_git(path):
    notebook = read(path)
    nbformat.validate(notebook)
    text = path.read_text(encoding="utf-8")
    assert text.rstrip("\n") == json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    assert notebook.metadata.kernelspec == {"name": "isopleth", "display_name": "Rust (Isopleth)", "language": "rust"}
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", cell.id) for cell in notebook.cells)
    assert max(len(line) for cell in cells for line in cell.source.splitlines()) <= 110


def test_each_of_ten_tasks_has_a_text_a_started_cell_and_a_check():
    notebook = read(STUDENT)
    order = [cell.id for cell in notebook.cells]
    for n in range(1, COUNT + 1):
        text, task, check = (order.index(f"{part}-{n}") for part in ("text", "exercise", "check"))
        assert text < task < check
        assert notebook.cells[text].source.startswith(f"## {n}. ")
    cells = code(notebook)
    assert [name for name in cells if name.startswith("exercise-")] == TASKS
    for n, task, check in zip(range(1, COUNT + 1), TASKS, CHECKS, strict=True):
        assert cells[task].count('todo!("your code here")') == 1
        assert f'exercise("8-1.{n}")?' in cells[check]


def test_the_student_sees_neither_solutions_nor_hidden_tests():
    text = STUDENT.read_text(encoding="utf-8")
    assert not any(word in text for word in ("SOLUTION", "HIDDEN", "sel_nearest", "groupby(", "mapv(|c| if"))


def test_checks_are_locked_and_give_marks():
    for cell in read(STUDENT).cells:
        if cell.id in CHECKS:
            about = cell.metadata.nbgrader
            assert (about.grade, about.locked, about.points, about.grade_id) == (True, True, POINTS, cell.id)
            assert cell.metadata.editable is False and cell.metadata.deletable is False
        elif cell.id in TASKS:
            assert cell.metadata.nbgrader.solution and "editable" not in cell.metadata


def test_every_check_has_hidden_tests():
    cells = code(read(SOURCE))
    for check in CHECKS:
        assert "// BEGIN HIDDEN TESTS" in cells[check] and "// END HIDDEN TESTS" in cells[check]


def test_students_are_given_the_exercises_and_nothing_of_the_teachers():
    if "ISOPLETH_PREFIX" not in os.environ:
        pytest.skip("ISOPLETH_PREFIX is not set: which installation?")
    notebooks = Path(os.environ["ISOPLETH_PREFIX"]) / "share" / "isopleth" / "notebooks"
    assert read(notebooks / "exercises" / f"{ASSIGNMENT}.ipynb") == read(STUDENT)
    assert not any("SOLUTION" in path.read_text(encoding="utf-8") for path in notebooks.rglob("*.ipynb"))
