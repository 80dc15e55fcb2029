"""A user who may have only a few processes and threads: cells say so, and the kernel lives on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.kernel import Kernel

# Nobody's number: what counts against the limit is the kernel's own. Root has no limit.
USER = "54321"
# Another user cannot read root's toolchain without these.
RIGHTS = "+dac_override,+dac_read_search"
AS_USER = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", f"--inh-caps={RIGHTS}", f"--ambient-caps={RIGHTS}", "--"]


def with_limit(home: Path, processes: str) -> Kernel:
    kernel = Kernel(home, HOME=str(home))
    for folder in (kernel.tmp, kernel.state, kernel.cwd):
        folder.chmod(0o777)
    spec = kernel.manager.kernel_spec
    spec.argv = [*AS_USER, "prlimit", f"--nproc={processes}", "--", *spec.argv]
    return kernel.start()


@pytest.fixture
def limited(installed, tmp_path):
    if os.geteuid() != 0 or not shutil.which("setpriv") or not shutil.which("prlimit"):
        pytest.skip("only root can become another user")
    if subprocess.run([*AS_USER, "true"], capture_output=True).returncode != 0:
        pytest.skip("the rights of another user cannot be arranged here")
    kernels = []

    def limited(processes: int | str) -> Kernel:
        kernels.append(with_limit(tmp_path, str(processes)))
        return kernels[-1]

    yield limited
    for kernel in kernels:
        kernel.shutdown()


# From nothing at all to a little less than a cell needs: each is refused something else first.
@pytest.mark.parametrize("processes", [1, 4, 7, 14, 17])
def test_a_limit_that_is_reached_is_told_by_the_cell(limited, processes):
    kernel = limited(processes)
    for _ in range(2):
        cell = kernel.execute("let few = vec![1];\nfew.len()")
        assert cell.status == "ok" or "process" in cell.errors[0]["evalue"], cell.describe()
    assert processes > 14 or f"you may have {processes}" in cell.errors[0]["evalue"], cell.describe()
    assert kernel.ask("kernel_info")["status"] == "ok"
    assert kernel.ask("complete", "few.", 4)["status"] == "ok"
    assert kernel.ask("is_complete", "for i in 0..3 {")["status"] in ("incomplete", "complete")


def test_cells_run_as_soon_as_the_limit_is_lifted(limited):
    kernel = limited("5:200")
    assert "process" in kernel.fail("let lifted = 1;")["evalue"]
    subprocess.run([*AS_USER, "prlimit", f"--pid={kernel.manager.provisioner.pid}", "--nproc=200:200"], check=True)
    assert kernel.ok("let lifted = 6;\nlifted * 7").text == "42"
