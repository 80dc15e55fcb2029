"""Compiled cells are kept by content: found again, never confused, never loaded when they are not whole and ours."""

import hashlib
import os
from pathlib import Path

import pytest

from harness.kernel import Kernel
from harness.lesson import NOTEBOOK, code_of

LONG_AGO = 1_000_000_000


@pytest.fixture
def start(installed, tmp_path):
    """Starts kernels that share one user's cache; all are ended with the test."""
    started = []

    def start(**env: str) -> Kernel:
        started.append(Kernel(tmp_path, **env).start())
        return started[-1]

    yield start
    for kernel in started:
        kernel.shutdown()


@pytest.fixture
def entries(tmp_path):
    """The entries of the user's cache, by name."""
    return lambda: {path.name: path for path in (tmp_path / "state/cache/isopleth/cells").glob("*")}


def settled(entries, count: int, kernel: Kernel) -> dict:
    """Entries are written while the cell runs already."""
    kernel.wait_until(lambda: len(entries()) >= count, what=f"{count} entries")
    return entries()


def with_digest(content: bytes) -> bytes:
    return content + hashlib.sha256(content).digest()


def parts(entry: Path) -> tuple[bytes, bytes, bytes]:
    """The format's line, the header's line, and the object."""
    form, header, rest = entry.read_bytes().split(b"\n", 2)
    return form, header, rest[:-32]


def test_what_runs_is_the_object_in_the_cache(start, entries, tmp_path):
    answer_file = tmp_path / "answer.rs"
    function = f'fn what_runs() -> i32 {{ include!("{answer_file}") }}'

    def of_the_call(answer: str):
        """The entry that a call of the function leaves, which reads another answer each time."""
        kernel = start()
        before = set(entries())
        answer_file.write_text(answer)
        kernel.ok(function)
        kernel.ok("what_runs()")
        made = settled(entries, len(before) + 2, kernel)
        kernel.shutdown()
        return max((path for name, path in made.items() if name not in before), key=lambda path: path.stat().st_mtime_ns)

    two, forty = of_the_call("2"), of_the_call("20 + 20")
    # An entry that is whole and says that it is the first call, with the object of the second.
    form, header, _ = parts(two)
    _, _, object_of_other = parts(forty)
    two.write_bytes(with_digest(b"\n".join([form, header, object_of_other])))
    answer_file.write_text("2")
    kernel = start()
    kernel.ok(function)
    assert kernel.ok("what_runs()").text == "40"


def test_cells_from_the_cache_and_new_ones_build_on_each_other(start, entries):
    cells = [
        "let mut total = 1;",
        "struct Station { height: f64 }\nimpl Station { fn feet(&self) -> f64 { self.height * 2.0 } }",
        "fn stations() -> Vec<Station> { vec![Station { height: 3.0 }] }",
        "let all = stations();",
        "total += all.len() as i32;",
        "let text = String::from(\"kept\");\nlet moved = text;",
    ]
    first = start()
    for cell in cells:
        first.ok(cell)
    settled(entries, len(cells), first)
    first.shutdown()
    second = start()
    for cell in cells:
        second.ok(cell)
    assert second.ok("(total, all[0].feet(), &moved)").text == '(2, 6.0, "kept")'
    gone = second.fail("text.len()")
    assert "moved away" in gone["text"]
    assert "is_empty" in second.ask("complete", "all.is_em", 9)["matches"]


def test_the_same_text_with_another_meaning_is_another_cell(start):
    kernel = start()
    for value, size in [("1i32", 4), ("1i64", 8), ("vec![0u8; 3]", 24)]:
        kernel.ok(f"let sized = {value};")
        assert kernel.ok("std::mem::size_of_val(&sized)").text == str(size)
    for body, answer in [("1", "1"), ("2", "2")]:
        kernel.ok(f"fn meaning() -> i32 {{ {body} }}")
        kernel.ok("fn asks() -> i32 { meaning() * 10 }")
        assert kernel.ok("asks()").text == answer + "0"
    for factor in ("2", "3"):
        kernel.ok(
            "trait Times { fn times(&self) -> i32; }\n"
            f"impl Times for i32 {{ fn times(&self) -> i32 {{ self * {factor} }} }}"
        )
        assert kernel.ok("4.times()").text == str(4 * int(factor))
    kernel.ok("let constant = 1;")
    kernel.fail("constant += 1;")
    kernel.ok("let mut constant = 1;")
    kernel.ok("constant += 1;")
    kernel.ok("let constant = 1;")
    assert "mutable" in kernel.fail("constant += 1;")["text"]


def test_a_cell_does_not_depend_on_variables_that_only_an_item_names(start, entries):
    first = start()
    first.ok("let data = 1;")
    first.ok("fn unrelated() -> i32 { let data = 2; data }")
    first.ok("3 + 4")
    settled(entries, 3, first)
    first.shutdown()
    second = start()
    assert second.ok("3 + 4").text == "7"


def test_a_cell_that_fails_fails_alike_from_the_cache(start, entries):
    cells = ["let kept = vec![1, 2, 3];", "let index = 7;\nlet lost = kept[index];"]
    texts = []
    for _ in range(2):
        kernel = start()
        kernel.ok(cells[0])
        texts.append(kernel.fail(cells[1])["text"])
        assert kernel.ok("kept.len()").text == "3"
        assert "lost" in kernel.fail("lost + 1")["text"]
        settled(entries, 3, kernel)
        kernel.shutdown()
    assert texts[0] == texts[1]
    assert "line 2" in texts[1]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "of another format"])
def test_a_damaged_entry_is_compiled_anew(start, entries, damage):
    first = start()
    first.ok("6 * 7")
    [entry] = settled(entries, 1, first).values()
    first.shutdown()
    whole = entry.read_bytes()
    middle = len(whole) // 2
    damaged = {
        "cut": whole[:middle],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "of another format": with_digest(whole[:-32].replace(b"isopleth cell 1", b"isopleth cell 0")),
    }[damage]
    entry.write_bytes(damaged)
    second = start()
    assert second.ok("6 * 7").text == "42"
    second.wait_until(lambda: len(entry.read_bytes()) == len(whole), what="the entry to be written anew")


def test_an_entry_that_others_may_write_is_not_loaded(start, entries):
    first = start()
    first.ok("5 * 5")
    [entry] = settled(entries, 1, first).values()
    first.shutdown()
    os.utime(entry, (LONG_AGO, LONG_AGO))
    entry.chmod(0o666)
    second = start()
    assert second.ok("5 * 5").text == "25"
    second.wait_until(lambda: entry.stat().st_mode & 0o777 == 0o600, what="an entry of our own")


def test_two_kernels_share_the_cache_at_once(start, entries):
    kernels = [start(), start()]
    code = [f"let shared_{n} = {n} * 3;\nshared_{n}" for n in range(5)]
    for cell in code:
        running = [kernel.begin(cell) for kernel in kernels]
        for kernel, begun in zip(kernels, running):
            kernel.finish(begun)
        assert [cell.status for cell in running] == ["ok", "ok"]
        assert running[0].text == running[1].text
    settled(entries, len(code), kernels[0])


def test_a_cache_that_cannot_be_written_or_is_off_stops_nobody(start, entries):
    for setting in ("off", "/proc/nowhere"):
        kernel = start(ISOPLETH_CELL_CACHE=setting)
        assert kernel.ok("2 + 3").text == "5"
        assert kernel.ok("2 + 3").text == "5"
        assert not entries()


def test_a_new_user_runs_the_lessons_cells_from_the_installation(start, entries):
    kernel = start(ISOPLETH_DAYS="31", ISOPLETH_SCALE="20")
    ran = 0
    for code in code_of(NOTEBOOK)[:6]:
        kernel.ok(code)
        ran += 1
    assert ran == 6
    assert not entries(), "nothing had to be compiled"
    kernel.ok("1 + 1 + 1")
    assert len(settled(entries, 1, kernel)) == 1


def test_cells_that_use_a_crate_of_the_users_are_compiled_each_time(start, tmp_path):
    crate = tmp_path / "answers"
    (crate / "src").mkdir(parents=True)
    (crate / "Cargo.toml").write_text('[package]\nname = "answers"\nversion = "1.0.0"\nedition = "2024"\n')
    for answer in ("41", "42"):
        (crate / "src/lib.rs").write_text(f"pub fn answer() -> i32 {{ {answer} }}\n")
        kernel = start()
        kernel.ok(f':dep answers = {{ path = "{crate}" }}')
        assert kernel.ok("answers::answer()").text == answer
        kernel.shutdown()


@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a link"])
def test_what_is_no_file_in_the_place_of_an_entry_is_not_waited_for(start, entries, tmp_path, kind):
    first = start()
    first.ok("4 * 4")
    [entry] = settled(entries, 1, first).values()
    first.shutdown()
    elsewhere = tmp_path / "elsewhere"
    entry.rename(elsewhere)
    {"a pipe": os.mkfifo, "a folder": os.mkdir, "a link": lambda path: os.symlink(elsewhere, path)}[kind](entry)
    second = start()
    assert second.ok("4 * 4").text == "16"
    assert second.ok("5 * 4").text == "20"
