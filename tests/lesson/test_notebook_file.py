"""The notebook as it lies in git: one cell for each of the source's, clean, and in words of its own."""

import hashlib
import json
import re
from pathlib import Path

import nbformat
import pytest

from harness.lesson import NOTEBOOK

# Hashes of every six words in a row of the Python lesson,
# sorted; its text is not ours to keep here. `digest` and `six_words` below made them.
SIX_WORDS = Path(__file__).parent / "fixtures" / "source-six-words.txt"

HEADINGS = [
    "# Session 8-1: Multiprocessing, Dask and Xarray",
    "### Instructions",
    "# multiprocessing",
    "### First, let's take a look at the data",
    "### Now Let's try a `for` loop.",
    "### Now try it in parallel.",
    "### Some things to think about.",
    "# Dask & Xarray",
    "### A Toy Dataset",
    "#### A bit about Xarray Datasets",
    "## Let's look at some real data with Dask",
    "#### Load a 'view' of all 366 files into a Xarray DataSet",
    "### Updating Data",
    "### Subsetting data",
    "### Average Heat Index",
    "### Save the daily average heat index for 2016 as a tif file",
]


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_file_is_valid_and_readable_in_git(notebook):
    nbformat.validate(notebook)
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    assert max(len(line) for line in text.splitlines()) < 1000


def test_the_kernel_is_ours(notebook):
    assert notebook.metadata.kernelspec == {"name": "isopleth", "display_name": "Rust (Isopleth)", "language": "rust"}


def test_41_code_cells_in_the_order_of_the_source(code):
    assert [cell.metadata.get("source-cell") for cell in code] == list(range(1, 42))


def test_no_outputs_are_committed(code):
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_cell_ids_are_stable_names(notebook, code):
    assert [cell.id for cell in code] == [f"source-cell-{number:02}" for number in range(1, 42)]
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", cell.id) for cell in notebook.cells)


def test_the_headings_are_those_of_the_source(notebook):
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found += re.findall(r"^#{1,6} .*$", re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL), re.MULTILINE)
    assert found == HEADINGS


def test_the_marks_are_kept(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert all(mark in text for mark in "▶✏🦀") and "🐍" not in text


def test_cells_need_no_dependencies_and_no_path_of_one_machine(code):
    for cell in code:
        assert not re.search(r"^\s*(:dep|use |extern crate)", cell.source, re.MULTILINE), cell.source
        assert "/home/" not in cell.source


def test_lines_fit_a_screen(code):
    assert max(len(line) for cell in code for line in cell.source.splitlines()) <= 110


def test_no_six_words_in_a_row_are_those_of_the_source(notebook):
    theirs = set(SIX_WORDS.read_text().split())
    assert len(theirs) > 1000
    shared = []
    for cell in notebook.cells:
        for text in prose(cell):
            shared += [words for words in six_words(text) if digest(words) in theirs]
    assert not shared


def prose(cell):
    """What of a cell is text: markdown without its headings, and the comments of code."""
    if cell.cell_type == "markdown":
        return [re.sub(r"^#{1,6} .*$", "", cell.source, flags=re.MULTILINE)]
    return re.findall(r"//+ ?(.*)", cell.source)


def six_words(text):
    words = re.findall(r"[a-z0-9']+", re.sub(r"<[^>]*>|https?://\S+", " ", text).lower())
    return [" ".join(words[i : i + 6]) for i in range(len(words) - 5)]


def digest(words):
    return hashlib.sha256(words.encode()).hexdigest()[:10]
