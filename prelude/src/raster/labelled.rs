//! Rasters as labelled arrays: lazy, with pixel centres as coordinates and missing values as NaN.

use super::missing::Missing;
use super::{Raster, RasterSource};
use crate::array::{Coord, DType, DataArray};
use crate::disk::{file_name, shown};
use crate::geo::{
    Crs, Encoding, GEO_TRANSFORM, Georeference, Grid, Place, SPATIAL_REF, same_transform, transform_text,
};
use crate::lazy::{BinaryOp, Plan};
use crate::parallel::Pool;
use crate::parallel::threads;
use crate::values::AxisIndex;
use crate::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How rasters become arrays, for [`open_raster_with`] and [`open_rasters_with`].
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// use isopleth::raster::{OpenRaster, open_rasters_with};
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path().join("sample");
/// # isopleth::lesson::generate(&folder, 2, 100)?;
/// let files = isopleth::raster::glob(&folder, "*.tif")?;
/// let raw = open_rasters_with(&files, OpenRaster::new().bands([1]).unmasked())?;
/// assert_eq!(raw.shape(), [2, 26, 72]);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct OpenRaster {
    bands: Option<Vec<usize>>,
    overview: Option<usize>,
    unmasked: bool,
}

impl OpenRaster {
    /// All bands, at full size, missing values as NaN.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only these bands, in this order, counted from 1.
    #[must_use]
    pub fn bands(mut self, bands: impl Into<Vec<usize>>) -> Self {
        self.bands = Some(bands.into());
        self
    }

    /// One of the smaller versions in the file: 0 is the largest of them.
    #[must_use]
    pub fn overview(mut self, overview: usize) -> Self {
        self.overview = Some(overview);
        self
    }

    /// Values and type as they are in the file: a missing value is the number [`DataArray::nodata`], and numbers that
    /// the file stores scaled stay so, with the attributes `scale_factor` and `add_offset`.
    #[must_use]
    pub fn unmasked(mut self) -> Self {
        self.unmasked = true;
        self
    }

    fn open(&self, path: &Path) -> Result<Raster> {
        match self.overview {
            None => Raster::open(path),
            Some(overview) => Raster::open_overview(path, overview),
        }
    }
}

/// [`open_raster`] with a choice of bands, of an overview, or without a mask.
///
/// # Errors
/// As [`open_raster`], and if there is no such band or overview.
pub fn open_raster_with(path: impl AsRef<Path>, options: OpenRaster) -> Result<DataArray> {
    labelled(&[options.open(path.as_ref())?], &options)
}

/// [`open_rasters`] with a choice of bands, of an overview, or without a mask.
///
/// # Errors
/// As [`open_rasters`], and if there is no such band or overview.
pub fn open_rasters_with<P: AsRef<Path>>(paths: &[P], options: OpenRaster) -> Result<DataArray> {
    open_all(&paths.iter().map(|path| path.as_ref().to_owned()).collect::<Vec<_>>(), &options)
}

/// A raster as a lazy array with the dimensions `band`, `y` and `x`. Only the header is read.
///
/// `x` and `y` are the pixel centres. Missing values are NaN (integers become floats then), whether a nodata value, a mask
/// in the file or beside it, or an alpha band says so. Numbers that the file stores scaled are scaled back. How the file
/// stores them is kept as [`DataArray::encoding`]. The coordinate `spatial_ref` carries the CRS and the transform, as with
/// rioxarray.
///
/// Tags become attributes. Units that differ from band to band are the coordinate `units` along them. The name of a single band becomes that of the array; names of several are the coordinate
/// `long_name` along `band`. A file that [`DataArray::to_raster`] wrote has its dimension and labels again.
///
/// # Errors
/// As [`Raster::open`].
pub fn open_raster(path: impl AsRef<Path>) -> Result<DataArray> {
    open_raster_with(path, OpenRaster::new())
}

/// Many rasters on one grid as one lazy array: along `band`, one step a file, in the order given.
///
/// Only headers are read, by several threads. For files with several bands there is a step for each
/// band of each. Otherwise as [`open_raster`].
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// use isopleth::raster::{glob, open_rasters};
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path().join("sample");
/// # isopleth::lesson::generate(&folder, 3, 100)?;
/// let files = glob(&folder, "*.tif")?;
/// let days = open_rasters(&files)?;
/// assert!(days.is_lazy());
/// assert_eq!(days.dims(), ["band", "y", "x"]);
/// assert_eq!(days.shape(), [3, 26, 72]);
/// # Ok(()) }
/// ```
///
/// # Errors
/// If there is no file, one cannot be opened, or one has another size, type, transform or CRS than
/// the first; the error names it and what differs.
pub fn open_rasters<P: AsRef<Path>>(paths: &[P]) -> Result<DataArray> {
    open_rasters_with(paths, OpenRaster::new())
}

fn open_all(paths: &[PathBuf], options: &OpenRaster) -> Result<DataArray> {
    // The file that fails is named in the error itself.
    let open = |index: usize| options.open(&paths[index]);
    let pool = Pool::new(threads::threads())?;
    let rasters = pool.collect("opening files", paths.len(), &open).map_err(|(_, error)| error)?;
    let Some(first) = rasters.first() else {
        return Err(Error::new(ErrorKind::InvalidArgument, "open_rasters needs one file or more; the list is empty"));
    };
    match rasters.iter().position(|raster| difference(first, raster).is_some()) {
        None => labelled(&rasters, options),
        Some(odd) => {
            let (odd, number) = (&rasters[odd], odd + 1);
            let what = difference(first, odd).unwrap_or_default();
            Err(Error::new(
                ErrorKind::Mismatch,
                format!(
                    "file {number} of {}, {}, is not on the grid of the first, {}: {what}",
                    rasters.len(),
                    shown(odd.path()),
                    file_name(first.path())
                ),
            ))
        }
    }
}

/// What keeps two rasters from being steps of one array.
fn difference(first: &Raster, other: &Raster) -> Option<String> {
    let (a, b) = (first.meta(), other.meta());
    if (a.width, a.height) != (b.width, b.height) {
        return Some(format!("{} x {} pixels, not {} x {}", b.width, b.height, a.width, a.height));
    }
    if a.count != b.count {
        return Some(format!("{} band(s), not {}", b.count, a.count));
    }
    if !same_transform(&a.transform, &b.transform, [a.height, a.width]) {
        return Some(format!("transform {:?}, not {:?}", b.transform, a.transform));
    }
    if a.crs != b.crs {
        let name = |crs: &Option<Crs>| crs.as_ref().map_or_else(|| "none".to_owned(), Crs::to_string);
        return Some(format!("CRS {}, not {}", name(&b.crs), name(&a.crs)));
    }
    if a.gcps != b.gcps {
        return Some("other ground control points".to_owned());
    }
    (a.dtype != b.dtype).then(|| format!("{} values, not {}", b.dtype, a.dtype))
}

/// The array of rasters that are known to share their grid.
fn labelled(rasters: &[Raster], options: &OpenRaster) -> Result<DataArray> {
    let Some(first) = rasters.first() else {
        return Err(Error::new(ErrorKind::InvalidArgument, "no raster"));
    };
    let meta = first.meta();
    let numbers = options.bands.clone().unwrap_or_else(|| (1..=meta.count).collect());
    if numbers.is_empty() {
        return Err(Error::new(ErrorKind::InvalidArgument, "bands([]): name at least one band"));
    }
    let mut bands = Vec::with_capacity(rasters.len() * numbers.len());
    for raster in rasters {
        for &band in &numbers {
            bands.push(plan(raster, band, options.unmasked)?);
        }
    }
    let count = bands.len();
    let tags = first.tags();
    let single = rasters.len() == 1;
    let (dim, labels) = match &tags.along {
        Some((dim, labels)) if single => {
            let taken: Vec<usize> = numbers.iter().map(|band| band - 1).collect();
            (dim.as_str(), Coord::from(labels.values().index(&[AxisIndex::list(taken)])?))
        }
        _ if single => ("band", numbers.clone().into()),
        _ => ("band", (1..=count).into()),
    };
    let mut array = DataArray::new(Plan::stack(bands)?, [dim, "y", "x"])?.coord(dim, labels)?;
    let grid = Grid::new(None, meta.transform, [meta.height, meta.width]);
    // On a rotated grid x and y depend on both the row and the column, so they label neither; nor do pixels that only
    // control points place.
    if let Some([y, x]) = grid.centres().filter(|_| meta.gcps.is_none()) {
        array = array.coord("y", y)?.coord("x", x)?;
    }
    let spatial_ref = Coord::scalar(0i64).attr(GEO_TRANSFORM, transform_text(&meta.transform));
    array = array.coord(
        SPATIAL_REF,
        match &meta.crs {
            Some(crs) => spatial_ref.attr("crs_wkt", crs.wkt()),
            None => spatial_ref,
        },
    )?;
    if single {
        array = worded(array, first, &numbers)?;
    }
    let place = Place::new(["y", "x"], meta.transform, meta.gcps.clone());
    let encoding = encoding(rasters, &numbers, dim)?;
    let encoding = encoding.map(|encoding| Arc::new(if options.unmasked { encoding.raw() } else { encoding }));
    Ok(Georeference { place: Some(place), encoding }.attach(&array))
}

/// How the files store the bands that lie along `dim`; none where they store them as different types.
fn encoding(rasters: &[Raster], numbers: &[usize], dim: &str) -> Result<Option<Encoding>> {
    let mut bands = Vec::with_capacity(rasters.len() * numbers.len());
    let mut dtypes = Vec::with_capacity(bands.capacity());
    let mut masked = false;
    for raster in rasters {
        for &band in numbers {
            let facts = raster.band(band)?;
            bands.push(facts.encoding());
            dtypes.push(facts.dtype);
            masked |= facts.missing == Missing::Mask;
        }
    }
    let alike = dtypes.windows(2).all(|pair| pair[0] == pair[1]);
    Ok(alike.then(|| Encoding::of_bands(dtypes[0], dim, bands).masked(masked)))
}

/// One band with missing values and scale applied, or as it is.
fn plan(raster: &Raster, band: usize, unmasked: bool) -> Result<Plan> {
    if unmasked {
        return Ok(Plan::source(RasterSource::unmasked(raster, band)?));
    }
    let facts = raster.band(band)?;
    let plan = Plan::source(RasterSource::new(raster, band)?);
    let Some((scale, offset)) = facts.scaling else { return Ok(plan) };
    // As xarray decodes: f32 holds every 16-bit number, but not with an offset added.
    let small = facts.dtype == DType::F32 || facts.dtype.is_integer() && facts.dtype.size() <= 2;
    let plan = plan.cast(if small && offset == 0.0 { DType::F32 } else { DType::F64 });
    let scaled = Plan::binary(BinaryOp::Mul, &plan, &Plan::scalar(scale))?;
    if offset == 0.0 { Ok(scaled) } else { Plan::binary(BinaryOp::Add, &scaled, &Plan::scalar(offset)) }
}

/// What a file says in words: attributes, and names of bands.
fn worded(mut array: DataArray, raster: &Raster, numbers: &[usize]) -> Result<DataArray> {
    let tags = raster.tags();
    // Of the tags of single bands those of the first, as in rioxarray.
    for (name, value) in tags.attributes.iter().chain(tags.of_bands.get(numbers[0] - 1).into_iter().flatten()) {
        array = array.attr(name, value.clone());
    }
    let units: Vec<&str> = numbers.iter().map(|band| tags.units.get(band - 1).map_or("", String::as_str)).collect();
    if units.iter().any(|unit| *unit != units[0]) {
        let along = Coord::along([array.dims()[0].as_str()], units);
        array = array.coord("units", along)?;
    } else if !units[0].is_empty() {
        array = array.attr("units", units[0]);
    }
    let names: Vec<&str> = numbers.iter().map(|band| tags.names[band - 1].as_str()).collect();
    Ok(match names[..] {
        [name] if !name.is_empty() && tags.along.is_none() => array.name(name),
        [_, _, ..] if tags.along.is_none() && names.iter().any(|name| !name.is_empty()) => {
            array.coord("long_name", Coord::along(["band"], names))?
        }
        _ => array,
    })
}
