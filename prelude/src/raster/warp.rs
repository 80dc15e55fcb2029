//! GDAL's warper on values in memory: one plane in, one plane out.

use super::copy::go_on;
use super::{Crs, Resampling};
use crate::cancel;
use crate::gdal::library;
use crate::geo::Grid;
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use gdal::Dataset;
use gdal::errors::GdalError;
use gdal::raster::{Buffer, GdalType};
use std::ffi::{CString, c_int, c_void};
use std::ptr;

/// How far a pixel may be from its exact place, in pixels, for the sake of speed: what rasterio and gdalwarp allow.
const TOLERANCE: f64 = 0.125;

/// GDAL's transformer between the pixels of two datasets, or of one and the coordinates of a CRS.
struct Transformer(*mut c_void);

impl Transformer {
    /// From the pixels of `source` to the coordinates of `crs`.
    fn new(source: &Dataset, crs: &Crs) -> Result<Self, GdalError> {
        let wkt = CString::new(crs.wkt()).map_err(|_| GdalError::BadArgument("a CRS with a zero byte".to_owned()))?;
        // SAFETY: the dataset is borrowed and the text alive during the call; a null source CRS means the dataset's
        // own and a null target dataset means none. What comes back is null, or ours until `drop`.
        let made = unsafe {
            gdal_sys::GDALCreateGenImgProjTransformer(
                source.c_dataset(),
                ptr::null(),
                ptr::null_mut(),
                wkt.as_ptr(),
                1,
                0.0,
                0,
            )
        };
        if made.is_null() {
            return Err(GdalError::BadArgument("no way from one CRS to the other".to_owned()));
        }
        Ok(Self(made))
    }
}

impl Drop for Transformer {
    fn drop(&mut self) {
        // SAFETY: made by GDALCreateGenImgProjTransformer and destroyed nowhere else.
        unsafe { gdal_sys::GDALDestroyGenImgProjTransformer(self.0) }
    }
}

fn failed(what: &str, said: &str) -> Error {
    if cancel::is_cancelled() {
        return Error::new(ErrorKind::Interrupted, "stopped");
    }
    Error::new(ErrorKind::Other, format!("{what}: {said}"))
}

/// The grid in `crs` that GDAL suggests for all of `source`: pixels about as large as they are.
pub(super) fn suggested(source: &Grid, crs: &Crs) -> Result<Grid> {
    let suggested = library::call(|| {
        // Only size and place of the dataset are looked at, so a type of one byte will do.
        let dataset = source.dataset::<u8>()?;
        let transformer = Transformer::new(&dataset, crs)?;
        let (mut transform, mut extent) = ([0.0; 6], [0.0; 4]);
        let (mut width, mut height): (c_int, c_int) = (0, 0);
        // SAFETY: dataset and transformer live until after the call; the outputs have the six, four and one numbers
        // that GDAL writes to them.
        let outcome = unsafe {
            gdal_sys::GDALSuggestedWarpOutput2(
                dataset.c_dataset(),
                Some(gdal_sys::GDALGenImgProjTransform),
                transformer.0,
                transform.as_mut_ptr(),
                &mut width,
                &mut height,
                extent.as_mut_ptr(),
                0,
            )
        };
        if outcome != gdal_sys::CPLErr::CE_None || width <= 0 || height <= 0 {
            return Err(GdalError::BadArgument("its area has no place there".to_owned()));
        }
        Ok(Grid::new(Some(crs.clone()), transform, [height as usize, width as usize]))
    });
    suggested.map_err(|said| failed(&format!("reproject from {} to {crs}", source.crs_name()), &said))
}

/// The values of `plane`, which lie on `source`, on `target`. Where there are none, `missing`.
///
/// `source_nodata` is left out of every mean; NaN where the values are floats with missing ones.
pub(super) fn warp(
    plane: &Values,
    source: &Grid,
    target: &Grid,
    resampling: Resampling,
    source_nodata: Option<f64>,
    missing: f64,
) -> Result<Values> {
    macro_rules! of {
        ($type:ty) => {{
            let pixels = plane.to_vec::<$type>()?;
            // Rust's `as` from NaN to an integer is 0, but integers are given a number that they hold.
            let fill = missing as $type;
            let warped = library::call(|| typed::<$type>(pixels, source, target, resampling, source_nodata, fill));
            let warped = warped.map_err(|said| failed(&format!("reproject to {}", target.crs_name()), &said))?;
            Values::from_shape_vec(&[target.height, target.width], warped)
        }};
    }
    match plane.dtype() {
        DType::U8 => of!(u8),
        // Older versions of GDAL have no signed bytes; in 16 bits they are the same numbers.
        DType::I8 => {
            let wider = plane.cast(DType::I16);
            Ok(warp(&wider, source, target, resampling, source_nodata, missing)?.cast(DType::I8))
        }
        DType::I16 => of!(i16),
        DType::U16 => of!(u16),
        DType::I32 => of!(i32),
        DType::U32 => of!(u32),
        DType::F32 => of!(f32),
        DType::F64 => of!(f64),
        other => Err(Error::new(ErrorKind::Mismatch, format!("reproject: {other} cannot be warped; use astype first"))),
    }
}

fn typed<T: GdalType + Copy + Into<f64>>(
    pixels: Vec<T>,
    source: &Grid,
    target: &Grid,
    resampling: Resampling,
    source_nodata: Option<f64>,
    missing: T,
) -> Result<Vec<T>, GdalError> {
    let from = source.dataset::<T>()?;
    let mut band = from.rasterband(1)?;
    band.write((0, 0), (source.width, source.height), &mut Buffer::new((source.width, source.height), pixels))?;
    band.set_no_data_value(source_nodata)?;
    let to = target.dataset::<T>()?;
    let size = (target.width, target.height);
    let mut band = to.rasterband(1)?;
    band.write((0, 0), size, &mut Buffer::new(size, vec![missing; size.0 * size.1]))?;
    if source_nodata.is_some() {
        band.set_no_data_value(Some(missing.into()))?;
    }
    // SAFETY: both datasets live until after the call and nobody else uses them; null for a CRS means the dataset's
    // own, and null options mean the defaults; the callback takes no data.
    let outcome = unsafe {
        gdal_sys::GDALReprojectImage(
            from.c_dataset(),
            ptr::null(),
            to.c_dataset(),
            ptr::null(),
            resampling.gdal(),
            0.0,
            TOLERANCE,
            Some(go_on),
            ptr::null_mut(),
            ptr::null_mut(),
        )
    };
    if outcome != gdal_sys::CPLErr::CE_None {
        return Err(GdalError::BadArgument("the warp failed".to_owned()));
    }
    Ok(to.rasterband(1)?.read_as::<T>((0, 0), size, size, None)?.into_shape_and_vec().1)
}
