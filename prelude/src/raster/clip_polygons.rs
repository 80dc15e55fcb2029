//! Parts of a map by polygons.

use super::clip::{Place, range};
use crate::array::{Attr, DataArray, Values};
use crate::geo::rasterize::Cover;
use crate::geo::{Columns, Encoding, IntoPolygons, Polygons, SPATIAL_REF, holds, unrolled};
use crate::limits::refuse_beyond_memory;
use crate::{Error, ErrorKind, Result};
use ndarray::Array2;
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

impl DataArray {
    /// The pixels whose centre lies in any of the polygons, missing values around them, in the least window that holds
    /// them all. A lazy array stays lazy, and only that window is ever read.
    ///
    /// `polygons` is [`Polygons`], a GeoJSON text or the path of a GeoJSON file. Integers become floats as in
    /// [`where_`](DataArray::where_), unless they are the file's own numbers and have a nodata value. Where longitudes of
    /// the array and of the polygons are counted from other places the part has those of the polygons, as with
    /// [`clip_box`](Self::clip_box).
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
        // GDAL draws bytes, of which one mask is made after the other.
        let pixels = (place.grid.height as u64).saturating_mul(place.grid.width as u64);
        let what = format!("a mask of {} x {} pixels", place.grid.width, place.grid.height);
        refuse_beyond_memory(&what, pixels.saturating_mul(3), "cut a smaller area out first with clip_box or sel")?;
        let mut mask = Array2::from_elem((place.grid.height, place.grid.width), false);
        for (_, cover) in self.covered(&polygons.into_polygons()?, &place, options)? {
            mask.slice_mut(ndarray::s![cover.rows, cover.columns]).zip_mut_with(&cover.mask, |all, one| *all |= one);
        }
        if options.invert {
            mask.mapv_inplace(|inside| !inside);
        }
        self.mask_of(&place, mask)
    }

    fn covered(&self, polygons: &Polygons, place: &Place, options: Clip) -> Result<Vec<(i32, Cover)>> {
        let areas = polygons.geometries(self.find_crs()?.as_ref())?;
        place.covers(&areas, options.all_touched)
    }

    /// A mask with the labels of this array's map, all of whose pixels it has.
    fn mask_of(&self, place: &Place, mask: ndarray::Array2<bool>) -> Result<Self> {
        let mut array = DataArray::new(Values::from(mask), place.map)?;
        for dim in place.map {
            if let Some(labels) = self.index_of(dim) {
                array = array.coord(dim, labels)?;
            }
        }
        match self.grid_mapping() {
            Some(crs) => array.coord(SPATIAL_REF, crs),
            None => Ok(array),
        }
    }

    fn clipped(&self, polygons: &Polygons, options: Clip) -> Result<Self> {
        let place = Place::of(self, "clip_polygons")?;
        if options.keep_extent || options.invert {
            return self.outside_missing(&self.polygon_mask(polygons, options)?);
        }
        let covers = self.covered(polygons, &place, options)?;
        if covers.is_empty() {
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
        let columns = together(&covers, &place);
        let rows = covers.iter().map(|(_, cover)| cover.rows.clone()).reduce(joined).unwrap_or(0..0);
        let mask = mask_of_parts(&covers, &rows, &columns);
        let first = rows.start;
        let part = self.isel_dim(place.map[0], range(rows))?.columns(place.map[1], &columns)?;
        let part = part.placed(&place.grid, place.map, first, &columns);
        part.outside_missing(&part.mask_of(&place, mask)?)
    }

    /// The array with what is missing outside of `mask`: its nodata value where it is made of the file's own numbers, else NaN.
    fn outside_missing(&self, mask: &Self) -> Result<Self> {
        let own = self.dtype();
        let written = self.get_attr("_FillValue").and_then(Attr::as_f64).filter(|&nodata| holds(own, nodata));
        let Some(raw) = self.encoding().filter(Encoding::is_raw) else {
            let clipped = match written.filter(|_| own.is_integer()) {
                Some(nodata) => self.where_else(mask, nodata)?.astype(own),
                None => self.where_(mask)?,
            };
            return Ok(written.map_or(clipped.clone(), |nodata| clipped.attr("_FillValue", nodata)));
        };
        // The numbers are the file's still, and so are its scale and what is missing inside of the polygons.
        let one_for_all = raw.bands().is_none();
        match raw.nodata().filter(|&nodata| one_for_all && holds(own, nodata)) {
            Some(nodata) => Ok(self.where_else(mask, nodata)?.astype(own).with_encoding(raw)),
            None => {
                let clipped = self.where_(mask)?;
                let nothing = one_for_all.then_some(f64::NAN);
                Ok(clipped.with_encoding(raw.stored_as(clipped.dtype(), nothing)))
            }
        }
    }
}

fn joined(one: Range<usize>, other: Range<usize>) -> Range<usize> {
    one.start.min(other.start)..one.end.max(other.end)
}

/// The least run of columns that has all that is covered, across the seam of a grid around the Earth too.
fn together(covers: &[(i32, Cover)], place: &Place) -> Vec<Columns> {
    let own = covers.iter().map(|(_, cover)| cover.columns.clone()).reduce(joined).unwrap_or(0..0);
    if let [(turns, _)] = covers {
        return vec![Columns { range: own, turns: *turns }];
    }
    let Some(around) = place.grid.columns_around() else { return vec![Columns { range: own, turns: 0 }] };
    let mut covered = vec![false; around];
    for (_, cover) in covers {
        cover.columns.clone().for_each(|column| covered[column % around] = true);
    }
    // The longest gap, counted on beyond the last column.
    let (mut gap, mut at) = (0..0, 0);
    while at < 2 * around {
        let end = (at..2 * around).find(|&column| covered[column % around]).unwrap_or(2 * around);
        if end - at > gap.len() {
            gap = at..end;
        }
        at = end + 1;
    }
    let first = gap.end % around;
    let last = first + around - gap.len().min(around);
    if last <= around {
        return vec![Columns { range: first..last, turns: 0 }];
    }
    // The longitudes of the polygons that begin there.
    let turns = covers.iter().find(|(_, cover)| cover.columns.clone().any(|column| column % around == first));
    let turns = turns.map_or(0, |(turns, _)| *turns);
    let parts = unrolled(first as i64, last as i64, around, place.grid.transform[1]);
    parts.into_iter().map(|part| Columns { turns: part.turns + turns, ..part }).collect()
}

/// Which pixels of these rows and columns are covered.
fn mask_of_parts(covers: &[(i32, Cover)], rows: &Range<usize>, columns: &[Columns]) -> Array2<bool> {
    let width = columns.iter().map(|part| part.range.len()).sum();
    let mut mask = Array2::from_elem((rows.len(), width), false);
    for (_, cover) in covers {
        for ((row, column), _) in cover.mask.indexed_iter().filter(|(_, inside)| **inside) {
            let (row, column) = (cover.rows.start + row - rows.start, cover.columns.start + column);
            let mut before = 0;
            for part in columns {
                if part.range.contains(&column) {
                    mask[[row, before + column - part.range.start]] = true;
                }
                before += part.range.len();
            }
        }
    }
    mask
}
