"""Starting, restarting and ending: no process and no temporary folder is left behind."""

import time

import pytest

from harness.kernel import Kernel


def left_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_kernel_info_comes_before_the_engine_is_warm(tmp_path, figure):
    begun = time.monotonic()
    with Kernel(tmp_path) as kernel:
        ready = time.monotonic()
        kernel.ok("1 + 1")
        warm = time.monotonic()
    figure("start: ready", f"{ready - begun:.2f} s")
    figure("start: first cell done", f"{warm - begun:.2f} s")


@pytest.mark.parametrize("moment", ["just started", "idle", "while a cell runs"])
def test_shutdown_leaves_nothing(fresh_kernel, moment):
    kernel = fresh_kernel
    if moment != "just started":
        kernel.ok("1 + 1")
    if moment == "while a cell runs":
        cell = kernel.begin('println!("started"); loop { checkpoint(); }')
        kernel.until_prints(cell)
    processes = kernel.marked.now()
    assert processes, "the test finds the kernel's processes"
    kernel.shutdown()
    assert kernel.marked.gone(processes) == []
    assert not kernel.marked.now()
    assert left_in(kernel.tmp) == []


@pytest.mark.parametrize("moment", ["idle", "while a cell runs"])
def test_restart_leaves_nothing_of_the_old_kernel(fresh_kernel, moment):
    kernel = fresh_kernel
    kernel.ok("let from_before = 1;")
    if moment == "while a cell runs":
        cell = kernel.begin('println!("started"); loop { checkpoint(); }')
        kernel.until_prints(cell)
    processes, folders = kernel.marked.now(), set(kernel.tmp.iterdir())
    kernel.restart()
    assert kernel.marked.gone(processes) == []
    assert not folders & set(kernel.tmp.iterdir())
    assert "from_before" in kernel.fail("from_before")["text"]
    assert kernel.ok("1 + 1").text == "2"


def test_after_a_restart_cells_count_from_one_again(fresh_kernel):
    fresh_kernel.ok("1")
    fresh_kernel.restart()
    assert fresh_kernel.ok("1").reply["execution_count"] == 1


def test_a_killed_kernel_leaves_no_process(fresh_kernel):
    fresh_kernel.ok("1")
    processes = fresh_kernel.marked.now()
    fresh_kernel.manager.signal_kernel(9)
    assert fresh_kernel.marked.gone(processes) == []


def test_two_kernels_do_not_disturb_each_other(tmp_path):
    with Kernel(tmp_path / "first") as first, Kernel(tmp_path / "second") as second:
        first.ok("let of_the_first = 1;")
        second.ok("let of_the_second = 2;")
        first.shutdown()
        assert second.ok("of_the_second").text == "2"
