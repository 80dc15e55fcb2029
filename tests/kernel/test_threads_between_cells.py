"""Threads that a cell leaves behind go on: what they print appears at once, and Stop of another cell is not theirs.

Stop is of one cell. It must not end what others began, and must leave nothing behind that keeps a processor busy.
"""

import time

import pytest

WRITERS = {
    "a line": ('println!("late");', "stdout", "late\n"),
    "half a line": ('print!("half");', "stdout", "half"),
    "an error": ('eprintln!("careful");', "stderr", "careful\n"),
    "a program": ('std::process::Command::new("echo").arg("child").status().unwrap();', "stdout", "child\n"),
}


@pytest.mark.parametrize("what", WRITERS)
def test_what_a_thread_prints_between_cells_appears_at_once(kernel, gates, what):
    write, stream, text = WRITERS[what]
    (gate,) = gates()
    first = kernel.ok(f"let between_thread = thread::spawn(|| {{ {gate.wait} {write} }});")
    last = kernel.ok("1 + 1")
    assert text not in first.stdout + last.stdout
    gate.open()
    printed = lambda: "".join(getattr(cell, stream) for cell in (first, last))  # noqa: E731
    kernel.wait_until(lambda: text in printed(), timeout=30, what=f"{text!r} without another cell")
    assert printed() == text


def test_lines_of_a_thread_come_one_by_one(kernel, gates):
    days = gates(3)
    work = " ".join(f'{gate.wait} println!("day {day}");' for day, gate in enumerate(days))
    cell = kernel.ok(f"let between_days = thread::spawn(|| {{ {work} }});")
    for day, gate in enumerate(days):
        gate.open()
        kernel.wait_until(lambda: f"day {day}\n" in cell.stdout, timeout=30, what=f"day {day}")  # noqa: B023
    assert cell.stdout == "day 0\nday 1\nday 2\n"


COUNTER = """
let between_count: std::sync::Arc<std::sync::atomic::AtomicU64> = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
let between_done: std::sync::Arc<std::sync::atomic::AtomicBool> = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
"""
COUNTERS = {
    "sleeps": "{ let count = between_count.clone(); let done = between_done.clone(); thread::spawn(move || { while !done.load(ORDER) { count.fetch_add(1, ORDER); thread::sleep(Duration::from_millis(2)); } 5 }) }",
    "computes": "{ let count = between_count.clone(); let done = between_done.clone(); thread::spawn(move || { let mut n = 0u64; loop { for i in 0..1000u64 { n = std::hint::black_box(n ^ i); } count.fetch_add(1, ORDER); if done.load(ORDER) { break 5; } } }) }",
}
ORDER = "std::sync::atomic::Ordering::SeqCst"
GOES_ON = f"""
let between_seen = between_count.load({ORDER});
let between_begun = Instant::now();
while between_count.load({ORDER}) == between_seen && between_begun.elapsed() < Duration::from_secs(10) {{ thread::sleep(Duration::from_millis(2)); }}
between_count.load({ORDER}) > between_seen
"""


def stop(kernel, code):
    kernel.run_and_stop(f'println!("started");\n{code}')


@pytest.mark.parametrize("how", COUNTERS)
def test_a_thread_of_an_earlier_cell_goes_on_after_stop_of_a_later_one(kernel, how):
    kernel.ok(COUNTER)
    kernel.ok(f"let between_counter = {COUNTERS[how].replace('ORDER', ORDER)};")
    for code in ("loop { std::hint::black_box(1); }", "thread::sleep(Duration::from_secs(600));"):
        stop(kernel, code)
        assert kernel.ok(GOES_ON).text == "true"
    kernel.ok(f"between_done.store(true, {ORDER});")
    assert kernel.ok("between_counter.join().unwrap()").text == "5"


def test_stop_while_nothing_runs_leaves_threads_alone(kernel):
    kernel.ok(COUNTER)
    kernel.ok(f"let between_counter = {COUNTERS['sleeps'].replace('ORDER', ORDER)};")
    kernel.interrupt()
    assert kernel.ok(GOES_ON).text == "true"
    kernel.ok(f"between_done.store(true, {ORDER});")
    assert kernel.ok("between_counter.join().unwrap()").text == "5"


def test_a_thread_of_the_stopped_cell_ends_with_it(kernel):
    kernel.ok(COUNTER)
    stop(kernel, f"let count = between_count.clone();\nthread::spawn(move || loop {{ count.fetch_add(1, {ORDER}); thread::sleep(Duration::from_millis(2)); }});\nloop {{ std::hint::black_box(1); }}")
    cell = kernel.ok("""
let between_begun = Instant::now();
while std::sync::Arc::strong_count(&between_count) > 1 && between_begun.elapsed() < Duration::from_secs(10) { thread::sleep(Duration::from_millis(2)); }
std::sync::Arc::strong_count(&between_count)""")
    assert cell.text == "1", "the thread has let go of it"


# What leaves something behind that wakes up while the wish to stop is still there
RESTLESS = {
    "a sleep": "thread::sleep(Duration::from_secs(600));",
    "a loop of sleeps on a thread": "let handle = thread::spawn(|| loop { thread::sleep(Duration::from_secs(600)); });\nhandle.join().unwrap_or(());",
    "a channel": "let (tx, rx) = std::sync::mpsc::channel::<i32>();\nlet _never = rx.recv();\ndrop(tx);",
    "a pool": "Pool::new(2)?.map(&[1, 2, 3, 4], |_| thread::sleep(Duration::from_secs(600)))?;",
}


def busy(kernel) -> float:
    """Seconds of processor time in one second, of the busiest process of the kernel."""
    spent = lambda: {process: sum(process.cpu_times()[:2]) for process in kernel.marked.now()}  # noqa: E731
    before = spent()
    time.sleep(1)
    return max(after - before.get(process, 0) for process, after in spent().items())


@pytest.mark.parametrize("what", RESTLESS)
def test_after_stop_no_processor_is_kept_busy(kernel, what):
    kernel.ok("thread::spawn(|| loop { thread::sleep(Duration::from_secs(600)); });")
    stop(kernel, RESTLESS[what])
    # The kernel may have something left to do; one quiet second of ten is enough, and there is none in a spin.
    assert any(busy(kernel) < 0.5 for _ in range(10))
