//! Another CRS, another grid: values computed anew by GDAL's warper, plane by plane and only when asked for.

use super::planes::Planes;
use super::warp::{suggested, warp};
use crate::array::{Coord, DataArray, Operation};
use crate::geo::Grid;
use crate::geo::{Crs, Georeference, IntoCrs, Place, SPATIAL_REF};
use crate::lazy::{Plan, Source};
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use gdal_sys::GDALResampleAlg;
use std::ops::Range;

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
}

/// The grid to reproject to, and how; for [`DataArray::reproject_with`].
#[derive(Debug, Clone, Default)]
pub struct Reproject {
    resolution: Option<f64>,
    bounds: Option<[f64; 4]>,
    shape: Option<[usize; 2]>,
    resampling: Resampling,
    fill: Option<f64>,
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

    /// What stands where there is no value, so that an array of integers stays one. It is the array's nodata value then.
    #[must_use]
    pub fn fill(mut self, fill: f64) -> Self {
        self.fill = Some(fill);
        self
    }

    /// The grid in `crs`; the rules are rasterio's `calculate_default_transform` and gdalwarp's `-te`.
    fn grid(&self, source: &Grid, crs: &Crs) -> Result<Grid> {
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
        let mut grid = suggested(source, crs)?;
        if let Some([left, bottom, right, top]) = self.bounds {
            if !(left < right && bottom < top) {
                return invalid(format!(
                    "bounds ({left}, {bottom}, {right}, {top}): they are left, bottom, right, top"
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
            grid.width = (grid.width as f64 * width / resolution).ceil() as usize;
            grid.height = (grid.height as f64 * height / resolution).ceil() as usize;
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

impl DataArray {
    /// The array in another CRS: by nearest neighbours, on the grid that GDAL suggests, with the dimensions `y` and `x`.
    ///
    /// `crs` is a code (`"EPSG:3857"`), WKT, a PROJ string, or a [`Crs`]. Dimensions other than those of the map stay.
    /// Where the new grid has no value it is missing, so integers become floats as in
    /// [`where_`](DataArray::where_), unless the array has a nodata value. A lazy array stays lazy, plane by plane;
    /// reductions in it are computed now, since every plane may need them.
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

    /// The array on exactly the grid of `other`, with its x and y: by nearest neighbours.
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
        let planes = Planes::of(self, "reproject_match")?;
        let like = Planes::of(other, "reproject_match: the other array")?;
        let (height, width) = (other.shape()[other.axis(&like.map[0])?], other.shape()[other.axis(&like.map[1])?]);
        let grid =
            Grid { crs: Some(crs_of(other, "reproject_match: the other array")?), height, width, ..like.grid.clone() };
        let warped = on_grid(&planes, &grid, &Reproject { resampling, ..Reproject::new() })?;
        // The other's own labels: computed from its transform they could differ in the last digit, and not align.
        let mut matched = warped;
        for (name, dim) in ["y", "x"].iter().zip(&like.map) {
            if let Some(labels) = other.index_of(dim) {
                matched = matched.coord(name, labels.values().clone())?;
            }
        }
        Ok(matched)
    }

    fn warped(&self, crs: &Crs, options: &Reproject) -> Result<Self> {
        let planes = Planes::of(self, "reproject")?;
        let source = source_grid(&planes)?;
        on_grid(&planes, &options.grid(&source, crs)?, options)
    }
}

fn crs_of(array: &DataArray, what: &str) -> Result<Crs> {
    let wkt = array.crs().ok_or_else(|| {
        let message = format!("{what}: the array has no CRS; give it the one it is in: with_crs(\"EPSG:4326\")?");
        Error::new(ErrorKind::InvalidArgument, message)
    })?;
    Crs::from_wkt(wkt)
}

fn source_grid(planes: &Planes) -> Result<Grid> {
    let shape = planes.array.shape();
    let (height, width) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    Ok(Grid { crs: Some(crs_of(&planes.array, "reproject")?), height, width, ..planes.grid.clone() })
}

fn on_grid(planes: &Planes, target: &Grid, options: &Reproject) -> Result<DataArray> {
    let source = source_grid(planes)?;
    let own = planes.array.dtype();
    if matches!(own, DType::DateTime | DType::Text) {
        return Err(Error::new(ErrorKind::Mismatch, format!("reproject: {own} cannot be warped")));
    }
    // Integers that came unmasked keep the number that stands for "none"; all others get a type that has NaN.
    let kept = options.fill.or(planes.array.nodata().filter(|_| own.is_integer()));
    let dtype = if kept.is_some() && own.is_integer() && own.size() < 8 { own } else { own.with_missing() };
    let missing = kept.filter(|_| dtype.is_integer() || options.fill.is_some());
    let source_nodata = if dtype.is_float() { Some(f64::NAN) } else { planes.array.nodata() };
    let warped = |plane: &Plan| -> Result<Plan> {
        let source = Warped {
            input: plane.cast(dtype),
            source: source.clone(),
            target: target.clone(),
            shape: [target.height, target.width],
            resampling: options.resampling,
            source_nodata,
            missing: missing.unwrap_or(f64::NAN),
            dtype,
        };
        Ok(Plan::source(source))
    };
    let new = planes.planes.iter().map(warped).collect::<Result<Vec<_>>>()?;
    let spatial_ref = planes.array.coords().get(SPATIAL_REF).cloned().unwrap_or_else(|| Coord::scalar(0));
    let spatial_ref = match &target.crs {
        Some(crs) => spatial_ref.attr("crs_wkt", crs.wkt()),
        None => spatial_ref,
    };
    let mut array = planes.rebuild(Operation::Reproject, new, &["y", "x"], Vec::new())?;
    if let Some([y, x]) = target.centres() {
        array = array.coord("y", y)?.coord("x", x)?;
    }
    let place = Place::new(["y", "x"], target.transform, None);
    array = Georeference { place: Some(place), encoding: None }.attach(&array.coord(SPATIAL_REF, spatial_ref)?);
    if let Some(fill) = missing {
        array = array.attr("_FillValue", fill);
    }
    if planes.lazy { Ok(array) } else { array.compute() }
}

/// A plane on another grid, warped when it is read.
#[derive(Debug)]
struct Warped {
    input: Plan,
    source: Grid,
    target: Grid,
    shape: [usize; 2],
    resampling: Resampling,
    source_nodata: Option<f64>,
    missing: f64,
    dtype: DType,
}

impl Source for Warped {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All of it: a row of the new grid may need any row of the old one.
    fn block(&self) -> &[usize] {
        &self.shape
    }

    fn dtype(&self) -> DType {
        self.dtype
    }

    fn input(&self) -> Option<&Plan> {
        Some(&self.input)
    }

    fn describe(&self) -> String {
        format!("from {} to {}, {:?}", self.source.crs_name(), self.target.crs_name(), self.resampling)
    }

    fn axis_name(&self, axis: usize) -> String {
        ["rows", "columns"][axis.min(1)].to_owned()
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else { unreachable!("a plane has two axes") };
        let plane = self.input.part(&[0..self.source.height, 0..self.source.width])?;
        let target = self.target.rows(rows.start, rows.end);
        let warped = warp(&plane, &self.source, &target, self.resampling, self.source_nodata, self.missing)?;
        Ok(warped.window(&[0..rows.len(), columns.clone()]))
    }
}
