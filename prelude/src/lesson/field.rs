//! The made-up heat index: a plausible field, not a model.
//!
//! It is coarse on purpose, in value and in space: a year of it must fit into a
//! student's home folder, and runs of equal numbers are what LZW keeps small.

use std::f64::consts::TAU;

/// Side of the cells within which the field is constant, in degrees.
pub(crate) const CELL: f64 = 0.5;
/// The northern edge, in degrees of latitude.
pub(crate) const NORTH: f64 = 70.0;
/// The western edge, in degrees of longitude.
pub(crate) const WEST: f64 = -180.0;
/// Rows of cells, to 60 degrees south.
pub(crate) const ROWS: usize = 260;
/// Columns of cells.
pub(crate) const COLUMNS: usize = 720;

/// Values are multiples of this, in °C.
const STEP: f64 = 1.0;
/// Middle of July, counted from 0: when the north is warmest.
const MIDSUMMER: f64 = 196.0;

/// A rounded region where it is warmer or colder than its latitude.
struct Region {
    latitude: f64,
    longitude: f64,
    /// Half widths in degrees, along the meridian and along the parallel.
    size: (f64, f64),
    /// °C in the middle, in the yearly mean.
    mean: f64,
    /// °C added in the local summer and taken in the local winter.
    season: f64,
}

const fn region(latitude: f64, longitude: f64, size: (f64, f64), mean: f64, season: f64) -> Region {
    Region { latitude, longitude, size, mean, season }
}

const REGIONS: [Region; 22] = [
    // Deserts.
    region(22.0, 8.0, (9.0, 26.0), 5.0, 4.5),    // Sahara
    region(24.0, 46.0, (8.0, 12.0), 6.0, 4.5),   // Arabia
    region(28.0, 70.0, (6.0, 9.0), 5.0, 4.0),    // Thar
    region(-24.0, 130.0, (9.0, 16.0), 4.5, 5.0), // Australia
    region(34.0, -113.0, (5.0, 6.0), 5.0, 4.0),  // Sonora and Mojave
    region(-23.0, 21.0, (7.0, 6.0), 2.5, 2.5),   // Kalahari
    region(40.0, 62.0, (6.0, 12.0), 2.0, 5.0),   // Turan
    region(40.0, 84.0, (4.0, 9.0), 3.0, 5.0),    // Taklamakan
    region(-33.0, -66.0, (6.0, 4.0), 2.0, 2.0),  // Monte
    // Humid heat.
    region(-4.0, -60.0, (10.0, 12.0), 3.0, 0.0), // Amazon
    region(15.0, 100.0, (9.0, 10.0), 3.5, 1.0),  // Indochina
    region(24.0, 86.0, (5.0, 9.0), 4.0, 2.0),    // Ganges
    region(9.0, 4.0, (6.0, 20.0), 4.0, 0.0),     // Guinea and Sudan
    // Far from the sea: hard winters.
    region(64.0, 118.0, (11.0, 38.0), -7.0, 13.0), // Siberia
    region(60.0, -98.0, (10.0, 20.0), -5.0, 7.0),  // Canada
    region(54.0, 4.0, (12.0, 18.0), 6.0, -4.0),    // Europe, near the sea
    // Ice and mountains.
    region(74.0, -41.0, (11.0, 12.0), -16.0, -3.0), // Greenland
    region(33.0, 88.0, (5.0, 12.0), -17.0, 0.0),    // Tibet
    region(39.0, 73.0, (3.0, 4.0), -12.0, 0.0),     // Pamir
    region(-20.0, -68.0, (11.0, 3.0), -10.0, 0.0),  // Andes
    region(42.0, -110.0, (7.0, 5.0), -6.0, 0.0),    // Rocky Mountains
    region(9.5, 39.0, (4.0, 4.0), -7.0, 0.0),       // Ethiopia
];

/// What changes with the day only, and the part of each cell that does not change.
pub(crate) struct Climate {
    mean: Vec<f32>,
    /// °C between the yearly mean and midsummer in the north (negative in the south).
    swing: Vec<f32>,
}

impl Climate {
    /// Works out the yearly mean and the seasons of all cells, once for all days.
    pub(crate) fn new() -> Self {
        let (mean, swing) = cells().map(|(latitude, longitude)| climate_at(latitude, longitude)).unzip();
        Self { mean, swing }
    }

    /// The field of day `day`, counted from 0, in °C: [`ROWS`] x [`COLUMNS`] cells, row by row from the north.
    pub(crate) fn day(&self, day: usize) -> Vec<f32> {
        let season = (TAU * (day as f64 - MIDSUMMER) / 366.0).cos();
        cells()
            .zip(self.mean.iter().zip(&self.swing))
            .map(|((latitude, longitude), (&mean, &swing))| {
                let value = f64::from(mean) + season * f64::from(swing) + weather(latitude, longitude, day as f64);
                ((value / STEP).round() * STEP) as f32
            })
            .collect()
    }
}

/// The middles of all cells, as latitude and longitude.
fn cells() -> impl Iterator<Item = (f64, f64)> {
    (0..ROWS * COLUMNS).map(|at| {
        let (row, column) = (at / COLUMNS, at % COLUMNS);
        (NORTH - CELL * (row as f64 + 0.5), WEST + CELL * (column as f64 + 0.5))
    })
}

fn climate_at(latitude: f64, longitude: f64) -> (f32, f32) {
    let mut mean = 33.5 - 0.0088 * latitude * latitude;
    // Less land, milder seasons: the south swings less than the north.
    let mut swing =
        if latitude > 0.0 { 20.0 * (latitude / 70.0).powf(1.2) } else { -10.0 * (-latitude / 60.0).powf(1.1) };
    for region in &REGIONS {
        let across = (longitude - region.longitude + 540.0).rem_euclid(360.0) - 180.0;
        let away = ((latitude - region.latitude) / region.size.0).powi(2) + (across / region.size.1).powi(2);
        let share = (-away).exp();
        mean += region.mean * share;
        swing += region.season * share * region.latitude.signum();
    }
    (mean as f32, swing as f32)
}

/// Waves of a few days: eastwards in the middle latitudes, westwards in the tropics.
fn weather(latitude: f64, longitude: f64, day: f64) -> f64 {
    let (north, east) = (latitude.to_radians(), longitude.to_radians());
    let band = |middle: f64, width: f64| (-((latitude - middle) / width).powi(2)).exp();
    let westerlies = band(52.0, 18.0) + 0.8 * band(-46.0, 14.0);
    let fronts = 3.2 * (6.0 * east - TAU * day / 8.3 + 4.0 * north).sin()
        + 2.4 * (4.0 * east - TAU * day / 13.7 - 6.0 * north + 1.0).sin();
    let easterlies = 1.0 * band(6.0, 16.0) * (9.0 * east + TAU * day / 5.3 + 3.0 * north).sin();
    let spells = 1.3 * (2.0 * east + 1.7 * (TAU * day / 41.0).sin()).sin() * (5.0 * north + TAU * day / 29.0).cos();
    westerlies * fronts + easterlies + spells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(field: &[f32], latitude: f64, longitude: f64) -> f32 {
        let row = ((NORTH - latitude) / CELL) as usize;
        let column = ((longitude - WEST) / CELL) as usize;
        field[row * COLUMNS + column]
    }

    #[test]
    fn it_looks_like_a_year_on_earth() {
        let climate = Climate::new();
        let (january, july) = (climate.day(14), climate.day(195));
        assert_eq!(january.len(), ROWS * COLUMNS);
        // Warm tropics all year, seasons the other way round in the south, hot deserts, deadly cold.
        for field in [&january, &july] {
            assert!((28.0..42.0).contains(&at(field, 0.0, 20.0)), "{}", at(field, 0.0, 20.0));
        }
        assert!(at(&july, 45.0, -75.0) > at(&january, 45.0, -75.0) + 15.0);
        assert!(at(&july, -35.0, 145.0) < at(&january, -35.0, 145.0) - 5.0);
        assert!((40.0..55.0).contains(&at(&july, 24.0, 46.0)), "{}", at(&july, 24.0, 46.0));
        assert!(at(&january, 66.0, 120.0) < -32.0, "{}", at(&january, 66.0, 120.0));
        let all = january.iter().chain(&july);
        assert!(all.clone().all(|value| (-70.0..60.0).contains(value) && value.fract() == 0.0));
    }

    #[test]
    fn the_weather_moves_and_is_the_same_on_every_run() {
        let climate = Climate::new();
        assert_ne!(climate.day(10), climate.day(11));
        assert_eq!(climate.day(10), Climate::new().day(10));
    }
}
