"""`!program` runs a program as a terminal does: with the user's environment, its output at once, and Stop ends it."""

import os
import subprocess

import pytest


def script(kernel, name: str, text: str) -> str:
    """A program in the notebook's folder, and the line that runs it."""
    (kernel.cwd / name).write_text(text, encoding="utf-8")
    return f"!sh {name}"


def until(gate) -> str:
    return f"while [ ! -e {gate.path} ]; do sleep 0.02; done"


def test_output_is_text_on_the_two_streams(kernel):
    cell = kernel.ok(script(kernel, "both.sh", "echo out\necho err >&2\n"))
    assert cell.stdout == "out\n" and cell.stderr == "err\n" and not cell.shown


def test_the_environment_is_the_users(kernel):
    assert kernel.ok("!printenv PATH").stdout.strip() == kernel.env["PATH"]
    assert kernel.ok("!pwd").stdout.strip() == os.path.realpath(kernel.cwd)
    assert kernel.ok("!printenv TMPDIR").stdout.strip() == kernel.env["TMPDIR"]
    assert "RUSTC_WRAPPER" not in kernel.ok("!env").stdout or "RUSTC_WRAPPER" in os.environ


@pytest.mark.parametrize("program", ["cargo", "rustc"])
def test_the_users_programs_are_found(kernel, program):
    real = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    assert kernel.ok(f"!{program} --version").stdout == real
    assert kernel.ok(f'std::process::Command::new("{program}").arg("--version").status()?;').stdout == real


def test_cargo_builds_a_project_of_the_users(kernel):
    project = kernel.cwd / "shell-project"
    (project / "src").mkdir(parents=True)
    (project / "Cargo.toml").write_text('[package]\nname = "shell-project"\nversion = "0.1.0"\nedition = "2024"\n', encoding="utf-8")
    (project / "src/main.rs").write_text('fn main() { println!("built by cargo"); }\n', encoding="utf-8")
    cell = kernel.ok("!cd shell-project && cargo run --offline --quiet")
    assert cell.stdout == "built by cargo\n"


def test_output_comes_while_the_program_runs(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(script(kernel, "slow.sh", f"echo first\n{until(gate)}\necho second\n"))
    kernel.until_prints(cell, "first\n")
    gate.open()
    assert kernel.finish(cell).stdout == "first\nsecond\n" and cell.status == "ok"


def test_tab_answers_while_a_program_runs(kernel, gates):
    (gate,) = gates()
    kernel.ok("let shell_variable = 1;")
    cell = kernel.begin(script(kernel, "waits.sh", f"echo started\n{until(gate)}\n"))
    kernel.until_prints(cell, "started\n")
    assert "shell_variable" in kernel.ask("complete", "shell_va", 8, timeout=30)["matches"]
    assert cell.idle is None
    gate.open()
    assert kernel.finish(cell).status == "ok"


STOPPED = {
    "itself": "echo started\nexec sleep 62345\n",
    "with a child": "echo started\nsleep 62345 &\nwait\n",
    "deaf to the usual signals": "trap '' INT TERM\necho started\nsleep 62345\nsleep 62345\n",
}


def test_stop_ends_the_program_and_keeps_variables(fresh_kernel):
    fresh_kernel.ok("let kept = vec![1, 2];")
    left = lambda: [process for process in fresh_kernel.marked.now() if "62345" in process.cmdline()]  # noqa: E731
    try:
        for how, text in STOPPED.items():
            cell = fresh_kernel.begin(script(fresh_kernel, "endless.sh", text))
            fresh_kernel.until_prints(cell, "started\n")
            fresh_kernel.stop(cell)
            assert fresh_kernel.ok("kept").text == "[1, 2]"
            fresh_kernel.wait_until(lambda: not left(), what=f"the end of the program, {how}")
    finally:
        for process in left():
            process.kill()


@pytest.mark.parametrize("status", [1, 3, 101])
def test_a_program_that_fails_is_an_error_with_its_status(kernel, status):
    error = kernel.fail(script(kernel, "fails.sh", f"echo so far\nexit {status}\n") + '\nprintln!("must not run");')
    assert error["ename"] == "CommandError" and str(status) in error["evalue"], error
    assert error["cell"].stdout == "so far\n"


def test_a_program_that_does_not_exist_is_named(kernel):
    error = kernel.fail("!no-such-program-xyz --help")
    assert error["ename"] == "CommandError" and "no-such-program-xyz" in error["text"] + error["cell"].stderr, error


def test_a_program_has_no_input_to_wait_for(kernel):
    assert kernel.ok("!cat").stdout == ""


def test_pipes_quotes_and_variables_are_the_shells(kernel):
    assert kernel.ok("!printf 'a b\\nc\\n' | wc -l").stdout.strip() == "2"
    assert kernel.ok('!echo "$((6 * 7))" done').stdout == "42 done\n"
    assert kernel.ok("!echo one\n!echo two\nprintln!(\"three\");").stdout == "one\ntwo\nthree\n"
