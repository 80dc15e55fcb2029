"""Completion and types come from a process of their own: whatever becomes of it, no cell fails and no variable is lost."""

import os
import resource
import time

import psutil
import pytest

from harness.kernel import TIMEOUT, Kernel, without_colours
from harness.processes import alive
from harness.upkeep import by_role, the, zombies

TOLD = "Completion and types of variables"


def analysis(kernel) -> psutil.Process | None:
    """The process, if there is one that will go on: between two there is none."""
    found = [process for process in by_role(kernel).get("analysis", []) if alive(process)]
    assert len(found) <= 1, found
    return found[0] if found else None


def another(kernel, before: psutil.Process) -> psutil.Process:
    """The process that takes the place of `before`."""
    kernel.wait_until(lambda: analysis(kernel) not in (None, before), what="another process")
    return analysis(kernel)


def told(cell) -> list[str]:
    """What the cell says of analysis."""
    lines = [line for shown in cell.shown for line in shown["text/plain"].splitlines()]
    return [without_colours(line) for line in lines if line.startswith(TOLD)]


def told_in_cells(kernel, count: int = 3) -> list[str]:
    """What the next cells say of analysis, all together."""
    return [line for n in range(count) for line in told(kernel.ok(f"{n} + 1"))]


def matches(kernel, code: str) -> list[str]:
    return kernel.ask("complete", code, len(code))["matches"]


def of_unplain_type(name: str) -> str:
    """Statements that make a variable whose type no compiler's word tells."""
    return f'let {name} = vec![DataArray::new(vec![1.0, 2.0], ["x"])?];'


def in_use(kernel) -> psutil.Process:
    """The process, after it has loaded and answered."""
    kernel.ok(of_unplain_type("from_before"))
    return the(kernel, "analysis")


def is_whole(kernel) -> None:
    assert kernel.ok("from_before.len()").text == "1"
    assert "mean" in matches(kernel, "from_before[0].me")
    assert kernel.ok(":type from_before").shown
    assert zombies(kernel) == []


def test_it_is_a_process_of_its_own_that_leaves_the_kernel_small(fresh_kernel, figure):
    process = in_use(fresh_kernel)
    kernel = the(fresh_kernel, "kernel")
    sizes = [one.memory_info().rss >> 20 for one in (kernel, process)]
    figure("memory of the kernel, and of analysis", "{} and {} MB".format(*sizes))
    assert sizes[0] < 120, sizes
    # Of the processes of this kernel it is the one that the system would end for want of memory.
    with open(f"/proc/{process.pid}/oom_score_adj", encoding="utf-8") as file:
        assert int(file.read()) == 1000
    soft, _ = process.rlimit(psutil.RLIMIT_DATA)
    assert 2 << 30 <= soft <= 4 << 30


def test_killed_while_nothing_happens(fresh_kernel):
    before = in_use(fresh_kernel)
    before.kill()
    another(fresh_kernel, before)
    lines = told_in_cells(fresh_kernel)
    assert lines == [f"{TOLD} were restarted: their process was killed from outside."]
    is_whole(fresh_kernel)


def test_killed_while_a_cell_waits_for_the_types_of_its_variables(fresh_kernel, gates):
    (gate,) = gates()
    before = in_use(fresh_kernel)
    before.suspend()
    cell = fresh_kernel.begin(f'{of_unplain_type("made_meanwhile")} println!("started"); {gate.wait}')
    fresh_kernel.until_prints(cell)
    gate.open()
    before.kill()
    fresh_kernel.finish(cell)
    assert cell.status == "ok", cell.describe()
    assert fresh_kernel.ok("made_meanwhile.len()").text == "1"
    lines = told(cell) + told_in_cells(fresh_kernel)
    assert len(lines) == 1, lines
    is_whole(fresh_kernel)


def test_killed_in_the_middle_of_a_completion(fresh_kernel):
    before = in_use(fresh_kernel)
    before.suspend()
    code = "from_before[0].me"
    asked = fresh_kernel.client.complete(code, len(code))
    # Requests of one channel are taken up in their order, so that completion has been asked for when this is answered.
    fresh_kernel.ask("is_complete", "1")
    before.kill()
    assert "mean" in fresh_kernel.reply_to(asked)["matches"]
    assert len(told_in_cells(fresh_kernel)) == 1
    is_whole(fresh_kernel)


def test_memory_that_runs_out_ends_it_alone(fresh_kernel):
    before = in_use(fresh_kernel)
    # It may keep what it has, and get no more; more than its allocator has in reserve is what a long text takes.
    before.rlimit(psutil.RLIMIT_DATA, (before.memory_info().data // 2, resource.RLIM_INFINITY))
    long = f"// {'x' * (32 << 20)}\nfrom_before[0].me"
    assert "mean" in matches(fresh_kernel, long), "asked again of the next process"
    assert not alive(before)
    lines = told_in_cells(fresh_kernel)
    assert lines == [f"{TOLD} were restarted: their process had run out of memory."], lines
    is_whole(fresh_kernel)


def test_the_crates_of_the_notebook_are_known_to_the_next_process(fresh_kernel, tmp_path):
    folder = tmp_path / "snow"
    (folder / "src").mkdir(parents=True)
    (folder / "Cargo.toml").write_text('[package]\nname = "snow"\nversion = "0.1.0"\nedition = "2024"\n')
    (folder / "src/lib.rs").write_text("#[derive(Clone)] pub struct Flake(pub u8); pub fn fall_of_snow() -> Flake { Flake(6) }\n")
    fresh_kernel.ok(f':dep snow = {{ path = "{folder}" }}')
    before = in_use(fresh_kernel)
    before.kill()
    another(fresh_kernel, before)
    assert matches(fresh_kernel, "snow::fall") == ["fall_of_snow"]
    fresh_kernel.ok("let flake = snow::fall_of_snow();")
    assert fresh_kernel.ok("flake.0").text == "6"


def test_killed_again_and_again_it_is_missed_but_no_cell_fails(fresh_kernel):
    in_use(fresh_kernel)
    for _ in range(5):
        fresh_kernel.wait_until(lambda: analysis(fresh_kernel), what="a process to kill")
        analysis(fresh_kernel).kill()
    lines: list[str] = []
    fresh_kernel.wait_until(
        lambda: lines.extend(told_in_cells(fresh_kernel, 1)) or any("not available" in line for line in lines),
        what="the notebook to be told",
    )
    assert "isopleth doctor" in lines[-1], lines
    assert analysis(fresh_kernel) is None
    assert matches(fresh_kernel, "from_before[0].me") == []
    assert told_in_cells(fresh_kernel) == [], "told once"
    assert fresh_kernel.ok("from_before.len()").text == "1"
    # The compiler's own word is enough for a number.
    fresh_kernel.ok("let plain = 5_i32;")
    assert fresh_kernel.ok("plain").text == "5"


def test_it_ends_when_nothing_is_asked_and_comes_back_when_something_is(tmp_path):
    kernel = Kernel(tmp_path, ISOPLETH_ANALYSIS_IDLE="1").start()
    try:
        before = in_use(kernel)
        for _ in range(2):
            kernel.wait_until(lambda: analysis(kernel) is None, what="the end of the idle process")
            is_whole(kernel)
        assert not alive(before)
        assert told_in_cells(kernel) == [], "nothing went wrong"
    finally:
        kernel.shutdown()


def test_stop_does_not_reach_it(fresh_kernel):
    process = in_use(fresh_kernel)
    # Signals that Jupyter or a terminal sends go to the kernel's whole group.
    assert os.getpgid(process.pid) != os.getpgid(the(fresh_kernel, "kernel").pid)
    cell = fresh_kernel.begin('println!("started"); loop { checkpoint(); }')
    fresh_kernel.until_prints(cell)
    fresh_kernel.interrupt()
    assert fresh_kernel.finish(cell).status == "error"
    assert told_in_cells(fresh_kernel) == []
    assert the(fresh_kernel, "analysis") == process
    is_whole(fresh_kernel)


@pytest.mark.parametrize("moment", ["loading", "idle", "with work to do"])
def test_it_does_not_outlive_a_kernel_that_is_killed(tmp_path, moment):
    kernel = Kernel(tmp_path).start()
    try:
        kernel.wait_until(lambda: analysis(kernel), what="the process to start")
        process = analysis(kernel) if moment == "loading" else in_use(kernel)
        if moment == "with work to do":
            for _ in range(50):
                kernel.client.complete("from_before[0].", len("from_before[0]."))
            kernel.ask("is_complete", "1")
        the(kernel, "kernel").kill()
        deadline = time.monotonic() + TIMEOUT
        while alive(process):
            assert time.monotonic() < deadline, "it goes on"
            time.sleep(0.05)
    finally:
        kernel.shutdown()
    assert kernel.marked.gone(kernel.marked.now()) == []
