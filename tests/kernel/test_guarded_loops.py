"""Stop ends what has no loop that a guard could be in, and one loop without a guard costs the others nothing.

Everything that a user's code can wait in or turn in for ever has to hear Stop by itself. What does not is ended with the
process, and takes every variable with it.
"""

import pytest

SPIN = "std::hint::black_box(1);"

# Cells before, which must succeed, and the cell that is stopped behind `println!("started")`.
ENDLESS = {
    "recursion": ("fn guard_sum(n: u64) -> u64 { if n == 0 { 1 } else { guard_sum(n - 1) + guard_sum(n - 1) } }", "guard_sum(60)"),
    "recursion of two functions": ("fn guard_even(n: u64) -> u64 { if n == 0 { 1 } else { guard_odd(n - 1) + guard_odd(n - 1) } }\nfn guard_odd(n: u64) -> u64 { if n == 0 { 2 } else { guard_even(n - 1) + guard_even(n - 1) } }", "guard_odd(61)"),
    "recursion of a method": ("struct GuardTree;\nimpl GuardTree { fn walk(&self, n: u32) -> u64 { if n == 0 { return 1; } self.walk(n - 1) + self.walk(n - 1) } }", "GuardTree.walk(61)"),
    "recursion of a generic function": ("fn guard_deep<T: Copy>(x: T, n: u32) -> u64 { match n { 0 => 1, n => guard_deep(x, n - 1) + guard_deep(x, n - 1) } }", "guard_deep('a', 61)"),
    "recursion in a cell": ("", "fn guard_fib(n: u32) -> u64 {\n    if n < 2 { 1 } else { guard_fib(n - 1) + guard_fib(n - 2) }\n}\nguard_fib(90)"),
    "a channel": ("let (guard_tx, guard_rx) = std::sync::mpsc::channel::<i32>();", "let never = guard_rx.recv();"),
    "a channel of the cell's own": ("", "let (tx, rx) = std::sync::mpsc::channel::<i32>();\nlet never = rx.recv().unwrap();\ndrop(tx);"),
    "a loop over a channel": ("let (guard_tx, guard_rx) = std::sync::mpsc::channel::<i32>();", "for x in guard_rx.iter() { println!(\"{x}\"); }"),
    "a loop over a channel of the cell's own": ("", "let (tx, rx) = std::sync::mpsc::channel::<i32>();\ntx.send(1).unwrap();\nfor x in rx { println!(\"{x}\"); }\ndrop(tx);"),
    "a channel in a function": ("fn guard_wait(rx: &std::sync::mpsc::Receiver<i32>) -> i32 { rx.recv().unwrap_or(0) }", "let (tx, rx) = std::sync::mpsc::channel();\nlet got = guard_wait(&rx);\ntx.send(got).unwrap();"),
    "a program": ("", 'std::process::Command::new("sleep").arg("61234").status()?;'),
    "the output of a program": ("", 'let out = std::process::Command::new("sleep").arg("61234").output()?;'),
    "a program that was started before": ("", 'let mut child = std::process::Command::new("sleep").arg("61234").spawn()?;\nchild.wait()?;'),
    "a program whose status is shown": ("", 'std::process::Command::new("sleep").arg("61234").status()'),
    "a thread whose end is shown": ("", "thread::spawn(|| thread::sleep(std::time::Duration::from_secs(600))).join()"),
    "a panic that is caught": ("", f"let caught = std::panic::catch_unwind(|| loop {{ {SPIN} }}).is_err();\ncaught"),
    "a macro": (f"macro_rules! guard_forever {{ () => {{ loop {{ {SPIN} }} }} }}", "guard_forever!();"),
    "a loop in the argument of a macro": ("", f"println!(\"{{}}\", {{ let mut n = 1u64; while n != 0 {{ n = std::hint::black_box(n); }} n }});"),
    "labelled loops": ("", "'outer: loop {\n    for i in 0.. {\n        if i == 5 { continue 'outer; }\n        if i == 7 { break 'outer; }\n    }\n}"),
    "while let": ("", "let mut stack = vec![1];\nwhile let Some(n) = stack.pop() {\n    stack.push(n);\n}"),
    "while let with a chain": ("", "let mut stack = vec![1];\nwhile let Some(n) = stack.pop() && n > 0 {\n    stack.push(n);\n}"),
    "nested closures": ("", f"let outer = || {{\n    let inner = || loop {{ {SPIN} }};\n    inner()\n}};\nouter();"),
    "a closure in a chain": ("", f"(0..3).for_each(|_| loop {{ {SPIN} }});"),
    "a function of an earlier cell": (f"fn guard_spin() {{ loop {{ {SPIN} }} }}", "guard_spin();"),
    "a function of a module": (f"mod guard_mod {{ pub mod deep {{ pub fn spin() {{ loop {{ {SPIN} }} }} }} }}", "guard_mod::deep::spin();"),
    "a trait's own method": (f"trait GuardSpin {{ fn spin(&self) {{ loop {{ {SPIN} }} }} }}\nimpl GuardSpin for i32 {{}}", "3.spin();"),
    "a thread that is joined": ("", f"let handle = thread::spawn(|| loop {{ {SPIN} }});\nhandle.join().unwrap();"),
    "a thread that waits": ("", "let (tx, rx) = std::sync::mpsc::channel::<i32>();\nlet handle = thread::spawn(move || rx.recv());\nlet never = handle.join();\ndrop(tx);"),
    "scoped threads": ("", f"thread::scope(|scope| {{\n    for _ in 0..2 {{ scope.spawn(|| loop {{ {SPIN} }}); }}\n}});"),
    "items whose type is found later": ("", "let mut n = 0.0;\nfor x in std::iter::repeat_with(|| \"1.5\".parse().unwrap()) {\n    let v: f64 = x;\n    n += v;\n    if n < 0.0 { break; }\n}"),
    "another loop beside such a one": ("", f"let mut sum = 0.0;\nfor x in [\"1\", \"2\"].iter().map(|t| t.parse().unwrap()) {{\n    let v: f64 = x;\n    sum += v;\n}}\nloop {{ {SPIN} }}"),
    "a loop in an async block": ("", f"let task = async {{ loop {{ {SPIN} }} }};\nlet mut task = Box::pin(task);\nlet mut context = std::task::Context::from_waker(std::task::Waker::noop());\nlet _: std::task::Poll<()> = task.as_mut().poll(&mut context);"),
}  # fmt: skip


def children(kernel, argument):
    return [process.pid for process in kernel.marked.now() if argument in process.cmdline()]


@pytest.mark.parametrize("what", ENDLESS)
def test_stop_keeps_the_variables_in(kernel, duration, what):
    before, code = ENDLESS[what]
    kernel.ok("let guard_kept = vec![1, 2, 3];\nlet guard_text = String::from(\"taken\");")
    if before:
        kernel.ok(before)
    uses = "use std::future::Future as _;\n" if "poll" in code else ""
    cell = kernel.run_and_stop(f'{uses}guard_kept.len();\nprintln!("started");\n{code}')
    duration("Stop", what, cell.stopped_after)
    assert kernel.ok("(&guard_kept, &guard_text)").text == '([1, 2, 3], "taken")'
    if "61234" in code:
        kernel.wait_until(lambda: not children(kernel, "61234"), what="the end of the program that the cell waited for")


UNWINDING = {
    "a destructor": "",
    "a destructor that calls a function": "guard_tidy();",
    "a destructor with a loop in it": "let mut n = 0;\nfor i in 0..5000 { n += i; }\nprintln!(\"looped {n}\");",
}


@pytest.mark.parametrize("what", UNWINDING)
def test_a_destructor_runs_to_its_end_when_its_cell_is_stopped(kernel, what):
    kernel.ok("let guard_unwound = 4;")
    kernel.ok("fn guard_tidy() { let mut n = 0; while n < 5000 { n += 1; } println!(\"tidied {n}\"); }")
    kernel.ok(f"struct GuardTidy;\nimpl Drop for GuardTidy {{ fn drop(&mut self) {{ {UNWINDING[what]} println!(\"dropped\"); }} }}")
    cell = kernel.run_and_stop(f"let _tidy = GuardTidy;\nprintln!(\"started\");\nloop {{ {SPIN} }}")
    assert cell.stdout.endswith("dropped\n")
    assert ("tidied 5000" in cell.stdout) == ("guard_tidy" in UNWINDING[what])
    assert ("looped 12497500" in cell.stdout) == ("loop" in what)
    assert kernel.ok("guard_unwound").text == "4"


def test_a_callback_of_c_may_have_a_loop(kernel):
    kernel.ok("let guard_of_c = 6;")
    kernel.ok("""
unsafe extern "C" { fn qsort(base: *mut i32, n: usize, size: usize, compare: extern "C" fn(*const i32, *const i32) -> i32); }
fn guard_turns() -> i32 { let mut n = 0; while n < 200 { n += 1; } n }
extern "C" fn guard_compare(a: *const i32, b: *const i32) -> i32 { if guard_turns() == 200 { unsafe { *a - *b } } else { 0 } }
fn guard_sort(v: &mut [i32]) { unsafe { qsort(v.as_mut_ptr(), v.len(), 4, guard_compare) } }
""")
    assert kernel.ok("let mut v = [3, 1, 2];\nguard_sort(&mut v);\nv").text == "[1, 2, 3]"
    kernel.run_and_stop('println!("started");\nloop { guard_sort(&mut (0..3000).rev().collect::<Vec<i32>>()); }')
    assert kernel.ok("guard_of_c").text == "6"


def test_an_item_whose_loop_has_no_guard_costs_other_loops_nothing(kernel):
    kernel.ok("let guard_beside = 7;")
    kernel.ok("const fn guard_triangle(n: u32) -> u32 { let (mut i, mut sum) = (0, 0); while i < n { i += 1; sum += i; } sum }\nconst GUARD_TEN: u32 = guard_triangle(4);")
    kernel.run_and_stop(f'println!("started {{GUARD_TEN}}");\nloop {{ {SPIN} }}')
    kernel.ok(f"fn guard_later() {{ loop {{ {SPIN} }} }}")
    kernel.run_and_stop('println!("started");\nguard_later();')
    assert kernel.ok("guard_beside + GUARD_TEN as i32").text == "17"


def test_stop_of_the_compiler_is_no_verdict_on_the_loop(kernel):
    kernel.ok("let guard_compiled = 8;")
    code = f'println!("started");\nlet mut guard_n = 0u64;\nloop {{ guard_n += 1; {SPIN} if guard_n == u64::MAX {{ break; }} }}'
    cell = kernel.begin(code)
    kernel.wait_until(lambda: cell.of("execute_input"), what="the cell to be taken up")
    kernel.stop(cell)
    for _ in range(2):
        kernel.run_and_stop(code)
    assert kernel.ok("guard_compiled").text == "8"
