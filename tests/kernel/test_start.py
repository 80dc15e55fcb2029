"""Kernels that cannot start say why in one line on stderr and leave nothing: no process, no folder."""

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest
from jupyter_client import KernelManager
from jupyter_client.connect import write_connection_file

from harness.kernel import KERNEL, TIMEOUT, Kernel
from harness.processes import MARK, Marked


@pytest.fixture(scope="module")
def program(installed) -> Path:
    argv = KernelManager(kernel_name=KERNEL).kernel_spec.argv
    resources = KernelManager(kernel_name=KERNEL).kernel_spec.resource_dir
    return Path(argv[0].replace("{resource_dir}", resources)).resolve()


@pytest.fixture
def fails(program, tmp_path):
    """Starts a kernel that must give up, and gives what it says. `program` may be another installation's."""
    marked, tmp = Marked(), tmp_path / "tmp"
    tmp.mkdir()

    def fails(connection_file: Path, program: Path = program, **env: str) -> str:
        env = {**os.environ, "TMPDIR": str(tmp), "XDG_STATE_HOME": str(tmp_path / "state"), MARK: marked.mark, **env}
        ended = subprocess.run([program, "kernel", connection_file], env=env, capture_output=True, text=True, timeout=TIMEOUT)
        assert ended.returncode != 0 and "panicked" not in ended.stderr, ended.stderr
        assert marked.gone(marked.now()) == []
        assert list(tmp.iterdir()) == [] and not (tmp_path / "state").exists()
        return ended.stderr

    return fails


@pytest.fixture
def connection(tmp_path):
    """Writes connection files, on ports that are free."""

    def write(**changes) -> Path:
        path, _ = write_connection_file(str(tmp_path / "connection.json"), key=b"key")
        path = Path(path)
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
        return path

    return write


@pytest.mark.parametrize("scheme", ["hmac-sha1", "hmac-md5", "rot13", ""])
def test_a_signature_that_can_be_forged_is_refused(fails, connection, scheme):
    said = fails(connection(signature_scheme=scheme))
    assert f'"{scheme}"' in said and "hmac-sha256" in said


@pytest.mark.parametrize("scheme", ["hmac-sha256", "hmac-sha384", "hmac-sha512"])
def test_a_signature_that_cannot_be_forged_is_accepted(installed, tmp_path, scheme):
    kernel = Kernel(tmp_path)
    kernel.manager.session.signature_scheme = scheme
    kernel.start()
    try:
        assert kernel.manager.get_connection_info()["signature_scheme"] == scheme
        assert kernel.ok("6 * 7").text == "42"
    finally:
        kernel.shutdown()


def test_a_connection_file_that_is_none_is_named(fails, connection, tmp_path):
    there = connection()
    assert str(tmp_path / "nowhere.json") in fails(tmp_path / "nowhere.json")
    assert str(tmp_path) in fails(tmp_path)
    for text in ["", "{", "{}", "[1]", there.read_text().replace('"shell_port": ', '"shell_port": -')]:
        there.write_text(text)
        assert f"{there} is not a connection file" in fails(there)


@pytest.mark.parametrize("channel", ["shell", "iopub", "stdin", "control", "hb"])
def test_a_port_that_is_taken_is_named(fails, connection, channel):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = fails(connection(**{f"{channel}_port": port}))
    assert str(port) in said and "in use" in said


def test_an_installation_without_its_record_of_the_toolchain_is_named(fails, connection, program, tmp_path):
    other = tmp_path / "other/bin/isopleth"
    other.parent.mkdir(parents=True)
    other.write_bytes(program.read_bytes())
    other.chmod(0o755)
    said = fails(connection(), program=other)
    assert "toolchain" in said and "install.sh" in said


def test_no_place_for_temporary_files_is_named(program, connection):
    """In a mount namespace of its own, where no usual place can be written."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount something over /tmp")
    mounts = " && ".join(f"mount -t tmpfs -o ro none {place}" for place in ("/tmp", "/var/tmp"))
    if subprocess.run(["unshare", "-m", "sh", "-c", mounts], capture_output=True).returncode != 0:
        pytest.skip("no mounts here")
    env = {**os.environ, "TMPDIR": "/nowhere", "XDG_STATE_HOME": "/proc/nowhere", "HOME": "/proc/nowhere"}
    file = connection()
    # Open before the mounts hide it.
    with open(file) as opened:
        script = f"{mounts} && exec '{program}' kernel /dev/fd/0"
        ended = subprocess.run(["unshare", "-m", "sh", "-c", script], stdin=opened, env=env, capture_output=True, text=True, timeout=TIMEOUT)
    assert ended.returncode != 0 and "set TMPDIR" in ended.stderr and "/nowhere" in ended.stderr, ended.stderr


def test_the_last_words_of_a_kernel_that_ends_are_heard(installed, tmp_path):
    """It ends as soon as they are sent, and not before."""
    kernel = Kernel(tmp_path).start()
    kernel.client.shutdown()
    heard = []
    while True:
        try:
            message = kernel.client.get_iopub_msg(timeout=10)
        except Exception:
            break
        if message["parent_header"].get("msg_type") == "shutdown_request":
            heard.append(message["content"]["execution_state"])
            if heard[-1] == "idle":
                break
    kernel.shutdown()
    assert heard == ["busy", "idle"]
