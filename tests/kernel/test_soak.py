"""A long day: hundreds of cells in one kernel, and many restarts. Nothing piles up."""

import statistics

import psutil

from harness.upkeep import ROLES, Holdings, by_role, rounds, zombies

# A cell stays mapped for as long as its worker lives (thread-locals may point into it), and evcxr remembers what it
# compiled. That is what a cell may cost; a leaked array, raster or rust-analyzer snapshot would cost more.
BYTES_PER_CELL = 160 << 10


def day(number):
    """A cell of a long day; twelve kinds, and the names are always the same few."""
    return [
        f"let soak_n = {number};",
        "soak_n + 1",
        f'println!("cell {number}: {{soak_n}}");',
        f"let soak_rows: Vec<u64> = (0..1000).map(|i| i * {number}).collect();",
        "soak_rows.iter().sum::<u64>()",
        f'let soak_grid = DataArray::new(random_integers(0..{number + 2}, (50, 40)), ["y", "x"])?;',
        'soak_grid.mean("x")?',
        f"fn soak_area(side: f64) -> f64 {{ side * side + {number}.0 }}\nsoak_area(2.0)",
        f'html("<b>{number}</b>", "{number}");',
        f"Pool::new(2)?.map(&soak_rows[..8], |row| row + {number})?",
        f"soak_rows[{number + 1000}]",
        f"let soak_wrong: i32 = soak_grid + {number};",
    ][number % 12]


def fails(number):
    """The last two kinds are a panic and a cell that does not compile."""
    return number % 12 >= 10


def test_hundreds_of_cells_in_one_kernel(fresh_kernel, figure):
    kernel, cells = fresh_kernel, rounds(700, least=96)
    seconds = []
    for number in range(cells):
        cell = kernel.execute(day(number))
        assert cell.status == ("error" if fails(number) else "ok"), f"{cell.code}\n{cell.describe()}"
        seconds.append(cell.idle - cell.sent)
        kernel.forget()
        if number == cells // 2:
            middle = Holdings.of(kernel)
    end = Holdings.of(kernel)
    later = cells - cells // 2 - 1
    grown = (end.bytes - middle.bytes) / later
    first, last = statistics.median(seconds[12 : cells // 4]), statistics.median(seconds[-cells // 4 :])
    figure("soak: middle", middle)
    figure("soak: end", end)
    figure("soak: memory per cell", f"{grown / 1024:.0f} kB")
    figure("soak: latency, first and last quarter", f"{1000 * first:.0f} and {1000 * last:.0f} ms (medians)")
    assert grown < BYTES_PER_CELL, f"{grown / 1024:.0f} kB a cell: {middle}; {end}"
    # A thread or a file may be on its way; one for every tenth cell may not.
    for what in ("descriptors", "threads", "files"):
        assert getattr(end, what) - getattr(middle, what) < later / 10, f"{what}: {middle}; {end}"
    assert zombies(kernel) == []


def test_many_restarts_leave_nothing(fresh_kernel):
    kernel, ours = fresh_kernel, psutil.Process()
    for turn in range(rounds(20, least=6)):
        # Every moment of a kernel's life: while it warms up, idle, and with a cell at work.
        if turn % 3 == 1:
            kernel.ok("let before_restart = 1;")
        if turn % 3 == 2:
            kernel.until_prints(kernel.begin('println!("started"); loop { checkpoint(); }'))
        if turn == 3:
            descriptors = ours.num_fds()
        before = kernel.marked.now()
        folders = set(kernel.tmp.iterdir())
        kernel.restart()
        kernel.forget()
        assert kernel.marked.gone(before) == []
        assert not folders & set(kernel.tmp.iterdir())
    kernel.ok("1 + 1")
    roles = by_role(kernel)
    assert {role: len(found) for role, found in roles.items()} == dict.fromkeys(ROLES, 1), roles
    assert len(list(kernel.tmp.iterdir())) == 1
    assert ours.num_fds() <= descriptors + 2, "the client's sockets are closed"
    last = kernel.marked.now()
    kernel.shutdown()
    assert kernel.marked.gone(last) == []
    assert list(kernel.tmp.iterdir()) == []
