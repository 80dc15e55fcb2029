//! Rasters as labelled arrays: lazy, with pixel centres as coordinates and missing values as NaN.

use super::errors::{file_name, shown};
use super::{Crs, Raster, RasterMeta, RasterSource};
use crate::array::{Coord, DataArray};
use crate::lazy::{Plan, threads};
use crate::parallel::Pool;
use crate::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// A raster as a lazy array with the dimensions `band`, `y` and `x`. Only the header is read.
///
/// `x` and `y` are the pixel centres. Values equal to the file's nodata value are NaN (integers become
/// floats then); the value itself stays known as [`DataArray::nodata`]. The coordinate `spatial_ref`
/// carries the CRS and the transform, as with rioxarray.
///
/// # Errors
/// As [`Raster::open`].
pub fn open_raster(path: impl AsRef<Path>) -> Result<DataArray> {
    labelled(&[Raster::open(path)?])
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
    open_all(&paths.iter().map(|path| path.as_ref().to_owned()).collect::<Vec<_>>())
}

fn open_all(paths: &[PathBuf]) -> Result<DataArray> {
    // The file that fails is named in the error itself.
    let open = |index: usize| Raster::open(&paths[index]);
    let pool = Pool::new(threads::threads())?;
    let rasters = pool.collect("opening files", paths.len(), &open).map_err(|(_, error)| error)?;
    let Some(first) = rasters.first() else {
        return Err(Error::new(ErrorKind::InvalidArgument, "open_rasters needs one file or more; the list is empty"));
    };
    match rasters.iter().position(|raster| difference(first, raster).is_some()) {
        None => labelled(&rasters),
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
    if !same_transform(&a.transform, &b.transform) {
        return Some(format!("transform {:?}, not {:?}", b.transform, a.transform));
    }
    if a.crs != b.crs {
        let name = |crs: &Option<Crs>| crs.as_ref().map_or_else(|| "none".to_owned(), Crs::to_string);
        return Some(format!("CRS {}, not {}", name(&b.crs), name(&a.crs)));
    }
    // Compared after masking: it is what the array holds.
    let dtype = |raster: &Raster| RasterSource::new(raster, 1).map(|source| crate::lazy::Source::dtype(&source)).ok();
    (dtype(first) != dtype(other)).then(|| format!("{} values, not {}", b.dtype, a.dtype))
}

/// Equal to a millionth of a pixel: the same grid is written with other last digits by other programs.
pub(crate) fn same_transform(a: &[f64; 6], b: &[f64; 6]) -> bool {
    let pixel = a[1].abs().max(a[2].abs()).min(a[4].abs().max(a[5].abs()));
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= pixel * 1e-6)
}

/// The array of rasters that are known to share their grid.
fn labelled(rasters: &[Raster]) -> Result<DataArray> {
    let Some(first) = rasters.first() else {
        return Err(Error::new(ErrorKind::InvalidArgument, "no raster"));
    };
    let meta = first.meta();
    let mut bands = Vec::with_capacity(rasters.len() * meta.count);
    for raster in rasters {
        for band in 1..=raster.count() {
            bands.push(Plan::source(RasterSource::new(raster, band)?));
        }
    }
    let count = bands.len();
    let mut array = DataArray::new(Plan::stack(bands)?, ["band", "y", "x"])?.coord("band", 1..=count)?;
    let t = meta.transform;
    // On a rotated grid x and y depend on both the row and the column, so they label neither.
    if t[2] == 0.0 && t[4] == 0.0 {
        array = array.coord("y", centres(t[3], t[5], meta.height))?.coord("x", centres(t[0], t[1], meta.width))?;
    }
    array = array.coord("spatial_ref", spatial_ref(&meta))?;
    Ok(match meta.nodata {
        Some(nodata) => array.attr("_FillValue", nodata),
        None => array,
    })
}

fn centres(edge: f64, step: f64, count: usize) -> Vec<f64> {
    (0..count).map(|at| edge + (at as f64 + 0.5) * step).collect()
}

fn spatial_ref(meta: &RasterMeta) -> Coord {
    let coord = Coord::scalar(0i64).attr("GeoTransform", meta.transform.map(|number| number.to_string()).join(" "));
    match &meta.crs {
        Some(crs) => coord.attr("crs_wkt", crs.wkt()),
        None => coord,
    }
}
