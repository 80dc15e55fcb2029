"""Tab, Shift + Tab, and the Enter key of a console: completion, inspection, is_complete."""

import pytest


def complete(kernel, code, cursor=None):
    reply = kernel.ask("complete", code, len(code) if cursor is None else cursor)
    assert reply["status"] == "ok"
    return reply


@pytest.mark.parametrize(
    ("code", "expected"),
    [("lesson_d", "lesson_data"), ("let d = DataAr", "DataArray"), ("open_ras", "open_rasters"), ("Inst", "Instant")],
)
def test_names_of_the_prelude_complete(kernel, code, expected):
    assert any(match.startswith(expected) for match in complete(kernel, code)["matches"])


def test_variables_and_functions_complete(kernel):
    kernel.ok("let humidity_of_june = 3;\nfn humidity_of_july() -> i32 { 4 }")
    matches = complete(kernel, "humidity_of_")["matches"]
    assert any(match.startswith("humidity_of_june") for match in matches)
    assert any(match.startswith("humidity_of_july") for match in matches)


def test_methods_of_a_labelled_array_complete(kernel):
    kernel.ok('let grid_to_complete = DataArray::new(random_integers(0..9, (2, 3)), ["y", "x"])?;')
    code = "grid_to_complete.mea"
    reply = complete(kernel, code)
    assert any(match.startswith("mean") for match in reply["matches"])
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "mea"


def test_positions_count_letters_not_bytes(kernel):
    code = 'let unit = "😀 °C"; lesson_d'
    reply = complete(kernel, code)
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "lesson_d"


def test_completion_in_the_middle_of_a_cell(kernel):
    code = "let folder = lesson_d\nlet other = 1;"
    reply = complete(kernel, code, code.index("\n"))
    assert any(match.startswith("lesson_data") for match in reply["matches"])


def test_nothing_to_complete_is_an_empty_list(kernel):
    assert complete(kernel, "zzz_no_such_thing")["matches"] == []


def test_a_variable_is_inspected_with_its_type(kernel):
    kernel.ok("let inspected_days: Vec<u16> = vec![1, 2];")
    reply = kernel.ask("inspect", "inspected_days", 5)
    assert reply["found"] and "Vec<u16>" in reply["data"]["text/plain"]


def test_a_function_of_the_prelude_is_inspected_with_its_documentation(kernel):
    reply = kernel.ask("inspect", "lesson_data", 5)
    assert reply["found"] and "lesson_data" in reply["data"]["text/plain"]
    assert len(reply["data"]["text/plain"].splitlines()) > 1


def test_an_unknown_name_is_not_found(kernel):
    reply = kernel.ask("inspect", "zzz_no_such_thing", 3)
    assert reply["status"] == "ok" and not reply["found"]


def test_completion_does_not_wait_behind_a_running_cell(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'println!("started"); {gate.wait}')
    kernel.until_prints(cell)
    reply = complete(kernel, "lesson_d")
    assert cell.idle is None, "the reply came only after the cell"
    assert reply["matches"]
    gate.open()
    kernel.finish(cell)


@pytest.mark.parametrize(
    "code",
    ["1 + 1", "let x = 1;", "fn f() {}", "fn f() {\n    1;\n}\n", "// a comment", 'println!("{}", "}");', "", "'a'"],
)
def test_complete_code(kernel, code):
    assert kernel.ask("is_complete", code)["status"] == "complete"


@pytest.mark.parametrize(
    "code", ["fn f() {", "let v = vec![1,", "for i in 0..3 {\n    f(i);", "match x {", "/* a comment"]
)
def test_incomplete_code(kernel, code):
    assert kernel.ask("is_complete", code)["status"] == "incomplete"


@pytest.mark.parametrize(("code", "indent"), [("for i in 0..3 {", "    "), ("fn f() {\n    if x {", "        ")])
def test_incomplete_code_comes_with_the_next_indent(kernel, code, indent):
    assert kernel.ask("is_complete", code)["indent"] == indent


@pytest.mark.parametrize("code", ["let x = );", "fn f( {} }", "let = 3;"])
def test_invalid_code(kernel, code):
    assert kernel.ask("is_complete", code)["status"] == "invalid"
