"""Crates that a notebook asks for by itself."""

import statistics
import subprocess
import time
from pathlib import Path

import pytest

from harness.kernel import Kernel


def write_crate(folder: Path, name: str, source: str, **files: str) -> Path:
    (folder / "src").mkdir(parents=True, exist_ok=True)
    manifest = f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n'
    (folder / "Cargo.toml").write_text(manifest, encoding="utf-8")
    (folder / "src/lib.rs").write_text(source, encoding="utf-8")
    for file, text in files.items():
        (folder / f"{file}.rs").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A crate on disk: the way through cargo is the same as for one from the registry, without a network."""
    return write_crate(tmp_path / "my-heat", "my-heat", "pub fn kelvin(celsius: f64) -> f64 { celsius + 273.15 }\n")


def progress(cell) -> list[str]:
    shown = cell.of("display_data", "update_display_data")
    return [message.content["data"]["text/plain"] for message in shown]


def test_a_crate_is_added_and_used(fresh_kernel, crate):
    fresh_kernel.ok("let before_the_crate = 20.0;")
    cell = fresh_kernel.ok(f':dep my-heat = {{ path = "{crate}" }}')
    assert any("my-heat v0.1.0" in line for line in progress(cell)), cell.describe()
    assert len(cell.of("display_data")) == 1, "one line, which changes"
    assert fresh_kernel.ok("my_heat::kelvin(before_the_crate)").text == "293.15"
    assert fresh_kernel.ok("1 + 1").text == "2"


def test_later_cells_do_not_ask_cargo_again(fresh_kernel, crate, figure):
    def median(base: int) -> float:
        times = []
        for n in range(5):
            begun = time.perf_counter()
            fresh_kernel.ok(f"{base} + {n}")
            times.append(time.perf_counter() - begun)
        return statistics.median(times)

    before = median(100)
    fresh_kernel.ok(f':dep my-heat = {{ path = "{crate}" }}')
    # cargo would write it again.
    (lock,) = fresh_kernel.tmp.glob("isopleth-*/dependencies/Cargo.lock")
    lock.unlink()
    after = median(200)
    figure("a cell after :dep, over one before", f"{after / before:.2f}")
    assert not lock.exists(), "cargo was called for a cell that needs no build"


def test_a_crate_on_disk_that_has_changed_is_built_again(fresh_kernel, crate):
    fresh_kernel.ok(f':dep my-heat = {{ path = "{crate}" }}')
    assert fresh_kernel.ok("my_heat::kelvin(0.0)").text == "273.15"
    (crate / "src/lib.rs").write_text("pub fn kelvin(celsius: f64) -> f64 { celsius + 300.0 }\n", encoding="utf-8")
    assert fresh_kernel.ok("my_heat::kelvin(0.0)").text == "300.0"


def test_a_value_of_a_crate_that_was_built_again_is_dropped_by_name(fresh_kernel, crate):
    source = crate / "src/lib.rs"
    source.write_text("#[derive(Debug)] pub struct Day { pub rain: f64, pub month: u64 }\n", encoding="utf-8")
    fresh_kernel.ok(f':dep my-heat = {{ path = "{crate}" }}')
    fresh_kernel.ok("let rainy = my_heat::Day { rain: 1.5, month: 7 };\nlet unrelated = 3;")
    source.write_text("#[derive(Debug)] pub struct Day { pub month: u64, pub rain: f64 }\n", encoding="utf-8")
    cell = fresh_kernel.ok("unrelated + 1")
    assert cell.text == "4"
    assert any("`rainy` was dropped" in line for line in progress(cell)), cell.describe()
    assert "was dropped" in fresh_kernel.fail("rainy")["text"]


@pytest.fixture
def registry(tmp_path):
    probe = write_crate(tmp_path / "probe", "probe", "")
    (probe / "Cargo.toml").write_text(
        (probe / "Cargo.toml").read_text(encoding="utf-8") + '[dependencies]\nitoa = "1"\n', encoding="utf-8"
    )
    if subprocess.run(["cargo", "fetch"], cwd=probe, capture_output=True, timeout=60).returncode:
        pytest.skip("no registry can be reached from here")


def test_a_crate_from_the_registry(fresh_kernel, registry):
    fresh_kernel.ok(':dep itoa = "1"', timeout=300)
    assert fresh_kernel.ok("itoa::Buffer::new().format(128).len()").text == "3"
    error = fresh_kernel.fail(':dep no-such-crate-at-all-xyz = "1"')
    assert "no crate `no-such-crate-at-all-xyz`" in error["text"] and "crates.io/search" in error["text"]
    error = fresh_kernel.fail(':dep itoa = "99"')
    assert 'itoa = "^99"' in error["text"] and "1.0." in error["text"], "what exists is named"
    assert fresh_kernel.ok("itoa::Buffer::new().format(7).len()").text == "1"


def test_a_crate_that_the_prelude_holds_too_is_another_one(fresh_kernel, registry):
    """`serde_json` and what it brings, in versions and with features of the prelude's own."""
    fresh_kernel.ok(':dep serde_json = "1"\n:dep libc = "0.2"\n:dep fastrand = "2"', timeout=300)
    assert fresh_kernel.ok("1 + 1").text == "2"
    cell = fresh_kernel.ok('let made = serde_json::json!({"rain": [1, 2]}); made["rain"][1].as_i64().unwrap() + libc::EIO as i64')
    assert cell.text == "7"
    assert fresh_kernel.ok("made.to_string()").text == '"{\\"rain\\":[1,2]}"'
    assert fresh_kernel.ok("Array1::<f64>::zeros(2).len() + fastrand::usize(0..1)").text == "2"


def test_a_second_crate_is_loaded_beside_the_first(fresh_kernel, tmp_path):
    """The loader takes a file name that it has loaded for the same object. In the first cell analysis is not ready yet."""
    for name in ("rain", "snow"):
        write_crate(tmp_path / name, name, f"#[derive(Debug)] pub struct Depth(pub u32);\n#[inline(never)] pub fn {name}(n: u32) -> Depth {{ Depth(n + std::hint::black_box(1)) }}\n")
    assert fresh_kernel.ok(f':dep rain = {{ path = "{tmp_path}/rain" }}\nlet first = rain::rain(1); first').text == "Depth(2)"
    assert fresh_kernel.ok(f':dep snow = {{ path = "{tmp_path}/snow" }}\nlet second = snow::snow(2); second').text == "Depth(3)"
    assert fresh_kernel.ok("(first.0, second.0, rain::rain(3), snow::snow(4))").text == "(2, 3, Depth(4), Depth(5))"


def test_a_name_that_a_crate_does_not_have_is_no_missing_crate(fresh_kernel, tmp_path):
    csv = write_crate(tmp_path / "csv", "csv", "pub fn read() {}\n")
    assert ":dep csv" in fresh_kernel.fail("use csv::read;")["text"]
    fresh_kernel.ok(f':dep csv = {{ path = "{csv}" }}')
    error = fresh_kernel.fail("use csv::nope;")["text"]
    assert "nope" in error and ":dep" not in error, error


def test_a_crate_that_does_not_exist_is_named(fresh_kernel, tmp_path):
    error = fresh_kernel.fail(f':dep nowhere = {{ path = "{tmp_path}/nowhere" }}')
    assert "no crate in" in error["text"] and "nowhere" in error["text"]
    assert fresh_kernel.ok("1 + 1").text == "2"


def test_a_crate_that_does_not_compile_is_named(fresh_kernel, tmp_path):
    broken = write_crate(tmp_path / "broken", "broken", "pub fn f() -> i32 { no_such_name }\n")
    error = fresh_kernel.fail(f':dep broken = {{ path = "{broken}" }}')
    assert "`broken` does not compile" in error["text"] and "no_such_name" in error["text"]
    assert fresh_kernel.ok("1 + 1").text == "2"


def test_without_a_network_the_error_says_so(installed, tmp_path):
    nowhere = "http://127.0.0.1:9"
    offline = dict(HTTPS_PROXY=nowhere, https_proxy=nowhere, CARGO_HTTP_PROXY=nowhere, CARGO_HTTP_TIMEOUT="5", CARGO_NET_RETRY="0")
    with Kernel(tmp_path, CARGO_HOME=str(tmp_path / "cargo"), **offline) as kernel:
        error = kernel.fail(':dep some-crate-never-fetched = "1"')
        assert "cannot be reached" in error["text"], error["text"]
        assert kernel.ok("1 + 1").text == "2"


def test_stop_ends_a_build(fresh_kernel, tmp_path):
    slow = write_crate(
        tmp_path / "slow", "slow", "", build="fn main() { std::thread::sleep(std::time::Duration::from_secs(600)); }\n"
    )
    fresh_kernel.ok("let kept_while_building = 5;")
    cell = fresh_kernel.begin(f':dep slow = {{ path = "{slow}" }}')
    fresh_kernel.wait_until(lambda: any("slow v0.1.0" in line for line in progress(cell)), what="cargo at work")
    fresh_kernel.stop(cell)
    assert fresh_kernel.ok("kept_while_building").text == "5"
