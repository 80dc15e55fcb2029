"""Loops at full speed: one thread, in a cell and in a program that cargo built for release.

Two of them: the sum of squares of a vector, and the lesson's loop over a map, with a branch and a call in it, of the
lesson's size. The program has the map as a slice, which is the quickest that one can write down there."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.cells import client
from bench.cells.floor import Floor

ROUNDS = 5


@dataclass(frozen=True)
class Loop:
    """The same work twice: `function` takes `&data`, which `values` makes; `in_cell` are the cell's own of both."""

    name: str
    function: str
    values: str
    in_cell: tuple[str, str]


SQUARES = """
fn work(values: &[f32]) -> f64 {
    let mut sum = 0.0;
    for value in values {
        sum += (value * value) as f64;
    }
    sum
}
"""
NUMBERS = "let data: Vec<f32> = (0..100_000_000u32).map(|i| (i % 1000) as f32 * 0.001).collect();"

OVER_MAP = """
fn c_to_f(celsius: f32) -> f32 {
    celsius * (9.0 / 5.0) + 32.0
}

fn work(celsius: &[f32]) -> f64 {
    let mut sum = 0.0;
    let mut count = 0;
    for &c in celsius {
        if c != -9999.0 {
            sum += c_to_f(c) as f64;
            count += 1;
        }
    }
    sum / count as f64
}
"""
# Land and sea by turns, as along a parallel.
MAP = "let data: Vec<f32> = (0..2600 * 7200).map(|i| if i % 5000 < 3500 { -9999.0 } else { (i % 997) as f32 * 0.04 }).collect();"

LOOPS = [
    Loop("sum of squares", SQUARES, NUMBERS, (SQUARES, NUMBERS)),
    Loop(
        "loop over a map",
        OVER_MAP,
        MAP,
        (
            OVER_MAP.replace("celsius: &[f32]", "celsius: &Array2<f32>"),
            f"{MAP}\nlet data = Array2::from_shape_vec((2600, 7200), data)?;",
        ),
    ),
]

# Both print the seconds and the result: the same work was done.
TIMED = """
let begun = std::time::Instant::now();
let result = work(std::hint::black_box(&data));
println!("{} {result}", begun.elapsed().as_secs_f64());
"""


def measure(floor: Floor, runs: int) -> dict:
    return {loop.name: measure_one(loop, floor, runs) for loop in LOOPS}


def measure_one(loop: Loop, floor: Floor, runs: int) -> dict:
    every: dict[str, list[float]] = {"cell": [], "program": []}
    with tempfile.TemporaryDirectory() as folder, client.kernel() as kernel:
        program = subprocess.Popen(
            [build(Path(folder), loop, floor)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        try:
            for code in loop.in_cell:
                kernel.ok(code, timeout=600)
            for _ in range(ROUNDS * runs):
                in_cell, result_in_cell = kernel.ok(TIMED).stdout.split()
                program.stdin.write("\n")
                in_program, result_in_program = program.stdout.readline().split()
                assert result_in_cell == result_in_program
                every["cell"].append(float(in_cell))
                every["program"].append(float(in_program))
        finally:
            program.stdin.close()
            program.wait()
    # The least disturbed of each: a loop cannot be faster than it is.
    cell, program = min(every["cell"]), min(every["program"])
    medians = statistics.median(every["cell"]) / statistics.median(every["program"])
    return {"cell": cell, "program": program, "ratio": cell / program, "ratio of medians": medians, "every": every}


def build(folder: Path, loop: Loop, floor: Floor) -> str:
    (folder / "src").mkdir()
    (folder / "Cargo.toml").write_text('[package]\nname = "hot-loop"\nversion = "0.1.0"\nedition = "2024"\n')
    (folder / "src/main.rs").write_text(
        f"{loop.function}\nfn main() {{\n{loop.values}\nfor _ in std::io::stdin().lines() {{\n{TIMED}\n}}\n}}\n"
    )
    command = [floor.toolchain["cargo"], "build", "--release", "--quiet", "--target-dir", str(folder / "target")]
    subprocess.run(command, cwd=folder, check=True)
    return str(folder / "target/release/hot-loop")
