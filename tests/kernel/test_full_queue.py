"""A frontend that does not read: the kernel's memory is bounded, what counts arrives later, and Stop works meanwhile."""

import os
import re
import time
from queue import Empty

import pytest

from harness.kernel import TIMEOUT, Kernel
from harness.upkeep import the

# As much as the kernel's memory may grow, whatever is shown.
MORE = 200 << 20
# Twenty kilobytes each: what the sockets hold is full after two thousand, and all together would be twice MORE.
MANY = round(20_000 * float(os.environ.get("ISOPLETH_SOAK", "1")))
SHOW = 'html(&"x".repeat(20_000), &shown.to_string());'


@pytest.fixture(scope="module")
def kernel(installed, tmp_path_factory):
    """A kernel of their own, since nobody else's messages may be in its queue."""
    kernel = Kernel(tmp_path_factory.mktemp("kernel")).start()
    # What analysis holds comes and goes beside: it is there before anything is measured.
    kernel.ok("let warm = vec![String::new()];")
    kernel.ask("complete", "warm.", 5)
    yield kernel
    kernel.shutdown()


def reply_without_reading(kernel, cell) -> int:
    """Waits for the end of a cell by its reply alone; returns the most memory that the kernel had meanwhile."""
    process, most, deadline = the(kernel, "kernel"), 0, time.monotonic() + TIMEOUT
    while cell.reply is None and time.monotonic() < deadline:
        try:
            cell.reply = kernel.client.get_shell_msg(timeout=0.1)["content"]
        except Empty:
            pass
        most = max(most, process.memory_info().rss)
    assert cell.reply is not None, "no reply"
    return most


def left_out(cell, what: str) -> int:
    (count,) = re.findall(rf"left out here.*?(\d+) {what}", cell.stdout)
    return int(count)


def test_displays_that_nobody_reads_are_left_out_and_counted(kernel, figure):
    before = the(kernel, "kernel").memory_info().rss
    cell = kernel.begin(f"for shown in 0..{MANY} {{ {SHOW} }}\n7")
    most = reply_without_reading(kernel, cell)
    assert most - before < MORE, f"{most - before >> 20} MB more"
    kernel.finish(cell)
    displays = cell.of("display_data")
    assert cell.text == "7" and cell.status == "ok"
    assert len(displays) + left_out(cell, "displays") == MANY
    shown = [int(display.content["data"]["text/plain"]) for display in displays]
    assert shown == sorted(shown) and shown[0] == 0
    assert [message.type for message in cell.messages[-3:]] == ["stream", "execute_result", "status"]
    figure("displays unread", f"{MANY} shown, {len(displays)} kept, {most - before >> 20} MB more")
    assert kernel.ok("8").text == "8"


def test_text_and_an_error_after_displays_that_nobody_reads(kernel):
    cell = kernel.begin(f'for shown in 0..{MANY // 4} {{ {SHOW} }}\nprintln!("said at the end");\npanic!("on purpose")')
    reply_without_reading(kernel, cell)
    kernel.finish(cell)
    assert cell.status == "error" and [error["evalue"] for error in cell.errors] == ["on purpose"]
    assert "said at the end" in cell.stdout or left_out(cell, "bytes of text") > 0


def test_stop_ends_a_cell_whose_displays_nobody_reads(kernel, tmp_path):
    kernel.ok("let kept_over_a_full_queue = 5;")
    full = tmp_path / "full"
    cell = kernel.begin(f'for shown in 0.. {{\n{SHOW}\nif shown == {MANY // 4} {{ std::fs::write("{full}", "")?; }}\n}}')
    deadline = time.monotonic() + TIMEOUT
    while not full.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    kernel.manager.interrupt_kernel()
    reply_without_reading(kernel, cell)
    assert cell.reply["ename"] == "Interrupted", cell.reply
    kernel.finish(cell)
    assert left_out(cell, "displays") > 0
    assert [error["ename"] for error in cell.errors] == ["Interrupted"]
    assert kernel.ok("kept_over_a_full_queue").text == "5"


def test_a_frontend_that_reads_slowly_gets_everything(kernel):
    cell = kernel.begin(f"for shown in 0..{MANY // 4} {{ {SHOW} }}\n7")
    # From the first second on it falls back behind what is shown.
    kernel.wait_until(lambda: bool(cell.of("display_data")))
    time.sleep(1)
    kernel.finish(cell)
    assert len(cell.of("display_data")) == MANY // 4 and "left out" not in cell.stdout
