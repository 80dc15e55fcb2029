//! Whole numbers in an image: classes, counts, identifiers, flags. A pixel that covers several of them shows the most
//! frequent one, since a mean of classes 1 and 3 would be class 2, which is not there.

use super::cell::{Cell, two_d, with_cells};
use crate::array::{DType, Values};
use crate::parallel::threads;

/// So many different values of a pixel are counted as they come; more are sorted first.
const FEW: usize = 16;
/// How much more the cell in the middle of a pixel counts: of values that are equally frequent it is taken.
pub(super) const MIDDLE: f32 = 1e-3;

/// Whether all values are whole numbers, those of floats too: where integers have missing values they are read as floats.
pub(super) fn is_whole(values: &Values, nodata: Option<f64>) -> bool {
    if !values.dtype().is_float() {
        return values.dtype() != DType::DateTime;
    }
    fn all<T: Cell>(view: ndarray::ArrayViewD<'_, T>, nodata: f64) -> bool {
        let whole = |cell: &T| {
            let value = cell.number();
            value.fract() == 0.0 || !value.is_finite() || value == nodata
        };
        let view = two_d(view);
        let row = |row| view.row(row).iter().all(whole);
        threads::map_parts(view.nrows(), &|mut rows| rows.all(row)).into_iter().all(|all| all)
    }
    let narrowed = |nodata: f64| if values.dtype() == DType::F32 { f32::narrowed(nodata) } else { nodata };
    with_cells!(values, view => all(view, nodata.map_or(f64::NAN, narrowed)))
}

/// How much of one pixel each value covers.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Values with their parts; the first ones are all different.
    parts: Vec<(f64, f32)>,
    /// Where the value before was found: neighbours are mostly equal.
    last: usize,
}

impl Tally {
    pub fn clear(&mut self) {
        self.parts.clear();
        self.last = 0;
    }

    #[inline]
    pub fn add(&mut self, value: f64, part: f32) {
        match self.parts.get_mut(self.last) {
            Some((known, sum)) if *known == value => *sum += part,
            _ => self.add_other(value, part),
        }
    }

    fn add_other(&mut self, value: f64, part: f32) {
        let known = self.parts.iter().take(FEW).position(|(known, _)| *known == value);
        self.last = known.unwrap_or(self.parts.len());
        match known {
            Some(at) => self.parts[at].1 += part,
            None => self.parts.push((value, part)),
        }
    }

    /// The value that covers most.
    pub fn most(&mut self) -> Option<f64> {
        if self.parts.len() > FEW {
            self.parts.sort_by(|a, b| a.0.total_cmp(&b.0));
            self.parts.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                kept.1 += if same { next.1 } else { 0.0 };
                same
            });
        }
        self.parts
            .iter()
            .copied()
            .reduce(|most, next| if next.1 > most.1 { next } else { most })
            .map(|(value, _)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_value_is_found_among_few_and_among_many() {
        let mut tally = Tally::default();
        assert_eq!(tally.most(), None);
        [(3.0, 0.4), (1.0, 0.3), (1.0, 0.3)].into_iter().for_each(|(value, part)| tally.add(value, part));
        assert_eq!(tally.most(), Some(1.0));
        tally.clear();
        // 77 comes three times among a hundred others, and after so many that it is not looked for.
        (0..100).chain([77, 77]).for_each(|value| tally.add(f64::from(value), 0.01));
        assert_eq!(tally.most(), Some(77.0));
    }

    #[test]
    fn floats_are_whole_where_every_value_that_is_there_is() {
        let of = |values: Vec<f32>| is_whole(&Values::from_shape_vec(&[1, values.len()], values).unwrap(), Some(-0.5));
        assert!(of(vec![1.0, f32::NAN, 3.0, f32::INFINITY, -0.5]));
        assert!(!of(vec![1.0, 2.5]));
        assert!(is_whole(&Values::from_shape_vec(&[1, 2], vec![true, false]).unwrap(), None));
    }
}
