"""A loop at full speed: one thread, 100 million numbers, in a cell and in a program that cargo built for release."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from pathlib import Path

from bench.cells import client
from bench.cells.floor import Floor

ROUNDS = 5

FUNCTION = """
fn sum_of_squares(values: &[f32]) -> f64 {
    let mut sum = 0.0;
    for value in values {
        sum += (value * value) as f64;
    }
    sum
}
"""
VALUES = "let values: Vec<f32> = (0..100_000_000u32).map(|i| (i % 1000) as f32 * 0.001).collect();"
# Both print the seconds and the sum: the same work was done.
TIMED = """
let begun = std::time::Instant::now();
let sum = sum_of_squares(std::hint::black_box(&values));
println!("{} {sum}", begun.elapsed().as_secs_f64());
"""
PROGRAM = f"""
{FUNCTION}
fn main() {{
    {VALUES}
    for _ in std::io::stdin().lines() {{
        {TIMED}
    }}
}}
"""


def measure(floor: Floor, runs: int) -> dict:
    every: dict[str, list[float]] = {"cell": [], "program": []}
    with tempfile.TemporaryDirectory() as folder, client.kernel() as kernel:
        program = subprocess.Popen(
            [build(Path(folder), floor)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        try:
            kernel.ok(FUNCTION)
            kernel.ok(VALUES, timeout=600)
            for _ in range(ROUNDS * runs):
                in_cell, sum_in_cell = kernel.ok(TIMED).stdout.split()
                program.stdin.write("\n")
                in_program, sum_in_program = program.stdout.readline().split()
                assert sum_in_cell == sum_in_program
                every["cell"].append(float(in_cell))
                every["program"].append(float(in_program))
        finally:
            program.stdin.close()
            program.wait()
    # The least disturbed of each: a loop cannot be faster than it is.
    cell, program = min(every["cell"]), min(every["program"])
    medians = statistics.median(every["cell"]) / statistics.median(every["program"])
    return {"cell": cell, "program": program, "ratio": cell / program, "ratio of medians": medians, "every": every}


def build(folder: Path, floor: Floor) -> str:
    (folder / "src").mkdir()
    (folder / "Cargo.toml").write_text('[package]\nname = "hot-loop"\nversion = "0.1.0"\nedition = "2024"\n')
    (folder / "src/main.rs").write_text(PROGRAM)
    command = [floor.toolchain["cargo"], "build", "--release", "--quiet", "--target-dir", str(folder / "target")]
    subprocess.run(command, cwd=folder, check=True)
    return str(folder / "target/release/hot-loop")
