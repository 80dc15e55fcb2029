"""A front end for tests: starts the kernel, runs cells, keeps every message with the time it came.

Every message is checked against the protocol's schema on arrival, so each test of a behaviour is also a
test of conformance.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from jupyter_client.manager import KernelManager
from jupyter_kernel_test import msgspec_v5

from harness.processes import MARK, Marked

KERNEL = os.environ.get("ISOPLETH_TEST_KERNEL", "isopleth")
# A loaded 2-core machine is slow at compiling; a test that waits this long has failed anyway.
TIMEOUT = float(os.environ.get("ISOPLETH_TEST_TIMEOUT", "120"))


@dataclass
class Message:
    """One message from the kernel; `time` is seconds on the monotonic clock, at arrival."""

    time: float
    type: str
    content: dict


@dataclass
class Cell:
    """An execute request, and all that came back for it so far."""

    code: str
    sent: float
    messages: list[Message] = field(default_factory=list)
    reply: dict | None = None
    idle: float | None = None
    stopped_after: float | None = None

    def of(self, *types: str) -> list[Message]:
        return [message for message in self.messages if message.type in types]

    @property
    def status(self) -> str:
        return self.reply["status"]

    @property
    def stdout(self) -> str:
        return self._stream("stdout")

    @property
    def stderr(self) -> str:
        return self._stream("stderr")

    def _stream(self, name: str) -> str:
        return "".join(m.content["text"] for m in self.of("stream") if m.content["name"] == name)

    @property
    def errors(self) -> list[dict]:
        return [message.content for message in self.of("error")]

    @property
    def shown(self) -> list[dict]:
        """The mime bundles of results and displays, in the order they came."""
        return [message.content["data"] for message in self.of("execute_result", "display_data")]

    @property
    def notes(self) -> str:
        """What the kernel says of the cell, and what the cell displays by itself, as text."""
        return "\n".join(message.content["data"].get("text/plain", "") for message in self.of("display_data"))

    @property
    def text(self) -> str:
        """The text view of the cell's value."""
        results = self.of("execute_result")
        assert len(results) == 1, f"expected one result, got {len(results)} from\n{self.code}\n{self.describe()}"
        return results[0].content["data"]["text/plain"]

    def arrived(self, text: str, stream: str = "stdout") -> float:
        """When the stream first held `text`."""
        held = ""
        for message in self.of("stream"):
            if message.content["name"] == stream:
                held += message.content["text"]
                if text in held:
                    return message.time
        raise AssertionError(f"{text!r} never came on {stream}: {held!r}")

    def describe(self) -> str:
        lines = [f"  +{m.time - self.sent:6.2f} s {m.type}: {str(m.content)[:500]}" for m in self.messages]
        return "\n".join([*lines, f"  reply: {self.reply}"])


class Gate:
    """A point in a cell that it does not pass before the test lets it: no test has to guess how fast a machine is."""

    def __init__(self, path: Path):
        self.path = path

    @property
    def wait(self) -> str:
        """A statement for a cell."""
        return f'while !Path::new("{self.path}").exists() {{ checkpoint(); thread::sleep(Duration::from_millis(2)); }}'

    def open(self) -> None:
        self.path.touch()


class Kernel:
    """A running kernel whose temporary files and state lie in a private folder."""

    def __init__(self, home: Path, **env: str):
        self.marked = Marked()
        self.tmp = home / "tmp"
        self.state = home / "state"
        self.cwd = home / "cwd"
        for folder in (self.tmp, self.state, self.cwd):
            folder.mkdir(parents=True, exist_ok=True)
        self.env = {
            **os.environ,
            **{f"XDG_{name}_HOME": str(self.state / name.lower()) for name in ("CACHE", "STATE", "DATA", "CONFIG")},
            "TMPDIR": str(self.tmp),
            MARK: self.marked.mark,
            **env,
        }
        self.manager = KernelManager(kernel_name=KERNEL)
        self._cells: dict[str, Cell] = {}
        self._replies: dict[str, dict] = {}
        self._stops = 0

    # Life

    def start(self, **options) -> Kernel:
        """Starts it; `options` go to `Popen`."""
        self.manager.start_kernel(env=self.env, cwd=str(self.cwd), **options)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        return self

    def restart(self) -> None:
        self.manager.restart_kernel(now=False)
        self.client.wait_for_ready(timeout=TIMEOUT)

    def start_after_death(self) -> None:
        """Starts a kernel that was killed, as Jupyter does. Cells that it was asked for are never answered."""
        self._cells.clear()
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=TIMEOUT)

    def shutdown(self) -> None:
        if self.manager.has_kernel:
            self.client.stop_channels()
            self.manager.shutdown_kernel(now=False)
        self.manager.cleanup_resources()

    def __enter__(self) -> Kernel:
        return self.start()

    def __exit__(self, *_) -> None:
        self.shutdown()

    def interrupt(self) -> None:
        """Asks for Stop, and waits until the kernel has taken that up."""
        before = self._stops
        self.manager.interrupt_kernel()
        self.wait_until(lambda: self._stops > before, what="the interrupt to be taken up")

    # Cells

    def begin(self, code: str, **options) -> Cell:
        """Sends a cell and does not wait for it."""
        cell = Cell(code, time.monotonic())
        self._cells[self.client.execute(code, **options)] = cell
        return cell

    def wait_until(self, condition: Callable[[], bool], timeout: float = TIMEOUT, what: str = "it") -> None:
        """Takes in messages until `condition` holds."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                cells = "\n".join(f"{c.code}\n{c.describe()}" for c in self._cells.values() if c.idle is None)
                raise AssertionError(f"waited {timeout:.0f} s for {what}\n{cells}")
            self._take_in()

    def until_prints(self, cell: Cell, text: str = "started") -> None:
        """Waits until a cell that goes on has printed `text`."""
        self.wait_until(lambda: text in cell.stdout or cell.idle is not None, what=f"{text!r} on stdout")
        assert cell.idle is None, f"the cell has ended\n{cell.describe()}"

    def finish(self, cell: Cell, timeout: float = TIMEOUT) -> Cell:
        self.wait_until(lambda: cell.idle is not None and cell.reply is not None, timeout, "the end of the cell")
        return cell

    def execute(self, code: str, timeout: float = TIMEOUT, **options) -> Cell:
        """Runs a cell to its end."""
        return self.finish(self.begin(code, **options), timeout)

    def ok(self, code: str, timeout: float = TIMEOUT, **options) -> Cell:
        """Runs a cell that must succeed."""
        cell = self.execute(code, timeout, **options)
        assert cell.status == "ok" and not cell.errors, f"{code}\n{cell.describe()}"
        return cell

    def fail(self, code: str, timeout: float = TIMEOUT) -> dict:
        """Runs a cell that must fail, by the book: exactly one `error`, and the same in the reply."""
        cell = self.execute(code, timeout)
        assert cell.status == "error", f"{code}\n{cell.describe()}"
        assert len(cell.errors) == 1, f"{code}\n{cell.describe()}"
        error = cell.errors[0]
        for key in ("ename", "evalue", "traceback"):
            assert cell.reply[key] == error[key], key
        assert error["ename"] and error["evalue"].strip(), error
        assert error["traceback"] and all(isinstance(line, str) for line in error["traceback"]), error
        assert not cell.of("execute_result"), f"a failed cell has no value\n{cell.describe()}"
        return {**error, "text": without_colours("\n".join(error["traceback"])), "cell": cell}

    def stop(self, cell: Cell) -> Cell:
        """Stops a cell that is at work; it must end with that error and no other."""
        asked = time.monotonic()
        self.interrupt()
        self.finish(cell)
        assert [error["ename"] for error in cell.errors] == ["Interrupted"], f"{cell.code}\n{cell.describe()}"
        cell.stopped_after = cell.idle - asked
        return cell

    def run_and_stop(self, code: str) -> Cell:
        """Stops a cell that never ends by itself, once it has printed `started`."""
        cell = self.begin(code)
        self.until_prints(cell)
        return self.stop(cell)

    def forget(self) -> None:
        """Lets go of the cells that have ended, for tests that run very many."""
        self._cells = {key: cell for key, cell in self._cells.items() if cell.idle is None}

    # Other requests

    def ask(self, request: str, *arguments, timeout: float = TIMEOUT, **options) -> dict:
        """A shell request other than execute, for example `ask("complete", code, cursor_pos)`."""
        return self.reply_to(getattr(self.client, request)(*arguments, **options), timeout)

    def reply_to(self, msg_id: str, timeout: float = TIMEOUT) -> dict:
        """The reply to a request that was sent by the client itself."""
        self.wait_until(lambda: msg_id in self._replies, timeout, "the reply to a request")
        return self._replies.pop(msg_id)

    # Messages

    def _take_in(self) -> None:
        try:
            message = self.client.get_iopub_msg(timeout=0.02)
        except Empty:
            pass
        else:
            self._from_iopub(message)
        try:
            message = self.client.get_shell_msg(timeout=0)
        except Empty:
            return
        validate(message)
        parent = message["parent_header"].get("msg_id")
        if parent in self._cells:
            self._cells[parent].reply = message["content"]
        else:
            self._replies[parent] = message["content"]

    def _from_iopub(self, message: dict) -> None:
        validate(message)
        idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
        self._stops += idle and message["parent_header"].get("msg_type") == "interrupt_request"
        cell = self._cells.get(message["parent_header"].get("msg_id"))
        if cell is None:
            return
        now = time.monotonic()
        cell.messages.append(Message(now, message["msg_type"], message["content"]))
        if idle:
            cell.idle = now


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def validate(message: dict) -> None:
    """Checks a message against the protocol's schema; what the schema is too old to know passes."""
    aborted = message["content"].get("status") == "aborted"
    if message["msg_type"] in msgspec_v5.schema_fragments and not aborted:
        msgspec_v5.validate_message(message)
