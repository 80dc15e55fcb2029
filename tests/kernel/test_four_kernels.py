"""Four notebooks of one user at once: they share a cache, a history and a temporary folder, and nothing else.

One is stopped and one is killed while the others are at work, and these do not notice.
"""

import random

import pytest

from harness.kernel import Kernel
from harness.upkeep import SEED, folder, rounds, the


@pytest.fixture
def four(installed, tmp_path):
    kernels = [Kernel(tmp_path).start() for _ in range(4)]
    yield kernels
    for kernel in kernels:
        kernel.shutdown()


def in_all(kernels: list[Kernel], code: str) -> list[str]:
    """The values of a cell that all run at the same time."""
    cells = [kernel.begin(code) for kernel in kernels]
    return [kernel.finish(cell).text for kernel, cell in zip(kernels, cells, strict=True)]


def test_one_is_stopped_and_one_is_killed_and_the_others_do_not_notice(four, gates, figure):
    chance = random.Random(SEED)
    turns = rounds(12)
    for number, kernel in enumerate(four):
        kernel.ok(f"let at_once_own = {number};\nfn at_once_f() -> i32 {{ {number} }}")
    for turn in range(turns):
        # The same text in all, whose compiled form they share; and one that differs in each.
        assert in_all(four, f"let at_once = vec![{turn}, 1]; at_once.len()") == ["2"] * 4
        assert in_all(four, f"at_once_own * 1000 + at_once[0] + {turn}") == [str(n * 1000 + 2 * turn) for n in range(4)]
        assert in_all(four, "at_once_f()") == ["0", "1", "2", "3"]

        stopped, killed, *others = chance.sample(range(4), 4)
        (gate,) = gates()
        at_work = {n: four[n].begin(f'println!("started"); {gate.wait} at_once_own') for n in others}
        for n, cell in at_work.items():
            four[n].until_prints(cell)
        before = {n: (four[n].marked.now(), folder(four[n])) for n in (*others, stopped)}

        four[stopped].run_and_stop('println!("started"); loop { std::hint::black_box(1); }')
        assert four[stopped].ok("at_once_own").text == str(stopped)

        ends_with_it, its_folder = four[killed].marked.now(), folder(four[killed])
        four[killed].until_prints(four[killed].begin('println!("started"); loop { std::hint::black_box(1); }'))
        the(four[killed], "kernel").kill()
        assert four[killed].marked.gone(ends_with_it) == []
        assert not its_folder.exists()
        four[killed].start_after_death()
        assert "at_once_own" in four[killed].fail("at_once_own")["text"]
        four[killed].ok(f"let at_once_own = {killed};\nfn at_once_f() -> i32 {{ {killed} }}")

        for n, (_, its) in before.items():
            assert its.is_dir() and folder(four[n]) == its
        gate.open()
        for n, cell in at_work.items():
            assert four[n].finish(cell).text == str(n)
        for n, (processes, _) in before.items():
            lasting = {process for process in processes if process.name() == "isopleth"}
            assert lasting <= four[n].marked.now(), "no process of another kernel has ended"
        assert sorted(four[0].tmp.iterdir()) == sorted(folder(kernel) for kernel in four)
    figure("four kernels at once", f"{turns} times one was stopped and one was killed, unnoticed by the others; seed {SEED}")

    processes = set.union(*(kernel.marked.now() for kernel in four))
    for kernel in four:
        kernel.shutdown()
    assert four[0].marked.gone(processes) == []
    assert list(four[0].tmp.iterdir()) == []
