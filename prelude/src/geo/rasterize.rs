//! Which pixels lie in an area, by GDAL's rasterizer.

use super::Grid;
use super::grid::moved;
use crate::gdal::library;
use crate::limits::refuse_beyond_memory;
use crate::{Error, ErrorKind, Result};
use gdal::raster::RasterizeOptions;
use gdal::vector::Geometry;
use ndarray::Array2;
use std::ops::Range;

/// The pixels of a grid that areas cover: a window, and which of its pixels.
pub(crate) struct Cover {
    pub rows: Range<usize>,
    pub columns: Range<usize>,
    pub mask: Array2<bool>,
}

/// The pixels whose centre lies in any of `areas` (all that they touch, if `all_touched`).
pub(crate) fn rasterize(areas: &[Geometry], grid: &Grid, all_touched: bool) -> Result<Cover> {
    let shape = grid.shape();
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for area in areas.iter().filter(|area| !area.is_empty()) {
        let e = area.envelope();
        bounds = [bounds[0].min(e.MinX), bounds[1].min(e.MinY), bounds[2].max(e.MaxX), bounds[3].max(e.MaxY)];
    }
    let [rows, columns] = if bounds[0] > bounds[2] { [0..0, 0..0] } else { grid.window(bounds) };
    // A pixel more on each side: what an edge only meets counts as touched.
    let wider = |range: Range<usize>, length: usize| range.start.saturating_sub(1)..(range.end + 1).min(length);
    if rows.is_empty() || columns.is_empty() {
        return Ok(Cover { rows: 0..0, columns: 0..0, mask: Array2::default((0, 0)) });
    }
    let (rows, columns) = (wider(rows, shape[0]), wider(columns, shape[1]));
    // GDAL's bytes, a copy of them, and the mask.
    let pixels = (rows.len() as u64).saturating_mul(columns.len() as u64);
    let what = format!("drawing polygons over {} x {} pixels", columns.len(), rows.len());
    refuse_beyond_memory(&what, pixels.saturating_mul(3), "cut a smaller area out first with clip_box or sel")?;
    let part = moved(&grid.transform, [rows.start as f64, columns.start as f64], [1.0, 1.0]);
    let size = (columns.len(), rows.len());
    let burnt = library::call(|| {
        // The areas are in these coordinates already, so what the CRS is does not matter here.
        let mut dataset = Grid::new(None, part, [size.1, size.0]).dataset_without_crs::<u8>()?;
        let options = RasterizeOptions { all_touched, ..RasterizeOptions::default() };
        for area in areas.iter().filter(|area| !area.is_empty()) {
            gdal::raster::rasterize(&mut dataset, &[1], std::slice::from_ref(area), &[1.0], Some(options))?;
        }
        Ok(dataset.rasterband(1)?.read_as::<u8>((0, 0), size, size, None)?.into_shape_and_vec().1)
    });
    let burnt =
        burnt.map_err(|said| Error::new(ErrorKind::Other, format!("the polygons could not be drawn: {said}")))?;
    let mask = Array2::from_shape_vec((size.1, size.0), burnt.into_iter().map(|pixel| pixel != 0).collect())?;
    Ok(trim(Cover { rows, columns, mask }))
}

/// The least window that holds every pixel of a cover.
fn trim(cover: Cover) -> Cover {
    let any = |lines: ndarray::iter::AxisIter<'_, bool, ndarray::Ix1>| -> Range<usize> {
        let hit: Vec<bool> = lines.map(|line| line.iter().any(|&inside| inside)).collect();
        match (hit.iter().position(|&hit| hit), hit.iter().rposition(|&hit| hit)) {
            (Some(first), Some(last)) => first..last + 1,
            _ => 0..0,
        }
    };
    let (rows, columns) = (any(cover.mask.axis_iter(ndarray::Axis(0))), any(cover.mask.axis_iter(ndarray::Axis(1))));
    let mask = cover.mask.slice(ndarray::s![rows.clone(), columns.clone()]).to_owned();
    let moved = |range: Range<usize>, by: usize| range.start + by..range.end + by;
    Cover { rows: moved(rows, cover.rows.start), columns: moved(columns, cover.columns.start), mask }
}
