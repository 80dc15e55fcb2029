"""Messages as bytes: raw sockets to a kernel's channels, and ways to spoil what goes over them."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import zmq
from jupyter_client.session import DELIM, Session

CHANNELS = ("shell", "control", "stdin")
Frames = list[bytes]


class Wire:
    """A frontend without manners: sends whatever frames it is given."""

    def __init__(self, connection: dict, reads: bool = True):
        self.reads = reads
        self.session = Session(key=connection["key"], signature_scheme=connection["signature_scheme"])
        self.context = zmq.Context()
        self.sockets = {}
        for channel in CHANNELS:
            socket = self.context.socket(zmq.DEALER)
            socket.linger = 0
            if not reads:
                socket.rcvhwm = 1
            socket.identity = self.session.bsession
            socket.connect(f"tcp://{connection['ip']}:{connection[f'{channel}_port']}")
            self.sockets[channel] = socket

    def close(self) -> None:
        self.context.destroy(linger=0)

    def send(self, channel: str, frames: Frames) -> None:
        socket = self.sockets[channel]
        # Nobody reads the replies, and a queue that is full on the way back must not stop the way there.
        while not socket.poll(0, zmq.POLLOUT):
            self.drain()
        socket.send_multipart(frames)
        self.drain()

    def drain(self) -> None:
        if not self.reads:
            return
        for socket in self.sockets.values():
            while socket.poll(0, zmq.POLLIN):
                socket.recv_multipart()

    def message(self, msg_type: str, content: dict) -> Frames:
        return self.session.serialize(self.session.msg(msg_type, content))

    def signed(self, parts: Frames) -> Frames:
        return [DELIM, self.session.sign(parts), *parts]

    def answered(self, channel: str, timeout: float) -> bool:
        """Whether the channel still answers, and so has read everything before."""
        asked = self.session.msg("kernel_info_request", {})
        self.drain()
        socket = self.sockets[channel]
        socket.send_multipart(self.session.serialize(asked))
        while socket.poll(timeout * 1000, zmq.POLLIN):
            frames = socket.recv_multipart()
            reply = self.session.deserialize(frames[frames.index(DELIM) + 1 :])
            if reply["parent_header"].get("msg_id") == asked["header"]["msg_id"]:
                return reply["content"]["status"] == "ok"
        return False


@dataclass
class Exchange:
    """What came back for one message."""

    reply_type: str | None = None
    reply: dict | None = None
    states: list[str] = field(default_factory=list)


class Conversation(Wire):
    """A frontend that waits for what comes back, and keeps to no schema."""

    def __init__(self, connection: dict, timeout: float):
        super().__init__(connection)
        self.timeout = timeout
        self.iopub = self.context.socket(zmq.SUB)
        self.iopub.linger = 0
        self.iopub.connect(f"tcp://{connection['ip']}:{connection['iopub_port']}")
        self.iopub.subscribe(b"")
        # From its welcome on nothing is missed.
        assert self.iopub.poll(timeout * 1000), "no welcome on iopub"

    def exchange(self, channel: str, frames: Frames, msg_id: str, has_reply: bool = True) -> Exchange:
        """Sends `frames` and waits for the reply and for idle."""
        self.drain()
        self.sockets[channel].send_multipart(frames)
        return self.collect(channel, msg_id, has_reply)

    def collect(self, channel: str, msg_id: str, has_reply: bool = True) -> Exchange:
        found = Exchange()
        poller = zmq.Poller()
        for socket in (self.iopub, self.sockets[channel]):
            poller.register(socket, zmq.POLLIN)
        deadline = time.monotonic() + self.timeout
        while "idle" not in found.states or (has_reply and found.reply is None):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            for socket, _ in poller.poll(left * 1000):
                message = self._received(socket)
                if message["parent_header"].get("msg_id") != msg_id:
                    continue
                if socket is not self.iopub:
                    found.reply_type, found.reply = message["header"]["msg_type"], message["content"]
                elif message["header"]["msg_type"] == "status":
                    found.states.append(message["content"]["execution_state"])
        return found

    def _received(self, socket: zmq.Socket) -> dict:
        frames = socket.recv_multipart()
        return self.session.deserialize(frames[frames.index(DELIM) + 1 :])


class Spoiler:
    """Spoils messages, the same way for the same seed."""

    def __init__(self, wire: Wire, seed: int):
        self.wire = wire
        self.random = random.Random(seed)
        self.ways: list[Callable[[Frames], Frames]] = [
            self.flip_bytes, self.drop_a_frame, self.double_a_frame, self.add_a_frame, self.swap_frames,
            self.cut_a_frame, self.cut_the_message, self.sign_wrongly, self.change_json, self.change_json_bytes,
        ]  # fmt: skip

    def spoil(self, frames: Frames) -> Frames:
        return self.random.choice(self.ways)(list(frames))

    # The framing, and bytes under a signature that no longer fits

    def flip_bytes(self, frames: Frames) -> Frames:
        at = self._place(frames)
        frames[at] = self._flipped(frames[at])
        return frames

    def drop_a_frame(self, frames: Frames) -> Frames:
        del frames[self._place(frames)]
        return frames

    def double_a_frame(self, frames: Frames) -> Frames:
        at = self._place(frames)
        return frames[:at] + [frames[at]] * self.random.randint(2, 4) + frames[at + 1 :]

    def add_a_frame(self, frames: Frames) -> Frames:
        new = self.random.choice([b"", DELIM, b"{}", b"null", self._bytes()])
        frames.insert(self.random.randint(0, len(frames)), new)
        return frames

    def swap_frames(self, frames: Frames) -> Frames:
        a, b = self._place(frames), self._place(frames)
        frames[a], frames[b] = frames[b], frames[a]
        return frames

    def cut_a_frame(self, frames: Frames) -> Frames:
        at = self._place(frames)
        frames[at] = frames[at][: self.random.randint(0, len(frames[at]))]
        return frames

    def cut_the_message(self, frames: Frames) -> Frames:
        return frames[: self.random.randint(1, len(frames))]

    def sign_wrongly(self, frames: Frames) -> Frames:
        wrong = [b"", b"0" * 64, b"zz", frames[1].upper(), frames[1][:-2], frames[1] + b"00", b"\xff" * 64]
        frames[1] = self.random.choice(wrong)
        return frames

    # What is inside, under a signature that fits

    def change_json(self, frames: Frames) -> Frames:
        parts = [json.loads(part) for part in frames[2:6]]
        for _ in range(self.random.randint(1, 3)):
            at = self.random.choice((0, 1, 2, 3, 3, 3))
            parts[at] = self._changed(parts[at])
        return self.wire.signed([json.dumps(part).encode() for part in parts])

    def change_json_bytes(self, frames: Frames) -> Frames:
        at = self.random.randint(2, 5)
        change = self.random.choice([self._flipped, lambda part: part[: self.random.randint(0, len(part))]])
        frames[at] = change(frames[at])
        return self.wire.signed(frames[2:6])

    def _changed(self, value):
        if isinstance(value, dict) and value and self.random.random() < 0.9:
            key = self.random.choice(sorted(value))
            change = self.random.randint(0, 3)
            if change == 0:
                del value[key]
            elif change == 1:
                value[self._text()] = self._value()
            else:
                value[key] = self._changed(value[key]) if change == 2 else self._value()
            return value
        return self._value()

    def _value(self, depth: int = 0):
        simple = [
            None, True, False, 0, -1, 1, 2**31, 2**63, 2**70, -(2**63), 1.5, 1e308, "", "x", self._text(),
            "\x00", "😀" * 50, "a" * 20_000, [], {}, [[]], {"": {}}, "../../etc", "{}", "\ud800",
        ]  # fmt: skip
        if depth < 3 and self.random.random() < 0.2:
            return {self._text(): self._value(depth + 1), "data": [self._value(depth + 1)]}
        return self.random.choice(simple)

    def _text(self) -> str:
        return "".join(chr(self.random.choice((*range(32, 127), 0xE4, 0x1F600))) for _ in range(self.random.randint(0, 9)))

    def _bytes(self) -> bytes:
        return self.random.randbytes(self.random.randint(0, 40))

    def _place(self, frames: Frames) -> int:
        return self.random.randrange(len(frames))

    def _flipped(self, frame: bytes) -> bytes:
        changed = bytearray(frame)
        for _ in range(self.random.randint(1, 4) if changed else 0):
            changed[self.random.randrange(len(changed))] ^= 1 << self.random.randrange(8)
        return bytes(changed)
