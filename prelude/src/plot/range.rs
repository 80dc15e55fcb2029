//! What the colours span: the limits that were asked for, the data's own elsewhere.

use super::stats::Stats;
use super::ticks::number;
use crate::{Error, ErrorKind, Result};

/// From the value of the lowest colour to that of the highest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub low: f64,
    pub high: f64,
    /// Some values are below `low`, some above `high`.
    pub below: bool,
    pub above: bool,
    /// All values are this one and no limit was asked for.
    pub constant: Option<f64>,
}

impl Range {
    /// # Errors
    /// When the limits leave no range. There must be a finite value or both limits.
    pub fn new(vmin: Option<f64>, vmax: Option<f64>, stats: &Stats) -> Result<Self> {
        let (low, high) = (vmin.unwrap_or(stats.min), vmax.unwrap_or(stats.max));
        let too_close = high - low <= f64::MIN_POSITIVE * 1e10;
        let (low, high, constant) = match (vmin, vmax) {
            (Some(vmin), Some(vmax)) if too_close => {
                return Err(empty(&format!(
                    "vmin is {} and vmax is {}; vmin must be less than vmax",
                    number(vmin),
                    number(vmax)
                )));
            }
            (Some(vmin), None) if vmin > stats.max => {
                return Err(empty(&format!(
                    "vmin is {} but the largest value is {}; lower vmin or set vmax too",
                    number(vmin),
                    number(stats.max)
                )));
            }
            (None, Some(vmax)) if vmax < stats.min => {
                return Err(empty(&format!(
                    "vmax is {} but the smallest value is {}; raise vmax or set vmin too",
                    number(vmax),
                    number(stats.min)
                )));
            }
            (None, None) if too_close => (low - margin(low), high + margin(low), Some(low)),
            (Some(_), None) if too_close => (low, low + margin(low), None),
            (None, Some(_)) if too_close => (high - margin(high), high, None),
            _ => (low, high, None),
        };
        let [above, below] = stats.infinite.map(|count| count > 0);
        Ok(Self { low, high, below: below || stats.min < low, above: above || stats.max > high, constant })
    }
}

/// Half the width of the range around a single value.
fn margin(value: f64) -> f64 {
    if value == 0.0 { 0.5 } else { (value.abs() * 0.1).min(f64::MAX - value.abs()).max(f64::MIN_POSITIVE * 1e12) }
}

fn empty(reason: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("no range for the colours: {reason}"))
}
