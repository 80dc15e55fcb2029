//! From what was asked (limits, robust, a centre) to what the colours span and which map they come from.

use super::quantile;
use super::range::Range;
use super::stats::Stats;
use crate::Result;
use crate::array::Values;

/// Map for values on both sides of a centre.
const DIVERGING: &str = "RdBu_r";
/// Map for all others.
const SEQUENTIAL: &str = "viridis";
/// Shares of the values below the limits of robust colours, as in xarray.
const ROBUST: [f64; 2] = [0.02, 0.98];

/// A shorter range has no room for colours.
const LEAST: f64 = f64::MIN_POSITIVE * 1e10;

/// What was said about colours.
#[derive(Debug, Clone, Default)]
pub(super) struct Colors {
    pub vmin: Option<f64>,
    pub vmax: Option<f64>,
    pub robust: bool,
    /// The value of the middle colour.
    pub center: Option<f64>,
    /// Whether colours diverge from 0 where values lie on both sides of it.
    pub diverging: bool,
    pub map: Option<String>,
}

impl Colors {
    /// The range of the colours and the name of their map, for all `images` together.
    ///
    /// # Errors
    /// When the limits leave no range.
    pub fn settle(&self, images: &[&Values], nodata: Option<f64>, stats: &Stats) -> Result<(Range, String)> {
        let (mut vmin, mut vmax) = (self.vmin, self.vmax);
        if self.robust && (vmin.is_none() || vmax.is_none()) {
            let [low, high] = quantile::of(images, nodata, ROBUST);
            // Where nearly all values are one, the few others are all there is to see.
            if high - low > LEAST {
                vmin = vmin.or(Some(low));
                vmax = vmax.or(Some(high));
            }
        }
        let plain = Range::new(vmin, vmax, stats)?;
        let both = self.vmin.is_some() && self.vmax.is_some();
        let crosses = self.diverging && plain.constant.is_none() && plain.low < 0.0 && plain.high > 0.0;
        let center = self.center.or((!both && crosses).then_some(0.0));
        let map = self.map.clone().unwrap_or_else(|| if center.is_some() { DIVERGING } else { SEQUENTIAL }.to_owned());
        let Some(center) = center.filter(|_| !both) else { return Ok((plain, map)) };
        // One limit stands for both sides, as in xarray; otherwise the side that reaches further does.
        let reach = match (self.vmin, self.vmax) {
            (Some(limit), _) | (_, Some(limit)) => (limit - center).abs(),
            _ => (plain.low - center).abs().max((plain.high - center).abs()),
        };
        if !(reach > LEAST && reach.is_finite()) {
            return Ok((plain, map));
        }
        Ok((Range::new(Some(center - reach), Some(center + reach), stats)?, map))
    }
}

/// What is known of several blocks of values together.
pub(super) fn together(all: &[Stats]) -> Stats {
    let none = Stats { min: f64::INFINITY, max: f64::NEG_INFINITY, finite: 0, missing: 0, infinite: [0, 0] };
    all.iter().fold(none, |sum, one| Stats {
        min: sum.min.min(one.min),
        max: sum.max.max(one.max),
        finite: sum.finite + one.finite,
        missing: sum.missing + one.missing,
        infinite: [sum.infinite[0] + one.infinite[0], sum.infinite[1] + one.infinite[1]],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(colors: &Colors, values: &[f64]) -> (f64, f64, String) {
        let values = Values::from_shape_vec(&[1, values.len()], values.to_vec()).unwrap();
        let stats = Stats::of(&values, None);
        let (range, map) = colors.settle(&[&values], None, &stats).unwrap();
        (range.low, range.high, map)
    }

    // xarray 2026.9: _determine_cmap_params(np.array([-3.0, 1.0]), ...) gives the same vmin, vmax and cmap.
    #[test]
    fn values_on_both_sides_of_zero_diverge_where_that_was_asked_for() {
        let auto = Colors { diverging: true, ..Colors::default() };
        assert_eq!(settled(&auto, &[-3.0, 1.0]), (-3.0, 3.0, "RdBu_r".into()));
        assert_eq!(settled(&auto, &[1.0, 3.0]), (1.0, 3.0, "viridis".into()));
        assert_eq!(settled(&Colors { vmin: Some(-2.0), ..auto.clone() }, &[-3.0, 1.0]), (-2.0, 2.0, "RdBu_r".into()));
        let both = Colors { vmin: Some(-2.0), vmax: Some(5.0), ..auto.clone() };
        assert_eq!(settled(&both, &[-3.0, 1.0]), (-2.0, 5.0, "viridis".into()));
        assert_eq!(settled(&Colors { map: Some("magma".into()), ..auto }, &[-3.0, 1.0]), (-3.0, 3.0, "magma".into()));
        assert_eq!(settled(&Colors::default(), &[-3.0, 1.0]), (-3.0, 1.0, "viridis".into()));
    }

    #[test]
    fn a_centre_has_the_same_reach_on_both_sides() {
        let colors = Colors { center: Some(10.0), ..Colors::default() };
        assert_eq!(settled(&colors, &[4.0, 13.0]), (4.0, 16.0, "RdBu_r".into()));
        assert_eq!(settled(&Colors { vmax: Some(12.0), ..colors.clone() }, &[4.0, 13.0]), (8.0, 12.0, "RdBu_r".into()));
        // All values are the centre: there is no reach.
        let (low, high, _) = settled(&colors, &[10.0, 10.0]);
        assert!(low < 10.0 && high > 10.0);
    }

    #[test]
    fn robust_limits_leave_out_two_percent_at_each_end() {
        let values: Vec<f64> = (0..=100).map(f64::from).chain([f64::NAN]).collect();
        let colors = Colors { robust: true, ..Colors::default() };
        assert_eq!(settled(&colors, &values), (2.0, 98.0, "viridis".into()));
        assert_eq!(settled(&Colors { vmin: Some(0.0), ..colors.clone() }, &values).0, 0.0);
        // One value among many others that are equal: it is still to be seen.
        let mut rare = vec![0.0; 1000];
        rare[7] = 5.0;
        assert_eq!(settled(&colors, &rare), (0.0, 5.0, "viridis".into()));
    }
}
