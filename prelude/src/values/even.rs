//! Evenly spaced numbers that are never written out: the centres of the pixels of a raster, however many there are.

use super::{AxisIndex, Values};
use std::ops::Range;

/// The centres of equal cells in a row: `origin + (position + 0.5) * step`, for the positions `start`, `start + stride`, …
///
/// A selection by a range is such a row again, with the same last digits as if the numbers had been written out first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EvenRange {
    origin: f64,
    step: f64,
    start: usize,
    stride: isize,
    len: usize,
}

impl EvenRange {
    /// The centres of `len` cells of width `step`, of which the first begins at `origin`.
    ///
    /// ```
    /// use isopleth::values::EvenRange;
    /// let centres = EvenRange::centres(-180.0, 0.5, 720);
    /// assert_eq!((centres.at(0), centres.at(719)), (-179.75, 179.75));
    /// ```
    pub fn centres(origin: f64, step: f64, len: usize) -> Self {
        Self { origin, step, start: 0, stride: 1, len }
    }

    /// The number at position `at`.
    pub fn at(&self, at: usize) -> f64 {
        let position = self.start.wrapping_add_signed((at as isize).wrapping_mul(self.stride));
        self.origin + (position as f64 + 0.5) * self.step
    }

    /// How many numbers.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// From one number to the next; negative where they go down.
    pub fn step(&self) -> f64 {
        self.step * self.stride as f64
    }

    /// The numbers that `index` takes, where they are evenly spaced again.
    pub(crate) fn index(&self, index: &AxisIndex) -> Option<Self> {
        match index {
            AxisIndex::Range { start, len, step } if *len == 0 || *start < self.len => {
                let start = self.start.wrapping_add_signed((*start as isize).wrapping_mul(self.stride));
                Some(Self { start, stride: self.stride.checked_mul(*step)?, len: *len, ..*self })
            }
            _ => None,
        }
    }

    /// Positions among which the one nearest to `wanted` is, and any that is equal to it.
    pub(crate) fn near(&self, wanted: f64) -> Range<usize> {
        let place = (wanted - self.at(0)) / self.step();
        // A saturating cast: far outside is at an end, and NaN at the first.
        let place = place.round() as usize;
        place.saturating_sub(2).min(self.len.saturating_sub(1))..place.saturating_add(3).min(self.len)
    }

    /// The numbers, written out.
    pub fn to_values(&self) -> Values {
        (0..self.len).map(|at| self.at(at)).collect::<Vec<f64>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_of_a_row_has_the_digits_of_the_row() {
        let row = EvenRange::centres(-180.0, 0.05, 7200);
        let written: Vec<f64> = row.to_values().to_vec().unwrap();
        let index = AxisIndex::Range { start: 7000, len: 30, step: -7 };
        let part = row.index(&index).unwrap().index(&AxisIndex::Range { start: 2, len: 5, step: 3 }).unwrap();
        let expected: Vec<f64> = (0..5).map(|n| written[7000 - 7 * (2 + 3 * n)]).collect();
        assert_eq!(part.to_values().to_vec::<f64>().unwrap(), expected);
    }

    #[test]
    fn the_nearest_number_is_found_without_looking_at_all() {
        let row = EvenRange::centres(1e6, -30.0, 1 << 31);
        let at = 1_234_567_890;
        assert!(row.near(row.at(at)).contains(&at));
        assert!(row.near(f64::NAN).end <= row.len() && row.near(f64::INFINITY).end <= row.len());
        assert_eq!(row.near(2e9).start, 0);
        assert!(row.near(-1e300).contains(&(row.len() - 1)));
    }
}
