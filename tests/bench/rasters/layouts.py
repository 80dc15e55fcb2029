"""Reading one raster in many layouts: `Raster::read` as it is, and with GDAL, through its crate, doing all the decoding."""

from __future__ import annotations

from bench.rasters import cells, files
from bench.rasters.comparison import Comparison, in_turns
from bench.rasters.settings import Settings

# The kernel's environment variable that leaves every block to GDAL.
GDAL = {"ISOPLETH_DECODER": "gdal"}
TARGETS = {"LZW": 2.7}
# Reads in each run.
ROUNDS = 3

# The sum of all bits shows that both sides got the same pixels; it is not the work.
FUNCTION = """
fn timed_read(file: &str) -> Result<()> {
    let start = Instant::now();
    let array = Raster::open(file)?.read::<f32>(1)?;
    println!("seconds: {}", start.elapsed().as_secs_f64());
    let bits = array.iter().fold(0u64, |sum, value| sum.rotate_left(1).wrapping_add(value.to_bits() as u64));
    println!("{:?} {bits}", array.dim());
    Ok(())
}
"""


def measure(settings: Settings) -> list[Comparison]:
    paths = files.layouts(settings.data)
    files.into_memory(list(paths.values()))
    comparisons = []
    with cells.kernel() as own, cells.kernel(**GDAL) as gdal:
        for kernel in (own, gdal):
            kernel.ok(FUNCTION)
        for layout, path in paths.items():
            comparison = Comparison(
                f"read {layout.name}", "GDAL", TARGETS.get(layout.compression, 1.0), group=f"read {layout.group}"
            )
            code = f"timed_read({cells.text(path)})?;"

            def read(kernel) -> tuple[float, str]:
                cell = kernel.ok(code)
                return cells.seconds(cell), cell.stdout.splitlines()[-1]

            # The first read of each side is compiled, and opens the file for the first time.
            read(own), read(gdal)
            turns = in_turns(layout.name, ROUNDS * settings.runs, lambda: read(own), lambda: read(gdal))
            for (our, our_bits), (their, their_bits) in turns:
                assert our_bits == their_bits, f"{path}: {our_bits} on our side, {their_bits} from GDAL"
                comparison.add(our, their)
            comparisons.append(comparison)
    return comparisons
