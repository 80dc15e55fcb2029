"""Requests and replies by the Jupyter protocol. (The harness checks every message against its schema, too.)"""

import re

import pytest


def test_kernel_info_describes_the_language(kernel):
    info = kernel.ask("kernel_info")
    assert info["status"] == "ok"
    assert re.fullmatch(r"5\.\d+(\.\d+)?", info["protocol_version"])
    assert info["implementation"] == "isopleth"
    assert info["language_info"]["name"] == "rust"
    assert info["language_info"]["file_extension"] == ".rs"
    assert info["language_info"]["mimetype"] and info["language_info"]["version"]
    assert info["banner"].strip()
    assert info["supported_features"] == [] and not info["debugger"], "neither subshells nor a debugger"


def test_cells_count_from_one(fresh_kernel):
    first = fresh_kernel.ok("1 + 1")
    assert first.reply["execution_count"] == 1
    assert first.of("execute_input")[0].content == {"code": "1 + 1", "execution_count": 1}
    assert first.of("execute_result")[0].content["execution_count"] == 1
    assert fresh_kernel.execute("no_such_name").reply.get("execution_count", 2) == 2
    assert fresh_kernel.ok("2 + 2").reply["execution_count"] == 3


def test_a_silent_cell_does_not_count_and_says_nothing(kernel):
    before = kernel.ok("1").reply["execution_count"]
    silent = kernel.ok("let silent_protocol = 1; silent_protocol", silent=True)
    assert not silent.of("execute_input", "execute_result", "stream")
    assert kernel.ok("1").reply["execution_count"] == before + 1


def test_a_cell_outside_the_history_does_not_count(kernel):
    before = kernel.ok("1").reply["execution_count"]
    kernel.ok("2", store_history=False)
    assert kernel.ok("1").reply["execution_count"] == before + 1


def test_a_first_cell_outside_the_history_shows_one(fresh_kernel):
    cell = fresh_kernel.ok("5", store_history=False)
    assert cell.reply["execution_count"] == cell.of("execute_result")[0].content["execution_count"] == 1
    assert fresh_kernel.ok("6").reply["execution_count"] == 1


def test_each_cell_is_between_busy_and_idle(kernel):
    cell = kernel.ok('println!("x"); 5')
    states = [message.content["execution_state"] for message in cell.of("status")]
    assert states == ["busy", "idle"]
    assert cell.messages[0].type == "status" and cell.messages[-1].type == "status"
    assert [m.type for m in cell.messages[1:-1]] == ["execute_input", "stream", "execute_result"]


def test_history_has_the_latest_inputs_in_order(kernel):
    kernel.ok("let in_history = 1;")
    kernel.ok("in_history + 1")
    history = kernel.ask("history", raw=True, output=False, hist_access_type="tail", n=2)["history"]
    assert [entry[2] for entry in history] == ["let in_history = 1;", "in_history + 1"]


def test_kernel_info_does_not_wait_behind_a_running_cell(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'println!("started"); {gate.wait}')
    kernel.until_prints(cell)
    kernel.ask("kernel_info")
    assert cell.idle is None, "the reply came only after the cell"
    gate.open()
    kernel.finish(cell)


# User expressions


def test_user_expressions_are_evaluated_after_the_cell(kernel):
    cell = kernel.ok(
        "let for_expressions = vec![1, 2, 3];",
        user_expressions={"length": "for_expressions.len()", "sum": "for_expressions.iter().sum::<i32>()", "unit": "()"},
    )
    values = cell.reply["user_expressions"]
    assert {name: value["data"]["text/plain"] for name, value in values.items()} == {
        "length": "3", "sum": "6", "unit": "()",
    }  # fmt: skip
    assert all(value["status"] == "ok" and value["metadata"] == {} for value in values.values())
    assert not cell.of("execute_result", "error"), "the notebook does not show them"


def test_a_user_expression_keeps_its_rich_views(kernel):
    array = 'DataArray::new(random_integers(0..9, (2, 3)), ["y", "x"])?'
    value = kernel.ok("", user_expressions={"array": array}).reply["user_expressions"]["array"]
    assert "text/html" in value["data"] and "text/plain" in value["data"]


def test_a_user_expression_that_fails_fails_alone(kernel):
    asked = {"bad": "no_such_name", "panics": 'panic!("on purpose")', "good": "1 + 1", "statement": "let a = 1;"}
    cell = kernel.ok("7", user_expressions=asked)
    values = cell.reply["user_expressions"]
    assert cell.text == "7" and values["good"]["data"]["text/plain"] == "2"
    for name, ename in (("bad", "CompileError"), ("panics", "Panic"), ("statement", "CompileError")):
        assert values[name]["status"] == "error" and values[name]["ename"] == ename, values[name]
        assert values[name]["evalue"] and values[name]["traceback"]
    assert not cell.of("error")


def test_a_failed_cell_evaluates_no_user_expressions(kernel):
    cell = kernel.execute('panic!("first")', user_expressions={"x": 'println!("must not run")'})
    assert cell.status == "error" and not cell.reply.get("user_expressions") and not cell.stdout


def test_stop_ends_user_expressions(kernel):
    endless = '{ println!("started"); loop { checkpoint(); } }'
    cell = kernel.begin("1", user_expressions={"a": endless, "b": endless})
    kernel.until_prints(cell)
    kernel.interrupt()
    values = kernel.finish(cell).reply["user_expressions"]
    assert [values[name]["ename"] for name in "ab"] == ["Interrupted", "Interrupted"]


# The pager


@pytest.mark.parametrize("code", ["?lesson_data", "lesson_data?", "// what is it\n? lesson_data \n"])
def test_a_question_mark_shows_documentation_in_the_pager(kernel, code):
    cell = kernel.ok(code)
    (page,) = cell.reply["payload"]
    assert page["source"] == "page" and page["start"] == 0
    assert "pub fn lesson_data" in page["data"]["text/plain"] and "GeoTIFF" in page["data"]["text/plain"]
    assert "<p>" in page["data"]["text/html"]
    assert not cell.of("execute_result", "display_data", "stream")


def test_several_names_share_a_page(kernel):
    (page,) = kernel.ok("?Pool\n?println!").reply["payload"]
    assert "struct Pool" in page["data"]["text/plain"] and "macro_rules! println" in page["data"]["text/plain"]


def test_a_name_that_nobody_knows_has_no_page(kernel):
    cell = kernel.ok("?zzz_no_such_thing")
    assert cell.reply["payload"] == [] and "zzz_no_such_thing" in cell.stderr


def test_rusts_own_question_mark_is_not_the_pagers(kernel):
    kernel.ok('let parsed_for_pager: std::result::Result<i32, std::num::ParseIntError> = "12".parse();')
    cell = kernel.ok("parsed_for_pager?")
    assert cell.text == "12" and cell.reply["payload"] == []


# Clearing


def test_output_is_cleared_in_its_place(kernel):
    cell = kernel.ok('println!("old"); clear_output(true); println!("new");')
    kinds = [m.content.get("text") or m.content for m in cell.of("stream", "clear_output")]
    assert kinds == ["old\n", {"wait": True}, "new\n"]
