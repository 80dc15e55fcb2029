"""Requests that are signed but malformed: an error reply that names the field, idle, and nobody waits for ever."""

import json

import pytest

from harness.kernel import TIMEOUT, Kernel
from harness.mutations import mutate
from harness.wire import Conversation

HUGE = 2**70
SHELL = {
    "code is a number": ("execute_request", {"code": 5}, "`code`"),
    "no code": ("execute_request", {"silent": False}, "`code`"),
    "empty": ("execute_request", {}, "`code`"),
    "silent is a text": ("execute_request", {"code": "1", "silent": "yes"}, "`silent`"),
    "expressions are a list": ("execute_request", {"code": "1", "user_expressions": ["a"]}, "`user_expressions`"),
    "an expression is a number": ("execute_request", {"code": "1", "user_expressions": {"a": 1}}, "`user_expressions`"),
    "cursor before the start": ("complete_request", {"code": "a", "cursor_pos": -1}, "`cursor_pos`"),
    "no cursor": ("complete_request", {"code": "a"}, "`cursor_pos`"),
    "cursor is huge": ("inspect_request", {"code": "a", "cursor_pos": HUGE}, "`cursor_pos`"),
    "level is a text": ("inspect_request", {"code": "a", "cursor_pos": 0, "detail_level": "x"}, "`detail_level`"),
    "code is a list": ("is_complete_request", {"code": []}, "`code`"),
    "no such access": ("history_request", {"hist_access_type": "bogus"}, "`hist_access_type`"),
    "no access": ("history_request", {"n": 3}, "`hist_access_type`"),
    "n is huge": ("history_request", {"hist_access_type": "tail", "n": HUGE}, "`n`"),
    "session is huge": ("history_request", {"hist_access_type": "range", "session": -(2**63)}, "`session`"),
    "target is a number": ("comm_info_request", {"target_name": 5}, "`target_name`"),
    "no such request": ("make_coffee_request", {}, "make_coffee_request"),
}
CONTROL = {
    "restart is a number": ("shutdown_request", {"restart": 5}, "`restart`"),
    "no such request": ("debug_request", {"command": "attach"}, "debug_request"),
    "a request of the shell": ("execute_request", {"code": "1"}, "execute_request"),
}


@pytest.fixture(scope="module")
def kernel(installed, tmp_path_factory):
    """A kernel of their own, to which a second frontend sends what no frontend should."""
    kernel = Kernel(tmp_path_factory.mktemp("kernel")).start()
    yield kernel
    kernel.shutdown()


@pytest.fixture(scope="module")
def wire(kernel):
    wire = Conversation(kernel.manager.get_connection_info(), TIMEOUT)
    yield wire
    wire.close()


def refused(wire, channel, frames, msg_id, reply_type) -> str:
    """Sends what must be refused by the book, and gives what was said."""
    came = wire.exchange(channel, frames, msg_id)
    assert came.states == ["busy", "idle"], came
    assert came.reply_type == reply_type, came
    assert came.reply["status"] == "error" and came.reply["ename"] == "MalformedRequest", came
    assert came.reply["traceback"] == [came.reply["evalue"]] and len(came.reply["evalue"]) < 500, came
    return came.reply["evalue"]


def send(wire, channel, msg_type, content) -> str:
    asked = wire.session.msg(msg_type, content)
    frames = wire.session.serialize(asked)
    return refused(wire, channel, frames, asked["header"]["msg_id"], msg_type.replace("_request", "_reply"))


@pytest.mark.parametrize("name", SHELL)
def test_a_field_that_does_not_fit_is_named_on_shell(wire, name):
    msg_type, content, field = SHELL[name]
    assert field in send(wire, "shell", msg_type, content)


@pytest.mark.parametrize("name", CONTROL)
def test_a_field_that_does_not_fit_is_named_on_control(wire, name):
    msg_type, content, field = CONTROL[name]
    assert field in send(wire, "control", msg_type, content)


PARTS = {
    "content is no JSON": (3, b"{", "content is not JSON"),
    "content is empty": (3, b"", "content is not JSON"),
    "content is a list": (3, b"[]", "content must be an object"),
    "content is no UTF-8": (3, b'{"code": "\xff"}', "content is not JSON"),
    "metadata are a number": (2, b"7", "metadata must be an object"),
}


@pytest.mark.parametrize("channel", ["shell", "control"])
@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_no_object_is_named(wire, channel, name):
    at, part, said = PARTS[name]
    asked = wire.session.msg("kernel_info_request", {})
    parts = wire.session.serialize(asked)[2:6]
    parts[at] = part
    assert said in refused(wire, channel, wire.signed(parts), asked["header"]["msg_id"], "kernel_info_reply")


@pytest.mark.parametrize("channel", ["shell", "control"])
@pytest.mark.parametrize("version", ["4.1", "6.0", "", "five", 5, None])
def test_a_version_that_is_not_spoken_is_named(wire, channel, version):
    asked = wire.session.msg("kernel_info_request", {})
    parts = wire.session.serialize(asked)[2:6]
    parts[0] = json.dumps({**json.loads(parts[0]), "version": version}).encode()
    said = refused(wire, channel, wire.signed(parts), asked["header"]["msg_id"], "kernel_info_reply")
    assert "`version`" in said


@pytest.mark.parametrize("msg_type", ["comm_open", "comm_msg", "comm_close"])
def test_a_comm_without_an_id_ends_idle_and_has_no_reply(wire, msg_type):
    asked = wire.session.msg(msg_type, {"data": 5})
    came = wire.exchange("shell", wire.session.serialize(asked), asked["header"]["msg_id"], has_reply=False)
    assert came.states == ["busy", "idle"] and came.reply is None


def test_a_malformed_request_while_a_cell_runs_leaves_it_running_and_busy(kernel, wire, gates):
    (gate,) = gates()
    cell = kernel.begin(f'println!("started"); {gate.wait} 7')
    kernel.until_prints(cell)
    send(wire, "shell", "execute_request", {"code": 5})
    assert cell.idle is None
    gate.open()
    assert kernel.finish(cell).text == "7"


@pytest.mark.parametrize("content", [{"value": 5}, {}, {"value": None}, {"value": ["a"]}, {"value": {"a": 1}}])
def test_an_answer_that_is_no_text_fails_the_cell_that_asked(kernel, content):
    cell = kernel.begin('let malformed_answer = input("name? ");')
    assert kernel.client.get_stdin_msg(timeout=TIMEOUT)["msg_type"] == "input_request"
    kernel.client.stdin_channel.send(kernel.client.session.msg("input_reply", content))
    kernel.finish(cell)
    assert cell.status == "error" and "`value`" in cell.errors[0]["evalue"], cell.describe()
    assert "no text" in cell.errors[0]["evalue"], cell.describe()


def test_mutated_messages_are_answered_and_do_no_harm(kernel, figure):
    account = mutate(kernel, count=200, seed=20261128)
    assert account.answerable > 40 and account.errors > 10, account
    assert account.idle == account.answerable
    figure("mutated requests", account)
