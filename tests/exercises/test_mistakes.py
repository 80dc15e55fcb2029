"""Typical mistakes of students, typed into a real kernel: each check says in a sentence what is wrong, and no more."""

import re

import pytest

from harness.exercises import NOTEBOOKS, STUDENT, code, read, solutions
from harness.kernel import Kernel
from harness.lesson import small_sample

TEACHING_PAGE = NOTEBOOKS.parent / "docs" / "teaching.md"

# Exercise, what to change in its solution, and parts of the sentence.
MISTAKES = [
    ("1", ("day - 1", "day"), "off by one day: this is the day after"),
    ("1", ("day - 1", "day - 2"), "off by one day: this is the day before"),
    ("1", (".read::<f32>(1)", ".read::<f32>(1).map(|day| day.reversed_axes())"), "the axes are swapped: the shape is"),
    ("1", (".read::<f32>(1)", ".read::<f32>(2)"), "it stopped with an error"),
    ("2", ("if c == -9999.0 { f32::NAN } else { c * (9.0 / 5.0) + 32.0 }", "c * 1.8 + 32.0"), "nodata was counted in"),
    ("2", ("c * (9.0 / 5.0) + 32.0", "c"), "the land is still in °C"),
    ("2", ("c * (9.0 / 5.0) + 32.0", "c * (9 / 5) as f32 + 32.0"), "write 9.0 / 5.0"),
    ("2", ("c * (9.0 / 5.0) + 32.0", "c * 1.8"), "without the 32"),
    ("2", ("f32::NAN", "-9999.0"), "nodata is still in it"),
    ("2", ("f32::NAN", "0.0"), "0 where there is nothing"),
    ("3", ("Ok(hottest)", 'Ok(dates[dates.iter().position(|d| *d == hottest).unwrap() - 1])'), "is one day early"),
    ("3", ("let mean = sum", "let mean = -sum"), "this is the coldest day"),
    ("4", ("hot as f64 / land as f64", "hot as f64 / celsius.len() as f64"), "nodata was counted in"),
    ("4", ("hot as f64 / land as f64", "100.0 * hot as f64 / land as f64"), "in percent, where a share"),
    ("4", ("**c >= 32.0", "**c > 32.0"), "exactly 32 °C count too"),
    ("4", ("pool.try_map(files,", "pool.try_map(&files[1..],"), "one is missing"),
    ("5", ('["place", "month"]', '["month", "place"]'), "3 labels for dimension \"place\", which has 4"),
    ("5", ("[1, 4, 7, 10])?)", "[1, 4, 7, 10])?.transpose([\"month\", \"place\"])?)"), "the axes are swapped"),
    ("5", ("ndarray::array![[0.5", "ndarray::array![[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]; let _ = ndarray::array![[0.5"), "whole numbers"),
    ("5", ('.name("rain")', ""), "it has no name"),
    ("5", ('.attr("units", "mm")', ""), "the attribute units is missing"),
    ("5", ("[1, 4, 7, 10]", "[0, 3, 6, 9]"), "count from 0 or from 1?"),
    ("6", ("x: longitude, y: latitude", "x: latitude, y: longitude"), "longitude is x, latitude is y"),
    ("6", ("sel_nearest", "sel"), "it stopped with an error"),
    ("7", ('da.groupby("time.month")?.mean()', 'da.mean("time")'), "the dimension month is missing"),
    ("7", ('da.groupby("time.month")?.mean()', 'da.resample("time", "MS")?.mean()'), "called time, y, x, wanted is month, y, x"),
    ("7", (".mean()", ".sum()"), "there is 0 where there is nothing"),
    ("8", ('Ok(da - da.mean("time")?)', 'Ok(da.mean("time")? - da)'), "dimensions are y, x, time|wrong sign"),
    ("8", ('da.mean("time")?', "da.mean(())?"), "one mean of the whole box"),
    ("8", ('da.mean("time")?', 'da.mean(["y", "x"])?'), "the mean of each day was subtracted"),
    ("9", ("corr(", "cov("), "this is the covariance"),
    ("9", ('"time")', '["y", "x"])'), "dimensions are called time, wanted is y, x"),
    ("10", ("Raster::open(out)?", "Raster::open(like)?"), "not what is wanted|none of the"),
    ("10", ("Raster::open(out)?.read::<f32>(1)", 'Ok(map.to_ndarray::<f32>()?.into_dimensionality().unwrap())'), "with NaN for the oceans"),
]  # fmt: skip


@pytest.fixture(scope="module")
def student(installed, tmp_path_factory):
    """A kernel in which the cells with the data have run."""
    home = tmp_path_factory.mktemp("student")
    sample = {name: value for name, value in small_sample(home).items() if name.startswith("ISOPLETH_")}
    kernel = Kernel(home, **sample).start()
    for name, source in code(read(STUDENT)).items():
        if name.startswith("given-"):
            kernel.ok(source)
    yield kernel
    kernel.shutdown()


CELLS = code(read(STUDENT))
SOLVED = solutions()


@pytest.mark.parametrize(("number", "change", "parts"), MISTAKES, ids=lambda value: str(value)[:60])
def test_a_mistake_is_told_in_a_sentence(student, number, change, parts):
    right = SOLVED[f"exercise-{number}"]
    wrong = right.replace(*change)
    assert wrong != right, "the mistake is not one"
    student.ok(wrong)
    error = student.fail(CELLS[f"check-{number}"])
    assert error["ename"] == "CheckFailed"
    assert error["evalue"].startswith(f"Exercise {number}: ")
    assert any(part in error["evalue"] for part in parts.split("|")), error["evalue"]
    only_the_sentence(error)


@pytest.mark.parametrize("number", range(1, 11))
def test_what_is_left_undone_is_said_to_be(student, number):
    student.ok(CELLS[f"exercise-{number}"])
    error = student.fail(CELLS[f"check-{number}"])
    assert error["evalue"].startswith(f"Exercise {number} is not done yet:"), error["evalue"]
    only_the_sentence(error)


@pytest.mark.parametrize("number", range(1, 11))
def test_the_right_answer_passes_with_a_line(student, number):
    student.ok(SOLVED[f"exercise-{number}"])
    cell = student.ok(CELLS[f"check-{number}"])
    assert cell.stdout.splitlines()[0] == f"✓ Exercise {number}" and not cell.stderr


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("check!((1, 2.5), 1.0);", "its type is (i32, f64), several values at once"),
        ("struct Odd; check!(Odd, 1.0);", "its type is Odd, where a number is wanted"),
        ('check!("2016-01-20", exercise("8-1.3")?);', "is a text, where a date is wanted"),
        ("check!(20.0, year.clone());", "where a DataArray, with names and labels, is wanted"),
        ('check!({ let x: f64 = todo!("your code here"); x }, 1.0);', "is not done yet"),
        ('check!("x".parse::<f64>()?, 1.0);', "it stopped with an error: invalid float literal"),
        ("check_that!(files.is_empty(), \"there are no files\");", "Not so yet: there are no files."),
    ],
)
def test_bad_input_is_a_sentence_too(student, code, sentence):
    error = student.fail(code)
    assert error["ename"] == "CheckFailed" and sentence in error["evalue"], error["evalue"]
    only_the_sentence(error)


def test_an_exercise_that_does_not_exist_is_named(student):
    assert 'no exercise "8-1.11"; there are "8-1.1" to "8-1.10"' in student.fail('exercise("8-1.11")?;')["evalue"]


def test_the_examples_of_the_teachers_page_run(student):
    (block,) = re.findall(r"```rust\n(.*?)```", TEACHING_PAGE.read_text(encoding="utf-8"), re.S)
    student.ok("""
let people = vec![1.6, 1.7, 1.8, 1.9, 1.8, 1.76, 1.76, 1.76, 1.76, 1.76];
fn mean_height(people: &[f64]) -> f64 { people.iter().sum::<f64>() / people.len() as f64 }
""")
    assert student.ok(block).stdout.count("✓ ") == 3
    student.ok("fn mean_height(people: &[f64]) -> f64 { people.iter().sum() }")
    assert "whole multiple" in student.fail(block)["evalue"]


def test_a_function_that_did_not_compile_is_looked_for_in_the_notebook(student):
    student.fail(SOLVED["exercise-4"].replace("fn hot_share", "fn hot_share_new").replace("land as f64", "lnd as f64"))
    error = student.fail(CELLS["check-4"].replace("hot_share", "hot_share_new"))
    assert "If a cell of this notebook defines hot_share_new, run it first" in error["text"], error["text"]


def test_an_unfinished_cell_is_quiet(student):
    for number in range(1, 11):
        cell = student.ok(CELLS[f"exercise-{number}"])
        assert not cell.shown and not cell.stderr, cell.describe()


def test_a_panic_of_the_students_own_names_their_line(student):
    student.ok(SOLVED["exercise-2"].replace("celsius.mapv", "let none: Option<f32> = None; none.unwrap();\n    celsius.mapv"))
    error = student.fail(CELLS["check-2"])
    assert error["ename"] == "Panic" and "none.unwrap()" in error["text"]
    only_the_sentence(error)


def only_the_sentence(error):
    """The error is one line, and the places in the student's own cells; nothing of ours."""
    for word in ("isopleth::", "catch_unwind", "backtrace", "prelude/", "panicked at", ".rs"):
        assert word not in error["text"], error["text"]
    assert not error["cell"].stderr
    assert len(error["text"].splitlines()) <= 5, error["text"]
