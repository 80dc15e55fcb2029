"""Day by day: the lesson's sequential loop, and a pool that calls the same function for every file."""

from __future__ import annotations

import json
import math
import re

from bench.rasters import cells, files, python_side
from bench.rasters.comparison import Comparison, in_turns
from bench.rasters.settings import Settings

C_TO_F = """
/// Converts degrees Celsius to degrees Fahrenheit.
fn c_to_f(celsius: f32) -> f32 {
    celsius * (9.0 / 5.0) + 32.0
}
"""
LOOP = f"""
{cells.BEGIN}

for file in &files {{
    let date = file.file_stem().unwrap().display();
    let celsius = Raster::open(file)?.read::<f32>(1)?;

    let mut sum = 0.0;
    let mut count = 0;
    for &c in &celsius {{
        if c != -9999.0 {{
            sum += c_to_f(c) as f64;
            count += 1;
        }}
    }}

    let average = sum / count as f64;
    println!("On {{date}} the global average heat index was {{average:.4}} °F");
}}

{cells.END}
"""
FUNCTION = """
fn avg_fast(file: &PathBuf) -> Result<f64> {
    let date = file.file_stem().unwrap().display();
    let celsius = Raster::open(file)?.read::<f32>(1)?;

    let mut sum = 0.0;
    let mut count = 0;
    for &c in &celsius {
        if c != -9999.0 {
            sum += c_to_f(c) as f64;
            count += 1;
        }
    }

    let average = sum / count as f64;
    println!("{date} {average:.4}");
    Ok(average)
}
"""
POOL = f"""
{cells.BEGIN}

let pool = Pool::new(n_threads)?;
let averages = pool.try_map(&files, avg_fast)?;

{cells.END}
"""


def loop(settings: Settings) -> list[Comparison]:
    paths = files.year(settings.data, settings.loop_files)
    files.into_memory(paths)
    comparison = Comparison("sequential loop over the days", "rasterio + numpy", 3.5, files=len(paths))

    def ours() -> cells.Answer:
        with cells.kernel() as kernel:
            kernel.ok(cells.paths(paths))
            kernel.ok(C_TO_F)
            return cells.timed(kernel, LOOP)

    for our, their in in_turns("loop", settings.runs, ours, lambda: python_side.run("loop", paths)):
        printed = re.findall(r"^On \S+ the global average heat index was (\S+) °F$", our.cell.stdout, re.MULTILINE)
        check_averages([float(average) for average in printed], their.value)
        comparison.add(our.seconds, their.seconds)
    return [comparison]


def pool(settings: Settings) -> list[Comparison]:
    paths = files.year(settings.data, settings.pool_files)
    files.into_memory(paths)
    what = f"the same function in a pool of {settings.workers}"
    comparison = Comparison(what, "multiprocessing.Pool", 3.5, files=len(paths))
    values = []

    def ours() -> cells.Answer:
        with cells.kernel() as kernel:
            for code in (cells.paths(paths), C_TO_F, FUNCTION, f"let n_threads: usize = {settings.workers};"):
                kernel.ok(code)
            answer = cells.timed(kernel, POOL)
            values.append(json.loads(kernel.ok('println!("{averages:?}");').stdout))
            return answer

    def theirs() -> python_side.Answer:
        return python_side.run("pool", paths, workers=settings.workers)

    for our, their in in_turns("pool", settings.runs, ours, theirs):
        check_averages(values.pop(0), their.value)
        comparison.add(our.seconds, their.seconds)
    return [comparison]


def check_averages(ours: list[float], theirs: list[float]) -> None:
    assert len(ours) == len(theirs), f"{len(ours)} averages on our side, {len(theirs)} on the other"
    for day, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        assert math.isclose(our, their, rel_tol=1e-4), f"day {day}: {our} on our side, {their} on the other"
