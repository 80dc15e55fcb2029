"""The folder in which a kernel works: private from its first moment, whatever it is called, and made again when it is gone."""

import os
import resource
import shutil
import stat
import threading
from pathlib import Path

import pytest

from harness.kernel import Kernel
from harness.upkeep import the


def started(home: Path, *, umask: int | None = None, **env: str) -> Kernel:
    kernel = Kernel(home, **env)
    options = {} if umask is None else {"umask": umask}
    return kernel.start(**options)


def workspace(kernel: Kernel, place: Path | None = None) -> Path:
    (folder,) = (place or kernel.tmp).glob("isopleth-*")
    return folder


def notices(cell) -> str:
    return "\n".join(bundle.get("text/plain", "") for bundle in cell.shown)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_nobody_else_may_ever_look_into_it(installed, tmp_path, umask):
    seen, watching = set(), True

    def watch():
        while watching:
            for folder in (tmp_path / "tmp").glob("isopleth-*"):
                try:
                    seen.add(stat.S_IMODE(folder.stat().st_mode))
                except FileNotFoundError:
                    pass

    watcher = threading.Thread(target=watch)
    watcher.start()
    kernel = None
    try:
        kernel = started(tmp_path, umask=umask)
        kernel.ok("let private = 1;")
        folder = workspace(kernel)
        assert folder.stat().st_uid == os.geteuid()
    finally:
        watching = False
        watcher.join()
        if kernel:
            kernel.shutdown()
    assert seen == {0o700}


def is_private(folder: Path) -> bool:
    return all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in [folder, *folder.rglob("*")] if path.is_dir())


ODD = ['with "quotes" and two  spaces', "back\\slash\\", "a=b,c;d it's $HOME `id` %s {} ünïcödé 😀 co:lon"]


@pytest.mark.parametrize("name", ODD)
def test_a_place_with_an_odd_name_works(installed, tmp_path, name):
    place = tmp_path / name
    place.mkdir()
    kernel = started(tmp_path, TMPDIR=str(place))
    try:
        assert is_private(workspace(kernel, place))
        first = kernel.ok("fn odd(x: i32) -> i32 { x * 2 }\nlet odd_values = vec![1, 2, 3];")
        assert notices(first) == ""
        assert kernel.ok("for value in &odd_values { assert!(odd(*value) > 1); }\nodd_values.len()").text == "3"
        error = kernel.fail("odd_values[9]")
        assert "line 1" in error["text"] and "index is 9" in error["evalue"]
        assert "E0425" in kernel.fail("no_such_name")["text"]
        kernel.ok("let odd_text = odd_values.iter().map(|value| value.to_string()).collect::<Vec<_>>();")
        assert "is_empty" in kernel.ask("complete", "odd_text.is_em", 14)["matches"]
    finally:
        kernel.shutdown()
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("name", ['with "quotes" and spaces', "nowhere/at/all"])
def test_crates_are_built_whatever_the_place_is_called(installed, tmp_path, name):
    place, crate = tmp_path / name, tmp_path / "answers"
    if name != "nowhere/at/all":
        place.mkdir()
    (crate / "src").mkdir(parents=True)
    (crate / "Cargo.toml").write_text('[package]\nname = "answers"\nversion = "1.0.0"\nedition = "2024"\n')
    (crate / "src/lib.rs").write_text("pub fn answer() -> i32 { 42 }\n")
    kernel = started(tmp_path, TMPDIR=str(place))
    try:
        kernel.ok(f':dep answers = {{ path = "{crate}" }}')
        assert kernel.ok("answers::answer()").text == "42"
    finally:
        kernel.shutdown()


UNUSABLE = {
    "does not exist": ("nowhere", "No such file"),
    "is a file": ("file", "Not a directory"),
    "has a line break": ("two\nlines", "line break"),
    "is not absolute": (None, "not absolute"),
    "is no text": ("\udcff", "not text"),
}


@pytest.mark.parametrize("why", UNUSABLE)
def test_a_place_that_cannot_be_used_is_told_once_in_the_first_cell(installed, tmp_path, why):
    name, reason = UNUSABLE[why]
    (tmp_path / "file").write_text("")
    (tmp_path / "two\nlines").mkdir()
    os.mkdir(os.fsencode(tmp_path) + b"/\xff")
    kernel = started(tmp_path, TMPDIR=str(tmp_path / name) if name else "relative")
    try:
        first = kernel.ok("let first = 1;")
        assert "TMPDIR" in notices(first) and reason in notices(first), notices(first)
        assert notices(first).count("\n") == 0
        assert notices(kernel.ok("let second = first + 1;")) == ""
        assert kernel.ok("second").text == "2"
    finally:
        kernel.shutdown()


def test_a_place_that_may_not_be_written_is_told(installed, tmp_path):
    # Root may write anywhere but into the system's own views.
    place = Path("/proc") if os.geteuid() == 0 else tmp_path / "closed"
    if place != Path("/proc"):
        place.mkdir(mode=0o500)
    kernel = started(tmp_path, TMPDIR=str(place))
    try:
        assert str(place) in notices(kernel.ok("let elsewhere = 1;"))
    finally:
        kernel.shutdown()


def clear(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("removed", ["what is in it", "the folder and the place it lies in"])
def test_cells_work_after_a_cleaner_has_removed_it(installed, tmp_path, removed):
    kernel = started(tmp_path)
    clean = (lambda: clear(workspace(kernel))) if removed == "what is in it" else (lambda: shutil.rmtree(kernel.tmp))
    try:
        kernel.ok("fn cleaned(x: i32) -> i32 { x + 1 }\nlet before_cleaning = 41;")
        clean()
        assert kernel.ok("let after_cleaning = cleaned(before_cleaning);\nafter_cleaning").text == "42"
        cell = kernel.begin('println!("started"); let mut turns = 0;\nwhile !Path::new("go").exists() { checkpoint(); turns += 1; }\nlet during = 7;')
        kernel.until_prints(cell)
        clean()
        (kernel.cwd / "go").touch()
        assert kernel.finish(cell).status == "ok"
        assert kernel.ok("during + after_cleaning").text == "49"
        assert "index is 5" in kernel.fail("vec![during][5]")["evalue"]
        kernel.ok("1")
        assert is_private(workspace(kernel))
    finally:
        kernel.shutdown()
    assert not kernel.tmp.exists() or list(kernel.tmp.iterdir()) == []


def test_a_folder_that_is_removed_while_cells_are_compiled_comes_back(installed, tmp_path):
    kernel = started(tmp_path)
    try:
        kernel.ok("let kept = 1;")
        for turn in range(3):
            cell = kernel.begin(f"fn compiled_{turn}() -> i32 {{ {turn} }}\ncompiled_{turn}()")
            kernel.wait_until(lambda: cell.of("execute_input"), what="the cell to be taken up")
            shutil.rmtree(workspace(kernel), ignore_errors=True)
            assert kernel.finish(cell).status in ("ok", "error")
            assert kernel.ok(f"kept + {turn}").text == str(turn + 1)
    finally:
        kernel.shutdown()


def test_somebody_elses_folder_in_its_place_is_not_used(installed, tmp_path):
    kernel = started(tmp_path)
    try:
        kernel.ok("1")
        folder = workspace(kernel)
        shutil.rmtree(folder)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        folder.symlink_to(elsewhere)
        error = kernel.fail("2 + 40")
        assert folder.name in error["text"] and "restart" in error["text"]
        assert list(elsewhere.iterdir()) == []
    finally:
        folder.unlink(missing_ok=True)
        kernel.shutdown()


def limited(kernel: Kernel, size: int) -> None:
    """From now on no process of the kernel's makes a larger file."""
    for role in ("kernel", "worker"):
        resource.prlimit(the(kernel, role).pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_files_that_may_not_grow_fail_the_cell_and_nothing_else(installed, tmp_path):
    kernel = started(tmp_path, ISOPLETH_CELL_CACHE="off")
    try:
        kernel.ok("let kept_over_a_limit = 5;")
        before = the(kernel, "kernel"), the(kernel, "worker")
        limited(kernel, 16 << 10)
        error = kernel.fail("let table: Vec<String> = (0..9).map(|n| format!(\"{n}\")).collect();\ntable")
        assert str(kernel.tmp) in error["text"] or "cell" in error["text"], error["text"]
        assert "large" in error["text"].lower(), error["text"]
        limited(kernel, resource.RLIM_INFINITY)
        written = tmp_path / "written.txt"
        code = f'std::fs::write("{written}", vec![b"x"[0]; 100_000]).map_err(|error| format!("{written}: {{error}}"))?;'
        kernel.ok("kept_over_a_limit")
        limited(kernel, 64 << 10)
        assert "written.txt" in kernel.fail(code)["evalue"]
        limited(kernel, resource.RLIM_INFINITY)
        assert kernel.ok("kept_over_a_limit").text == "5"
        assert (the(kernel, "kernel"), the(kernel, "worker")) == before
    finally:
        kernel.shutdown()
