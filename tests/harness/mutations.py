"""Mutated requests against a real kernel, and an account of what came back.

    python -m harness.mutations --count 5000 --seed 1

After each message the kernel must answer `kernel_info` on the same channel, and a cell must still know its variable. What
is well signed and has a header must have had its reply, its busy and its idle.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from harness.kernel import TIMEOUT, Kernel
from harness.wire import Conversation, Frames, Spoiler

EXECUTION = {"silent": False, "store_history": True, "user_expressions": {"a": "1 + 1"}, "allow_stdin": False, "stop_on_error": False}
REQUESTS = {
    "shell": [
        ("kernel_info_request", {}),
        ("comm_info_request", {"target_name": "t"}),
        ("history_request", {"hist_access_type": "tail", "n": 3, "output": False, "raw": True}),
        ("history_request", {"hist_access_type": "range", "session": 0, "start": 0, "stop": 9, "output": True, "raw": True}),
        ("history_request", {"hist_access_type": "search", "pattern": "*", "unique": True, "output": False, "raw": True, "n": 2}),
        ("is_complete_request", {"code": "for i in 0..3 {"}),
        ("complete_request", {"code": "lesson_d", "cursor_pos": 8}),
        ("inspect_request", {"code": "lesson_data", "cursor_pos": 5, "detail_level": 0}),
        ("comm_open", {"comm_id": "c", "target_name": "t", "data": {}}),
        ("comm_msg", {"comm_id": "c", "data": {}}),
        ("comm_close", {"comm_id": "c", "data": {}}),
        ("execute_request", {"code": "2 + 2", **EXECUTION}),
    ],
    "control": [("kernel_info_request", {}), ("interrupt_request", {})],
}  # fmt: skip
KEPT = "kept_over_mutations"


@dataclass
class Account:
    """What was sent, and what came back."""

    sent: int = 0
    answerable: int = 0
    replies: int = 0
    errors: int = 0
    idle: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.sent} sent, {self.answerable} of them signed and with a header: {self.replies} replies "
            f"({self.errors} errors), {self.idle} times idle; {self.seconds:.0f} s"
        )


def addressee(wire: Conversation, frames: Frames) -> tuple[str, str] | None:
    """The `msg_id` and `msg_type` that an answer names, if the message can be answered at all."""
    try:
        at = frames.index(b"<IDS|MSG>")
        signature, parts = frames[at + 1], frames[at + 2 :]
        header = json.loads(parts[0].decode())
        json.dumps(header, ensure_ascii=False).encode()
        found = header["msg_id"], header["msg_type"]
    except (ValueError, IndexError, KeyError, TypeError):
        return None
    is_ours = at == 0 and len(parts) >= 4 and signature == wire.session.sign(parts[:4])
    return found if is_ours and all(isinstance(text, str) for text in found) else None


def has_reply(msg_type: str) -> bool:
    is_comm = msg_type.startswith("comm_") and msg_type != "comm_info_request"
    return not is_comm and not msg_type.endswith("_reply")


def mutate(kernel: Kernel, count: int, seed: int) -> Account:
    """Sends `count` mutated messages, one after the other.

    # Raises
    AssertionError, naming the message, where one was not answered or did harm.
    """
    wire = Conversation(kernel.manager.get_connection_info(), TIMEOUT)
    spoiler, account, begun = Spoiler(wire, seed), Account(), time.monotonic()
    # More than half of the messages are changed before they are signed.
    spoiler.ways += [spoiler.change_json, spoiler.change_json_bytes] * 4
    kernel.ok(f"let {KEPT} = 5;")
    try:
        for number in range(count):
            channel = spoiler.random.choice(("shell", "shell", "shell", "control"))
            msg_type, content = spoiler.random.choice(REQUESTS[channel])
            frames = spoiler.spoil(wire.message(msg_type, content))
            what = f"message {number} of seed {seed} on {channel}: {frames}"[:2000]
            expected = addressee(wire, frames)
            account.sent += 1
            if expected is None:
                wire.send(channel, frames)
            else:
                account.answerable += 1
                msg_id, msg_type = expected
                came = wire.exchange(channel, frames, msg_id, has_reply(msg_type))
                assert came.states[:1] == ["busy"] and came.states[-1:] == ["idle"], f"{came}\n{what}"
                assert (came.reply is not None) == has_reply(msg_type), f"{came}\n{what}"
                account.replies += came.reply is not None
                account.errors += came.reply is not None and came.reply.get("status") == "error"
                account.idle += 1
            asked = wire.session.msg("kernel_info_request", {})
            info = wire.exchange(channel, wire.session.serialize(asked), asked["header"]["msg_id"])
            assert info.reply and info.reply["status"] == "ok", what
            assert kernel.ok(KEPT).text == "5", what
            kernel.forget()
    finally:
        wire.close()
    account.seconds = time.monotonic() - begun
    return account


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        kernel = Kernel(Path(home)).start()
        try:
            print(mutate(kernel, options.count, options.seed))
        finally:
            kernel.shutdown()


if __name__ == "__main__":
    main()
