"""What keeps test processes apart: each has folders and a range of ports of its own.

With pytest-xdist several processes run tests at once. Kernels of one must not read the history, the cache or the
notebooks of another's, nor be given a port that the other has just found to be free and is about to use.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from jupyter_client.connect import LocalPortCache

STATE = Path(__file__).parents[2] / "target" / "test-state"
# Below the range from which the system gives out ports by itself, so that no outgoing connection takes one of them.
FIRST_PORT = 12_000
PORTS_EACH = 1_500
MOST_PROCESSES = 13

FOLDERS = {
    "JUPYTER_DATA_DIR": "jupyter-data",
    "JUPYTER_CONFIG_DIR": "jupyter-config",
    "JUPYTER_RUNTIME_DIR": "jupyter-runtime",
    "XDG_CACHE_HOME": "cache",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "ISOPLETH_NOTEBOOKS": "notebooks",
}


def process_number() -> int:
    """0 for the only process and for the first of several."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


class Ports:
    """Free ports from this process's range, each given out once before the range begins again."""

    def __init__(self, process: int) -> None:
        self.first = FIRST_PORT + process % MOST_PROCESSES * PORTS_EACH
        # Two runs of the tests at once shall not try the same ports in the same order.
        self.next = os.getpid() % PORTS_EACH

    def take(self, ip: str = "127.0.0.1") -> int:
        for _ in range(PORTS_EACH):
            port = self.first + self.next
            self.next = (self.next + 1) % PORTS_EACH
            with socket.socket() as probe:
                try:
                    probe.bind((ip, port))
                except OSError:
                    continue
                return port
        raise OSError(f"no port is free between {self.first} and {self.first + PORTS_EACH}")


_ports = Ports(process_number())


def free_port() -> int:
    return _ports.take()


def pytest_configure() -> None:
    home = STATE / f"process-{process_number()}"
    for variable, name in FOLDERS.items():
        folder = home / name
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[variable] = str(folder)
    # Whoever starts a kernel in this process, the tests or a library: jupyter_client asks this method for ports.
    LocalPortCache.find_available_port = lambda self, ip: _ports.take(ip)
