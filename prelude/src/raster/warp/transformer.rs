//! From the pixels of one grid to those of another: GDAL's transformer, exact or approximated along whole rows.
//!
//! GDAL approximates by straight lines between exact points, and where those lie depends on the part of a row that it is
//! asked for. So that a pixel has one value, whichever part of a raster is read, every row is approximated from its
//! first pixel to its last.

use crate::geo::{Crs, Grid};
use gdal::cpl::CslStringList;
use gdal::errors::GdalError;
use std::ffi::{c_int, c_void};
use std::ptr;

/// How far a pixel may be from its exact place, in pixels, for the sake of speed: what rasterio and gdalwarp allow.
const TOLERANCE: f64 = 0.125;

/// GDAL's transformer between the pixels of two grids, or of one and the coordinates of a CRS.
#[derive(Debug)]
pub(super) struct Transformer {
    exact: *mut c_void,
    /// Null where there is no target grid, the rows of which could be approximated.
    approximate: *mut c_void,
}

// SAFETY: GDAL's transformers keep nothing that belongs to a thread: its own warper makes them in one and uses them in
// others. What may not be is two threads at once, and there is no shared use across threads without `Sync`.
unsafe impl Send for Transformer {}

/// Points of one row of the target, as they lie in the source; reused from row to row.
#[derive(Debug, Default)]
pub(super) struct Positions {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    z: Vec<f64>,
    pub found: Vec<c_int>,
}

impl Positions {
    /// Points of the target, to be transformed.
    pub fn at(points: impl Iterator<Item = (f64, f64)>) -> Self {
        let (x, y): (Vec<f64>, Vec<f64>) = points.unzip();
        let count = x.len();
        Self { x, y, z: vec![0.0; count], found: vec![0; count] }
    }

    /// A row of `width` points, the first of which lies `left` from the left edge.
    fn set_row(&mut self, width: usize, left: f64, y: f64) {
        self.x.clear();
        self.x.extend((0..width).map(|column| column as f64 + left));
        for (line, value) in [(&mut self.y, y), (&mut self.z, 0.0)] {
            line.clear();
            line.resize(width, value);
        }
        self.found.clear();
        self.found.resize(width, 0);
    }

    /// The position of point `at`, if it has one.
    pub fn get(&self, at: usize) -> Option<(f64, f64)> {
        let (x, y) = (self.x[at], self.y[at]);
        (self.found[at] != 0 && x.is_finite() && y.is_finite()).then_some((x, y))
    }
}

impl Transformer {
    /// From the pixels of `target` to those of `source`.
    pub fn between(source: &Grid, target: &Grid) -> Result<Self, GdalError> {
        let (from, to) = (source.dataset_without_bands()?, target.dataset_without_bands()?);
        // SAFETY: both datasets are borrowed during the call, which copies what it needs of them; no options. What comes
        // back is null, or ours until `drop`.
        let exact =
            unsafe { gdal_sys::GDALCreateGenImgProjTransformer2(from.c_dataset(), to.c_dataset(), ptr::null_mut()) };
        let mut transformer = Self::owning(exact)?;
        // SAFETY: the exact transformer lives as long as this one, and `drop` ends this one first.
        transformer.approximate =
            unsafe { gdal_sys::GDALCreateApproxTransformer(Some(gdal_sys::GDALGenImgProjTransform), exact, TOLERANCE) };
        Ok(transformer)
    }

    /// From the pixels of `source` to the coordinates of `crs`.
    pub fn to_crs(source: &Grid, crs: &Crs) -> Result<Self, GdalError> {
        let dataset = source.dataset_without_bands()?;
        let mut options = CslStringList::new();
        options.set_name_value("DST_SRS", &crs.horizontal()?.to_wkt()?)?;
        // SAFETY: dataset and options are borrowed during the call; a null target dataset means none.
        let exact = unsafe {
            gdal_sys::GDALCreateGenImgProjTransformer2(dataset.c_dataset(), ptr::null_mut(), options.as_ptr())
        };
        Self::owning(exact)
    }

    fn owning(exact: *mut c_void) -> Result<Self, GdalError> {
        if exact.is_null() {
            return Err(GdalError::BadArgument("no way from one CRS to the other".to_owned()));
        }
        Ok(Self { exact, approximate: ptr::null_mut() })
    }

    /// GDAL's own handle.
    pub fn handle(&self) -> *mut c_void {
        self.exact
    }

    /// Brings points of the target to the source, exactly.
    pub fn exact(&self, points: &mut Positions) {
        self.transform(gdal_sys::GDALGenImgProjTransform, self.exact, points, true);
    }

    /// Brings points of the source to the target, exactly.
    pub fn forward(&self, points: &mut Positions) {
        self.transform(gdal_sys::GDALGenImgProjTransform, self.exact, points, false);
    }

    /// The positions in the source of a row of `width` points of the target, the first of which lies `left` from the left
    /// edge of the grid. `width` is always that of the whole grid.
    pub fn row(&self, width: usize, left: f64, y: f64, into: &mut Positions) {
        into.set_row(width, left, y);
        match self.approximate.is_null() {
            true => self.exact(into),
            false => self.transform(gdal_sys::GDALApproxTransform, self.approximate, into, true),
        }
    }

    fn transform(&self, how: TransformerFunction, handle: *mut c_void, points: &mut Positions, to_source: bool) {
        // No row has more points than a c_int: GDAL made the grid.
        let count = points.x.len() as c_int;
        // SAFETY: `handle` belongs to the function `how` and lives as long as `self`; the four lists have `count` elements
        // each, and nobody else has them meanwhile. That `self` is not used by two threads at once is the compiler's care:
        // a raw pointer is not Sync.
        unsafe {
            how(
                handle,
                c_int::from(to_source),
                count,
                points.x.as_mut_ptr(),
                points.y.as_mut_ptr(),
                points.z.as_mut_ptr(),
                points.found.as_mut_ptr(),
            );
        }
    }
}

/// The signature of GDAL's transformers.
type TransformerFunction =
    unsafe extern "C" fn(*mut c_void, c_int, c_int, *mut f64, *mut f64, *mut f64, *mut c_int) -> c_int;

impl Drop for Transformer {
    fn drop(&mut self) {
        // SAFETY: both were made by the functions that belong to these, and are destroyed nowhere else; the approximating
        // one does not own the other.
        unsafe {
            if !self.approximate.is_null() {
                gdal_sys::GDALDestroyApproxTransformer(self.approximate);
            }
            gdal_sys::GDALDestroyGenImgProjTransformer(self.exact);
        }
    }
}
