"""However a cell's process ends, the cell says why in plain words, and the next one runs."""

import pytest

CRASHES = {
    "stack overflow": (
        "fn crash_deep(n: u64) -> u64 { if n == u64::MAX { 0 } else { 1 + std::hint::black_box(crash_deep(n + 1)) } }\n"
        "crash_deep(0)",
        ["stack overflow", "calls itself"],
    ),
    "out of memory": ("let crash_huge: Vec<u8> = Vec::with_capacity(1 << 60);", ["out of memory", "1.2 EB", "lazy"]),
    "abort": ("std::process::abort()", ["`std::process::abort`"]),
    "segmentation fault": ("unsafe { std::ptr::null_mut::<i32>().write_volatile(1) }", ["invalid memory access", "unsafe"]),
    "exit": ("std::process::exit(3)", ["exit code 3"]),
    "a panic during a panic": (
        'struct CrashDrop;\nimpl Drop for CrashDrop { fn drop(&mut self) { panic!("second") } }\n'
        '{ let _held = CrashDrop; panic!("first") }',
        ["destructor"],
    ),
    "killed from outside": (
        'std::process::Command::new("kill").arg("-9").arg(std::process::id().to_string()).status()?; '
        "thread::sleep(Duration::from_secs(60));",
        ["killed from outside"],
    ),
}


# Here every test takes the variables of the one before, and makes its own.
@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_is_told_apart_and_the_next_cell_runs(kernel, name):
    code, words = CRASHES[name]
    kernel.ok("let crash_lost = 1;\nfn crash_kept() -> i32 { 42 }")
    error = kernel.fail(code)
    for word in words:
        assert word in error["text"], error["text"]
    assert [other for other, (_, wanted) in CRASHES.items() if wanted[0] in error["evalue"]] == [name]
    assert "crash_lost" in error["text"], "what was lost is named"
    for word in ("RUST_BACKTRACE", "stack backtrace", "/rustc/"):
        assert word not in error["cell"].stderr, error["cell"].stderr
    assert kernel.ok("crash_kept()").text == "42"
