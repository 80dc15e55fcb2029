"""kill -9 of any process of a kernel, at any moment: nothing hangs, nothing is left, and what can be kept is kept.

Variables live in the worker and end with it, or with the kernel. Functions and types live in the kernel. Nothing depends on
the keeper, which tidies up after a kernel that was killed, or on the compiler.
"""

import random
import time
from collections import Counter

import psutil

from harness.kernel import Kernel
from harness import upkeep
from harness.upkeep import SEED, by_role, rounds, zombies

CELLS = [
    "let kill_n = {n}; kill_n + 1",
    'for line in 0..200 {{ println!("{n}: line {{line}}"); }}',
    'println!("started"); thread::sleep(Duration::from_millis({n}));',
    'let kill_grid = DataArray::new(random_integers(0..9, (30, {n} + 1)), ["y", "x"])?; kill_grid',
    "Pool::new(2)?.map(&(0..50).collect::<Vec<u64>>(), |i| {{ thread::sleep(Duration::from_millis(2)); i + {n} }})?",
    'html("<b>{n}</b>", "{n}");',
    "fn kill_f() -> u64 {{ (0..{n}).map(|i: u64| i * i).sum() }}\nkill_f()",
]
COMPILERS = {"rustc", "ld", "cc", "collect2", "ld.lld"}
# In this order, and of each as many as of the others. A kernel need not have a process for analysis at every moment.
ROLES = ["worker", "compiler", "kernel", "keeper", "analysis"]
MOMENTS = ["before", "at once", "taken up", "later", "printed"]


def victims(kernel: Kernel, role: str) -> list[psutil.Process]:
    roles = by_role(kernel)
    names = COMPILERS if role == "compiler" else {role}
    return [process for name in names for process in roles.get(name, [])]


def kill(kernel: Kernel, role: str) -> bool:
    """Whether there was one: between the end of a worker and the start of the next there is none."""
    found = victims(kernel, role)
    for process in found:
        process.kill()
    return bool(found)


def await_moment(kernel: Kernel, cell, moment: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    conditions = {
        "at once": lambda: True,
        "taken up": lambda: cell.of("execute_input"),
        "later": lambda: time.monotonic() > deadline,
        "printed": lambda: cell.of("stream", "display_data", "execute_result"),
        "compiling": lambda: victims(kernel, "compiler"),
    }
    kernel.wait_until(lambda: conditions[moment]() or cell.idle is not None, what=moment)


class Notebook:
    """A kernel with a variable and a function, and what must be left of them."""

    def __init__(self, kernel: Kernel):
        self.kernel = kernel
        self.held = 0
        self.begin()

    def begin(self) -> None:
        self.kernel.ok("fn kill_kept(x: i32) -> i32 { x * 2 }")
        self.hold()

    def hold(self) -> None:
        self.held += 1
        self.kernel.ok(f"let kill_held = vec![{self.held}];")

    def everything_is_kept(self) -> None:
        assert self.kernel.ok("(kill_held[0], kill_kept(21))").text == f"({self.held}, 42)"

    def only_functions_are_kept(self) -> None:
        assert self.kernel.ok("kill_kept(21)").text == "42"
        assert "kill_held" in self.kernel.fail("kill_held")["text"]
        self.hold()

    def nothing_is_kept(self) -> None:
        for name in ("kill_kept", "kill_held"):
            assert name in self.kernel.fail(f"{name};")["text"]
        self.begin()


def after_the_kernel(notebook: Notebook, processes: set, folders: set) -> None:
    kernel = notebook.kernel
    assert kernel.marked.gone(processes) == []
    assert not folders & set(kernel.tmp.iterdir()), "the keeper has removed its folder"
    kernel.start_after_death()
    notebook.nothing_is_kept()


def after_the_worker(notebook: Notebook, cell) -> bool:
    """Whether the cell, or the one behind it, was hit."""
    # A worker that was killed behind its cell may be missed only by the next.
    hit = [each for each in (cell, notebook.kernel.execute("0")) if each.status != "ok"]
    for each in hit:
        assert [error["ename"] for error in each.errors] == ["WorkerEnded"], each.describe()
        assert "killed" in each.errors[0]["evalue"], each.describe()
    assert len(hit) < 2, "one death costs one cell"
    notebook.only_functions_are_kept()
    return bool(hit)


def after_the_keeper(notebook: Notebook, cell) -> None:
    assert cell.status == "ok", cell.describe()
    notebook.everything_is_kept()
    # A kernel without a keeper that is killed leaves its folder, so it gets a new one before that happens.
    kernel = notebook.kernel
    processes, folders = kernel.marked.now(), set(kernel.tmp.iterdir())
    kernel.restart()
    assert kernel.marked.gone(processes) == []
    assert not folders & set(kernel.tmp.iterdir())
    notebook.nothing_is_kept()


def one_cell(notebook: Notebook, role: str, chance: random.Random, number: int) -> bool:
    """Runs a cell, and kills a process of that role meanwhile if there is one."""
    kernel = notebook.kernel
    code = chance.choice(CELLS).format(n=number)
    moment = "compiling" if role == "compiler" else chance.choice(MOMENTS)
    seconds = chance.uniform(0, 0.4)
    processes, folders = kernel.marked.now(), set(kernel.tmp.iterdir())
    killed = moment == "before" and kill(kernel, role)
    cell = kernel.begin(code)
    if moment != "before":
        await_moment(kernel, cell, moment, seconds)
        killed = kill(kernel, role)
    if killed and role == "kernel":
        after_the_kernel(notebook, processes, folders)
        return True
    kernel.finish(cell)
    assert len(cell.errors) == (cell.status == "error"), cell.describe()
    states = [message.content["execution_state"] for message in cell.of("status")]
    assert states == ["busy", "idle"], cell.describe()
    if killed and role == "worker":
        after_the_worker(notebook, cell)
    elif killed and role == "keeper":
        after_the_keeper(notebook, cell)
    else:
        assert killed or cell.status == "ok", cell.describe()
        notebook.everything_is_kept()
    return killed


def test_any_process_may_be_killed_at_any_moment(fresh_kernel, figure):
    kernel, chance = fresh_kernel, random.Random(SEED)
    notebook, killed, longest = Notebook(kernel), Counter(), 0.0
    for number in range(rounds(100, least=10)):
        # `analysis` is one among them where there is such a process.
        present = [role for role in ROLES if role == "compiler" or victims(kernel, role)]
        role = present[number % len(present)]
        begun = time.monotonic()
        killed[role] += one_cell(notebook, role, chance, number)
        longest = max(longest, time.monotonic() - begun)
        kernel.forget()
    counts = ", ".join(f"{role} {count}" for role, count in sorted(killed.items()))
    figure("killed at random", f"{counts} in {number + 1} cells, nothing lost or left; longest turn {longest:.1f} s; seed {SEED}")
    assert all(killed[role] for role in ("worker", "compiler", "kernel", "keeper")), killed
    roles = {role: len(found) for role, found in by_role(kernel).items()}
    assert roles == dict.fromkeys(upkeep.ROLES, 1), roles
    assert zombies(kernel) == []
    assert len(list(kernel.tmp.iterdir())) == 1
    last = kernel.marked.now()
    kernel.shutdown()
    assert kernel.marked.gone(last) == []
    assert list(kernel.tmp.iterdir()) == []
