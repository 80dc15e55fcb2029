"""kill -9 of the process that runs cells and of the kernel itself: what they have started goes with them."""

import signal

import pytest

from harness.upkeep import by_role, the

# What the compiler is busy with for minutes: rustc computes it, the cell would not.
SLOW_TO_COMPILE = """
#[allow(long_running_const_eval)]
const SLOW: u64 = { let mut sum = 0u64; let mut i = 0u64; while i < 400_000_000 { sum += i & 3; i += 1; } sum };
println!("{SLOW}");
"""


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
def test_a_killed_kernel_takes_everything_with_it(fresh_kernel, moment, group):
    kernel = fresh_kernel
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
    assert kernel.marked.gone(processes) == []
    assert kernel.marked.gone(kernel.marked.now()) == []
    assert list(kernel.tmp.iterdir()) == []
