//! From places on the map to pixels of a file.

use super::{Raster, RasterSource};
use crate::disk::shown;
use crate::geo::{Crs, Grid, TURNS};
use crate::lazy::Source as _;
use crate::values::buffers;
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

impl Raster {
    /// The rows and columns that a box touches, in the units of the CRS: for [`read_window`](Raster::read_window). Longitudes of
    /// the box and of the raster may be counted from other places.
    ///
    /// ```
    /// # fn main() -> isopleth::Result<()> {
    /// use isopleth::{array::DType, raster::{Raster, RasterMeta}};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("small.tif");
    /// let mut meta = RasterMeta::new(3, 2, DType::F32);
    /// meta.transform = [10.0, 1.0, 0.0, 50.0, 0.0, -1.0];
    /// let mut writer = Raster::create(&path, &meta)?;
    /// writer.write(&ndarray::array![[1f32, 2., 3.], [4., 5., 6.]], 1)?;
    /// writer.finish()?;
    ///
    /// let raster = Raster::open(&path)?;
    /// let (rows, columns) = raster.window(11.5, 48.5, 13.0, 49.0)?;
    /// assert_eq!(raster.read_window::<f32>(1, rows, columns)?, ndarray::array![[5.0, 6.0]]);
    /// assert_eq!(raster.sample(1, &[(10.5, 49.5), (12.9, 48.1)])?, [1.0, 6.0]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// If the box lies outside, it lies on both sides of the seam of a raster around the Earth (which is no one window), or
    /// the grid is rotated.
    pub fn window(&self, left: f64, bottom: f64, right: f64, top: f64) -> Result<(Range<usize>, Range<usize>)> {
        self.upright()?;
        let grid = Grid::new(self.crs(), self.transform(), [self.height(), self.width()]);
        let is_around = grid.crs().is_some_and(Crs::is_geographic);
        let end = if is_around && right < left { right + 360.0 } else { right };
        let [rows, own] = grid.window([left, bottom, end, top]);
        let columns = if is_around { self.longitudes(&grid, left, end)? } else { own };
        let right = end;
        if !(left <= right && bottom <= top) || rows.is_empty() || columns.is_empty() {
            let (l, b, r, t) = self.bounds();
            let message = format!(
                "no pixel of {} touches left {left}, bottom {bottom}, right {right}, top {top}; it covers x {l} to {r}, y {b} to {t}",
                shown(self.path())
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        Ok((rows, columns))
    }

    /// The value of one band at each place (x, y): that of the pixel in which it lies. NaN where the value is
    /// missing (see [`read_mask`](Raster::read_mask)) and outside the raster.
    ///
    /// # Errors
    /// If there is no such band, the grid is rotated, or the file is damaged.
    pub fn sample(&self, band: usize, places: &[(f64, f64)]) -> Result<Vec<f64>> {
        self.upright()?;
        let source = RasterSource::new(self, band)?;
        let t = self.transform();
        let is_around = self.crs().is_some_and(|crs| crs.is_geographic());
        let turns = || std::iter::once(0).chain(TURNS.into_iter().filter(|_| is_around));
        let inside = |at: f64, length: usize| (at >= 0.0 && at < length as f64).then_some(at as usize);
        let pixel = |&(x, y): &(f64, f64)| {
            let column = turns().find_map(|turns| inside((x + 360.0 * f64::from(turns) - t[0]) / t[1], self.width()));
            inside((y - t[3]) / t[5], self.height()).zip(column).map(|(row, column)| [row, column])
        };
        let pixels: Vec<Option<[usize; 2]>> = places.iter().map(pixel).collect();
        let mut values = vec![f64::NAN; places.len()];
        for group in near(&pixels, source.block(), self.width()) {
            let bounds = |axis: usize| {
                let along = || group.iter().filter_map(|&place| pixels[place]).map(|pixel| pixel[axis]);
                along().min().unwrap_or(0)..along().max().map_or(0, |last| last + 1)
            };
            let [rows, columns] = [bounds(0), bounds(1)];
            let read = source.read(&[rows.clone(), columns.clone()])?;
            for place in group {
                if let Some([row, column]) = pixels[place] {
                    values[place] = read.get(&[row - rows.start, column - columns.start]).unwrap_or(f64::NAN);
                }
            }
            buffers::recycle(read);
        }
        Ok(values)
    }

    fn longitudes(&self, grid: &Grid, left: f64, right: f64) -> Result<Range<usize>> {
        match grid.longitudes(left, right).as_deref() {
            Ok([]) => Ok(0..0),
            Ok([one]) => Ok(one.range.clone()),
            _ => {
                let message = format!(
                    "longitudes {left} to {right} lie at both ends of {}, which covers {}: they are no one window; \
                     open_raster(…)?.clip_box(…)? joins them",
                    shown(self.path()),
                    grid.extent()
                );
                Err(Error::new(ErrorKind::InvalidArgument, message))
            }
        }
    }

    fn upright(&self) -> Result<()> {
        let t = self.transform();
        if t[2] == 0.0 && t[4] == 0.0 {
            return Ok(());
        }
        let message = format!(
            "{} is rotated, so a box on the map is none in it; open_raster(…)?.reproject(…)? puts it upright",
            shown(self.path())
        );
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }
}

/// Pixels that are read together, by their numbers: those of one block, and of strips that follow each other as many as are
/// worth one read. Each block is in one group.
fn near(pixels: &[Option<[usize; 2]>], block: &[usize], width: usize) -> Vec<Vec<usize>> {
    const MOST_PIXELS: usize = 1 << 20;
    let (down, across) = (block[0].max(1), block[1].max(1));
    let of = |[row, column]: [usize; 2]| (row / down, column / across);
    let mut inside: Vec<(usize, [usize; 2])> =
        pixels.iter().enumerate().filter_map(|(place, pixel)| Some((place, (*pixel)?))).collect();
    inside.sort_unstable_by_key(|(place, pixel)| (of(*pixel), *place));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    // The first and the last block of the group.
    let (mut first, mut last) = ((0, 0), (0, 0));
    for (place, pixel) in inside {
        let this = of(pixel);
        let follows = across >= width && this.0 == last.0 + 1 && (this.0 + 1 - first.0) * down * width <= MOST_PIXELS;
        match groups.last_mut() {
            Some(group) if this == last || follows => group.push(place),
            _ => {
                groups.push(vec![place]);
                first = this;
            }
        }
        last = this;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn each_block_is_read_once_and_strips_that_follow_each_other_together() {
        let pixels = [Some([5, 3]), None, Some([0, 1]), Some([5, 9]), Some([1, 0]), Some([4, 4])];
        assert_eq!(near(&pixels, &[1, 10], 10), [vec![2, 4], vec![5, 0, 3]]);
        // Of tiles each is on its own.
        assert_eq!(near(&pixels, &[4, 4], 10), [vec![2, 4], vec![0], vec![5], vec![3]]);
        // Long rows are not joined.
        let rows: Vec<_> = (0..4).map(|row| Some([row, 0])).collect();
        assert_eq!(near(&rows, &[1, 1 << 19], 1 << 19), [vec![0, 1], vec![2, 3]]);
        assert!(near(&[None], &[1, 1], 1).is_empty());
    }
}
