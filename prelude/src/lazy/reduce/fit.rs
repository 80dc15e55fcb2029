//! The polynomial that fits best, by least squares: sums of powers stream, the values do not have to be held.

use super::layout::{Kernel, walk};
use super::{Accumulator, Reader, ReduceOptions, Slab, Writer, same_kind};
use crate::Result;
use crate::lazy::blocks::damaged;
use crate::values::{DType, Values};
use std::sync::Arc;

/// Where the values lie, and of which degree the polynomial is.
///
/// The places are brought into -1..=1 first: powers of nanoseconds since 1970 would leave no digit.
#[derive(Debug)]
pub(crate) struct Fit {
    places: Vec<f64>,
    middle: f64,
    half: f64,
    degree: usize,
}

impl Fit {
    pub fn new(places: &[f64], degree: usize) -> Self {
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (middle, half) = if low <= high { (low.midpoint(high), (high - low) / 2.0) } else { (0.0, 1.0) };
        let half = if half > 0.0 { half } else { 1.0 };
        Self { places: places.iter().map(|place| (place - middle) / half).collect(), middle, half, degree }
    }

    pub fn degree(&self) -> usize {
        self.degree
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// What tells this fit apart from others.
    pub fn save(&self, to: &mut Writer) {
        to.array(&[self.degree as u64]);
        to.array(&[self.middle, self.half]);
        to.array(&self.places);
    }

    /// The fit that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// When no fit was written there.
    pub fn load(from: &mut Reader<'_>) -> Result<Self> {
        /// No polynomial of a higher degree says anything of numbers with 53 bits.
        const HIGHEST: u64 = 1 << 20;
        let (degree, scale, places): (Vec<u64>, Vec<f64>, Vec<f64>) = (from.array()?, from.array()?, from.array()?);
        match (&degree[..], &scale[..]) {
            (&[degree], &[middle, half]) if degree <= HIGHEST => {
                Ok(Self { places, middle, half, degree: degree as usize })
            }
            _ => Err(damaged("it is no polynomial fit".to_owned())),
        }
    }

    /// Bytes of state for each cell.
    pub fn bytes(&self) -> usize {
        8 * (self.weights() + self.degree + 1)
    }

    /// How many sums of powers the equations have.
    fn weights(&self) -> usize {
        2 * self.degree + 1
    }

    /// The coefficients, of the highest power first, from sums of powers and of values times powers.
    fn solve(&self, powers: &[f64], values: &[f64], out: &mut Vec<f64>) {
        let size = self.degree + 1;
        if powers[0] < size as f64 {
            out.extend((0..size).map(|_| f64::NAN));
            return;
        }
        let mut rows: Vec<Vec<f64>> =
            (0..size).map(|row| (0..size).map(|column| powers[row + column]).chain([values[row]]).collect()).collect();
        let solution = eliminate(&mut rows);
        // From the scaled places back to those of the labels, by Horner's rule on polynomials.
        let mut coefficients = vec![0.0; size];
        for &factor in solution.iter().rev() {
            for power in (0..size).rev() {
                let lower = if power > 0 { coefficients[power - 1] / self.half } else { 0.0 };
                coefficients[power] = lower - coefficients[power] * self.middle / self.half;
            }
            coefficients[0] += factor;
        }
        out.extend(coefficients.into_iter().rev());
    }
}

/// Gauss' elimination with pivots; each row ends with its right side. NaN where there is no single solution.
fn eliminate(rows: &mut [Vec<f64>]) -> Vec<f64> {
    let size = rows.len();
    let scale = rows[0][0].abs();
    for column in 0..size {
        let largest = |a: &usize, b: &usize| rows[*a][column].abs().total_cmp(&rows[*b][column].abs());
        let pivot = (column..size).max_by(largest).unwrap_or(column);
        rows.swap(column, pivot);
        // Places that are equal up to rounding determine no slope.
        if rows[column][column].abs() <= scale * f64::EPSILON * f64::EPSILON {
            return vec![f64::NAN; size];
        }
        let (above, below) = rows.split_at_mut(column + 1);
        let pivot = &above[column];
        for row in below {
            let factor = row[column] / pivot[column];
            row[column..].iter_mut().zip(&pivot[column..]).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    let mut solution = vec![0.0; size];
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| rows[row][column] * solution[column]).sum();
        solution[row] = (rows[row][size] - known) / rows[row][row];
    }
    solution
}

/// For each power one sum per cell.
pub(super) struct State {
    fit: Arc<Fit>,
    skip: bool,
    powers: Vec<Vec<f64>>,
    values: Vec<Vec<f64>>,
}

impl State {
    pub fn new(fit: Arc<Fit>, options: ReduceOptions, cells: usize) -> Self {
        let powers = vec![vec![0.0; cells]; fit.weights()];
        let values = vec![vec![0.0; cells]; fit.degree + 1];
        Self { fit, skip: options.skip_missing, powers, values }
    }
}

impl Accumulator for State {
    fn add(&mut self, slabs: &[Slab]) {
        let slabs: Vec<Slab> = slabs.iter().map(|slab| slab.cast(DType::F64)).collect();
        walk::<f64>(&slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        let mine = self.powers.iter_mut().chain(&mut self.values).flatten();
        mine.zip(later.powers.iter().chain(&later.values).flatten()).for_each(|(mine, later)| *mine += later);
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        let cells = self.values[0].len();
        let mut out = Vec::with_capacity(cells * self.values.len());
        for cell in 0..cells {
            let of_cell = |sums: &[Vec<f64>]| sums.iter().map(|sum| sum[cell]).collect::<Vec<_>>();
            self.fit.solve(&of_cell(&self.powers), &of_cell(&self.values), &mut out);
        }
        Ok(Values::from(out))
    }

    fn save(&self, to: &mut Writer) {
        self.powers.iter().chain(&self.values).for_each(|sums| to.array(sums));
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        self.powers.iter_mut().chain(&mut self.values).try_for_each(|sums| from.fill(sums))
    }
}

impl Kernel<f64> for State {
    fn across(&mut self, cell: usize, order: usize, rows: &[&[f64]]) {
        rows.iter().enumerate().for_each(|(n, row)| self.row(cell, order + n, row));
    }

    fn along(&mut self, cell: usize, order: usize, values: &[f64]) {
        for (n, value) in values.iter().enumerate() {
            self.row(cell, order + n, std::slice::from_ref(value));
        }
    }
}

impl State {
    /// One more value for each cell, all at the same place.
    fn row(&mut self, cell: usize, order: usize, values: &[f64]) {
        let (place, skip) = (self.fit.places[order], self.skip);
        let mut weight = 1.0;
        for (power, sums) in self.powers.iter_mut().enumerate() {
            for (sum, value) in sums[cell..].iter_mut().zip(values) {
                *sum += if skip && value.is_nan() { 0.0 } else { weight };
            }
            if let Some(sums) = self.values.get_mut(power) {
                for (sum, value) in sums[cell..].iter_mut().zip(values) {
                    *sum += if skip && value.is_nan() { 0.0 } else { weight * value };
                }
            }
            weight *= place;
        }
    }
}
