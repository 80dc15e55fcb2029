"""A JupyterLab server on a free port, with settings and folders of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from harness.separation import free_port

SETTINGS = {
    # Every cell is in the page, so that a test can look at any of them.
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    # JupyterLab drops completions that take longer than a second; on a loaded machine the first ones do.
    "@jupyterlab/completer-extension/manager.jupyterlab-settings": {"providerTimeout": 60_000},
    # No question about news, and no request to the network.
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
}


class Lab:
    """`with Lab(home, env) as url:` serves the folder `home/notebooks`."""

    def __init__(self, home: Path, env: dict[str, str], theme: str | None = None):
        self.home = home
        self.notebooks = home / "notebooks"
        self.notebooks.mkdir(parents=True, exist_ok=True)
        chosen = {"@jupyterlab/apputils-extension/themes.jupyterlab-settings": {"theme": theme}} if theme else {}
        for name, settings in {**SETTINGS, **chosen}.items():
            file = home / "settings" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        self.env = {
            **env,
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "jupyter-data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        }

    def __enter__(self) -> str:
        port = free_port()
        self.log = open(self.home / "lab.log", "wb")
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
                "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
                "--IdentityProvider.token=", f"--ServerApp.root_dir={self.notebooks}",
                "--LabApp.extension_manager=readonly",
                # Tests end kernels through the server's interface; nothing else can reach this server's port.
                "--ServerApp.disable_check_xsrf=True",
            ],
            env=self.env, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            self._wait_for(f"{url}/api/status")
        except BaseException:
            self.__exit__()
            raise
        return url

    def _wait_for(self, url: str, timeout: float = 120) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError(f"JupyterLab did not start:\n{(self.home / 'lab.log').read_text()}")

    def __exit__(self, *_) -> None:
        """Asks the server to stop, which ends its kernels; only what does not is killed."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()
