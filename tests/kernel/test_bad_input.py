"""Bad files, through the kernel: the error names the thing, nothing crashes, nothing half written stays."""

import os
from datetime import date, timedelta
from pathlib import Path

import numpy
import pytest
import rasterio
from rasterio.transform import from_origin

from harness.kernel import Kernel


def write(path, rows=60, columns=40):
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", width=columns, height=rows, count=1,
        crs="EPSG:4326", transform=from_origin(-10, 50, 0.5, 0.5), nodata=-9999, compress="lzw",
    ) as raster:  # fmt: skip
        noise = numpy.random.default_rng(1).normal(20, 10, (rows, columns))
        raster.write(noise.astype("float32"), 1)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rasters")
    write(folder / "good.tif")
    write(folder / "good_too.tif")
    write(folder / "other_grid.tif", rows=50)
    (folder / "not_a_raster.tif").write_text("These are words, not pixels.\n")
    (folder / "empty.tif").write_bytes(b"")
    whole = write(folder / "truncated.tif").read_bytes()
    (folder / "truncated.tif").write_bytes(whole[: len(whole) // 2])
    return folder


def open_it(path: Path) -> str:
    return f'let bad_input = Raster::open("{path}")?.read::<f32>(1)?;'


def test_no_such_file(kernel, folder):
    error = kernel.fail(open_it(folder / "god.tif"))
    assert "god.tif" in error["evalue"]
    assert "good.tif" in error["evalue"], "a name like it is offered"


def test_no_such_folder(kernel, folder):
    assert "nowhere" in kernel.fail(f'glob("{folder}/nowhere", "*.tif")?')["evalue"]


def test_a_pattern_that_matches_nothing(kernel, folder):
    assert "*.png" in kernel.fail(f'glob("{folder}", "*.png")?')["evalue"]


@pytest.mark.parametrize("name", ["not_a_raster.tif", "empty.tif"])
def test_not_a_raster(kernel, folder, name):
    assert name in kernel.fail(open_it(folder / name))["evalue"]


def test_a_truncated_file(kernel, folder):
    assert "truncated.tif" in kernel.fail(open_it(folder / "truncated.tif"))["evalue"]


def test_a_truncated_file_in_a_lazy_mean(kernel, folder):
    error = kernel.fail(f"""
let cut_short = open_rasters(&[PathBuf::from("{folder}/good.tif"), PathBuf::from("{folder}/truncated.tif")])?;
cut_short.mean("band")?.compute()?
""")
    assert "truncated.tif" in error["evalue"]


def test_a_band_that_does_not_exist(kernel, folder):
    error = kernel.fail(f'Raster::open("{folder}/good.tif")?.read::<f32>(3)?')
    assert "good.tif" in error["evalue"] and "3" in error["evalue"] and "1" in error["evalue"]


def test_band_zero_does_not_exist(kernel, folder):
    assert "good.tif" in kernel.fail(f'Raster::open("{folder}/good.tif")?.read::<f32>(0)?')["evalue"]


def test_files_on_different_grids(kernel, folder):
    error = kernel.fail(f"""
open_rasters(&[PathBuf::from("{folder}/good.tif"), PathBuf::from("{folder}/good_too.tif"),
               PathBuf::from("{folder}/other_grid.tif")])?
""")
    assert "other_grid.tif" in error["evalue"]


def test_the_pool_names_the_file_that_failed(kernel, folder):
    error = kernel.fail(f"""
fn first_number(file: &PathBuf) -> Result<f32> {{ Ok(Raster::open(file)?.read::<f32>(1)?[[0, 0]]) }}
let some_bad = vec![PathBuf::from("{folder}/good.tif"), PathBuf::from("{folder}/not_a_raster.tif")];
Pool::new(2)?.try_map(&some_bad, first_number)?
""")
    assert "not_a_raster.tif" in error["evalue"]


def test_a_year_with_a_day_missing(tmp_path):
    days = [date(2016, 1, 1) + timedelta(days=day) for day in range(366)]
    for day in days:
        if day != date(2016, 7, 1):
            (tmp_path / f"{day:%Y.%m.%d}.tif").write_bytes(b"")
    # The kernel's own folders, apart from the data's.
    with Kernel(tmp_path.parent / f"{tmp_path.name}-kernel", ISOPLETH_DATA=str(tmp_path)) as kernel:
        error = kernel.fail('lesson_data("heat_index_2016")?')
    assert "365" in error["evalue"] and "2016.07.01" in error["evalue"] and str(tmp_path) in error["evalue"]


def test_lesson_data_that_do_not_exist(kernel):
    error = kernel.fail('lesson_data("heat_index_2061")?')
    assert "heat_index_2061" in error["evalue"] and "heat_index_2016" in error["evalue"]


def read_only_folder(tmp_path):
    """A folder in which nothing can be created. Root may write anywhere but into the kernel's own views."""
    if os.geteuid() == 0:
        return Path("/proc")
    tmp_path.chmod(0o555)
    return tmp_path


def test_a_read_only_output_folder(kernel, folder, tmp_path):
    target = read_only_folder(tmp_path)
    error = kernel.fail(f"""
let to_copy = open_raster("{folder}/good.tif")?;
to_copy.to_raster("{target}/copy.tif", &Raster::open("{folder}/good.tif")?.meta())?;
""")
    assert str(target) in error["evalue"]
    assert not (target / "copy.tif").exists()


def test_nothing_half_written_is_left_when_writing_fails(kernel, folder, tmp_path):
    error = kernel.fail(f"""
let too_large = Array2::<f32>::zeros((61, 40));
let mut writer = Raster::create("{tmp_path}/half.tif", &Raster::open("{folder}/good.tif")?.meta())?;
writer.write(&too_large, 1)?;
writer.finish()?;
""")
    assert "61" in error["evalue"] and "60" in error["evalue"], "both sizes are named"
    kernel.ok("let writer = 0;")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_file_that_was_there(kernel, folder, tmp_path):
    old = write(tmp_path / "old.tif").read_bytes()
    kernel.fail(f"""
let cut = open_rasters(&[PathBuf::from("{folder}/truncated.tif")])?.mean("band")?;
cut.to_raster("{tmp_path}/old.tif", &Raster::open("{folder}/good.tif")?.meta())?;
""")
    assert [path.name for path in tmp_path.iterdir()] == ["old.tif"]
    assert (tmp_path / "old.tif").read_bytes() == old
