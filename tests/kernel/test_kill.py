"""kill -9 at any moment: of the process that runs cells, and of the kernel itself. No request waits for ever."""

import os
import random
import signal
import time

import pytest

from harness.kernel import Kernel
from harness.upkeep import ROLES, by_role, the, zombies

SEED = int(os.environ.get("ISOPLETH_SEED", "8"))
SCALE = float(os.environ.get("ISOPLETH_SOAK", "1"))

CELLS = [
    "let crash_n = {n}; crash_n + 1",
    'for line in 0..200 {{ println!("{n}: line {{line}}"); }}',
    'println!("started"); thread::sleep(Duration::from_millis({n}));',
    'let crash_grid = DataArray::new(random_integers(0..9, (30, {n} + 1)), ["y", "x"])?; crash_grid',
    "Pool::new(2)?.map(&(0..50).collect::<Vec<u64>>(), |i| {{ thread::sleep(Duration::from_millis(2)); i + {n} }})?",
    'html("<b>{n}</b>", "{n}");',
]

# What the compiler is busy with for minutes: rustc computes it, the cell would not.
SLOW_TO_COMPILE = """
#[allow(long_running_const_eval)]
const SLOW: u64 = { let mut sum = 0u64; let mut i = 0u64; while i < 400_000_000 { sum += i & 3; i += 1; } sum };
println!("{SLOW}");
"""


def kill_worker(kernel):
    """True if there was one: between its end and the start of the next there is none."""
    workers = by_role(kernel).get("worker", [])
    for worker in workers:
        worker.kill()
    return bool(workers)


def test_the_worker_may_be_killed_at_any_moment(fresh_kernel, figure):
    kernel, chance = fresh_kernel, random.Random(SEED)
    kernel.ok("fn crash_kept(x: i32) -> i32 { x * 2 }")
    killed, failed, longest = 0, 0, 0.0
    for n in range(max(10, round(100 * SCALE))):
        code = chance.choice(CELLS).format(n=n)
        moment = chance.choice(["none", "before", "at once", "compiling", "later", "printed"])
        if moment == "before":
            killed += kill_worker(kernel)
        cell = kernel.begin(code)
        if moment == "compiling":
            kernel.wait_until(lambda: cell.of("execute_input"), what="the cell to be taken up")
        if moment == "later":
            deadline = time.monotonic() + chance.uniform(0, 0.4)
            kernel.wait_until(lambda: time.monotonic() > deadline)
        if moment == "printed":
            kernel.wait_until(lambda: cell.of("stream", "display_data", "execute_result") or cell.idle is not None)
        if moment not in ("none", "before"):
            killed += kill_worker(kernel)
        kernel.finish(cell)
        longest = max(longest, cell.idle - cell.sent)
        assert cell.status in ("ok", "error"), cell.describe()
        if cell.status == "error":
            failed += 1
            assert len(cell.errors) == 1 and cell.errors[0]["ename"] == "WorkerEnded", cell.describe()
            assert "killed" in cell.errors[0]["evalue"], cell.describe()
        states = [message.content["execution_state"] for message in cell.of("status")]
        assert states == ["busy", "idle"], cell.describe()
    figure("worker killed", f"{killed} times in {n + 1} cells, of which {failed} failed; longest {longest:.1f} s")
    assert failed, "some cells were hit"
    kernel.execute("0")
    assert kernel.ok("crash_kept(21)").text == "42", "functions are not lost"
    roles = by_role(kernel)
    assert {role: len(found) for role, found in roles.items()} == dict.fromkeys(ROLES, 1), roles
    assert zombies(kernel) == []
    assert len(list(kernel.tmp.iterdir())) == 1
    # Panics read their lines from the objects of the last hundred cells.
    assert len(list(kernel.tmp.rglob("*.so"))) <= 102, "the objects of older cells are removed"


def test_a_killed_worker_takes_its_children_with_it(fresh_kernel):
    cell = fresh_kernel.begin("""
let mut napping = std::process::Command::new("sleep").arg("600").spawn()?;
println!("started");
napping.wait()?;
""")
    fresh_kernel.until_prints(cell)
    children = by_role(fresh_kernel)["sleep"]
    the(fresh_kernel, "worker").kill()
    fresh_kernel.finish(cell)
    assert fresh_kernel.marked.gone(set(children), timeout=60) == []


def in_a_compiler(kernel):
    return "rustc" in by_role(kernel)


@pytest.mark.parametrize("group", [False, True], ids=["the process", "its group, as Jupyter does"])
@pytest.mark.parametrize("moment", ["warming up", "idle", "compiling", "running", "running without asking"])
def test_a_killed_kernel_takes_everything_with_it(tmp_path, moment, group):
    kernel = Kernel(tmp_path).start()
    try:
        if moment != "warming up":
            kernel.ok("1 + 1")
        if moment == "compiling":
            kernel.begin(SLOW_TO_COMPILE)
            kernel.wait_until(lambda: in_a_compiler(kernel), what="rustc to start")
        if moment.startswith("running"):
            body = "checkpoint();" if moment == "running" else "std::hint::black_box(());"
            kernel.until_prints(kernel.begin(f'println!("started"); loop {{ {body} }}'))
        processes = kernel.marked.now()
        assert processes and list(kernel.tmp.iterdir())
        if group:
            kernel.manager.signal_kernel(signal.SIGKILL)
        else:
            the(kernel, "kernel").kill()
        assert kernel.marked.gone(processes, timeout=60) == []
        assert kernel.marked.gone(kernel.marked.now(), timeout=60) == []
        assert list(kernel.tmp.iterdir()) == []
    finally:
        kernel.shutdown()
