"""`.await` at the top of a cell works where the notebook has tokio, and elsewhere one sentence says so."""

import subprocess

import pytest


@pytest.mark.parametrize("code", ["await_number().await", "let await_n = await_number().await;", "for i in 0..2 {\n    println!(\"{}\", await_number().await + i);\n}"])
def test_without_a_runtime_one_sentence_says_so(kernel, code):
    kernel.ok("async fn await_number() -> i32 { 3 }\nlet await_kept = vec![1];")
    error = kernel.fail(code)
    assert error["ename"] == "CompileError" and "tokio" in error["text"] and ":dep" in error["text"], error["text"]
    assert kernel.ok("await_kept").text == "[1]"


def test_a_future_may_be_polled_without_a_runtime(kernel):
    kernel.ok("async fn await_outer() -> i32 { await_inner().await * 2 }\nasync fn await_inner() -> i32 { 21 }")
    cell = kernel.ok("""
use std::future::Future as _;
let mut await_future = Box::pin(await_outer());
await_future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))""")
    assert cell.text == "Ready(42)"


def test_the_word_in_a_comment_or_a_string_is_only_a_word(kernel):
    assert kernel.ok('// future.await\nlet await_text = "future.await";\nawait_text.len()').text == "12"


def test_with_tokio_a_cell_may_wait(fresh_kernel, tmp_path):
    (tmp_path / "probe/src").mkdir(parents=True)
    (tmp_path / "probe/src/lib.rs").touch()
    tokio = 'tokio = { version = "1", features = ["rt-multi-thread", "time", "macros"] }'
    (tmp_path / "probe/Cargo.toml").write_text(
        f'[package]\nname = "probe"\nversion = "0.1.0"\nedition = "2024"\n[dependencies]\n{tokio}\n', encoding="utf-8"
    )
    if subprocess.run(["cargo", "fetch"], cwd=tmp_path / "probe", capture_output=True, timeout=60).returncode:
        pytest.skip("no registry can be reached from here")
    fresh_kernel.ok("let before_tokio = vec![1];")
    fresh_kernel.ok(f":dep {tokio}", timeout=300)
    fresh_kernel.ok("async fn later(n: i32) -> i32 { tokio::time::sleep(Duration::from_millis(5)).await; n + 1 }")
    fresh_kernel.ok("let waited = later(1).await;")
    assert fresh_kernel.ok("waited + later(2).await").text == "5"
    assert fresh_kernel.ok("let task = tokio::spawn(later(6));\ntask.await?").text == "7"
    assert "no" in fresh_kernel.fail('later(1).await; Err("no")?;')["evalue"]
    fresh_kernel.run_and_stop('println!("started");\ntokio::time::sleep(Duration::from_secs(600)).await;')
    assert fresh_kernel.ok("(before_tokio, waited)").text == "([1], 2)"
