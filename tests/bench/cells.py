"""How long a cell takes from request to idle, against the floor: a bare rustc call for one line.

    JUPYTER_PATH=PREFIX/share/jupyter .venv/bin/python tests/bench/cells.py --prefix PREFIX

Sixty cells of the lesson's kind run through a real Jupyter client, with 30 variables alive at the end. The floor is
measured in the same run, on the same machine, against the same prelude. Absolute times are those of one machine; read the
ratios. Nothing else should run meanwhile.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil  # noqa: E402
from harness.kernel import Kernel  # noqa: E402

TRIVIAL = ["{a} + 1", 'println!("{{}}", {a})', "{a} * {a}", 'format!("day {{}}", {a})']

WORK = [
    'let names: Vec<String> = (1..=12).map(|month| format!("2016-{month:02}.tif")).collect();',
    "&names[..3]",
    "fn c_to_f(celsius: f64) -> f64 { celsius * 1.8 + 32.0 }",
    "c_to_f(20.0)",
    "#[derive(Debug, Clone)] struct Station { name: String, height: f64 }",
    'let station = Station { name: "Bozeman".into(), height: 1461.0 };',
    "station.height / 0.3048",
    'let grid = DataArray::new(random_integers(0..9, (20, 30)), ["y", "x"])?.name("grid");',
    "grid.shape()",
    'let rows = grid.mean("x")?;',
    "rows",
    "let warm: Vec<f64> = [1.0, 2.0, 3.0].iter().map(|c| c_to_f(*c)).collect();",
    "warm.iter().sum::<f64>()",
    'let time = date_range("2016-01-01", 30)?;',
    "time.len()",
    "for name in &names { if name.contains(\"07\") { println!(\"{name}\"); } }",
]


def notebook() -> list[tuple[str, str]]:
    """Pairs of kind and source: trivial cells between cells that define variables, 30 of them by the end."""
    cells = []
    for n in range(22):
        cells.append(("define", f"let v{n} = {n};"))
        cells.append(("trivial", TRIVIAL[n % len(TRIVIAL)].format(a=f"v{n}")))
        if n < len(WORK):
            cells.append(("work", WORK[n]))
    return cells[:60]


def floor(prefix: Path, runs: int = 7) -> float:
    """Seconds of one bare compile and link of one line against the prelude: the median."""
    toolchain = json.loads((prefix / "lib/isopleth/toolchain.json").read_text(encoding="utf-8"))
    library = prefix / "lib/isopleth"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "cell.rs"
        source.write_text(
            "use isopleth::prelude::*;\n"
            '#[unsafe(no_mangle)] pub extern "C" fn cell() { println!("{}", 1 + 2); }\n',
            encoding="utf-8",
        )
        command = [
            toolchain["rustc"], "--edition=2024", "--crate-type=cdylib", "-Cprefer-dynamic", "-Awarnings",
            "-L", f"dependency={library}/deps", "--extern", f"isopleth={library}/libisopleth.so",
            str(source), "-o", f"{folder}/cell.so",
        ]  # fmt: skip
        times = []
        for _ in range(runs):
            begun = time.perf_counter()
            subprocess.run(command, check=True)
            times.append(time.perf_counter() - begun)
    return statistics.median(times)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=Path, required=True, help="the installation to measure")
    prefix = parser.parse_args().prefix
    bare = floor(prefix)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        kernel = Kernel(Path(folder)).start()
        kernel.ok("1 + 1")
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        kernel.ok('let first = DataArray::new(vec![1.0, 2.0], ["x"])?;')
        first_let = time.perf_counter() - begun
        times: dict[str, list[float]] = {"trivial": [], "define": [], "work": []}
        for kind, source in notebook():
            begun = time.perf_counter()
            kernel.ok(source)
            times[kind].append(time.perf_counter() - begun)
        root = psutil.Process(kernel.manager.provisioner.process.pid)
        tree = [root, *root.children(recursive=True)]
        memory = sum(process.memory_info().rss for process in tree) >> 20
        kernel.shutdown()
    # Before and after: the machine's speed may drift.
    bare = statistics.mean([bare, floor(prefix)])
    print(f"floor: {1000 * bare:.0f} ms (bare rustc, one line, opt-level 0)")
    print(f"first 1 + 1 after start: {first:.2f} s; first let of a DataArray: {first_let:.2f} s")
    print(f"resident, kernel and worker: {memory} MB\n")
    print(f"{'cells':<10}{'n':>4}{'p50 ms':>9}{'p95 ms':>9}{'p50/floor':>11}{'p95/floor':>11}")
    for kind, values in times.items():
        middle, high = percentile(values, 0.5), percentile(values, 0.95)
        print(f"{kind:<10}{len(values):>4}{1000 * middle:>9.0f}{1000 * high:>9.0f}{middle / bare:>11.2f}{high / bare:>11.2f}")
    early, late = statistics.median(times["trivial"][:5]), statistics.median(times["trivial"][-5:])
    print(f"\ntrivial cells, last five over first five: {late / early:.2f} (30 variables against few)")


if __name__ == "__main__":
    main()
