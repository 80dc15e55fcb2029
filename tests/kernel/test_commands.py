"""Lines for the kernel itself: the commands that exist do what they say, and any other is refused in words.

What is no command is Rust. A line counts as one only before the first line of Rust in its cell.
"""

import pytest

from harness.kernel import Kernel, without_colours


def answer(cell) -> str:
    """Whatever a command shows, however it shows it."""
    bundles = [*cell.shown, *(part["data"] for part in cell.reply["payload"] if part["source"] == "page")]
    return without_colours(cell.stdout + "\n".join(bundle.get("text/plain", "") for bundle in bundles))


def test_vars_lists_each_variable_with_its_type(fresh_kernel):
    assert "no_such" not in answer(fresh_kernel.ok(":vars"))
    fresh_kernel.ok("let command_days = vec![1.5f32];\nlet command_name = \"rain\";\nlet (command_a, _) = (1u8, 2);")
    listed = answer(fresh_kernel.ok(":vars"))
    for name, of in (("command_days", "Vec<f32>"), ("command_name", "str"), ("command_a", "u8")):
        (line,) = [line for line in listed.splitlines() if name in line]
        assert of in line, listed
    assert fresh_kernel.ok("command_a").text == "1"


@pytest.mark.parametrize("command", [":type", ":t"])
def test_type_tells_a_variables_type(kernel, command):
    kernel.ok("let command_typed = vec![(1u8, 'a')];")
    assert "Vec<(u8, char)>" in answer(kernel.ok(f"{command} command_typed"))
    assert "command_untyped" in kernel.fail(f"{command} command_untyped")["evalue"]


def test_doc_shows_the_documentation_of_an_item(kernel):
    kernel.ok("/// Rain of a day, in millimetres.\nfn command_rain() -> f64 { 1.5 }")
    assert "Rain of a day, in millimetres." in answer(kernel.ok(":doc command_rain"))


def test_version_is_isopleths(kernel):
    version = kernel.ask("kernel_info")["implementation_version"]
    assert version in answer(kernel.ok(":version"))


def test_help_lists_the_commands_that_there_are_and_no_others(kernel):
    text = answer(kernel.ok(":help"))
    for command in (":dep", ":vars", ":type", ":help", ":clear", ":restart", ":quit", ":doc", ":version"):
        assert command in text, text
    for command in (":opt", ":toolchain", ":linker", ":cache", ":efmt", ":fmt", ":preserve_vars_on_panic", ":sccache", ":timing"):
        assert command not in text, text


REFUSED = [
    ":opt", ":opt 3", ":toolchain nightly", ":linker lld", ":preserve_vars_on_panic 0", ":efmt {:?}", ":fmt {:?}", ":cache 500", ":clear_cache",
    ":sccache 1", ":timing", ":last_error_json", ":explain", ":load_config", ":build_env A=b", ":env A=b", ":offline 1", ":quiet 1",
    ":internal_debug", ":last_compile_dir", ":time_passes", ":show_deps", ":types", ":allow_static_linking 0", ":codegen_backend x",
    ":nothing_like_it", ":Vars", ":varsx", ":", ": vars x",
]  # fmt: skip


@pytest.mark.parametrize("command", REFUSED)
def test_any_other_command_is_refused_in_words(kernel, command):
    error = kernel.fail(command)
    assert error["ename"] == "CommandError", error
    name = command.split()[0]
    assert name in error["evalue"] and len(error["text"]) > len(command) + 20, error["text"]


def test_a_refused_command_runs_nothing_of_its_cell_and_changes_nothing(kernel):
    kernel.ok("let mut command_kept = vec![1];")
    error = kernel.fail(':preserve_vars_on_panic 0\nprintln!("must not run");\ncommand_kept.push(2);')
    assert error["ename"] == "CommandError" and not error["cell"].stdout
    kernel.fail('command_kept.len(); panic!("with all variables kept")')
    assert kernel.ok("command_kept").text == "[1]"


def test_clear_forgets_what_cells_defined_and_nothing_else(fresh_kernel):
    crate = fresh_kernel.cwd / "command-crate"
    (crate / "src").mkdir(parents=True)
    (crate / "Cargo.toml").write_text('[package]\nname = "command-crate"\nversion = "0.1.0"\nedition = "2024"\n', encoding="utf-8")
    (crate / "src/lib.rs").write_text("pub fn seven() -> i32 { 7 }\n", encoding="utf-8")
    fresh_kernel.ok(f':dep command-crate = {{ path = "{crate}" }}')
    fresh_kernel.ok("use std::collections::BTreeSet as Cleared;\nlet cleared_v = 1;\nfn cleared_f() {}\nstruct ClearedS;\nmacro_rules! cleared_m { () => { 1 } }")
    assert fresh_kernel.ok("command_crate::seven()").text == "7"
    fresh_kernel.ok(":clear")
    for use in ("cleared_v", "cleared_f()", "ClearedS;", "Cleared::<i32>::new()", "cleared_m!()"):
        fresh_kernel.fail(use)
    assert "cleared_v" not in answer(fresh_kernel.ok(":vars"))
    assert fresh_kernel.ok("Array2::<f32>::zeros((2, 2)).len() + HashMap::<i32, i32>::new().len()").text == "4"
    assert "invalid digit" in fresh_kernel.fail('let n: i32 = "x".parse()?;')["evalue"]
    assert fresh_kernel.ok("command_crate::seven()").text == "7"
    fresh_kernel.ok("struct ClearedS { a: i32 }\nlet cleared_v = ClearedS { a: 5 };")
    assert fresh_kernel.ok("for i in 0..2 { println!(\"{i}\"); }\ncleared_v.a").text == "5"


def test_restart_ends_the_process_of_cells_and_keeps_functions(fresh_kernel):
    fresh_kernel.ok("fn restarted_f() -> i32 { 4 }\nstruct RestartedS { a: i32 }\nlet restarted_v = RestartedS { a: 1 };")
    before = fresh_kernel.ok("std::process::id()").text
    cell = fresh_kernel.ok(":restart")
    assert answer(cell).strip(), "says what became of the variables"
    fresh_kernel.fail("restarted_v.a")
    assert fresh_kernel.ok("restarted_f() + RestartedS { a: 2 }.a").text == "6"
    assert fresh_kernel.ok("std::process::id()").text != before


def test_quit_answers_and_ends_the_kernel(fresh_kernel):
    fresh_kernel.ok("1 + 1")
    processes = fresh_kernel.marked.now()
    cell = fresh_kernel.begin(":quit")
    fresh_kernel.wait_until(lambda: cell.reply is not None, timeout=30, what="the reply")
    assert cell.reply["status"] == "ok" and "ask_exit" in [part["source"] for part in cell.reply["payload"]]
    assert fresh_kernel.marked.gone(processes) == []


def test_a_users_settings_for_evcxr_are_not_obeyed(installed, tmp_path):
    (tmp_path / "cwd").mkdir()
    settings = '[evcxr]\nprelude = "fn from_settings() -> i32 { 1 }"\nopt_level = "nonsense"\n'
    for folder in (tmp_path / "cwd", tmp_path / "state/config/evcxr"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "evcxr.toml").write_text(settings, encoding="utf-8")
        (folder / "init.evcxr").write_text(":dep no-such-crate-xyz = \"1\"\n", encoding="utf-8")
        (folder / "prelude.rs").write_text("fn from_prelude() -> i32 { 1 }\n", encoding="utf-8")
    with Kernel(tmp_path) as kernel:
        assert kernel.ok("1 + 1").text == "2"
        for function in ("from_settings", "from_prelude"):
            assert function in kernel.fail(f"{function}()")["text"]


# What is a command, and what is Rust

CODE = {
    "a field of `not`": ("let command_bits = [\n!true,\n!false,\n];\ncommand_bits", "[false, true]"),
    "a condition as rustfmt breaks it": ("let command_long = true;\nlet command_short =\n!command_long;\ncommand_short", "false"),
    "a path from the root": ("let command_path: Vec<i32> =\n::std::vec::Vec::new();\ncommand_path", "[]"),
    "a path from the root at once": ("::std::mem::size_of::<u32>()", "4"),
    "a type on a line of its own": ("let command_type\n    : u8\n    = 5;\ncommand_type", "5"),
    "a string of commands": ("let command_string = \"\n:quit\n!exit 1\n:opt 3\n\";\ncommand_string.lines().count()", "4"),
    "a comment of commands": ("/*\n:quit\n!exit 1\n*/\n// :clear\n6", "6"),
    "a call that is negated": ("let command_list = vec![1];\nif\n!command_list.is_empty() { 1 } else { 0 }", "1"),
    "the words await and crate in a comment": ("// extern crate nothing; then .await it\n7", "7"),
}


@pytest.mark.parametrize("what", CODE)
def test_what_stands_behind_the_first_line_of_rust_is_rust(kernel, what):
    code, value = CODE[what]
    assert kernel.ok(code).text == value


def test_a_negated_variable_is_rust(kernel):
    kernel.ok("let command_flag = true;\nlet command_other = false;")
    assert kernel.ok("!command_flag").text == "false"
    assert kernel.ok("!command_flag || !command_other").text == "true"
    assert kernel.ok("!command_other\n    && command_flag").text == "true"


def test_commands_and_rust_in_one_cell(kernel):
    cell = kernel.ok("\n:vars\n!echo from the shell\nlet command_behind = 4;\ncommand_behind + 1")
    assert cell.text == "5" if len(cell.of("execute_result")) == 1 else "5" in answer(cell)
    assert "from the shell\n" in answer(cell)
    assert kernel.ok("command_behind").text == "4"


@pytest.mark.parametrize("what", ["a condition as rustfmt breaks it", "a path from the root", "the words await and crate in a comment"])
def test_what_only_looks_like_a_command_does_not_end_the_keeping_of_compiled_cells(kernel, what):
    entries = lambda: set((kernel.state / "cache/isopleth/cells").glob("*"))  # noqa: E731
    kernel.ok(CODE[what][0])
    before = entries()
    kernel.ok(f'println!("kept behind {what}");')
    kernel.wait_until(lambda: entries() - before, timeout=30, what="the cell in the cache")
