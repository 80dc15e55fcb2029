"""What the compiler warns of is shown once, dimly, where it can matter to a student."""


def notices(cell) -> str:
    return "\n".join(bundle["text/plain"] for bundle in cell.shown if "warning" in bundle.get("text/plain", ""))


def test_a_result_that_nobody_looks_at(kernel):
    cell = kernel.ok('let warned_a = 1;\n"12".parse::<i32>();')
    assert "Result` that must be used (line 2)" in notices(cell)
    assert '"12".parse::<i32>();' in notices(cell)


def test_what_is_idle_in_a_function(kernel):
    text = notices(kernel.ok("""\
fn warned_function() -> i32 {
    let idle = 1;
    let mut constant = 2;
    return constant;
    println!("never");
}
"""))  # fmt: skip
    assert "unused variable: `idle` (line 2)" in text
    assert "does not need to be mutable (line 3)" in text
    assert "unreachable statement (line 5)" in text


def test_a_recursion_without_end(kernel):
    assert "cannot return without recursing" in notices(kernel.ok("fn warned_deep(n: u64) -> u64 { warned_deep(n + 1) }"))


def test_a_warning_is_shown_once(kernel):
    assert notices(kernel.ok("fn warned_once() { let idle = 1; }"))
    assert not notices(kernel.ok("warned_once(); let warned_later = 2;"))


def test_what_is_normal_in_a_notebook_is_no_warning(kernel):
    cell = kernel.ok("""
use std::collections::BTreeSet;
let mut warned_never = vec![1];
let warned_unread = 2;
fn warned_uncalled() {}
struct WarnedUnused { field: i32 }
for i in 0..2 { println!("turn"); }
""")
    assert not notices(cell), notices(cell)
    assert not cell.stderr


def test_a_warning_is_no_error_output(kernel):
    cell = kernel.ok('"12".parse::<i32>();')
    assert not cell.errors and not cell.stderr, "nbgrader gives no marks to a cell with stderr"
