"""Stop stops, soon, and keeps what there is."""

import time

import pytest

LOOPS = {
    "a loop that asks": "loop { checkpoint(); }",
    "a pool at work": """
let naps: Vec<u64> = (0..2000).collect();
Pool::new(2)?.map(&naps, |_| thread::sleep(Duration::from_millis(20)))?;
""",
}


@pytest.mark.parametrize("name", LOOPS)
def test_stop_ends_the_cell_and_keeps_variables(kernel, figure, name):
    kernel.ok("let kept_by_stop = vec![1, 2, 3];")
    cell = kernel.begin('println!("started");\n' + LOOPS[name])
    kernel.until_prints(cell)
    asked = time.monotonic()
    kernel.interrupt()
    kernel.finish(cell)
    figure(f"stop: {name}", f"{cell.idle - asked:.2f} s")
    assert cell.status == "error" and len(cell.errors) == 1, cell.describe()
    assert "nterrupt" in cell.errors[0]["ename"], cell.errors
    assert kernel.ok("kept_by_stop").text == "[1, 2, 3]"


def test_a_loop_that_never_asks_is_ended_and_says_what_was_lost(kernel):
    kernel.ok("let lost_by_stop = 1;")
    cell = kernel.begin('println!("started"); let mut turns = 0u64; loop { turns = std::hint::black_box(turns + 1); }')
    kernel.until_prints(cell)
    kernel.interrupt()
    kernel.finish(cell)
    assert cell.status == "error" and len(cell.errors) == 1, cell.describe()
    assert "lost_by_stop" in "\n".join(cell.errors[0]["traceback"])
    assert kernel.ok("1 + 1").text == "2"


def test_stop_while_a_cell_compiles(kernel):
    kernel.ok("let kept_while_compiling = 3;")
    cell = kernel.begin("loop { checkpoint(); }")
    kernel.wait_until(lambda: cell.of("execute_input"), what="the cell to be taken up")
    kernel.interrupt()
    kernel.finish(cell)
    assert cell.status == "error", cell.describe()
    assert kernel.ok("kept_while_compiling").text == "3"


def test_after_stop_the_pool_works_again(kernel):
    cell = kernel.begin('println!("started"); loop { checkpoint(); }')
    kernel.until_prints(cell)
    kernel.interrupt()
    kernel.finish(cell)
    assert kernel.ok("Pool::new(2)?.map(&[1, 2, 3], |i| i * 2)?").text == "[2, 4, 6]"


def test_stop_while_nothing_runs_does_no_harm(kernel):
    kernel.ok("let before_idle_stop = 1;")
    kernel.interrupt()
    assert kernel.ok("checkpoint(); before_idle_stop + 1").text == "2"
    assert kernel.manager.is_alive()


def test_a_cell_that_waits_behind_a_stopped_one_does_not_run(kernel):
    first = kernel.begin('println!("started"); loop { checkpoint(); }')
    second = kernel.begin('println!("must not run");')
    kernel.until_prints(first)
    kernel.interrupt()
    kernel.finish(first)
    kernel.finish(second)
    assert not second.stdout
    assert kernel.ok("1 + 1").text == "2"
