"""`isopleth export` as it is typed: what it writes, and what it says where it cannot."""

import subprocess
import tomllib

import nbformat
import pytest

from harness.lesson import NOTEBOOK


def write(path, *codes, **metadata):
    cells = [nbformat.v4.new_code_cell(code) for code in codes]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


@pytest.fixture
def notebook(tmp_path):
    return write(tmp_path / "days.ipynb", "let a = 1;")


def test_a_project_has_what_cargo_needs_and_no_more(isopleth, notebook, tmp_path):
    done = isopleth("export", notebook, "new/my days", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "new/my days"
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert files == [".gitignore", "Cargo.lock", "Cargo.toml", "src/main.rs"]
    assert "`my-days`" in done.stdout and "cargo run --release" in done.stdout


def test_the_lock_file_is_complete(isopleth, tmp_path):
    assert isopleth("export", NOTEBOOK, tmp_path / "lesson").returncode == 0
    cargo = ["cargo", "tree", "--locked", "--offline", "--prefix=none"]
    done = subprocess.run(cargo, cwd=tmp_path / "lesson", capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    installed = tomllib.loads((NOTEBOOK.parents[1] / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    versions = {f"{package['name']} v{package['version']}" for package in installed}
    used = {" ".join(line.split()[:2]) for line in done.stdout.splitlines() if line}
    assert {line for line in used if not line.startswith("lesson ")} <= versions


def test_a_project_inside_another_one_stands_alone(isopleth, notebook, tmp_path):
    (tmp_path / "Cargo.toml").write_text("[workspace]\nmembers = []\n")
    assert isopleth("export", notebook, tmp_path / "inner").returncode == 0
    assert "workspace" in tomllib.loads((tmp_path / "inner/Cargo.toml").read_text(encoding="utf-8"))


def test_nothing_is_overwritten(isopleth, notebook, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.txt").write_text("mine")
    (tmp_path / "empty").mkdir()
    done = isopleth("export", notebook, tmp_path / "full")
    assert done.returncode == 1 and "nothing in it is overwritten" in done.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"]
    assert isopleth("export", notebook, tmp_path / "empty").returncode == 0


def test_a_notebook_that_is_not_there_is_answered_with_those_that_are(isopleth, notebook, tmp_path):
    write(tmp_path / "weeks.ipynb", "1")
    done = isopleth("export", "dayz.ipynb", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "dayz.ipynb is not there; there are days.ipynb, weeks.ipynb" in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_no_notebook_in_rust_is_refused(isopleth, tmp_path):
    (tmp_path / "text.ipynb").write_text("fn main() {}")
    write(tmp_path / "python.ipynb", "a = 1", kernelspec={"name": "python3", "language": "python", "display_name": "P"})
    write(tmp_path / "empty.ipynb")
    write(tmp_path / "broken.ipynb", "let a = 1;", "let b = 2;\nlet c = (;")
    write(tmp_path / "own-main.ipynb", "fn main() {}\nmain()")
    wanted = {
        "text": "not a notebook",
        "python": "is in python",
        "empty": "no code cells",
        "broken": "cell 2 of",
        "own-main": "`main`",
    }
    for name, words in wanted.items():
        done = isopleth("export", f"{name}.ipynb", "out", cwd=tmp_path)
        assert done.returncode == 1 and words in done.stderr, (name, done.stderr)
    assert "line 2" in isopleth("export", "broken.ipynb", "out", cwd=tmp_path).stderr
    assert not (tmp_path / "out").exists()


def test_the_help_says_what_comes_of_it(isopleth):
    text = isopleth("export", "--help").stdout
    assert all(word in text for word in ("NOTEBOOK", "DIR", "main.rs", "Cargo.toml", "plots"))
    assert "export NOTEBOOK DIR" in isopleth("help").stdout
    assert "isopleth export NOTEBOOK DIR" in isopleth("export").stderr
    assert "--fast" in isopleth("export", "a", "--fast").stderr
