//! The grid that an array is reprojected to: what GDAL suggests, and what is asked for instead.

use super::Reproject;
use super::warp::suggested;
use crate::geo::{Crs, Grid};
use crate::{Error, ErrorKind, Result};

/// A length that is a whole number of pixels but for this part of one is a whole number of them.
const SLACK: f64 = 1e-6;
/// The longest side of a raster.
const MOST: usize = i32::MAX as usize;

impl Reproject {
    /// The grid in `crs`; the rules are rasterio's `calculate_default_transform` and gdalwarp's `-te`.
    ///
    /// # Errors
    /// When the options do not go together, or the source has no place in `crs`.
    pub(super) fn grid(&self, source: &Grid, crs: &Crs) -> Result<Grid> {
        let grid = self.asked(source, crs)?;
        if [grid.height, grid.width].into_iter().all(|length| length <= MOST) {
            return Ok(grid);
        }
        let message = format!(
            "reproject: the grid would have {} rows and {} columns, and a raster has at most {MOST}; ask for a coarser resolution, or bounds",
            grid.height, grid.width
        );
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }

    fn asked(&self, source: &Grid, crs: &Crs) -> Result<Grid> {
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, format!("reproject: {message}")));
        if let Some(resolution) = self.resolution
            && !(resolution > 0.0 && resolution.is_finite())
        {
            return invalid(format!("a resolution of {resolution}; it is the side of a pixel in the units of {crs}"));
        }
        if self.resolution.is_some() && self.shape.is_some() {
            return invalid("resolution and shape are two answers to one question; give one".to_owned());
        }
        if self.shape.is_some_and(|shape| shape.contains(&0)) {
            return invalid("a shape with a 0 has no pixels".to_owned());
        }
        let mut grid = if stays(source, crs) { upright(source) } else { suggested(source, crs)? };
        if let Some([left, bottom, right, top]) = self.bounds {
            if !(left < right && bottom < top && [left, bottom, right, top].iter().all(|edge| edge.is_finite())) {
                return invalid(format!(
                    "bounds ({left}, {bottom}, {right}, {top}): they are left, bottom, right, top, and numbers of {crs}"
                ));
            }
            let step = [self.resolution.unwrap_or(grid.transform[1]), self.resolution.unwrap_or(-grid.transform[5])];
            let pixels = |length: f64, step: f64| ((length / step + 0.5) as usize).max(1);
            [grid.height, grid.width] =
                self.shape.unwrap_or([pixels(top - bottom, step[1]), pixels(right - left, step[0])]);
            let step = match self.shape {
                Some([rows, columns]) => [(right - left) / columns as f64, (top - bottom) / rows as f64],
                None => step,
            };
            grid.transform = [left, step[0], 0.0, top, 0.0, -step[1]];
            return Ok(grid);
        }
        let [width, height] = [grid.transform[1], -grid.transform[5]];
        if let Some(resolution) = self.resolution {
            let pixels = |count: usize, size: f64| ((count as f64 * size / resolution - SLACK).ceil() as usize).max(1);
            (grid.width, grid.height) = (pixels(grid.width, width), pixels(grid.height, height));
            (grid.transform[1], grid.transform[5]) = (resolution, -resolution);
        }
        if let Some([rows, columns]) = self.shape {
            grid.transform[1] = width * (grid.width as f64 / columns as f64);
            grid.transform[5] = -height * (grid.height as f64 / rows as f64);
            (grid.height, grid.width) = (rows, columns);
        }
        Ok(grid)
    }
}

/// Whether the grid itself is one in `crs`, so that nothing needs to be suggested.
fn stays(source: &Grid, crs: &Crs) -> bool {
    source.gcps.is_none() && !source.is_rotated() && source.crs.as_ref().is_some_and(|own| own.same(crs))
}

/// The same pixels from north to south and from west to east.
fn upright(source: &Grid) -> Grid {
    let ((left, _, _, top), t) = (source.bounds(), source.transform);
    Grid { transform: [left, t[1].abs(), 0.0, top, 0.0, -t[5].abs()], unit: [1.0, 1.0], ..source.clone() }
}
