"""A failure names the line that was typed, wherever it arose, and every cause it has."""

import pytest


def trace(kernel, code: str) -> str:
    error = kernel.fail(code)
    for word in ("evcxr", "stack backtrace", "RUST_BACKTRACE", "/tmp/", "/rustc/", ".cargo"):
        assert word not in error["text"] and word not in error["cell"].stderr, error["cell"].describe()
    return error["text"]


def test_a_panic_names_its_line(kernel):
    text = trace(kernel, 'let panic_a = 1;\n\npanic!("no rain today")')
    assert "at line 3 of this cell" in text and 'panic!("no rain today")' in text


@pytest.mark.parametrize(
    "line",
    [
        "Array2::<f32>::zeros((3, 3))[[7, 1]]",
        "Array2::<f32>::zeros((3, 3)).slice(s![0..9, ..]).sum()",
        "vec![3.0, f64::NAN].sort_by(|a, b| a.partial_cmp(b).unwrap());",
        "Duration::from_secs_f64(-1.0)",
    ],
    ids=["an index of ndarray's", "a slice of ndarray's", "a closure that a library calls", "the standard library"],
)
def test_a_panic_inside_a_library_names_the_cells_line(kernel, line):
    text = trace(kernel, f"let panic_b = 2;\n{line}")
    assert "at line 2 of this cell" in text, text


def test_a_panic_in_a_function_of_an_earlier_cell_names_both_lines(kernel):
    kernel.ok("""\
fn panic_at(grid: &Array2<f32>, row: usize) -> f32 {
    let row = row * 2;
    grid[[row, 0]]
}
""")
    kernel.ok("let panic_grid = Array2::<f32>::zeros((3, 3));")
    text = trace(kernel, "let panic_c = 5;\nlet panic_d = panic_at(&panic_grid, panic_c);")
    assert "at line 3 of cell [" in text and "grid[[row, 0]]" in text, text
    assert "called at line 2 of this cell" in text, text


def test_a_panic_in_an_optimised_loop_names_its_line(kernel):
    text = trace(kernel, """\
let panic_e: Vec<i32> = vec![1, 2, 3];
let panic_f: i32 = panic_e
    .iter()
    .map(|x| 6 / (x - 2))
    .sum();
""")
    assert "attempt to divide by zero" in text and "at line 4 of this cell" in text, text


def test_a_panic_in_a_closure_of_an_earlier_cell_names_its_line(kernel):
    kernel.ok("""\
let panic_box: Box<dyn Fn(usize) -> f32> = Box::new(|row| {
    Array2::<f32>::zeros((3, 3))[[row, 1]]
});
""")
    text = trace(kernel, "panic_box(9)")
    assert "at line 2 of cell [" in text, text


def test_a_panic_on_a_thread_of_the_pool_names_its_line(kernel):
    text = trace(kernel, 'Pool::new(2)?.map(&[1, 2, 3], |i| {\n    if *i == 2 { panic!("day two") }\n})?;')
    assert "day two" in text and "at line 2 of this cell" in text, text


def test_a_panic_on_a_thread_of_ones_own_reaches_the_cell_that_joins_it(kernel):
    error = kernel.fail('let panic_t = thread::spawn(|| {\n    if cpus() > 0 { panic!("day three") }\n});\npanic_t.join().unwrap();')
    assert "day three" in error["evalue"]
    assert "day three" in error["cell"].stderr and "at line 2 of this cell" in error["cell"].stderr


CAUSES = """
use std::error::Error as StdError;
#[derive(Debug)]
struct ReadFailed { path: String, cause: std::num::ParseIntError }
impl std::fmt::Display for ReadFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, "cannot read {}", self.path) }
}
impl StdError for ReadFailed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> { Some(&self.cause) }
}
fn read_failed() -> std::result::Result<i32, ReadFailed> {
    "x".parse().map_err(|cause| ReadFailed { path: "rain.txt".into(), cause })
}
fn boxed() -> std::result::Result<i32, Box<dyn StdError>> { Ok(read_failed()?) }
fn boxed_to_send() -> std::result::Result<i32, Box<dyn StdError + Send + Sync>> { Ok(read_failed()?) }
"""


@pytest.mark.parametrize("call", ["read_failed()?", "boxed()?", "boxed_to_send()?"])
def test_a_question_mark_shows_every_cause(kernel, call):
    kernel.ok(CAUSES)
    error = kernel.fail(f"let panic_q = 1;\n{call};")
    assert error["evalue"] == "cannot read rain.txt: invalid digit found in string"
    assert "caused by: invalid digit found in string" in error["text"]
    assert "at line 2 of this cell" in error["text"]


def test_a_cause_that_the_error_names_itself_is_shown_once(kernel):
    error = kernel.fail("""
let cause = "x".parse::<i32>().unwrap_err();
Err(Error::with_source(ErrorKind::Other, format!("bad day: {cause}"), cause))?;
""")
    assert error["text"].count("invalid digit") == 1


@pytest.mark.parametrize(
    ("code", "text"),
    [('Err("a text")?;', "a text"), ('Err(String::from("owned"))?;', "owned"), ("Err(7)?;", "7")],
    ids=["&str", "String", "only Display"],
)
def test_a_question_mark_takes_whatever_has_a_text(kernel, code, text):
    assert kernel.fail(code.replace("Err(", "Err::<(), _>("))["evalue"] == text
