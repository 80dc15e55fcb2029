"""A cell that fails says so once, in words, and the next cell works."""

import pytest

from harness.kernel import TIMEOUT


@pytest.fixture(autouse=True)
def the_next_cell_works(kernel):
    yield
    assert kernel.ok("40 + 2").text == "42"


def no_internals(error):
    """A student sees their own code, not the kernel's."""
    for word in ("evcxr", "RUST_BACKTRACE", "stack backtrace", "ctx.rs", "/tmp/", "catch_unwind"):
        assert word not in error["text"], error["text"]
        assert word not in error["cell"].stderr, error["cell"].stderr


def test_a_cell_that_does_not_compile(kernel):
    error = kernel.fail("let celsius = 20.0;\nlet fahrenheit = celsus * 1.8;")
    assert "celsus" in error["evalue"]
    assert "let fahrenheit = celsus * 1.8;" in error["text"]
    assert "celsius" in error["text"], "the compiler guesses what was meant"
    no_internals(error)


def test_several_compile_errors_are_one_message(kernel):
    error = kernel.fail('let first_wrong: i32 = "text";\nlet second_wrong = no_such_name;')
    assert "no_such_name" in error["text"] and "mismatched types" in error["text"]


@pytest.mark.parametrize("code", ["let = 3;", "let x = );", "fn f( {}", "1 +", "for i in 0..3 {", 'println!("no end);'])
def test_a_syntax_error(kernel, code):
    no_internals(kernel.fail(code))


def test_a_warning_is_not_an_error(kernel):
    kernel.ok("fn warned() { let unused = 1; }")


def test_a_borrow_that_the_compiler_refuses(kernel):
    error = kernel.fail("let moved_away = vec![1]; let new_owner = moved_away; moved_away.len()")
    assert "moved" in error["text"]


def test_a_panic(kernel):
    error = kernel.fail('panic!("no rain today")')
    assert "no rain today" in error["evalue"]
    no_internals(error)


def test_an_index_out_of_bounds(kernel):
    error = kernel.fail("let week_of_days = vec![1, 2, 3];\nlet at = 7;\nweek_of_days[at]")
    assert "index is 7" in error["evalue"] and "len is 3" in error["evalue"]


def test_an_unwrap_of_nothing(kernel):
    error = kernel.fail("let nothing: Option<i32> = None; nothing.unwrap()")
    assert "unwrap" in error["evalue"] and "None" in error["evalue"]


def test_a_panic_in_a_thread_of_the_pool(kernel):
    error = kernel.fail('Pool::new(2)?.map(&[1, 2, 3], |i| if *i == 2 { panic!("day two") })?;')
    assert "day two" in error["evalue"]


def test_a_question_mark_on_an_error(kernel):
    error = kernel.fail('let parsed: i32 = "12 mm".parse()?;')
    assert "invalid digit" in error["evalue"]
    no_internals(error)


def test_a_question_mark_on_an_error_of_the_prelude(kernel):
    error = kernel.fail('Raster::open("nowhere.tif")?;')
    assert "nowhere.tif" in error["evalue"]


def test_an_error_that_the_user_made(kernel):
    error = kernel.fail('Err::<(), _>(Error::new(ErrorKind::InvalidArgument, "38 February"))?;')
    assert "38 February" in error["evalue"]


def test_what_was_printed_before_the_failure_is_kept(kernel):
    cell = kernel.fail('print!("so far"); panic!("no further")')["cell"]
    assert cell.stdout == "so far"


def test_a_cell_sent_as_soon_as_the_failure_is_known_runs(kernel):
    failing = kernel.begin('panic!("first")')
    failing.reply = kernel.client.get_shell_msg(timeout=TIMEOUT)["content"]
    following = kernel.begin("1 + 1")
    kernel.finish(failing)
    assert kernel.finish(following).status == "ok", "a program sends the next cell faster than a person"


def test_cells_that_wait_behind_a_failed_one_do_not_run(kernel, gates):
    (gate,) = gates()
    failing = kernel.begin(f'{gate.wait} panic!("first")')
    waiting = kernel.begin('println!("must not run");')
    # Requests come in order: when this one is answered, the kernel has the cells.
    kernel.ask("kernel_info")
    gate.open()
    kernel.finish(failing)
    kernel.finish(waiting)
    assert waiting.status in ("aborted", "error") and not waiting.stdout


def test_a_closure_that_cannot_be_kept_says_what_to_do(kernel):
    cell = kernel.ok("let kept_closure = |x: i32| x + 1; kept_closure(2)")
    assert cell.text == "3" and "fn kept_closure(" in cell.notes
    error = kernel.fail("kept_closure(3)")
    assert "closure" in error["text"] and "fn kept_closure(" in error["text"]
    no_internals(error)


def test_a_borrow_that_cannot_be_kept_says_what_to_do(kernel):
    kernel.ok("let lender = vec![1, 2];")
    cell = kernel.ok("let borrower = &lender[0]; borrower + 1")
    assert cell.text == "2" and "to_owned()" in cell.notes
    error = kernel.fail("borrower")
    assert "to_owned()" in error["text"], error["text"]
    no_internals(error)
    assert kernel.ok("lender").text == "[1, 2]"


def test_a_variable_that_an_earlier_cell_moved_away_is_named(kernel):
    kernel.ok("let moved_earlier = vec![1, 2];")
    kernel.ok("let new_home = moved_earlier;")
    error = kernel.fail("moved_earlier.len()")
    assert "moved away by cell [" in error["text"] and "moved_earlier.clone()" in error["text"]


def test_a_panic_in_a_thread_of_the_cells_own_is_seen(kernel):
    cell = kernel.ok('thread::spawn(|| panic!("unseen otherwise")).join().is_err()')
    assert cell.text == "true"
    assert "unseen otherwise" in cell.stderr


def test_a_variable_of_a_cell_that_failed_is_explained(kernel):
    kernel.fail('let nearly_there = 5; let never: i32 = "x".parse()?;')
    error = kernel.fail("nearly_there")
    assert "which defines `nearly_there`, failed before its end" in error["text"]
