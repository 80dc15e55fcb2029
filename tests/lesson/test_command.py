"""The command `isopleth`, as a user types it."""

import os
import subprocess

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager

from harness.kernel import KERNEL
from harness.lesson import small_sample


@pytest.fixture(scope="module")
def isopleth(installed, tmp_path_factory):
    """`isopleth("lesson", "--days", "31")` runs the installed command with a small sample."""
    spec = KernelSpecManager().get_kernel_spec(KERNEL)
    command = spec.argv[0].replace("{resource_dir}", spec.resource_dir)
    home = tmp_path_factory.mktemp("command")
    env = {**small_sample(home), "TMPDIR": str(home / "tmp")}
    (home / "tmp").mkdir()

    def run(*arguments):
        done = subprocess.run([command, *arguments], env=env, cwd=home, capture_output=True, text=True, timeout=900)
        assert os.listdir(home / "tmp") == [], "a temporary folder is left"
        return done

    return run


def test_lesson_runs_to_the_end_with_a_line_for_each_cell(isopleth, tmp_path):
    output = tmp_path / "executed.ipynb"
    done = isopleth("lesson", "--days", "31", "--output", str(output))
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum("/41]" in line for line in done.stdout.splitlines()) == 41
    executed = [cell for cell in nbformat.read(output, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in executed] == list(range(1, 42))


def test_a_cell_that_fails_ends_the_run_with_its_error(isopleth, tmp_path):
    cells = ['println!("fine");', 'Raster::open("nowhere.tif")?', 'println!("not reached");']
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    nbformat.write(notebook, tmp_path / "failing.ipynb")
    done = isopleth("lesson", "--notebook", str(tmp_path / "failing.ipynb"))
    assert done.returncode == 1
    assert "nowhere.tif" in done.stderr and "Cell 2 of 3" in done.stderr
    assert "3/3" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["lesson", "--days", "400"], "366"),
        (["lesson", "--days", "3"], "30 to 366"),
        (["lesson", "--notebook", "nowhere.ipynb"], "nowhere.ipynb"),
        (["lesson", "--output", "no/such/folder/out.ipynb"], "no/such/folder"),
        (["lessons"], "lessons"),
    ],
)
def test_what_was_typed_wrongly_is_named(isopleth, arguments, word):
    done = isopleth(*arguments)
    assert done.returncode != 0 and word in done.stderr


def test_help_and_version(isopleth):
    assert all(command in isopleth("help").stdout for command in ("lab", "lesson", "doctor"))
    assert isopleth("--version").stdout.startswith("isopleth ")


def test_doctor_finds_everything_in_place(isopleth):
    done = isopleth("doctor")
    assert "WRONG" not in done.stdout and done.returncode == 0, done.stdout
