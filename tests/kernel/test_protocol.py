"""Requests and replies by the Jupyter protocol. (The harness checks every message against its schema, too.)"""

import re


def test_kernel_info_describes_the_language(kernel):
    info = kernel.ask("kernel_info")
    assert info["status"] == "ok"
    assert re.fullmatch(r"5\.\d+(\.\d+)?", info["protocol_version"])
    assert info["implementation"] == "isopleth"
    assert info["language_info"]["name"] == "rust"
    assert info["language_info"]["file_extension"] == ".rs"
    assert info["language_info"]["mimetype"] and info["language_info"]["version"]
    assert info["banner"].strip()


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


def test_comm_info_is_answered(kernel):
    reply = kernel.ask("comm_info")
    assert reply["status"] == "ok" and reply["comms"] == {}


def test_kernel_info_does_not_wait_behind_a_running_cell(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'println!("started"); {gate.wait}')
    kernel.until_prints(cell)
    kernel.ask("kernel_info")
    assert cell.idle is None, "the reply came only after the cell"
    gate.open()
    kernel.finish(cell)
