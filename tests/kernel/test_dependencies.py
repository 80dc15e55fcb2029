"""Crates that a notebook asks for by itself."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A crate on disk: the way through cargo is the same as for one from the registry, without a network."""
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "my-heat"\nversion = "0.1.0"\nedition = "2024"\n', encoding="utf-8"
    )
    (tmp_path / "src/lib.rs").write_text("pub fn kelvin(celsius: f64) -> f64 { celsius + 273.15 }\n", encoding="utf-8")
    return tmp_path


def test_a_crate_is_added_and_used(fresh_kernel, crate):
    fresh_kernel.ok("let before_the_crate = 20.0;")
    fresh_kernel.ok(f':dep my-heat = {{ path = "{crate}" }}')
    assert fresh_kernel.ok("my_heat::kelvin(before_the_crate)").text == "293.15"
    assert fresh_kernel.ok("1 + 1").text == "2"


def test_a_crate_that_does_not_exist_is_named(fresh_kernel, tmp_path):
    error = fresh_kernel.fail(f':dep nowhere = {{ path = "{tmp_path}/nowhere" }}')
    assert "nowhere" in error["text"]
    assert fresh_kernel.ok("1 + 1").text == "2"


def test_a_crate_on_disk_that_was_changed_is_built_again(fresh_kernel, crate):
    fresh_kernel.ok(f':dep my-heat = {{ path = "{crate}" }}')
    assert fresh_kernel.ok("my_heat::kelvin(0.0)").text == "273.15"
    # A second before it: cargo goes by the time of the file.
    built = (crate / "src/lib.rs").stat().st_mtime
    (crate / "src/lib.rs").write_text("pub fn kelvin(_: f64) -> f64 { 1.0 }\n", encoding="utf-8")
    os.utime(crate / "src/lib.rs", (built + 10, built + 10))
    assert fresh_kernel.ok("my_heat::kelvin(1.0)").text == "1.0"


def test_cells_do_not_build_the_crates_again(fresh_kernel, crate):
    fresh_kernel.ok(f':dep my-heat = {{ path = "{crate}" }}')
    fresh_kernel.ok("let heat = my_heat::kelvin(0.0);")
    built = {path: path.stat().st_mtime_ns for path in fresh_kernel.tmp.rglob("dependencies/target/release/**/*.rlib")}
    assert built
    fresh_kernel.ok("heat + 1.0")
    fresh_kernel.ok("my_heat::kelvin(2.0)")
    assert {path: path.stat().st_mtime_ns for path in built} == built
