"""nbgrader marks submissions for real: solved, untouched, one that panics, one that never ends, and what else comes in."""

import re

import pytest

from harness.exercises import Course, marked, solutions
from harness.kernel import without_colours

# A cell that is to end has this long; the one that never ends is waited for that long.
PATIENCE = 120
IMPATIENCE = 30


@pytest.fixture(scope="module")
def course(installed, tmp_path_factory):
    home = tmp_path_factory.mktemp("grading")
    course = Course(home / "course", home)
    course.nbgrader("generate_assignment")
    solved = solutions()
    course.submit("solved", solved)
    course.submit("untouched", {})
    course.submit(
        "panicking",
        {
            **solved,
            # In a function that the check calls, and in a cell of its own.
            "exercise-2": solved["exercise-2"].replace("celsius.mapv(", 'panic!("no idea"); celsius.mapv('),
            "look-8": "let none: Option<f64> = None;\nnone.unwrap()",
        },
    )
    course.submit(
        "careless",
        {
            **solved,
            # Does not compile; a date that was guessed; counts the ocean; a check that was emptied.
            "exercise-1": solved["exercise-1"].replace("day - 1", "dya - 1"),
            "exercise-3": 'fn hottest_day(files: &[PathBuf]) -> Result<DateTime> {\n    "2016-01-01".parse()\n}',
            "exercise-4": solved["exercise-4"].replace("land as f64", "celsius.len() as f64"),
            "check-5": "// nothing to see here",
        },
    )
    # A recursion without end takes the process with it.
    endless_depth = solved["exercise-9"].replace('corr(da, &da.mean(["y", "x"])?, "time")', "Ok(-with_region(da)?)")
    course.submit("crashing", {**solved, "exercise-9": endless_depth})
    course.nbgrader("autograde", f"--Execute.timeout={PATIENCE}")
    course.submit("endless", {**solved, "exercise-6": loops_for_ever(solved["exercise-6"])})
    course.nbgrader("autograde", "--student=endless", f"--Execute.timeout={IMPATIENCE}")
    course.nbgrader("generate_feedback")
    return course


def loops_for_ever(source):
    return source.replace("da.sel_nearest", "let mut turns = 0u64;\n    loop { turns += 1; }\n    da.sel_nearest")


def outputs(course, student, cell_id):
    return next(cell for cell in course.autograded(student).cells if cell.id == cell_id).outputs


def sentence(course, student, cell_id):
    """The text of the one error of a cell."""
    errors = [output for output in outputs(course, student, cell_id) if output.output_type == "error"]
    assert len(errors) == 1, errors
    return without_colours("\n".join(errors[0].traceback))


def test_the_solved_version_has_full_marks(course):
    assert course.marks("solved") == marked()


def test_the_solved_version_is_quiet(course):
    for cell in course.autograded("solved").cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error" and output.get("name") != "stderr", (cell.id, output)
        if cell.id.startswith("check-"):
            text = "".join(output.text for output in cell.outputs if output.output_type == "stream")
            assert text and all(line.startswith("✓ ") for line in text.splitlines()), (cell.id, text)


def test_the_untouched_version_has_no_marks_and_each_check_says_why(course):
    assert course.marks("untouched") == marked(*range(1, 11))
    for n in range(1, 11):
        text = sentence(course, "untouched", f"check-{n}")
        assert text.startswith(f"CheckFailed: Exercise {n} is not done yet:"), text
        # The sentence, and the line of the check.
        assert len(text.splitlines()) == 3 and "at line" in text, text


def test_a_panic_costs_the_marks_of_its_exercise_only(course):
    assert course.marks("panicking") == marked(2)
    text = sentence(course, "panicking", "check-2")
    assert text.startswith("Panic: no idea") and 'panic!("no idea")' in text
    assert "isopleth" not in text and "catch_unwind" not in text and "prelude" not in text, text


def test_a_loop_without_end_is_stopped_and_the_rest_is_marked(course):
    assert course.marks("endless") == marked(6)
    errors = [output for output in outputs(course, "endless", "check-6") if output.output_type == "error"]
    assert {error.ename for error in errors} == {"Interrupted", "StillRunning"}
    assert any("never ends" in "".join(error.traceback) for error in errors)


def test_a_crash_takes_the_data_and_is_marked(course):
    assert course.marks("crashing") == marked(9, 10)
    assert sentence(course, "crashing", "look-9").startswith("WorkerEnded: ")
    assert "went with the process that held it" in sentence(course, "crashing", "check-10")


def test_mistakes_cost_the_marks_of_their_exercises_only(course):
    assert course.marks("careless") == marked(1, 3, 4)
    assert "read_day" in sentence(course, "careless", "check-1")
    assert "nodata was counted in" in sentence(course, "careless", "check-4")


def test_a_check_that_was_emptied_is_put_back(course):
    assert "✓ Exercise 5" in "".join(output.text for output in outputs(course, "careless", "check-5"))


@pytest.mark.parametrize("student", ["solved", "untouched", "panicking", "endless", "careless", "crashing"])
def test_everybody_gets_a_page_with_their_marks(course, student):
    page = course.feedback(student)
    total = sum(course.marks(student).values())
    assert re.search(rf"Score: {total:.1f} */ *20", page), page[:3000]
    if student == "untouched":
        assert "Exercise 10 is not done yet" in page
