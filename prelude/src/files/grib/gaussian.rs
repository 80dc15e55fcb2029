//! The latitudes of Gaussian grids: the roots of a Legendre polynomial.

use super::grid::Corners;
use crate::{Error, ErrorKind, Result};

/// More rows between pole and equator than any grid has; each costs as many steps as there are rows.
const MOST: usize = 16_000;

/// The latitudes of `count` rows, of which the corners tell the first. `half` is the number from a pole to the equator.
///
/// # Errors
/// If there are not that many rows from there on.
pub(super) fn rows(half: usize, count: usize, corners: Corners, northwards: bool) -> Result<Vec<f64>> {
    if !(1..=MOST).contains(&half) || count > 2 * half {
        return Err(Error::new(
            ErrorKind::Damaged,
            format!("a Gaussian grid of {half} rows from a pole to the equator has no {count} rows"),
        ));
    }
    let mut latitudes = latitudes(half);
    if northwards {
        latitudes.reverse();
    }
    let distance = |latitude: &f64| (latitude - corners.first.0).abs();
    let mut start =
        (0..latitudes.len()).min_by(|&a, &b| distance(&latitudes[a]).total_cmp(&distance(&latitudes[b]))).unwrap_or(0);
    // A whole grid begins at the pole, however its corner was rounded.
    start = start.min(latitudes.len() - count);
    Ok(latitudes[start..start + count].to_vec())
}

/// All of them, from north to south.
fn latitudes(half: usize) -> Vec<f64> {
    let degree = 2 * half;
    let mut northern: Vec<f64> = (1..=half)
        .map(|index| {
            let mut root = (std::f64::consts::PI * (4 * index - 1) as f64 / (4 * degree + 2) as f64).cos();
            for _ in 0..20 {
                let (value, slope) = legendre(degree, root);
                let step = value / slope;
                root -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            root.asin().to_degrees()
        })
        .collect();
    northern.extend(northern.clone().iter().rev().map(|latitude| -latitude));
    northern
}

/// The polynomial of a degree and its slope.
fn legendre(degree: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for n in 2..=degree {
        let n = n as f64;
        (before, value) = (value, ((2.0 * n - 1.0) * x * value - (n - 1.0) * before) / n);
    }
    (value, degree as f64 * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    // codes_get_array(h, "distinctLatitudes") of the samples regular_gg_sfc_grib2 (N=32) and reduced_gg_pl_640_grib2.
    #[test]
    fn latitudes_are_those_of_ecmwf() {
        let all = latitudes(32);
        assert_eq!(all.len(), 64);
        for (found, wanted) in all.iter().zip([87.863_798_839_232_63, 85.096_526_988_317_3, 82.312_912_947_886_28]) {
            assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        }
        // Near the pole a rounding of the root is worth more.
        assert!((latitudes(640)[0] - 89.892_396_445_590_07).abs() < 1e-10);
    }

    #[test]
    fn a_part_of_the_rows_begins_where_the_file_says() {
        let corners = Corners { first: (82.313, 0.0), last: (79.0, 0.0) };
        let part = rows(32, 2, corners, false).unwrap();
        assert!((part[0] - 82.312_912_947_886_28).abs() < 1e-9);
        assert!(rows(32, 65, corners, false).is_err());
    }
}
