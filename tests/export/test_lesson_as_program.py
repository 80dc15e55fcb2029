"""The lesson as a program: the same numbers, the same pictures, the same file."""

import base64
import collections
import re

import nbformat
import numpy
import pytest
import rasterio

from harness.lesson import NOTEBOOK

# The toy data are random: from the same seed they are the same. The last cell prints what the notebook only shows in part.
FIRST = "seed(8);"
LAST = """
for average in pool.try_map(&files, avg_fast)? { println!("average {average:.17e}"); }
for r in correlation.to_ndarray::<f64>()?.iter().step_by(97) { println!("correlation {r:.17e}"); }
for mean in daily_avg.to_ndarray::<f32>()?.iter().step_by(97) { println!("mean {mean:.9e}"); }
"""
# What is another one each time: times, which thread did what, and whether the sample data had to be made.
CHANGING = re.compile(r"Time: |worker-\d+ |lesson data |Sample data")


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    cells = nbformat.read(NOTEBOOK, as_version=4)
    cells.cells.insert(1, nbformat.v4.new_code_cell(FIRST))
    cells.cells.append(nbformat.v4.new_code_cell(LAST))
    path = tmp_path_factory.mktemp("notebook") / "8-1-parallel-rasters.ipynb"
    nbformat.write(cells, path)
    return path


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """The folders that the two run in, beside the data that they share."""
    home = tmp_path_factory.mktemp("homes")
    return home / "notebook", home / "program"


@pytest.fixture(scope="module")
def shown(executed, notebook, homes):
    return executed(notebook, homes[0])


@pytest.fixture(scope="module")
def built(program, notebook):
    return program(notebook, "lesson-program")


@pytest.fixture(scope="module")
def done(built, shown, homes):
    return built.run(homes[1])


def test_the_program_compiles_without_a_warning(built):
    assert "warning" not in built.build.stderr


def test_the_program_ends_well_and_writes_nothing_to_stderr(done):
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_it_prints_what_the_notebook_shows(done, shown):
    def steady(lines):
        """The lines, in no order: threads print as they come."""
        return collections.Counter(line for line in lines if not CHANGING.match(line))

    notebook = steady(shown.lines)
    program = steady(line for line in done.stdout.splitlines() if not line.startswith("Saved as "))
    assert sum(line.startswith("average ") for line in notebook) > 30
    assert sum(line.startswith("correlation ") for line in notebook) > 100
    assert (notebook - program, program - notebook) == ({}, {})


def test_its_figures_are_the_notebooks_pictures(done, shown, homes):
    names = re.findall("^Saved as (.*)$", done.stdout, re.MULTILINE)
    assert names == [
        "plots/maximum-heat-index-in-c-1-july-2016.png",
        "plots/average-daily-maximum-heat-index-2016.png",
        "plots/figure-3.png",
    ]
    assert len(shown.pictures) == len(names)
    for name, picture in zip(names, shown.pictures):
        assert (homes[1] / name).read_bytes() == base64.b64decode(picture), name


def test_the_raster_that_it_writes_is_the_notebooks(done, homes):
    with rasterio.open(homes[0] / "himax_2016_avg.tif") as one, rasterio.open(homes[1] / "himax_2016_avg.tif") as other:
        assert one.meta == other.meta
        numpy.testing.assert_array_equal(one.read(), other.read())


def test_it_reads_as_a_person_would_write_it(built):
    main = built.main
    top, body = main.split("\nfn main() -> isopleth::program::MainResult {\n")
    assert top.startswith("//! Session 8-1: Multiprocessing, Dask and Xarray\n")
    assert re.findall(r"^fn (\w+)", top, re.MULTILINE) == ["c_to_f", "avg_fast", "avg_slow"]
    assert "/// Converts degrees Celsius to degrees Fahrenheit.\nfn c_to_f" in top
    assert "    // ### A Toy Dataset\n\n    // Temperatures: whole numbers" in body
    assert "    show!(temp_da);\n" in body
    assert "evcxr" not in main and "source-cell" not in main
    # Every line of every cell is there, but for its indentation, what shows the last expression, and semicolons.
    kept = {line.strip() for line in main.splitlines()}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        for line in cell.source.splitlines() if cell.cell_type == "code" else []:
            line = line.strip()
            assert line in kept or f"show!({line});" in kept, line
