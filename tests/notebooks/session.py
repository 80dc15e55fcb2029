"""The kernel's side: notebooks are run through a Jupyter client, several in one kernel."""

from __future__ import annotations

from pathlib import Path

from harness.kernel import Cell, Kernel, without_colours

from .parts import Notebook
from .program import ENDS, Answer


def told(cell: Cell) -> Answer:
    """What a front end sees of a cell."""
    results = [message.content["data"].get("text/plain") for message in cell.of("execute_result")]
    status = cell.status
    if cell.errors:
        status = {"CompileError": ENDS["compile"], "Panic": ENDS["panic"]}.get(cell.errors[-1]["ename"], ENDS["question"])
    return Answer(status, cell.stdout, results[-1] if results else None)


def run(notebooks: list[Notebook], home: Path, cache: Path, spoil=None) -> dict[int, list[tuple[Answer, str]]]:
    """Runs the notebooks one after another in a new kernel: answers, and what the kernel said beside them.

    A cell that ends the kernel's process or never ends is an answer too: the rest of the notebook has none.
    """
    kernel = Kernel(home, ISOPLETH_CELL_CACHE=str(cache)).start()
    found: dict[int, list[tuple[Answer, str]]] = {}
    try:
        for notebook in notebooks:
            found[notebook.number] = answers = []
            for at, text in enumerate(notebook.texts()):
                try:
                    cell = kernel.execute(text)
                except AssertionError as error:
                    answers.append((Answer("no answer", "", None), str(error)[:2000]))
                    return found
                answer = told(cell)
                if spoil:
                    spoil(notebook, at, answer)
                answers.append((answer, said(cell)))
            kernel.forget()
    finally:
        kernel.shutdown()
    return found


def said(cell: Cell) -> str:
    """Errors and notes, for the reader of a failure."""
    errors = ["\n".join(error["traceback"]) for error in cell.errors]
    notes = [bundle.get("text/plain", "") for bundle in (message.content["data"] for message in cell.of("display_data"))]
    return without_colours("\n".join(text for text in (*errors, cell.stderr, *notes) if text))
