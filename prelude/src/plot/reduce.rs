//! From values to screen pixels: each pixel has the mean of the area that it covers, of whole numbers the most frequent.
//!
//! A 7200 x 2600 raster on a screen shows 1100 x 400 pixels. Taking every sixth
//! value would make noise of it; the mean over the area is what an eye would see from afar.

use super::canvas::{Picture, Rgb};
use super::cell::{Cell, two_d, with_cells, with_row};
use super::colormap::ColorMap;
use super::mode::{MIDDLE, Tally};
use super::range::Range;
use crate::array::Values;
use crate::parallel::threads;
use ndarray::ArrayViewD;

/// How values become the pixels of a picture.
pub(super) struct Reduction<'a> {
    pub width: usize,
    pub height: usize,
    pub range: Range,
    pub nodata: Option<f64>,
    pub colors: &'a ColorMap,
    /// The values are whole numbers, so that a mean of two is none of them.
    pub whole: bool,
    /// The last row goes on top.
    pub flip_rows: bool,
    /// The last column goes to the left.
    pub flip_columns: bool,
}

impl Reduction<'_> {
    /// Draws `values`, of shape (row, column), neither of them zero.
    pub fn picture(&self, values: &Values) -> Picture {
        let pixels = match self.whole {
            true => with_cells!(values, view => self.most_frequent(view)),
            false => with_cells!(values, view => self.pixels(view)),
        };
        Picture { width: self.width, height: self.height, pixels }
    }

    fn pixels<T: Cell>(&self, view: ArrayViewD<'_, T>) -> Vec<u8> {
        let view = two_d(view);
        let row_spans = spans(view.nrows(), self.height, self.flip_rows);
        let column_spans = spans(view.ncols(), self.width, self.flip_columns);
        let scale = Scale::new(&self.range, self.nodata.map_or(f64::NAN, T::narrowed));
        let columns = view.ncols();
        threads::map_parts(self.height, &|lines| {
            let (mut buffer, mut sums, mut weights) = (Vec::new(), vec![0_f32; columns], vec![0_f32; columns]);
            let mut pixels = Vec::with_capacity(lines.len() * self.width * 3);
            for rows in &row_spans[lines] {
                sums.fill(0.0);
                weights.fill(0.0);
                for (row, part) in rows.cells() {
                    with_row(&view, row, &mut buffer, |cells| scale.add(cells, part, &mut sums, &mut weights));
                }
                for columns in &column_spans {
                    let (mut sum, mut weight) = (0.0, 0.0);
                    for (column, part) in columns.cells() {
                        sum += sums[column] * part;
                        weight += weights[column] * part;
                    }
                    pixels.extend(self.color(sum, weight));
                }
            }
            pixels
        })
        .concat()
    }

    /// As [`pixels`](Self::pixels), with the most frequent value of each pixel instead of the mean.
    fn most_frequent<T: Cell>(&self, view: ArrayViewD<'_, T>) -> Vec<u8> {
        let view = two_d(view);
        let row_spans = spans(view.nrows(), self.height, self.flip_rows);
        let column_spans = spans(view.ncols(), self.width, self.flip_columns);
        let nodata = self.nodata.map_or(f64::NAN, T::narrowed);
        let scale = Scale::new(&self.range, nodata);
        threads::map_parts(self.height, &|lines| {
            let (mut buffer, mut tallies) = (Vec::new(), vec![Tally::default(); self.width]);
            let mut pixels = Vec::with_capacity(lines.len() * self.width * 3);
            for rows in &row_spans[lines] {
                tallies.iter_mut().for_each(Tally::clear);
                for (row, row_part) in rows.cells() {
                    let middle_row = row == rows.middle();
                    with_row(&view, row, &mut buffer, |cells| {
                        for (tally, columns) in tallies.iter_mut().zip(&column_spans) {
                            let middle = if middle_row { columns.middle() } else { usize::MAX };
                            for (column, part) in columns.cells() {
                                let value = cells[column].number();
                                if !value.is_nan() && value != nodata {
                                    let part = part * row_part;
                                    tally.add(value, if column == middle { part * (1.0 + MIDDLE) } else { part });
                                }
                            }
                        }
                    });
                }
                for tally in &mut tallies {
                    // Not mixed with the colour of missing cells: that would be the colour of no class either.
                    let missing = self.colors.missing;
                    pixels.extend(tally.most().map_or(missing, |value| self.colors.at(scale.share(value))));
                }
            }
            pixels
        })
        .concat()
    }

    /// The colour of a pixel whose valid cells cover `weight` (0 to 1) of it, and whose shares of the range add up to `sum`.
    fn color(&self, sum: f32, weight: f32) -> Rgb {
        const ALL: f32 = 0.999;
        if weight <= 0.0 {
            return self.colors.missing;
        }
        let color = self.colors.at(sum / weight);
        if weight >= ALL {
            return color;
        }
        // A partly covered pixel is a mixture, which makes coasts smooth; the least
        // strength keeps single valid cells among many missing ones visible.
        let strength = 0.3 + 0.7 * weight;
        std::array::from_fn(|channel| {
            let (from, to) = (f32::from(self.colors.missing[channel]), f32::from(color[channel]));
            (from + (to - from) * strength).round() as u8
        })
    }
}

/// From a value to its share of the range.
struct Scale {
    low: f64,
    high: f64,
    factor: f64,
    nodata: f64,
}

impl Scale {
    fn new(range: &Range, nodata: f64) -> Self {
        // Halves, so that a range from -1e308 to 1e308 does not overflow.
        let factor = 0.5 / (range.high * 0.5 - range.low * 0.5);
        Self { low: range.low, high: range.high, factor, nodata }
    }

    /// Where a value lies between the ends of the range, 0 to 1. Values beyond count as the ends.
    fn share(&self, value: f64) -> f32 {
        let (mut sum, mut weight) = ([0.0], [0.0]);
        self.add(&[value], 1.0, &mut sum, &mut weight);
        sum[0]
    }

    /// Adds one row of cells, `part` of which the pixels cover. Values beyond the range count as its ends.
    #[inline]
    fn add<T: Cell>(&self, cells: &[T], part: f32, sums: &mut [f32], weights: &mut [f32]) {
        let half_low = self.low * 0.5;
        let factor = self.factor * 2.0;
        for ((cell, sum), weight) in cells.iter().zip(sums).zip(weights) {
            let value = cell.number();
            let valid = !value.is_nan() & (value != self.nodata);
            let clipped = if value < self.low { self.low } else { value };
            let clipped = if clipped > self.high { self.high } else { clipped };
            let share = ((clipped * 0.5 - half_low) * factor) as f32;
            *sum += if valid { share * part } else { 0.0 };
            *weight += if valid { part } else { 0.0 };
        }
    }
}

/// The cells along one axis that a pixel covers, and how much of the pixel each takes; the parts add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    first: usize,
    last: usize,
    head: f32,
    inner: f32,
    tail: f32,
}

impl Span {
    /// The cell in the middle.
    fn middle(self) -> usize {
        self.first + (self.last - self.first) / 2
    }

    fn cells(self) -> impl Iterator<Item = (usize, f32)> {
        (self.first..=self.last).map(move |cell| {
            let part = if cell == self.first {
                self.head
            } else if cell == self.last {
                self.tail
            } else {
                self.inner
            };
            (cell, part)
        })
    }
}

/// One span for each of `pixels` pixels over `cells` cells.
fn spans(cells: usize, pixels: usize, flip: bool) -> Vec<Span> {
    let per_pixel = cells as f64 / pixels as f64;
    let span = |pixel: usize| {
        // Cells that are several pixels large keep hard edges.
        if pixels >= 3 * cells {
            let cell = (((pixel as f64 + 0.5) * per_pixel) as usize).min(cells - 1);
            return Span { first: cell, last: cell, head: 1.0, inner: 1.0, tail: 0.0 };
        }
        let (from, to) = (pixel as f64 * per_pixel, (pixel + 1) as f64 * per_pixel);
        let first = (from as usize).min(cells - 1);
        let last = ((to - 1e-9).ceil() as usize).saturating_sub(1).clamp(first, cells - 1);
        let head = ((first + 1) as f64).min(to) - from;
        let tail = if last > first { to - last as f64 } else { 0.0 };
        let [head, inner, tail] = [head, 1.0, tail].map(|length| (length / per_pixel) as f32);
        Span { first, last, head, inner, tail }
    };
    let mut spans: Vec<Span> = (0..pixels).map(span).collect();
    if flip {
        spans.reverse();
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_every_pixel_add_up_to_one_and_those_of_every_cell_are_equal() {
        for (cells, pixels) in [(7200, 1130), (5, 4), (4, 5), (700, 1080), (1, 1), (1, 50), (3, 1000), (1000, 1)] {
            let mut covered = vec![0.0; cells];
            for span in spans(cells, pixels, false) {
                let total: f32 = span.cells().map(|(_, part)| part).sum();
                assert!((total - 1.0).abs() < 1e-4, "{cells} over {pixels}: {span:?}");
                span.cells().for_each(|(cell, part)| covered[cell] += f64::from(part));
            }
            let each = pixels as f64 / cells as f64;
            let slack = if pixels >= 3 * cells { 1.0 } else { 1e-3 };
            assert!(covered.iter().all(|cover| (cover - each).abs() <= slack), "{cells} over {pixels}");
        }
    }

    #[test]
    fn whole_ratios_take_whole_cells() {
        let two = Span { first: 2, last: 3, head: 0.5, inner: 0.5, tail: 0.5 };
        assert_eq!(spans(6, 3, false)[1], two);
    }
}
