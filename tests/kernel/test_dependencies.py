"""Crates that a notebook asks for by itself."""

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
