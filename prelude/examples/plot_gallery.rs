//! Figures to look at after a change to `plot`: `cargo run --release --example plot_gallery -- FOLDER`.

use isopleth::Result;
use isopleth::plot::{Figure, imshow};
use isopleth::prelude::ndarray::{Array2, array};
use std::path::Path;

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let heat = world();
    let month = "Maximum heat index in °C for July 1, 2016";
    let save = |name: &str, figure: Figure| figure.save(folder.join(name));
    save("world.png", imshow(&heat).vmin(-32).colorbar_shrink(0.4).title(month))?;
    save("world_1x.png", imshow(&heat).vmin(-32).colorbar_shrink(0.4).title(month).density(1))?;
    let map = imshow(&heat).nodata(-9999).colorbar_label("heat index (°C)").xlabel("column").ylabel("row").title(month);
    save("world_nodata.png", map.clone())?;
    save("world.svg", map.clone().cmap("magma"))?;
    save("world_limits.png", map.vmin(-10).vmax(30).cmap("RdYlBu_r"))?;
    let part = heat.slice(isopleth::prelude::ndarray::s![1000..1500, 3000..4000]);
    save("part.png", imshow(&part).nodata(-9999).title("West Africa"))?;
    save("one.png", imshow(&array![[21.5]]).title("One cell"))?;
    save("missing.png", imshow(&Array2::from_elem((10, 10), f64::NAN)))?;
    save("empty.png", imshow(&Array2::<f32>::zeros((0, 5))))?;
    save("tall.png", imshow(&wave(900, 60)).title("A tall array with a title that is wider than its image"))?;
    save("line.png", imshow(&wave(1, 400)).title("One row"))?;
    save("column.png", imshow(&wave(400, 1)).title("One column"))?;
    save("small.png", imshow(&wave(5, 8).mapv(|v| (v * 5.0) as i64)).cmap("Blues").title("Whole numbers"))?;
    save("bool.png", imshow(&wave(12, 20).mapv(|v| v > 0.0)))?;
    save("tiny.png", imshow(&wave(60, 90).mapv(|v| v * 1e-12)).title("Tiny values"))?;
    save("large.png", imshow(&wave(60, 90).mapv(|v| 2.5e9 * v)).title("Large values").size(420, 300))?;
    save("offset.png", imshow(&wave(60, 90).mapv(|v| 1e9 + v)).title("A small range far from zero").cmap("gray"))?;
    let error = imshow(&heat).cmap("jet");
    std::fs::write(folder.join("error.txt"), format!("{error:?}")).expect("the folder can be written");
    Ok(())
}

fn wave(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(row, column)| (row as f64 / 9.0).sin() * (column as f64 / 14.0).cos())
}

/// A heat index that looks like July, with -9999 over the oceans: shape (2600, 7200), row 0 at 70° N.
fn world() -> Array2<f32> {
    let mask = concat!(env!("CARGO_MANIFEST_DIR"), "/data/land_0p05.tif");
    let land = gdal::Dataset::open(mask).and_then(|file| file.rasterband(1)?.read_band_as::<u8>()).expect("the mask");
    let (columns, rows) = land.shape();
    Array2::from_shape_fn((rows, columns), |(row, column)| {
        if land.data()[row * columns + column] == 0 {
            return -9999.0;
        }
        let (north, east) = ((69.975 - row as f32 * 0.05).to_radians(), (column as f32 * 0.05 - 179.975).to_radians());
        let ripple = (7.0 * east).sin() * (9.0 * north).cos() + 0.5 * (23.0 * east + 11.0 * north).sin();
        48.0 * (north - 0.25).cos().powi(2) - 12.0 + 3.0 * ripple
    })
}
