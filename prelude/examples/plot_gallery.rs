//! Figures to look at after a change to `plot`: `cargo run --release --example plot_gallery -- FOLDER`.

use isopleth::plot::Figure;
use isopleth::prelude::ndarray::array;
use isopleth::prelude::*;

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
    for (name, figure) in
        maps(&heat)?.into_iter().chain(lines()?).chain(distributions()?).chain(panels()?).chain(bad()?)
    {
        figure.save(folder.join(format!("{name}.png")))?;
        figure.save(folder.join(format!("{name}.svg")))?;
    }
    Ok(())
}

type Named = Vec<(&'static str, Figure)>;

/// The world with coordinates, and without a value over the oceans.
fn georeferenced(heat: &Array2<f32>) -> Result<DataArray> {
    let lon: Vec<f64> = (0..7200).map(|column| f64::from(column) * 0.05 - 179.975).collect();
    let lat: Vec<f64> = (0..2600).map(|row| 69.975 - f64::from(row) * 0.05).collect();
    let values = heat.mapv(|value| if value == -9999.0 { f32::NAN } else { value });
    let da = DataArray::new(values, ["lat", "lon"])?.coord("lat", lat)?.coord("lon", lon)?;
    Ok(da.name("heat index").attr("units", "°C"))
}

fn maps(heat: &Array2<f32>) -> Result<Named> {
    let world = georeferenced(heat)?;
    let africa = world.sel(sel! { lon: -20.0..=55.0, lat: 38.0..=-36.0 })?;
    let sea = DataArray::new(
        Array2::from_shape_fn((36, 72), |(y, x)| {
            let (lat, lon) = (f64::from(87 - 5 * y as i32).to_radians(), f64::from(5 * x as i32).to_radians());
            2.0 * (2.0 * lon).sin() * lat.cos() + 0.8 * (5.0 * lat).sin() + 0.4
        }),
        ["lat", "lon"],
    )?
    .coord("lat", (0..36).map(|row| 87.5 - 5.0 * f64::from(row)).collect::<Vec<_>>())?
    .coord("lon", (0..72).map(|column| 2.5 + 5.0 * f64::from(column)).collect::<Vec<_>>())?
    .name("anomaly")
    .attr("long_name", "sea level pressure anomaly")
    .attr("units", "hPa");
    let (place_lon, place_lat) = ([7.45, 3.35, 31.24, 36.82, 18.42], [9.06, 6.52, 30.04, -1.29, -33.92]);
    let hovmoeller = DataArray::new(
        Array2::from_shape_fn((366, 26), |(day, row)| {
            let lat = 67.5 - 5.0 * row as f64;
            25.0 * lat.to_radians().cos() - 12.0 * ((day as f64 - 20.0) * 0.01717).cos() * lat.to_radians().sin()
        }),
        ["time", "lat"],
    )?
    .coord("time", date_range("2016-01-01", 366)?)?
    .coord("lat", (0..26).map(|row| 67.5 - 5.0 * f64::from(row)).collect::<Vec<_>>())?
    .name("temperature")
    .attr("units", "°C");
    let uneven = DataArray::new(
        Array2::from_shape_fn((8, 24), |(level, hour)| 20.0 - 8.0 * level as f64 + (hour as f64 * 0.26).sin() * 4.0),
        ["level", "hour"],
    )?
    .coord("level", [1000.0, 925.0, 850.0, 700.0, 500.0, 300.0, 200.0, 100.0])?
    .coord("hour", 0..24)?
    .name("temperature")
    .attr("units", "°C");
    Ok(vec![
        ("map_plot", world.plot()),
        ("map_world_coast", world.plot().coastlines().cmap("YlOrRd").vmin(-20).vmax(40)),
        ("map_africa", imshow(&africa).coastlines().title("Heat index")),
        ("map_africa_places", imshow(&africa).robust().scatter(&place_lon, &place_lat).label("capital").color("red")),
        ("map_zoom", imshow(&world.sel(sel! { lon: 5.0..=15.0, lat: 47.0..=36.0 })?).coastlines()),
        ("map_0_360", sea.plot().coastlines().title("Longitudes from 0 to 360")),
        ("map_robust", imshow(&sea).robust().title("Robust")),
        ("map_center", imshow(&sea).center(0.4).cmap("PuOr").colorbar_shrink(0.7)),
        ("hovmoeller", hovmoeller.plot().y("lat").title("A year")),
        ("hovmoeller_down", hovmoeller.plot()),
        ("uneven", uneven.plot()),
        ("names", hovmoeller.groupby("time.season")?.mean()?.plot().title("Seasons")),
    ])
}

fn daily(phase: f64) -> Vec<f64> {
    let day = |day: u32| f64::from(day);
    (0..366)
        .map(|d| {
            12.0 - 9.0 * ((day(d) - phase) * 0.01717).cos() + 2.5 * (day(d) * 0.9).sin() * (day(d) * 0.37 + phase).cos()
        })
        .collect()
}

fn lines() -> Result<Named> {
    let time = date_range("2016-01-01", 366)?;
    let bern = DataArray::new(daily(20.0), "time")?.coord("time", &time)?.name("temp").attr("units", "°C");
    let bern = bern.attr("long_name", "air temperature");
    let gaps = bern.where_(&bern["time"].month().ne(6))?;
    let stations = DataArray::new(
        Array2::from_shape_fn((366, 3), |(day, station)| {
            daily(20.0 + 9.0 * station as f64)[day] + 3.0 * station as f64
        }),
        ["time", "station"],
    )?
    .coord("time", &time)?
    .coord("station", ["Bern", "Basel", "Lugano"])?
    .name("temp")
    .attr("units", "°C");
    let years = DataArray::new(
        Array2::from_shape_fn((12, 30), |(month, year)| 10.0 - 9.0 * (month as f64 * 0.52).cos() + 0.05 * year as f64),
        ["month", "year"],
    )?
    .coord("month", 1..=12)?
    .coord("year", 1991..=2020)?
    .name("temp");
    let profile = DataArray::new(vec![18.0, 17.5, 12.0, 8.0, 6.0, 5.0, 4.6], "depth")?
        .coord("depth", Coord::from([0.0, 10.0, 30.0, 60.0, 100.0, 200.0, 400.0]).attr("units", "m"))?
        .name("temp")
        .attr("units", "°C");
    let day = date_range("2016-07-04", 1)?;
    let long: Vec<f64> =
        (0..1_000_000).map(|at| (f64::from(at) * 1e-5).sin() + 0.3 * (f64::from(at) * 0.7).sin()).collect();
    let decades = date_range_by("1961-01-01", 720, Step::Months(1))?;
    let trend: Vec<f64> = (0..720).map(|m| 0.0017 * f64::from(m) + 0.4 * (f64::from(m) * 0.31).sin()).collect();
    let trend = DataArray::new(trend, "time")?.coord("time", decades)?.name("anomaly").attr("units", "K");
    Ok(vec![
        ("line_year", bern.plot()),
        ("line_month", line(&bern.sel(sel! { time: "2016-07" })?).title("July 2016")),
        ("line_gaps", line(&gaps).color("C3").title("June is missing")),
        ("line_hue", stations.plot().hue("station").title("Three stations")),
        ("line_years", years.plot().hue("year")),
        (
            "line_two",
            line(&bern).label("daily").line(&bern.rolling("time", 30)?.mean()?).label("30 days").color("black"),
        ),
        ("line_profile", line(&profile).y("depth").ylim(400, 0)),
        ("line_plain", line(&[3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0])),
        ("line_x", line(&[4.1, 3.9, 4.4]).x([1990, 2000, 2010]).ylabel("°C")),
        ("line_million", line(&long).title("A million values")),
        ("line_decades", trend.plot().title("Sixty years")),
        ("line_one_day", line(&DataArray::new(vec![21.5], "time")?.coord("time", day)?)),
        ("line_season", line(&bern.groupby("time.season")?.mean()?)),
        ("line_small", line(&bern).size(320, 200)),
        (
            "line_hours",
            line(
                &DataArray::new(vec![9.0, 8.0, 12.0, 15.0, 11.0], "time")?
                    .coord("time", date_range_by("2016-07-04", 5, Step::Hours(6))?)?,
            ),
        ),
    ])
}

fn distributions() -> Result<Named> {
    let a = random_normal(15.0, 4.0, (20_000,));
    let b = random_normal(21.0, 2.5, (20_000,));
    let (a, b) = (DataArray::new(a, "n")?.name("temp").attr("units", "°C"), DataArray::new(b, "n")?);
    let dice = random_integers(1..7, (600,));
    let y = &a * 0.8 + DataArray::new(random_normal(0.0, 2.0, (20_000,)), "n")?;
    let few = (a.head("n", 120)?, y.head("n", 120)?.name("rain").attr("units", "mm"));
    Ok(vec![
        ("hist", hist(&a)),
        ("hist_two", hist(&a).label("January").hist(&b).label("July")),
        ("hist_bins", hist(&a).bins(7)),
        ("hist_dice", hist(&dice).xlabel("eyes")),
        ("hist_bool", hist(&[true, false, true])),
        ("scatter", scatter(&few.0, &few.1).title("A hundred and twenty pairs")),
        ("scatter_many", scatter(&a, &y)),
        (
            "scatter_line",
            scatter(&few.0, &few.1).label("days").line(&[4.0, 20.0]).x([5.0, 25.0]).label("fit").color("black"),
        ),
    ])
}

fn panels() -> Result<Named> {
    let months = DataArray::new(
        Array3::from_shape_fn((12, 26, 72), |(m, y, x)| {
            let lat = (67.5 - 5.0 * y as f64).to_radians();
            let season = -(m as f64 * 0.52 - 0.5).cos();
            30.0 * lat.cos() + 14.0 * season * lat.sin() - 6.0 + 2.0 * (x as f64 * 0.3).sin()
        }),
        ["month", "lat", "lon"],
    )?
    .coord("month", 1..=12)?
    .coord("lat", (0..26).map(|row| 67.5 - 5.0 * f64::from(row)).collect::<Vec<_>>())?
    .coord("lon", (0..72).map(|column| -177.5 + 5.0 * f64::from(column)).collect::<Vec<_>>())?
    .name("temp")
    .attr("units", "°C");
    let three = months.isel_dim("month", 0..3)?;
    let plain = DataArray::new(Array3::from_shape_fn((6, 30, 30), |(t, y, x)| (t * y + x) as f64), ["time", "y", "x"])?;
    let plain = plain.coord("time", date_range("2016-07-01", 6)?)?;
    let grid = DataArray::new(
        Array3::from_shape_fn((2, 3, 100), |(a, b, t)| ((a + 1) * t) as f64 * (b as f64 + 0.5)),
        ["scenario", "model", "t"],
    )?;
    let grid = grid.coord("scenario", ["low", "high"])?.coord("model", ["A", "B", "C"])?;
    Ok(vec![
        ("panels_months", imshow(&months).col("month").col_wrap(4).title("Mean temperature by month")),
        ("panels_coast", months.plot().col("month").col_wrap(3).coastlines()),
        ("panels_three", three.plot().col("month")),
        ("panels_dates", imshow(&plain).col("time")),
        ("panels_lines", months.mean("lon")?.plot().col("month").ylabel("°C")),
        ("panels_grid", grid.plot().row("scenario").col("model")),
        ("panels_hist", hist(&months).col("month")),
    ])
}

fn bad() -> Result<Named> {
    Ok(vec![
        ("bad_line_missing", line(&[f64::NAN, f64::NAN])),
        ("bad_line_empty", line(&Vec::<f64>::new())),
        ("bad_hist", hist(&[f64::INFINITY])),
        ("bad_pixel", DataArray::new(vec![21.5], "time")?.plot()),
        ("bad_infinite", line(&[1.0, f64::INFINITY, 3.0, f64::NAN, 2.0])),
    ])
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
