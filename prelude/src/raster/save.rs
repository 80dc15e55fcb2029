//! Labelled arrays as GeoTIFFs: the grid comes from the array, everything else from a file like it.

use super::errors::shown;
use super::labelled::same_transform;
use super::write::fill;
use super::{Crs, Raster, RasterMeta, RasterWriter};
use crate::array::{DType, DataArray, Values};
use crate::parallel::cancel;
use crate::{Error, ErrorKind, Result};
use gdal::raster::GdalType;
use ndarray::{ArrayBase, Axis, Data, Ix2, IxDyn, s};
use std::path::Path;

impl DataArray {
    /// Writes the array as a GeoTIFF; a lazy one is computed first.
    ///
    /// Two dimensions make one band, three make a band of each step of the first. Size and transform are
    /// the array's own, so a part of a raster lands where it belongs; the CRS too, where it has one. Element type,
    /// nodata value and compression are `meta`'s, as is the transform of an array without coordinates.
    /// Missing values become the nodata value, or stay NaN if there is none.
    ///
    /// ```no_run
    /// # fn main() -> isopleth::Result<()> {
    /// # let files: Vec<std::path::PathBuf> = Vec::new();
    /// use isopleth::raster::{Raster, open_rasters};
    /// let mean = open_rasters(&files)?.mean("band")?;
    /// mean.to_raster("mean.tif", &Raster::open(&files[0])?.meta())?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// If the array has another number of dimensions, or missing values that the type cannot tell from
    /// others, and as [`Raster::create`].
    pub fn to_raster(&self, path: impl AsRef<Path>, meta: &RasterMeta) -> Result<()> {
        let result = save(self, path.as_ref(), meta);
        cancel::checkpoint();
        result
    }
}

fn save(array: &DataArray, path: &Path, like: &RasterMeta) -> Result<()> {
    let array = upright(array)?;
    let (height, width, count) = match *array.shape() {
        [height, width] => (height, width, 1),
        [count, height, width] => (height, width, count),
        _ => {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!(
                    "to_raster writes 2 dimensions (rows, columns) or 3 (bands first); this array has {}: {}; \
                     select or average until 2 are left",
                    array.ndim(),
                    array.dims().join(", ")
                ),
            ));
        }
    };
    let mut meta = RasterMeta { height, width, count, ..like.clone() };
    place(&array, &mut meta, like)?;
    let values = array.values()?;
    check_missing(&values, path, &meta)?;
    let mut writer = Raster::create(path, &meta)?;
    let nodata = meta.nodata;
    match &values {
        Values::Bool(array) => bands(&mut writer, &array.mapv(u8::from), |v| v),
        Values::U8(array) => bands(&mut writer, &array.view(), |v| v),
        Values::I16(array) => bands(&mut writer, &array.view(), |v| v),
        Values::U16(array) => bands(&mut writer, &array.view(), |v| v),
        Values::I32(array) => bands(&mut writer, &array.view(), |v| v),
        Values::U32(array) => bands(&mut writer, &array.view(), |v| v),
        // GDAL before 3.5 knows no 64-bit integers; whole numbers are exact in a double to 2^53.
        Values::I64(array) => bands(&mut writer, &array.mapv(|v| v as f64), |v| v),
        Values::F32(array) => {
            let missing = nodata.map_or(f32::NAN, |nodata| nodata as f32);
            bands(&mut writer, &array.view(), |v: f32| if v.is_nan() { missing } else { v })
        }
        Values::F64(array) => {
            let missing = nodata.unwrap_or(f64::NAN);
            bands(&mut writer, &array.view(), |v: f64| if v.is_nan() { missing } else { v })
        }
        Values::Text(_) => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("{} cannot hold text; to_csv writes it as a table", shown(path)),
        )),
        Values::DateTime(_) => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("{} cannot hold dates; write a field of them, such as dayofyear()", shown(path)),
        )),
    }?;
    writer.finish()
}

/// The array with y before x, as a raster is stored.
fn upright(array: &DataArray) -> Result<DataArray> {
    let at = |names: &[&str]| array.dims().iter().position(|dim| names.contains(&dim.as_str()));
    match (at(&["y", "lat", "latitude"]), at(&["x", "lon", "longitude"])) {
        (Some(y), Some(x)) if (y, x) != (array.ndim() - 2, array.ndim() - 1) => {
            let mut dims: Vec<&String> = array
                .dims()
                .iter()
                .enumerate()
                .filter(|(axis, _)| ![y, x].contains(axis))
                .map(|(_, dim)| dim)
                .collect();
            dims.extend([&array.dims()[y], &array.dims()[x]]);
            array.transpose(dims)
        }
        _ => Ok(array.clone()),
    }
}

/// Puts the array's place on the map into `meta`.
fn place(array: &DataArray, meta: &mut RasterMeta, like: &RasterMeta) -> Result<()> {
    let same_size = (meta.width, meta.height) == (like.width, like.height);
    match array.transform() {
        // From pixel centres and back costs a last digit; the file's own is exact.
        Some(own) if !(same_size && same_transform(&like.transform, &own)) => meta.transform = own,
        None if !same_size => meta.transform = RasterMeta::NO_TRANSFORM,
        _ => {}
    }
    if let Some(wkt) = array.crs()
        && meta.crs.as_ref().is_none_or(|crs| crs.wkt() != wkt)
    {
        meta.crs = Some(Crs::from_wkt(wkt)?);
    }
    Ok(())
}

/// An integer file without a nodata value would turn NaN into 0 without a word.
fn check_missing(values: &Values, path: &Path, meta: &RasterMeta) -> Result<()> {
    let any = match values {
        Values::F32(array) => array.iter().any(|v| v.is_nan()),
        Values::F64(array) => array.iter().any(|v| v.is_nan()),
        _ => false,
    };
    if !any || meta.nodata.is_some() || meta.dtype.is_float() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!(
            "{} is to hold {} without a nodata value, but the array has missing values; set meta.nodata, or meta.dtype to {}",
            shown(path),
            meta.dtype,
            DType::F32
        ),
    ))
}

fn bands<T: GdalType + Copy, S: Data<Elem = T>>(
    writer: &mut RasterWriter,
    array: &ArrayBase<S, IxDyn>,
    convert: impl Fn(T) -> T + Copy,
) -> Result<()> {
    let view = array.view();
    let planes: Vec<_> = if view.ndim() == 2 { vec![view] } else { view.axis_iter(Axis(0)).collect() };
    for (band, plane) in (1..).zip(planes) {
        let plane = plane
            .into_dimensionality::<Ix2>()
            .map_err(|error| Error::with_source(ErrorKind::Other, "a band is not two-dimensional", error))?;
        fill(writer, band, &mut |rows| plane.slice(s![rows, ..]).iter().map(|&value| convert(value)).collect())?;
    }
    Ok(())
}
