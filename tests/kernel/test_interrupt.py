"""Stop stops, soon, and keeps what there is."""

import time

import pytest

LOOPS = {
    "a loop that asks": "loop { checkpoint(); }",
    "a pool at work": """
let naps: Vec<u64> = (0..2000).collect();
Pool::new(2)?.map(&naps, |_| thread::sleep(Duration::from_millis(20)))?;
""",
    "a plain loop": "loop {}",
    "nested loops": """
let mut turns = 0u64;
for i in 0..u64::MAX { for j in 0..1000u64 { turns = std::hint::black_box(turns ^ (i * j)); } }
""",
    "a while loop": "let mut n = 1u64; while std::hint::black_box(n) != 0 { n |= 1; }",
    "a loop that computes only": "let mut n = 0u64; for i in 0..u64::MAX { n ^= i * i; }\nn",
    "a loop in a function": "fn spin(mut n: u64) -> u64 { loop { n = std::hint::black_box(n) | 1; if n == 0 { return n; } } }\nspin(1)",
    "a loop in a closure": "let spin = (|| { let mut n = 1u64; while n != 0 { n = std::hint::black_box(n) | 1; } n })();",
    "a loop with slow turns": "for i in 0..1000 { let t = Instant::now(); while t.elapsed() < Duration::from_millis(40) {} }",
    "a sleep": "thread::sleep(Duration::from_secs(600));\nprintln!(\"slept\");",
    "a sleep in a function": "fn nap() { thread::sleep(Duration::from_secs(600)); println!(\"slept\"); }\nnap();",
    "a thread that is waited for": "thread::spawn(|| loop { std::hint::black_box(1); }).join().unwrap_or(());\nprintln!(\"slept\");",
    "reading rasters over and over": """
let file = kept_raster.clone();
loop { let raster = Raster::open(&file)?; let _: Array2<f32> = raster.read(1)?; }
""",
    "computing lazily over and over": """
let lazy = open_rasters(&[kept_raster.clone(), kept_raster.clone()])?;
loop { lazy.mean("y")?.compute()?; }
""",
}


# What a `for` loop may go over. Which guard a loop gets depends on it, and one that does not compile would be left away.
ITEMS = {
    "a map": "&map",
    "a map turned round": "&map.t()",
    "a part of a map": "&map.slice(s![1.., ..])",
    "a map that is made for it": "&Array2::<f32>::zeros((20, 30))",
    "a map to change": "&mut map.clone()",
    "the values of a map": "map.iter()",
    "values and their places": "map.indexed_iter()",
    "rows of a map": "map.slice(s![.., ..1]).rows()",
    "a vector": "vec![String::new(); 600]",
    "a slice": "&[0u8; 600][..]",
    "numbered items": "map.iter().enumerate()",
    "two things at once": "map.iter().zip(&[0u8; 600])",
    "a range": "0..600",
    "a range backwards": "(0..600).rev()",
    "words": "\"a b c \".repeat(200).split(' ')",
    "a hash map": "(0..600).map(|n| (n, n)).collect::<HashMap<i32, i32>>()",
}
# Has no loop that a guard could be in.
SLOW = "fn slow<T>(_: T) { let t = Instant::now(); (0..u64::MAX).any(|_| t.elapsed() > Duration::from_millis(30)); }"


@pytest.fixture(scope="module")
def kept(kernel):
    """Variables that every Stop must leave as they are; one of them a file to read."""
    kernel.ok("let kept_by_stop = vec![1, 2, 3];\nlet mut taken_by_stop = String::from(\"taken\");")
    kernel.ok('let kept_raster = PathBuf::from("kept.tif");')
    write = "let mut writer = Raster::create(&kept_raster, &RasterMeta::new(300, 200, DType::F32))?;"
    kernel.ok(f"{{ {write} writer.write(&Array2::<f32>::ones((200, 300)), 1)?; writer.finish()?; }}")
    return kernel


@pytest.mark.parametrize("name", LOOPS)
def test_stop_ends_the_cell_and_keeps_variables(kept, duration, name):
    # The cell moves both variables out of the store.
    cell = kept.run_and_stop('taken_by_stop.push(\'!\');\nprintln!("started {}", kept_by_stop.len());\n' + LOOPS[name])
    duration("Stop", name, cell.stopped_after)
    assert "slept" not in cell.stdout
    assert kept.ok("kept_by_stop").text == "[1, 2, 3]"
    assert kept.ok("taken_by_stop.trim_end_matches('!')").text == '"taken"'


@pytest.mark.parametrize("name", ITEMS)
def test_stop_ends_a_loop_over(kept, duration, name):
    kept.ok(SLOW)
    code = f'let map = Array2::<f32>::zeros((600, 1));\nprintln!("started");\nfor item in {ITEMS[name]} {{ slow(item); }}'
    duration("Stop", f"a loop over {name}", kept.run_and_stop(code).stopped_after)
    assert kept.ok("kept_by_stop").text == "[1, 2, 3]"


def test_stop_ends_a_loop_over_an_iterator_of_any_type(kept):
    kept.ok(f"{SLOW}\nfn all<T, I: IntoIterator<Item = T>>(items: I) {{ for item in items {{ slow(item); }} }}")
    kept.run_and_stop('println!("started");\nall(0..600);')
    assert kept.ok("kept_by_stop").text == "[1, 2, 3]"


# A foreign call that never returns.
ENDLESS = '{ unsafe extern "C" { fn pause() -> i32; }\nprintln!("started");\nwhile unsafe { pause() } != 1 {} }'


def test_a_foreign_call_that_never_returns_is_ended_and_says_what_was_lost(fresh_kernel):
    kernel = fresh_kernel
    kernel.ok("let lost_by_stop = 1;")
    cell = kernel.begin(ENDLESS)
    kernel.until_prints(cell)
    kernel.interrupt()
    kernel.finish(cell)
    assert cell.status == "error" and len(cell.errors) == 1, cell.describe()
    assert "lost_by_stop" in "\n".join(cell.errors[0]["traceback"])
    assert kernel.ok("1 + 1").text == "2"


def test_a_second_stop_ends_it_at_once(fresh_kernel, duration):
    kernel = fresh_kernel
    cell = kernel.begin(ENDLESS)
    kernel.until_prints(cell)
    kernel.interrupt()
    time.sleep(0.2)
    asked = time.monotonic()
    kernel.interrupt()
    kernel.finish(cell, timeout=20)
    duration("The second Stop", "a foreign call", cell.idle - asked)
    assert cell.errors[0]["ename"] == "WorkerEnded", cell.errors
    assert kernel.ok("1 + 1").text == "2"


def test_a_double_click_on_stop_loses_nothing(kernel):
    kernel.ok("let kept_by_clicks = vec![1, 2, 3];")
    cell = kernel.begin('println!("started {}", kept_by_clicks.len());\nthread::sleep(Duration::from_secs(600));')
    kernel.until_prints(cell)
    for _ in range(3):
        kernel.manager.interrupt_kernel()
    kernel.finish(cell, timeout=20)
    assert cell.errors[0]["ename"] == "Interrupted", cell.errors
    assert kernel.ok("kept_by_clicks").text == "[1, 2, 3]"


def test_a_guarded_loop_does_what_it_does_without_guards(kernel):
    code = """
let mut seen = Vec::new();
'outer: for i in 0..200_000usize {
    for (at, j) in [3, 4, 5].iter().enumerate() {
        if i % 50_000 == 7 && at == 1 { continue 'outer; }
        if i == 150_100 { break 'outer; }
        if i % 50_000 < 8 { seen.push(i * j); }
    }
}
let mut sum = 0u64;
for i in 0..200_001u64 { sum += i; }
let squares = { let mut out = vec![0; 70_000]; for (i, o) in out.iter_mut().enumerate() { *o = i * i; } out };
let mut ones = vec![0u8; 70_000];
for one in &mut ones { *one += 1; }
let found = loop { sum += 1; if sum % 1000 == 0 { break sum; } };
let mut stack = vec![1, 2, 3];
let mut popped = 0;
while let Some(top) = stack.pop() { popped += top; if top == 2 { continue; } }
(seen.len(), seen.iter().sum::<usize>(), sum, squares[69_999], ones.iter().map(|&b| b as u32).sum::<u32>(), found, popped)
"""
    expected = kernel.ok(code).text
    seen = [i * j for i in range(150_100) if i % 50_000 < 8 for j in ([3] if i % 50_000 == 7 else [3, 4, 5])]
    total = sum(range(200_001))
    found = (total // 1000 + 1) * 1000
    assert expected == f"({len(seen)}, {sum(seen)}, {found}, {69_999**2}, 70000, {found}, 6)"


def test_a_loop_that_cannot_be_guarded_runs_all_the_same(kernel):
    kernel.ok("const fn triangle(n: u32) -> u32 { let (mut i, mut sum) = (0, 0); while i < n { i += 1; sum += i; } sum }")
    assert kernel.ok("const TEN: u32 = triangle(4);\nTEN").text == "10"
    error = kernel.fail("for i in 0..3 { let text: String = i; }")
    assert "1:36" in error["text"] and "expected `String`" in error["text"], error["text"]


def test_stop_while_a_cell_compiles(kernel):
    kernel.ok("let kept_while_compiling = 3;")
    cell = kernel.begin("loop { checkpoint(); }")
    kernel.wait_until(lambda: cell.of("execute_input"), what="the cell to be taken up")
    kernel.stop(cell)
    assert kernel.ok("kept_while_compiling").text == "3"


def test_after_stop_the_pool_works_again(kernel):
    kernel.run_and_stop('println!("started"); loop { checkpoint(); }')
    assert kernel.ok("Pool::new(2)?.map(&[1, 2, 3], |i| i * 2)?").text == "[2, 4, 6]"


def test_stop_while_nothing_runs_does_no_harm(kernel):
    kernel.ok("let before_idle_stop = 1;")
    kernel.interrupt()
    assert kernel.ok("checkpoint(); before_idle_stop + 1").text == "2"
    assert kernel.manager.is_alive()


def test_a_cell_that_waits_behind_a_stopped_one_does_not_run(kernel):
    first = kernel.begin('println!("started"); loop { checkpoint(); }')
    second = kernel.begin('println!("must not run");')
    kernel.until_prints(first)
    kernel.stop(first)
    kernel.finish(second)
    assert not second.stdout
    assert kernel.ok("1 + 1").text == "2"


def test_what_was_cut_short_has_no_value(kernel):
    cell = kernel.run_and_stop('println!("started");\nstd::process::Command::new("sleep").arg("30").status()?')
    assert cell.status == "error" and not cell.of("execute_result"), cell.describe()
