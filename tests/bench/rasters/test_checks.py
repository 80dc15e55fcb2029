"""The benchmark notices wrong answers, missed targets and the memory of child processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile

from bench.rasters import days, files, picture, table, writing, year
from bench.rasters.comparison import Comparison
from bench.rasters.memory import Peak


@pytest.fixture(scope="module")
def day() -> np.ndarray:
    return files.temperature(1)


def test_a_wrong_or_missing_average_is_noticed():
    days.check_averages([21.3456, -3.1], [21.34563, -3.10001])
    with pytest.raises(AssertionError, match="day 1: -3.1 on our side, -3.2 on the other"):
        days.check_averages([21.3456, -3.1], [21.3456, -3.2])
    with pytest.raises(AssertionError, match="1 averages on our side, 2 on the other"):
        days.check_averages([21.3456], [21.3456, -3.1])


def test_one_wrong_pixel_of_land_is_noticed_and_the_ocean_does_not_count(tmp_path: Path, day: np.ndarray):
    ours, theirs = tmp_path / "ours.tif", tmp_path / "theirs.npy"
    with rasterio.open(ours, "w", **files.PROFILE) as file:
        file.write(np.where(files.land(), day, np.nan), 1)
    np.save(theirs, day)
    year.check_arrays(ours, theirs)

    row, column = np.argwhere(files.land())[100_000]
    wrong = day.copy()
    wrong[row, column] += 0.1
    np.save(theirs, wrong)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        year.check_arrays(ours, theirs)
    np.save(theirs, np.stack([day, day]))
    with pytest.raises(AssertionError, match="on our side"):
        year.check_arrays(ours, theirs)


def test_a_written_file_must_have_the_other_ones_pixels_and_profile(tmp_path: Path, day: np.ndarray):
    names = ("ours", "theirs", "tiled", "changed")
    ours, theirs, tiled, changed = (tmp_path / f"{name}.tif" for name in names)
    for path, options in (
        (ours, files.DAILY.options()),
        (theirs, files.DAILY.options()),
        (tiled, files.Layout("LZW", 256, 256).options()),
        (changed, files.DAILY.options()),
    ):
        with rasterio.open(path, "w", **files.PROFILE, **options) as file:
            file.write(day + 1 if path == changed else day, 1)
    writing.check_files(ours, theirs)
    for other in (tiled, changed):
        with pytest.raises(AssertionError):
            writing.check_files(ours, other)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_an_empty_picture_is_noticed():
    with MemoryFile() as memory:
        with memory.open(driver="PNG", width=20, height=20, count=3, dtype="uint8") as file:
            file.write(np.zeros((3, 20, 20), np.uint8))
        with pytest.raises(AssertionError, match="a picture of 1 colours"):
            picture.check_picture(memory.read())


def test_the_files_are_the_same_every_time_and_as_long_as_real_ones(tmp_path: Path, day: np.ndarray):
    assert np.array_equal(day, files.temperature(1))
    assert not np.array_equal(day, files.temperature(2))
    first = files.year(tmp_path, 2)[0]
    assert first.name == "2016.01.01.tif"
    assert 25e6 < first.stat().st_size < 28e6
    written = first.stat().st_mtime_ns
    files.year(tmp_path, 2)
    assert first.stat().st_mtime_ns == written


def test_a_missed_target_is_said_plainly():
    slow, fast = Comparison("slow work", "there", 2.0), Comparison("fast work", "there", 2.0)
    for ours, theirs in ((1.0, 1.5), (1.2, 1.6), (9.0, 1.7)):
        slow.add(ours, theirs)
        fast.add(ours, 10 * theirs)
    assert slow.ratio == pytest.approx(1.6 / 1.2)
    for text in (table.plain([slow, fast], "a machine"), table.markdown([slow, fast], "a machine")):
        assert "1.33 x (missed)" in text
        assert "Targets that are missed: slow work." in text
    assert "No target is missed." in table.plain([fast], "a machine")


def test_a_row_of_several_layouts_shows_the_lowest_ratio():
    rows = [Comparison(f"layout {n}", "GDAL", 2.0, group="read LZW") for n in range(2)]
    rows[0].add(0.1, 0.3)
    rows[1].add(0.2, 0.3)
    assert "| read LZW | 100 ms to 200 ms | GDAL | 300 ms | 1.50 x (missed) | 2 x |" in table.markdown(rows, "")


def test_peak_memory_counts_the_processes_that_a_process_starts():
    grandchild = "held = bytearray(200 << 20); print(len(held), flush=True); input()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    process = subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        with Peak(process.pid) as everything, Peak(process.pid, descendants=False) as alone:
            # The memory is held by now, and until the newline below: each looks at least once more in between.
            assert process.stdout.readline().strip() == str(200 << 20)
            everything.look()
            alone.look()
    finally:
        process.communicate("\n")
    assert everything.bytes > 200 << 20
    assert alone.bytes < 200 << 20
