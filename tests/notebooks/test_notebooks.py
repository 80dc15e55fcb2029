"""Generated notebooks print, cell for cell, what an ordinary Rust program of the same statements prints.

`ISOPLETH_NOTEBOOK_CELLS` and `ISOPLETH_SEED` change how many cells and which.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from . import program
from .campaign import ARTEFACTS, campaign, cores, judge
from .generate import notebook
from .model import State, after
from .parts import Cell, Notebook, Stmt
from .shrink import shrink

CELLS = int(os.environ.get("ISOPLETH_NOTEBOOK_CELLS", 600))
SEED = int(os.environ.get("ISOPLETH_SEED", 1))


def test_generated_notebooks_print_what_programs_print(installed, capsys, figure):
    table, failures = campaign(CELLS, SEED, jobs=cores(), stop_after=10, shrink_at_most=3)
    (ARTEFACTS / "table.txt").write_text(table.text() + "\n")
    with capsys.disabled():
        print("\n" + table.text())
    figure("generated cells run beside ordinary programs", table.cells)
    figure("ms per generated cell, compiled", round(1000 * table.seconds["compiling"] / table.cells))
    figure("ms per generated cell, from the cache", round(1000 * table.seconds["from the cache"] / table.cells))
    figure("generated cells compiled again in spite of the cache", table.recompiled)
    if failures:
        pytest.fail("\n\n".join(failure.text for failure in failures), pytrace=False)
    assert table.cells >= CELLS
    # Fewer cells than the usual number need not have everything in them.
    assert CELLS < 600 or not table.missing(), f"never drawn: {', '.join(table.missing())}"


# The harness itself


def small_notebook() -> Notebook:
    """Three cells by hand, of which the last two show and print."""
    first = Stmt("let x: i64 = 20;", makes=(("x", "i64", False, True),))
    second = Stmt('println!("{}", x + 1);', needs={"x": ("i64", "read")})
    third = Stmt("x + 2", needs={"x": ("i64", "read")}, end="show")
    failing = Stmt('panic!("{x}");', needs={"x": ("i64", "read")}, end="panic")
    return Notebook(900, (Cell((first,)), Cell((second,)), Cell((second, third)), Cell((second, failing)), Cell((second,))))


FAULTS = {
    "nothing": (0, lambda answer: None),
    "what is printed": (1, lambda answer: setattr(answer, "stdout", "22\n")),
    "a line too many": (1, lambda answer: setattr(answer, "stdout", answer.stdout + "\n")),
    "the value": (2, lambda answer: setattr(answer, "result", "23")),
    "no value": (2, lambda answer: setattr(answer, "result", None)),
    "a value where there is none": (1, lambda answer: setattr(answer, "result", "()")),
    "success": (3, lambda answer: setattr(answer, "status", "ok")),
    "another error": (3, lambda answer: setattr(answer, "status", "compile error")),
    "an error": (4, lambda answer: setattr(answer, "status", "error")),
}


def test_a_spoilt_answer_is_noticed(installed, tmp_path):
    given = small_notebook()
    copies = {fault: replace(given, number=900 + at) for at, fault in enumerate(FAULTS)}
    expected = program.answers(list(copies.values()), tmp_path)

    def spoil(notebook: Notebook, cell: int, answer) -> None:
        at, change = list(FAULTS.values())[notebook.number - 900]
        if cell == at:
            change(answer)

    found = judge(list(copies.values()), tmp_path, expected, spoil).differences
    noticed = {fault: [one.at for one in found[copy.number]] for fault, copy in copies.items()}
    assert noticed == {fault: [] if fault == "nothing" else [at] for fault, (at, _) in FAULTS.items()}


def test_a_failing_notebook_shrinks_to_what_fails(installed, tmp_path):
    """A kernel that forgets what `println!("{}", x + 1)` prints: the `let` must stay, all else goes."""

    def spoil(notebook: Notebook, cell: int, answer) -> None:
        answer.stdout = answer.stdout.replace("21\n", "")

    small, wrong = shrink(small_notebook(), "stdout", tmp_path, spoil)
    assert [len(cell.parts) for cell in small.cells] == [1, 1] and wrong.at == 1


def test_the_same_seed_makes_the_same_notebook():
    assert notebook(SEED, 3).texts() == notebook(SEED, 3).texts() != notebook(SEED, 4).texts()


def test_a_notebook_comes_back_from_its_file():
    import json

    from .parts import from_json, to_json

    drawn = notebook(SEED, 5)
    again = from_json(json.loads(json.dumps(to_json(drawn))))
    assert again.texts() == drawn.texts() and program.module(again) == program.module(drawn)


@pytest.mark.parametrize(
    "how, left",
    [("", {"y"}), ("panic", {"x"})],
    ids=["a move takes the variable", "a cell that fails keeps no new one"],
)
def test_the_model_knows_what_is_left(how, left):
    """What the generator believes decides which notebooks are drawn at all."""
    state = State()
    state = after(state, Cell((Stmt("", makes=(("x", "String", False, True),)),)))
    needs = {} if how else {"x": ("String", "move")}
    state = after(state, Cell((Stmt("", needs, (("y", "String", False, True),), end=how),)))
    assert set(state.vars) == left


def test_a_program_that_does_not_compile_is_a_fault_of_the_generator(tmp_path):
    broken = Notebook(1, (Cell((Stmt("let x: i64 = \"text\";"),)),))
    with pytest.raises(program.DoesNotCompile):
        program.answers([broken], tmp_path)


def test_a_cell_that_was_to_fail_and_does_not_is_a_fault_of_the_generator(tmp_path):
    with pytest.raises(program.DoesNotCompile):
        program.answers([Notebook(1, (Cell((Stmt("let x = 1;", end="panic"),)),))], tmp_path)
