//! The nearest pixels of a window, found once: which value of the source each new pixel takes. A stack of planes is then
//! gathered from it one by one, without a question to GDAL.

use super::mapping::{Mapping, SLACK};
use super::transformer::{Positions, Transformer};
use super::{Sample, Warp, contiguous};
use crate::Result;
use crate::cancel;
use crate::lazy::AxisIndex;
use crate::values::Values;
use std::ops::Range;

/// What stands for a pixel that lies nowhere in the source.
const NOWHERE: u32 = u32::MAX;

/// Of the source those rows and columns that any pixel of a window takes, and which of their crossings each takes.
#[derive(Debug)]
pub(super) struct Gather {
    pub rows: AxisIndex,
    pub columns: AxisIndex,
    /// Row by row.
    taken: Vec<u32>,
}

impl Gather {
    /// The window's, or none if no pixel of it lies in the source.
    ///
    /// # Errors
    /// When Stop was pressed.
    pub fn of(mapping: &Mapping, transformer: &Transformer, window: &[Range<usize>; 2]) -> Result<Option<Self>> {
        let [height, width] = mapping.source();
        let mut places: Vec<Option<[u32; 2]>> = Vec::with_capacity(window[0].len() * window[1].len());
        let mut line = Positions::default();
        for row in window[0].clone() {
            if row % 256 == 0 {
                cancel::check()?;
            }
            mapping.row(transformer, &window[1], 0.5, row as f64 + 0.5, &mut line);
            places.extend(window[1].clone().map(|column| {
                let (x, y) = line.get(column).filter(|&(x, y)| mapping.is_inside(x, y))?;
                // As GDAL rounds; on the far edges a centre lies in the last pixel. No raster has more than 2^31 of them.
                let pixel = |at: f64, length: usize| ((at + SLACK) as usize).min(length - 1) as u32;
                Some([pixel(y, height), pixel(x, width)])
            }));
        }
        let [Some(rows), Some(columns)] = [0, 1].map(|axis| Used::of(places.iter().flatten().map(|place| place[axis])))
        else {
            return Ok(None);
        };
        let across = columns.len() as u32;
        let taken = places.iter().map(|place| match place {
            Some([row, column]) => rows.position(*row) * across + columns.position(*column),
            None => NOWHERE,
        });
        let taken = taken.collect();
        Ok(Some(Self { rows: rows.index(), columns: columns.index(), taken }))
    }

    pub fn bytes(&self) -> usize {
        let listed = |index: &AxisIndex| if let AxisIndex::List(list) = index { size_of_val(&**list) } else { 0 };
        size_of_val(&self.taken[..]) + listed(&self.rows) + listed(&self.columns)
    }

    /// Takes the pixels of the window from `values`, which has the rows and columns that are asked for, into `out`, which has
    /// what stands where there is no value.
    ///
    /// False if a value is there that looks as one that is missing: what to give in its place is GDAL's choice.
    pub fn take<T: Sample>(&self, warp: &Warp, values: &Values, out: &mut [T]) -> Result<bool, String> {
        let flat =
            contiguous::<T>(values).ok_or_else(|| format!("{} values, where others were planned", values.dtype()))?;
        let missing = T::of_number(warp.missing);
        let nodata = warp.source_nodata.map(T::of_number);
        let is_float = warp.dtype.is_float();
        // Without a number for what is missing nothing is, and every value is as good as another.
        let Some(_) = warp.nodata() else {
            for (out, &at) in out.iter_mut().zip(&self.taken) {
                *out = if at == NOWHERE { missing } else { flat[at as usize] };
            }
            return Ok(true);
        };
        let mut unlike = true;
        for (out, &at) in out.iter_mut().zip(&self.taken) {
            let value = if at == NOWHERE { missing } else { flat[at as usize] };
            let nothing = at == NOWHERE || is_float && value.to_f64().is_nan() || Some(value) == nodata;
            unlike &= nothing || value != missing;
            *out = if nothing { missing } else { value };
        }
        Ok(unlike)
    }
}

/// The positions of an axis that are used.
struct Used {
    first: u32,
    count: usize,
    /// For each position from the first to the last how many used ones come before it; none if all are used or most.
    before: Option<Vec<u32>>,
    last: u32,
    used: Vec<bool>,
}

/// Where at least so large a part of the positions is used, the others are read with them.
const MOST: usize = 2;

impl Used {
    fn of(positions: impl Iterator<Item = u32> + Clone) -> Option<Self> {
        let (first, last) =
            positions.clone().fold((u32::MAX, 0), |(first, last), position| (first.min(position), last.max(position)));
        if first > last {
            return None;
        }
        let mut used = vec![false; (last - first) as usize + 1];
        positions.for_each(|position| used[(position - first) as usize] = true);
        let count = used.iter().filter(|&&used| used).count();
        let before = (count * MOST < used.len()).then(|| {
            let counted = used.iter().scan(0, |before, &used| {
                let this = *before;
                *before += u32::from(used);
                Some(this)
            });
            counted.collect()
        });
        Some(Self { first, count, before, last, used })
    }

    /// How many positions are read.
    fn len(&self) -> usize {
        if self.before.is_some() { self.count } else { self.used.len() }
    }

    /// Where a used position lies among those that are read.
    fn position(&self, position: u32) -> u32 {
        let at = position - self.first;
        self.before.as_ref().map_or(at, |before| before[at as usize])
    }

    fn index(&self) -> AxisIndex {
        match &self.before {
            None => AxisIndex::range(self.first as usize..self.last as usize + 1),
            Some(_) => {
                let used = self.used.iter().enumerate().filter(|(_, used)| **used);
                AxisIndex::List(used.map(|(at, _)| self.first as usize + at).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_positions_are_listed_and_most_are_a_range() {
        let few = Used::of([10, 20, 10, 40].into_iter()).unwrap();
        assert_eq!((few.len(), few.position(20), few.position(40)), (3, 1, 2));
        assert!(matches!(few.index(), AxisIndex::List(list) if *list == [10, 20, 40]));
        let most = Used::of([5, 4, 7].into_iter()).unwrap();
        assert_eq!((most.len(), most.position(7)), (4, 3));
        assert!(matches!(most.index(), AxisIndex::Range { start: 4, len: 4, step: 1 }));
        assert!(Used::of(std::iter::empty()).is_none());
    }
}
