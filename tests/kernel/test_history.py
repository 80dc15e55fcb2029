"""The history: this session's inputs and those of earlier ones, whatever becomes of the file."""

import json
import os

import pytest

from harness.kernel import Kernel


@pytest.fixture
def start(installed, tmp_path):
    """Starts kernels that share one home, one after the other or together."""
    kernels = []

    def start(name="home", **env) -> Kernel:
        kernel = Kernel(tmp_path / name, **{"XDG_STATE_HOME": str(tmp_path / "state"), **env}).start()
        kernels.append(kernel)
        return kernel

    yield start
    for kernel in kernels:
        kernel.shutdown()


def ask(kernel, access, **options):
    options = {"raw": True, "output": False, **options}
    reply = kernel.ask("history", hist_access_type=access, **options)
    assert reply["status"] == "ok"
    return reply["history"]


def file_of(tmp_path):
    return tmp_path / "state" / "isopleth" / "history.jsonl"


def test_the_next_run_of_the_kernel_remembers(start, tmp_path):
    first = start()
    first.ok("let remembered = 1;")
    first.ok("remembered + 1")
    first.shutdown()
    second = start()
    assert ask(second, "tail", n=10) == [[1, 1, "let remembered = 1;"], [1, 2, "remembered + 1"]]
    second.ok("40 + 2")
    assert ask(second, "tail", n=2) == [[1, 2, "remembered + 1"], [2, 1, "40 + 2"]]
    assert file_of(tmp_path).stat().st_mode & 0o077 == 0, "inputs are nobody else's business"


def test_a_restart_begins_a_session(start):
    kernel = start()
    kernel.ok("1 + 1")
    kernel.restart()
    kernel.ok("2 + 2")
    assert ask(kernel, "tail", n=10) == [[1, 1, "1 + 1"], [2, 1, "2 + 2"]]


def test_ranges_name_sessions_from_the_first_or_from_this_one_back(start):
    for code in ("11", "22"):
        kernel = start()
        kernel.ok(code)
        kernel.shutdown()
    kernel = start()
    for code in ("31", "32", "33"):
        kernel.ok(code)
    assert ask(kernel, "range", session=0, start=1, stop=3) == [[3, 1, "31"], [3, 2, "32"]]
    assert ask(kernel, "range", session=0, start=2) == [[3, 2, "32"], [3, 3, "33"]]
    assert ask(kernel, "range", session=-1, start=0) == [[2, 1, "22"]]
    assert ask(kernel, "range", session=1, start=0) == [[1, 1, "11"]]
    assert ask(kernel, "range", session=-7, start=0) == []
    assert ask(kernel, "range", session=0, start=3, output=True) == [[3, 3, ["33", ""]]]


def test_a_search_goes_through_all_sessions(start):
    first = start()
    for code in ("6 * 7", "6 + 7"):
        first.ok(code)
    first.shutdown()
    second = start()
    second.ok("6 * 7")
    assert [entry[:2] for entry in ask(second, "search", pattern="6 ?*7")] == [[1, 1], [1, 2], [2, 1]]
    assert ask(second, "search", pattern="6 [*]*") == []
    assert ask(second, "search", pattern="6 **", unique=True) == [[1, 2, "6 + 7"], [2, 1, "6 * 7"]]
    assert ask(second, "search", pattern="6 **", n=1) == [[2, 1, "6 * 7"]]


def test_cells_that_are_silent_or_not_to_be_stored_are_not_kept(start):
    kernel = start()
    kernel.ok("1", store_history=False)
    kernel.ok("2", silent=True)
    kernel.ok("3")
    assert ask(kernel, "tail", n=10) == [[1, 1, "3"]]


def test_kernels_that_run_together_have_sessions_of_their_own(start, tmp_path):
    first, second = start("first"), start("second")
    for number in range(3):
        first.ok(f"10 + {number}")
        second.ok(f"20 + {number}")
    first.shutdown()
    second.shutdown()
    lines = [json.loads(line) for line in file_of(tmp_path).read_text().splitlines()]
    by_session = {1: [], 2: []}
    for line in lines:
        by_session[line["session"]].append(line["input"])
    assert sorted(by_session.values()) == [[f"10 + {n}" for n in range(3)], [f"20 + {n}" for n in range(3)]]


def test_a_file_that_cannot_be_written_fails_no_cell(start, tmp_path):
    (tmp_path / "no folder").write_text("in the way")
    kernel = start(XDG_STATE_HOME=str(tmp_path / "no folder"))
    assert kernel.ok("1 + 1").text == "2"
    kernel.ok("2 + 2")
    assert [entry[2] for entry in ask(kernel, "tail", n=10)] == ["1 + 1", "2 + 2"]


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "a pipe"])
def test_what_is_no_file_fails_no_cell(start, tmp_path, device):
    state = tmp_path / "odd" / "isopleth"
    state.mkdir(parents=True)
    if device == "a pipe":
        os.mkfifo(state / "history.jsonl")
    else:
        os.symlink(device, state / "history.jsonl")
    kernel = start(XDG_STATE_HOME=str(tmp_path / "odd"))
    assert kernel.ok("1 + 1").text == "2"
    assert [entry[2] for entry in ask(kernel, "tail", n=10)] == ["1 + 1"]


def test_damaged_lines_are_passed_over(start, tmp_path):
    file = file_of(tmp_path)
    file.parent.mkdir(parents=True)
    file.write_bytes(b'{"session":4,"line":1,"input":"good"}\n\xff\xfe broken\n[1]\n{"session":4,"line":2,"inp')
    kernel = start()
    assert ask(kernel, "tail", n=10) == [[4, 1, "good"]]
    kernel.ok("1 + 1")
    assert ask(kernel, "tail", n=1) == [[5, 1, "1 + 1"]]
    assert json.loads(file.read_bytes().splitlines()[-1]) == {"session": 5, "line": 1, "input": "1 + 1"}


def test_the_file_stays_small(start, tmp_path, figure):
    file = file_of(tmp_path)
    file.parent.mkdir(parents=True)
    line = json.dumps({"session": 1, "line": 1, "input": "x" * 1000}) + "\n"
    file.write_text(line * 6000)
    before = file.stat().st_size
    kernel = start()
    kernel.ok("1 + 1")
    assert ask(kernel, "tail", n=1) == [[2, 1, "1 + 1"]]
    after = file.stat().st_size
    figure("history: bytes before and after the file was cut", f"{before} {after}")
    assert 0 < after <= 4 << 20
    assert json.loads(file.read_text().splitlines()[0])["input"] == "x" * 1000, "whole lines are kept"
