"""Messages by the thousand that are none, or malformed: a line on stderr, and nothing else happens."""

import json
import time

import pytest

from harness.kernel import TIMEOUT, Kernel
from harness.wire import CHANNELS, Spoiler, Wire

SEED = 20261124
MUTATIONS = {"shell": 8000, "control": 2500, "stdin": 2500}
FLOOD = 2_000

REQUESTS = {
    "shell": [
        ("kernel_info_request", {}),
        ("comm_info_request", {"target_name": "t"}),
        ("history_request", {"hist_access_type": "tail", "n": 3, "output": False, "raw": True}),
        ("history_request", {"hist_access_type": "range", "session": 0, "start": 0, "stop": 9, "output": True, "raw": True}),
        ("history_request", {"hist_access_type": "search", "pattern": "*", "unique": True, "output": False, "raw": True, "n": 2}),
        ("is_complete_request", {"code": "for i in 0..3 {"}),
        ("comm_open", {"comm_id": "c", "target_name": "t", "data": {}}),
        ("comm_msg", {"comm_id": "c", "data": {}}),
        ("comm_close", {"comm_id": "c", "data": {}}),
        ("execute_request", {"code": "", "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}),
    ],
    "control": [("kernel_info_request", {}), ("interrupt_request", {})],
    "stdin": [("input_reply", {"value": "nobody asked", "status": "ok"})],
}  # fmt: skip
# Each of these takes the engine's time.
COSTLY = [
    ("complete_request", {"code": "lesson_d", "cursor_pos": 8}),
    ("inspect_request", {"code": "lesson_data", "cursor_pos": 5, "detail_level": 0}),
    ("execute_request", {"code": "1 + 1", "silent": False, "store_history": True, "user_expressions": {"a": "2"}, "allow_stdin": False, "stop_on_error": False}),
]  # fmt: skip


@pytest.fixture
def noted(installed, tmp_path):
    """A kernel whose stderr goes to a file."""
    kernel = Kernel(tmp_path)
    kernel.log = tmp_path / "stderr.txt"
    with open(kernel.log, "wb") as log:
        kernel.start(stderr=log)
    yield kernel
    kernel.shutdown()


@pytest.fixture
def wire(noted):
    wire = Wire(noted.manager.get_connection_info())
    yield wire
    wire.close()


def lasting(kernel) -> set:
    """The kernel and its lasting processes: not the compiler, which comes and goes."""
    return {process for process in kernel.marked.now() if process.name() == "isopleth"}


def is_as_before(kernel, wire, processes) -> None:
    for channel in ("shell", "control"):
        assert wire.answered(channel, TIMEOUT), f"{channel} does not answer any more"
    assert kernel.ok("1 + 1").text == "2"
    cell = kernel.begin('input("still there? ")')
    assert kernel.client.get_stdin_msg(timeout=TIMEOUT)["content"]["prompt"] == "still there? "
    kernel.client.input("yes")
    assert kernel.finish(cell).text == '"yes"'
    assert processes <= lasting(kernel), "a process has ended"


def test_mutated_messages_do_no_harm(noted, wire, figure):
    noted.ok("let kept_over_mutations = 5;")
    processes = lasting(noted)
    spoiler = Spoiler(wire, SEED)
    begun = time.monotonic()
    for channel, count in MUTATIONS.items():
        for number in range(count):
            costly = channel == "shell" and number % 40 == 0
            msg_type, content = spoiler.random.choice(COSTLY if costly else REQUESTS[channel])
            wire.send(channel, spoiler.spoil(wire.message(msg_type, content)))
    is_as_before(noted, wire, processes)
    assert noted.ok("kept_over_mutations").text == "5"
    figure("mutated messages", f"{sum(MUTATIONS.values())} in {time.monotonic() - begun:.0f} s, seed {SEED}")


@pytest.mark.parametrize("kind", ["wrong signature", "no JSON", "no such type"])
def test_a_flood_of_bad_messages_does_no_harm(noted, wire, kind):
    noted.ok("1")
    processes = lasting(noted)
    for channel in CHANNELS:
        frames = wire.message("no_such_request" if kind == "no such type" else "kernel_info_request", {})
        if kind == "wrong signature":
            frames[1] = b"0" * 64
        elif kind == "no JSON":
            frames = wire.signed([*frames[2:5], b"{"])
        for _ in range(FLOOD):
            wire.send(channel, frames)
    is_as_before(noted, wire, processes)
    lines = noted.log.read_text().splitlines()
    assert all(any(f" on {channel}: " in line for line in lines) for channel in CHANNELS)
    assert len(lines) < 1000, "a flood does not fill the log"


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_bad_message_is_one_line_on_stderr(noted, wire, channel):
    good = wire.message("input_reply" if channel == "stdin" else "kernel_info_request", {})
    header = json.loads(good[2])
    bad = {
        "the signature is wrong": [good[0], b"0" * 64, *good[2:]],
        "parts": good[:4],
        "no delimiter": good[1:],
        "is not JSON": wire.signed([*good[2:5], b"{\n\x1b[31m"]),
        "must be an object": wire.signed([*good[2:5], b"[1]"]),
        "the header": wire.signed([b'{"msg_id": 7}', *good[3:]]),
        "execute_request": wire.signed([json.dumps({**header, "msg_type": "execute_request"}).encode(), b"{}", b"{}", b'{"code": 7}']),
        "no_such_request": wire.message("no_such_request", {}),
    }  # fmt: skip
    for frames in bad.values():
        wire.send(channel, frames)
    deadline = time.monotonic() + TIMEOUT
    while len(lines := noted.log.read_text().splitlines()) < len(bad) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(lines) == len(bad), lines
    for line, expected in zip(lines, bad, strict=True):
        assert f" on {channel}: " in line and "\x1b" not in line, line
        assert expected in line, line
    assert noted.ok("1 + 1").text == "2"


@pytest.mark.parametrize("piece", ["(", "{", "-", "1 + ", "Vec<", "if true {} else "])
def test_code_that_is_nested_without_end_does_no_harm(noted, piece):
    noted.ok("let kept_over_nesting = 5;")
    processes = lasting(noted)
    code = piece * 100_000
    assert noted.ask("is_complete", code)["status"] == "invalid"
    assert noted.ask("complete", code, len(code))["matches"] == []
    assert noted.ask("inspect", code, len(code))["found"] is False
    cell = noted.execute(code, user_expressions={"deep": code})
    assert cell.errors[0]["evalue"] == "the cell is nested too deeply"
    value = noted.ok("kept_over_nesting", user_expressions={"deep": code}).reply["user_expressions"]["deep"]
    assert value["status"] == "error"
    assert processes <= noted.marked.now(), "a process has ended"


def test_a_frontend_that_leaves_out_what_may_be_left_out_is_understood(noted, wire):
    header = json.loads(wire.message("execute_request", {})[2])
    del header["date"]
    wire.send("shell", wire.signed([json.dumps(header).encode(), b"{}", b"{}", b'{"code": "40 + 2"}']))
    noted.wait_until(lambda: bool(noted.ask("history", raw=True, output=False, hist_access_type="tail", n=1)["history"]))
    history = noted.ask("history", raw=True, output=False, hist_access_type="tail", n=1)["history"]
    assert history[0][2] == "40 + 2"


def test_a_frontend_that_does_not_read_holds_up_nobody(noted):
    """It asks for megabytes and takes none of them in."""
    noted.ok("// " + "x" * 60_000)
    silent = Wire(noted.manager.get_connection_info(), reads=False)
    try:
        asked = {"hist_access_type": "tail", "n": 1, "output": False, "raw": True}
        for _ in range(500):
            silent.send("shell", silent.message("history_request", asked))
        assert noted.ask("kernel_info")["status"] == "ok"
        assert noted.ok("1 + 1").text == "2"
    finally:
        silent.close()
