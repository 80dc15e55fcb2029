//! Another CRS, another grid: values computed anew by GDAL's warper, plane by plane and only when asked for.

use super::planes::Planes;
use super::warp::{Numbers, Regrid, Warp, Warped};
use crate::array::{DataArray, Operation};
use crate::geo::{Crs, Gcps, Georeference, Grid, IntoCrs, NO_TRANSFORM, Place};
use crate::lazy::Plan;
use crate::{Error, ErrorKind, Result};
use gdal_sys::GDALResampleAlg;
use std::sync::Arc;

/// How a pixel of the new grid gets its value from those of the old one. Missing values are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Resampling {
    /// The nearest pixel: the only one that suits classes and counts, and what xarray's users know as the default.
    #[default]
    Nearest,
    /// Between the 4 nearest, by distance.
    Bilinear,
    /// A cubic curve through 16.
    Cubic,
    /// A smoother cubic curve through 16.
    CubicSpline,
    /// A windowed sinc over 36.
    Lanczos,
    /// The mean of all pixels that the new one covers: for coarser grids.
    Average,
    /// What occurs most often among them.
    Mode,
    /// The smallest of them.
    Min,
    /// The largest of them.
    Max,
    /// Their median.
    Median,
}

impl Resampling {
    /// Whether a new value lies on a curve between old ones.
    pub(super) fn is_between(self) -> bool {
        matches!(self, Self::Bilinear | Self::Cubic | Self::CubicSpline | Self::Lanczos)
    }

    pub(super) fn gdal(self) -> GDALResampleAlg::Type {
        match self {
            Self::Nearest => GDALResampleAlg::GRA_NearestNeighbour,
            Self::Bilinear => GDALResampleAlg::GRA_Bilinear,
            Self::Cubic => GDALResampleAlg::GRA_Cubic,
            Self::CubicSpline => GDALResampleAlg::GRA_CubicSpline,
            Self::Lanczos => GDALResampleAlg::GRA_Lanczos,
            Self::Average => GDALResampleAlg::GRA_Average,
            Self::Mode => GDALResampleAlg::GRA_Mode,
            Self::Min => GDALResampleAlg::GRA_Min,
            Self::Max => GDALResampleAlg::GRA_Max,
            Self::Median => GDALResampleAlg::GRA_Med,
        }
    }

    /// How many pixels of the old grid it looks at to each side, where both grids are equally fine.
    pub(super) fn radius(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Cubic | Self::CubicSpline => 2.0,
            Self::Lanczos => 3.0,
            _ => 0.0,
        }
    }

    /// Whether it looks at all pixels that the new one covers, rather than at those around its centre.
    pub(super) fn is_over_areas(self) -> bool {
        matches!(self, Self::Average | Self::Mode | Self::Min | Self::Max | Self::Median)
    }
}

/// The grid to reproject to, and how; for [`DataArray::reproject_with`].
#[derive(Debug, Clone, Default)]
pub struct Reproject {
    pub(super) resolution: Option<f64>,
    pub(super) bounds: Option<[f64; 4]>,
    pub(super) shape: Option<[usize; 2]>,
    pub(super) resampling: Resampling,
    pub(super) fill: Option<f64>,
}

impl Reproject {
    /// The grid that GDAL suggests, by nearest neighbours.
    pub fn new() -> Self {
        Self::default()
    }

    /// The side of a pixel, in the units of the new CRS.
    #[must_use]
    pub fn resolution(mut self, resolution: f64) -> Self {
        self.resolution = Some(resolution);
        self
    }

    /// How values are computed.
    #[must_use]
    pub fn resampling(mut self, resampling: Resampling) -> Self {
        self.resampling = resampling;
        self
    }

    /// The area, in the units of the new CRS.
    #[must_use]
    pub fn bounds(mut self, left: f64, bottom: f64, right: f64, top: f64) -> Self {
        self.bounds = Some([left, bottom, right, top]);
        self
    }

    /// How many rows and columns.
    #[must_use]
    pub fn shape(mut self, rows: usize, columns: usize) -> Self {
        self.shape = Some([rows, columns]);
        self
    }

    /// What stands where there is no value, so that an array of integers stays one. It is the array's nodata value then; a
    /// number that the element type does not have makes it the next wider one that has it.
    #[must_use]
    pub fn fill(mut self, fill: f64) -> Self {
        self.fill = Some(fill);
        self
    }
}

impl DataArray {
    /// The array in another CRS: by nearest neighbours, on the grid that GDAL suggests, with the dimensions `y` and `x`.
    ///
    /// `crs` is a code (`"EPSG:3857"`), WKT, a PROJ string, or a [`Crs`]. Dimensions other than those of the map stay.
    /// Where the new grid has no value it is missing, so integers become floats as in
    /// [`where_`](DataArray::where_), unless they are the file's own numbers and have a nodata value, or a
    /// [`fill`](Reproject::fill) is given. A pixel has the same value whichever part of the result is read. Rotated rasters are
    /// put upright, and those that only control points place are put on a grid (by a polynomial through the points,
    /// as gdalwarp does). A lazy array stays lazy, plane by plane; reductions in it are computed now, since every plane may
    /// need them.
    ///
    /// # Errors
    /// If the array has no CRS ([`with_crs`](DataArray::with_crs) gives it one), no evenly spaced coordinates, or no
    /// place in the new CRS.
    pub fn reproject(&self, crs: impl IntoCrs) -> Result<Self> {
        self.warped(&crs.into_crs()?, &Reproject::new())
    }

    /// [`reproject`](Self::reproject) with a resolution, an area, a shape or a resampling.
    ///
    /// ```
    /// # fn main() -> isopleth::Result<()> {
    /// use isopleth::array::DataArray;
    /// use isopleth::raster::{Reproject, Resampling};
    /// let da = DataArray::new(ndarray::array![[1.0, 2.0], [3.0, 4.0]], ["y", "x"])?
    ///     .coord("y", [47.5, 46.5])?.coord("x", [7.5, 8.5])?.with_crs("EPSG:4326")?;
    /// let metres = da.reproject_with(
    ///     "EPSG:32632",
    ///     Reproject::new().resolution(50_000.0).resampling(Resampling::Bilinear),
    /// )?;
    /// assert_eq!(metres.dims(), ["y", "x"]);
    /// assert_eq!(metres.crs_epsg(), Some(32632));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`reproject`](Self::reproject), and if the options do not go together.
    pub fn reproject_with(&self, crs: impl IntoCrs, options: Reproject) -> Result<Self> {
        self.warped(&crs.into_crs()?, &options)
    }

    /// The array on exactly the grid of `other`, with its x and y: by nearest neighbours. Of `other` nothing is computed.
    ///
    /// # Errors
    /// As [`reproject`](Self::reproject), for both arrays.
    pub fn reproject_match(&self, other: &DataArray) -> Result<Self> {
        self.reproject_match_by(other, Resampling::Nearest)
    }

    /// [`reproject_match`](Self::reproject_match) by another resampling.
    ///
    /// # Errors
    /// As [`reproject`](Self::reproject), for both arrays.
    pub fn reproject_match_by(&self, other: &DataArray, resampling: Resampling) -> Result<Self> {
        const OTHER: &str = "reproject_match: the other array";
        let target = Grid { crs: Some(crs_of(other, OTHER)?), ..other.grid_for(OTHER)? };
        let options = Reproject { resampling, ..Reproject::new() };
        let matched = on_grid(self, "reproject_match", &target, &options)?;
        // The other's own labels: computed from its transform they could differ in the last digit, and not align.
        let labels = ["y", "x"].iter().zip(other.map_dims().into_iter().flatten());
        labels.filter_map(|(name, dim)| Some((name, other.index_of(dim)?))).try_fold(
            matched,
            |matched, (name, labels)| {
                // A range of even numbers stays one.
                matched.coord(name, labels.clone().unplaced())
            },
        )
    }

    fn warped(&self, crs: &Crs, options: &Reproject) -> Result<Self> {
        let source = source_grid(self, "reproject")?;
        on_grid(self, "reproject", &options.grid(&source, crs)?, options)
    }
}

fn crs_of(array: &DataArray, what: &str) -> Result<Crs> {
    array.find_crs().map_err(|error| error.context(what))?.ok_or_else(|| {
        let message = format!("{what}: the array has no CRS; give it the one it is in: with_crs(\"EPSG:4326\")?");
        Error::new(ErrorKind::InvalidArgument, message)
    })
}

/// Where the array lies, in a CRS: also by control points alone.
fn source_grid(array: &DataArray, what: &str) -> Result<Grid> {
    let gcps = array.place().filter(|place| place.is_pixels).and_then(|place| place.gcps.clone());
    let (Some(gcps), Some([down, across])) = (gcps, array.map_dims()) else {
        let grid = array.grid_for(what)?;
        return Ok(Grid { crs: Some(crs_of(array, what)?), ..grid });
    };
    let crs = match &gcps.crs {
        Some(crs) => crs.clone(),
        None => crs_of(array, what)?,
    };
    let shape = [array.shape()[array.axis(down)?], array.shape()[array.axis(across)?]];
    let gcps = Arc::new(Gcps { crs: Some(crs.clone()), points: gcps.points.clone() });
    Ok(Grid { gcps: Some(gcps), ..Grid::new(Some(crs), NO_TRANSFORM, shape) })
}

fn on_grid(array: &DataArray, what: &str, target: &Grid, options: &Reproject) -> Result<DataArray> {
    let source = source_grid(array, what)?;
    let planes = Planes::of(array, what)?;
    let numbers = Numbers::of(&planes.array, what, options)?;
    let block = planes.planes.first().map_or([1, 1], |plane| match plane.block()[..] {
        [rows, columns] => [rows, columns],
        _ => [1, 1],
    });
    // All planes lie on one grid, so what is worked out of it serves them all.
    let target_pixels = Grid { unit: [1.0, 1.0], ..target.clone() };
    let regrid = Arc::new(Regrid::new(source, target_pixels, options.resampling, block));
    let mut new = Vec::with_capacity(planes.planes.len());
    for (number, plane) in planes.planes.iter().enumerate() {
        let along = numbers.along().and_then(|dim| planes.position(dim, number)).unwrap_or_default();
        let (source_nodata, missing) = numbers.of_band(along);
        let warp = Warp {
            regrid: regrid.clone(),
            resampling: options.resampling,
            source_nodata,
            missing,
            dtype: numbers.dtype,
        };
        new.push(Plan::source(Warped::new(plane, warp)));
    }
    let mut reprojected = planes.rebuild(Operation::Reproject, new, &["y", "x"], Vec::new())?;
    if let Some([y, x]) = target.centres() {
        reprojected = reprojected.coord("y", y)?.coord("x", x)?;
    }
    if let Some(crs) = &target.crs {
        reprojected = reprojected.set_crs(crs)?;
    }
    let place = Place::on_grid(["y", "x"], target.transform);
    let encoding = numbers.encoding.map(Arc::new);
    reprojected = Georeference { place: Some(place), encoding }.attach(&reprojected);
    if let Some(nodata) = numbers.attribute {
        reprojected = reprojected.attr("_FillValue", nodata);
    }
    if planes.lazy { Ok(reprojected) } else { reprojected.compute() }
}
