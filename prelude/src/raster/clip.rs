//! Parts of a map: by a box, by polygons.

use crate::array::{DataArray, Values};
use crate::geo::Grid;
use crate::geo::rasterize::{Cover, rasterize};
use crate::geo::{IntoPolygons, Polygons};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

/// How [`DataArray::clip_polygons_with`] clips.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clip {
    all_touched: bool,
    keep_extent: bool,
    invert: bool,
}

impl Clip {
    /// Pixels whose centre lies inside, in the least window that holds them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every pixel that a polygon touches, not only those whose centre lies inside.
    #[must_use]
    pub fn all_touched(mut self) -> Self {
        self.all_touched = true;
        self
    }

    /// The array keeps its size.
    #[must_use]
    pub fn keep_extent(mut self) -> Self {
        self.keep_extent = true;
        self
    }

    /// What lies outside the polygons; the array keeps its size.
    #[must_use]
    pub fn invert(mut self) -> Self {
        self.invert = true;
        self
    }
}

/// An array on a map: the names of its dimensions down and across, and the grid along them.
pub(super) struct Place {
    pub map: [&'static str; 2],
    pub grid: Grid,
}

impl Place {
    pub fn of(array: &DataArray, what: &str) -> Result<Self> {
        let grid = array.upright_grid(what)?;
        // An array without dimensions of a map has no grid.
        let map = array.map_dims().unwrap_or(["y", "x"]);
        Ok(Self { map, grid })
    }
}

impl DataArray {
    /// The pixels that a box touches, in the units of the array's coordinates. Nothing is read of a lazy array.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(ndarray::Array2::<f32>::zeros((4, 4)), ["y", "x"])?
    ///     .coord("y", [3.5, 2.5, 1.5, 0.5])?.coord("x", [0.5, 1.5, 2.5, 3.5])?;
    /// assert_eq!(da.clip_box(1.0, 0.0, 3.0, 2.5)?.shape(), [3, 2]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the array has no evenly spaced coordinates, or the box lies outside; the error says where the array is.
    pub fn clip_box(&self, left: f64, bottom: f64, right: f64, top: f64) -> Result<Self> {
        let place = Place::of(self, "clip_box")?;
        let grid = &place.grid;
        let [x, y] = grid.unit;
        let [rows, columns] = grid.window([left * x, bottom * y, right * x, top * y]);
        if !(left <= right && bottom <= top) || rows.is_empty() || columns.is_empty() {
            let message = format!(
                "clip_box: no pixel touches left {left}, bottom {bottom}, right {right}, top {top}; the array covers {}",
                place.grid.extent()
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        self.part_of(&place, rows, columns)
    }

    fn part_of(&self, place: &Place, rows: Range<usize>, columns: Range<usize>) -> Result<Self> {
        let index = |range: Range<usize>| crate::array::Index::Range {
            start: range.start as i64,
            end: Some(range.end as i64),
            step: 1,
        };
        self.isel_dim(place.map[0], index(rows))?.isel_dim(place.map[1], index(columns))
    }

    /// The pixels whose centre lies in any of the polygons, missing values around them, in the least window that holds
    /// them all. A lazy array stays lazy, and only that window is ever read.
    ///
    /// `polygons` is [`Polygons`], a GeoJSON text or the path of a GeoJSON file. Integers become floats as in
    /// [`where_`](DataArray::where_), unless the array has a nodata value.
    ///
    /// # Errors
    /// If the polygons are not GeoJSON, no pixel lies in them, or the array has no evenly spaced coordinates.
    pub fn clip_polygons(&self, polygons: impl IntoPolygons) -> Result<Self> {
        self.clipped(&polygons.into_polygons()?, Clip::new())
    }

    /// [`clip_polygons`](Self::clip_polygons) with every touched pixel, at full extent, or the other way round.
    ///
    /// # Errors
    /// As [`clip_polygons`](Self::clip_polygons).
    pub fn clip_polygons_with(&self, polygons: impl IntoPolygons, options: Clip) -> Result<Self> {
        self.clipped(&polygons.into_polygons()?, options)
    }

    /// Which pixels lie in any of the polygons: an array of bool with the dimensions of the map.
    ///
    /// # Errors
    /// If the polygons are not GeoJSON, or the array has no evenly spaced coordinates.
    pub fn polygon_mask(&self, polygons: impl IntoPolygons, options: Clip) -> Result<Self> {
        let place = Place::of(self, "polygon_mask")?;
        let cover = self.cover(&polygons.into_polygons()?, &place, options)?;
        let mut mask = ndarray::Array2::from_elem((place.grid.height, place.grid.width), false);
        mask.slice_mut(ndarray::s![cover.rows, cover.columns]).assign(&cover.mask);
        if options.invert {
            mask.mapv_inplace(|inside| !inside);
        }
        self.mask_of(&place, mask)
    }

    fn cover(&self, polygons: &Polygons, place: &Place, options: Clip) -> Result<Cover> {
        let crs = self.find_crs()?;
        rasterize(&polygons.geometries(crs.as_ref())?, &place.grid, options.all_touched)
    }

    /// A mask with the labels of this array's map, all of whose pixels it has.
    fn mask_of(&self, place: &Place, mask: ndarray::Array2<bool>) -> Result<Self> {
        let mut array = DataArray::new(Values::from(mask), place.map)?;
        for dim in place.map {
            if let Some(labels) = self.index_of(dim) {
                array = array.coord(dim, labels)?;
            }
        }
        match self.coords().get("spatial_ref") {
            Some(crs) => array.coord("spatial_ref", crs),
            None => Ok(array),
        }
    }

    fn clipped(&self, polygons: &Polygons, options: Clip) -> Result<Self> {
        let place = Place::of(self, "clip_polygons")?;
        let (array, mask) = if options.keep_extent || options.invert {
            (self.clone(), self.polygon_mask(polygons, options)?)
        } else {
            let cover = self.cover(polygons, &place, options)?;
            if cover.mask.is_empty() {
                let message = format!(
                    "clip_polygons: no pixel has its centre in the polygons; the array covers {}{}",
                    place.grid.extent(),
                    if options.all_touched {
                        ""
                    } else {
                        "; small polygons need clip_polygons_with(…, Clip::new().all_touched())"
                    }
                );
                return Err(Error::new(ErrorKind::NotFound, message));
            }
            let part = self.part_of(&place, cover.rows, cover.columns)?;
            let mask = part.mask_of(&place, cover.mask)?;
            (part, mask)
        };
        match array.nodata().filter(|_| array.dtype().is_integer()) {
            Some(nodata) => array.where_else(&mask, nodata as i64),
            None => array.where_(&mask),
        }
    }
}
