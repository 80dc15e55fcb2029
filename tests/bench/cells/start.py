"""From the start of the process: to the first answer, to the first result, to the first labelled array."""

from __future__ import annotations

import statistics
import time

import zmq

from bench.cells import client
from bench.cells.floor import Floor
from harness.kernel import TIMEOUT, Kernel

FIRST_SUM = "1 + 1"
FIRST_LET = 'let first = DataArray::new(vec![1.0, 2.0], ["x"])?;'


def measure(floor: Floor, runs: int) -> dict:
    every: dict[str, list[float]] = {"kernel_info": [], "sum": [], "let": []}
    for _ in range(runs):
        for name, code in (("sum", FIRST_SUM), ("let", FIRST_LET)):
            with client.fresh() as kernel:
                # Jupyter's own work before the process exists counts as well: a few milliseconds.
                begun = time.monotonic()
                kernel.manager.start_kernel(env=kernel.env, cwd=str(kernel.cwd))
                every["kernel_info"].append(first_answer(kernel) - begun)
                kernel.client = kernel.manager.client()
                kernel.client.start_channels()
                every[name].append(kernel.ok(code).idle - begun)
        floor.sample()
    return {**{name: statistics.median(times) for name, times in every.items()}, "every": every}


def first_answer(kernel: Kernel) -> float:
    """When the reply to `kernel_info` came. A client of Jupyter's own would try to connect every 100 ms only."""
    info, session = kernel.manager.get_connection_info(session=True), kernel.manager.session
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger = 0
        socket.reconnect_ivl = 2
        socket.connect(f"{info['transport']}://{info['ip']}:{info['shell_port']}")
        session.send(socket, "kernel_info_request", {})
        assert socket.poll(1000 * TIMEOUT), "no reply to kernel_info"
        arrived = time.monotonic()
        _, reply = session.recv(socket, mode=0)
    assert reply["msg_type"] == "kernel_info_reply", reply["msg_type"]
    return arrived
