"""The executed lesson: every cell ok, the right views in the right cells, and numpy's numbers."""

import re
from pathlib import Path

import numpy
import pytest
import rasterio

from harness.lesson import suggestions

RELATIVE = 1e-5


@pytest.fixture(scope="module")
def files(lesson):
    return [Path(line) for line in lesson.probe("files").splitlines()]


@pytest.fixture(scope="module")
def averages(files):
    """The average heat index of the land on each day, in °F, by the Python lesson's own steps (the mean in 64 bits)."""
    means = {}
    for file in files:
        with rasterio.open(file) as raster:
            celsius = raster.read(1)
        fahrenheit = numpy.where(celsius != -9999, celsius * (9 / 5) + 32, -9999)
        means[file.stem] = fahrenheit[fahrenheit != -9999].mean(dtype="float64")
    return means


@pytest.fixture(scope="module")
def mean(files):
    """The mean over time by pixel; NaN where no day has a value. One file in memory at a time."""
    total, count = 0.0, 0
    for file in files:
        with rasterio.open(file) as raster:
            day = raster.read(1).astype("float64")
        valid = day != -9999
        total = total + numpy.where(valid, day, 0)
        count = count + valid
    with numpy.errstate(invalid="ignore"):
        return total / count


@pytest.fixture(scope="module")
def computed(lesson):
    """Cell 36's values."""
    shape = [int(n) for n in re.findall(r"\d+", lesson.probe("mean"))]
    return numpy.fromfile(lesson.home / "probe-mean.bin", dtype="<f4").reshape(shape)


def test_every_cell_is_ok_in_the_order_of_the_source(lesson):
    assert [cell.number for cell in lesson.cells] == list(range(1, 42))
    failed = {cell.number: cell.errors for cell in lesson.cells if cell.reply.get("status") != "ok" or cell.errors}
    assert not failed


def test_no_cell_writes_to_stderr(lesson):
    noisy = {c.number: o["text"] for c in lesson.cells for o in c.outputs if o.get("name") == "stderr"}
    assert not noisy, "a student takes red text for an error"


@pytest.mark.parametrize("number", [3, 37, 41])
def test_a_map_is_a_picture(lesson, number):
    assert lesson.cell(number).has("image/png")


@pytest.mark.parametrize("number", [17, 18, 19, 20, 21, 22, 27])
def test_a_labelled_array_is_a_table(lesson, number):
    assert lesson.cell(number).has("text/html")


@pytest.mark.parametrize("number", [1, 2, 4, 12, 13, 14, 15, 16, 23, 28, 29, 30, 31, 32, 33, 34, 35, 36])
def test_a_value_is_shown_as_text_too(lesson, number):
    assert lesson.cell(number).text.strip()


def test_what_the_text_suggests_to_draw_is_drawn(lesson):
    suggested = suggestions()
    assert len(suggested) == 2, suggested
    for name in suggested:
        assert lesson.probed(name).has("image/png"), name


def test_the_client_is_a_card_with_text_beside_it(lesson):
    (card,) = lesson.cell(25).bundles()
    assert card["text/plain"].startswith("Client: 8 threads on ")
    assert "<svg" in card["text/html"]


def test_the_sequential_loop_agrees_with_numpy(lesson, averages):
    printed = dict(re.findall(r"On (\S+) the global average heat index was (-?[\d.]+) °F", lesson.cell(6).stdout))
    assert list(printed) == list(averages), "a line for each day, in order"
    for day, value in printed.items():
        assert float(value) == pytest.approx(averages[day], rel=RELATIVE), day
    assert "Time:" in lesson.cell(6).stdout


def test_the_pool_agrees_with_numpy(lesson, averages):
    lines = lesson.cell(8).stdout.splitlines()
    assert lines[-1].startswith("Time:")
    printed = dict(line.split() for line in lines[:-1])
    assert sorted(printed) == sorted(averages), "a line for each day, in any order"
    for day, value in printed.items():
        assert float(value) == pytest.approx(averages[day], rel=RELATIVE), day


def test_the_pool_returns_results_in_the_order_of_the_files(lesson, averages):
    returned = [float(value) for value in re.findall(r"^average (\S+)$", lesson.probe("averages"), re.MULTILINE)]
    assert returned == pytest.approx(list(averages.values()), rel=RELATIVE)
    shown = [float(value) for value in re.findall(r"-?\d+\.\d+", lesson.cell(8).text)]
    assert shown == pytest.approx(list(averages.values())[:5], rel=RELATIVE)


def test_the_slow_pool_says_which_threads_worked(lesson):
    lines = lesson.cell(10).stdout.splitlines()
    assert len(lines) == 31 and lines[-1].startswith("Time:")
    threads = {line.split()[0] for line in lines[:-1]}
    assert threads <= {f"worker-{n}" for n in range(1, 5)} and len(threads) > 1


def test_shapes_and_dates_of_the_toy_data(lesson):
    text = {number: lesson.cell(number).text for number in (12, 13, 14, 15, 22)}
    assert text[12] == text[13] == "[100, 100, 30]"
    assert "2016-01-01" in text[14] and "2016-01-30" in text[14]
    assert text[15] == "30"
    assert "100" in text[22] and "time" not in text[22].splitlines()[0]


def test_opening_the_year_reads_nothing(lesson, files):
    text = lesson.cell(27).text
    assert all(dimension in text for dimension in ("band", "y", "x")) and str(len(files)) in text
    assert int(lesson.cell(28).text) < 1000
    assert not re.search(r"\bnan\b", text, re.IGNORECASE), "values of a lazy array are not shown"


def test_january_has_31_days(lesson):
    assert re.search(r"time: 31\b", lesson.cell(32).text)


def test_the_box_by_labels_lies_between_its_bounds(lesson, files):
    with rasterio.open(files[0]) as raster:
        step = raster.transform.a
    sizes = re.search(r"y: (\d+), x: (\d+)", lesson.cell(34).text)
    rows, columns = (int(n) for n in sizes.groups())
    assert abs(columns - 49 / step) <= 1 and abs(rows - 25 / step) <= 1


def test_the_computed_mean_agrees_with_numpy(computed, mean):
    assert computed.shape == mean.shape
    assert (numpy.isnan(computed) == numpy.isnan(mean)).all()
    numpy.testing.assert_allclose(computed, mean, rtol=RELATIVE, atol=1e-5)


def test_rasterio_reads_the_written_file(lesson, files, computed):
    with rasterio.open(lesson.probe("out")) as written, rasterio.open(files[0]) as source:
        for key in ("driver", "dtype", "nodata", "width", "height", "count", "crs", "transform"):
            assert written.meta[key] == source.meta[key], key
        values = written.read(1)
    assert (values[numpy.isnan(computed)] == -9999).all()
    numpy.testing.assert_array_equal(values[~numpy.isnan(computed)], computed[~numpy.isnan(computed)])


def test_nothing_else_is_left_beside_the_notebook(lesson):
    beside = {path.name for path in lesson.home.iterdir() if path.is_file()}
    assert beside == {Path(lesson.probe("out")).name, "probe-mean.bin"}
