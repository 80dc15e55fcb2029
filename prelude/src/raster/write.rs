//! Writing GeoTIFFs, all or nothing: pixels go to a hidden file beside the target, which takes
//! the target's name only when everything is on disk.

use super::copy::{self, Ending};
use super::transfer::Transfer;
use super::{Pixel, RasterMeta};
use crate::cancel;
use crate::disk::Temporary;
use crate::disk::shown;
use crate::gdal::{library, siblings};
use crate::geo::{NO_TRANSFORM, cannot_hold, holds};
use crate::values::DType;
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use gdal::raster::{GdalType, RasterBand, RasterCreationOptions};
use gdal::{Dataset, Driver, DriverManager, Metadata as _};
use ndarray::{ArrayBase, ArrayView2, Data, Ix2, s};
use std::ffi::CString;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Bytes copied to GDAL at a time.
const SLAB_BYTES: usize = 8 << 20;

/// A GeoTIFF in the making; see [`Raster::create`](super::Raster::create).
///
/// Dropped without [`finish`](RasterWriter::finish) - after an error, a panic, or Stop - it leaves nothing behind.
pub struct RasterWriter {
    // Before `temporary`: the dataset must be closed when its file is removed.
    dataset: Option<Dataset>,
    temporary: Temporary,
    path: PathBuf,
    meta: RasterMeta,
    written: Vec<bool>,
    ending: Ending,
}

impl RasterWriter {
    /// Writes one whole band, counting from 1: `array` is (row, column) and has the file's shape.
    ///
    /// GDAL converts to the file's element type: floats are rounded to integers, and what does not fit
    /// becomes the nearest value that does.
    ///
    /// # Errors
    /// If the shape is another one, there is no such band, or the disk is full.
    pub fn write<T: Pixel, S: Data<Elem = T>>(&mut self, array: &ArrayBase<S, Ix2>, band: usize) -> Result<()> {
        T::write(self, array.view(), band)
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// If a band was never written, or the file cannot be completed; then nothing is left and an
    /// earlier file of that name is as it was.
    pub fn finish(mut self) -> Result<()> {
        let missing: Vec<String> =
            (1..=self.written.len()).filter(|band| !self.written[band - 1]).map(|band| band.to_string()).collect();
        if !missing.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("{} is not complete: band {} was not written", shown(&self.path), missing.join(", ")),
            ));
        }
        if let Some(mut dataset) = self.dataset.take() {
            if let Some(resampling) = self.ending.overviews {
                copy::overviews(&mut dataset, resampling).map_err(|said| not_written(&self.path, &said))?;
            }
            // What is still in GDAL's cache goes to disk here; older versions report failure only as a complaint.
            let closed = library::call(|| dataset.close());
            closed.and(library::complaints().map_or(Ok(()), Err)).map_err(|said| not_written(&self.path, &said))?;
        }
        match &self.ending.cog {
            None => self.temporary.take_name(&self.path)?,
            Some(options) => {
                let cog = Temporary::beside(&self.path)?;
                copy::copy(self.temporary.path(), cog.path(), "COG", options)
                    .map_err(|said| not_written(&self.path, &said))?;
                cog.take_name(&self.path)?;
            }
        }
        if self.meta.transform == NO_TRANSFORM {
            siblings::remove_places(&self.path);
        }
        Ok(())
    }
}

impl fmt::Debug for RasterWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = self.written.iter().filter(|&&written| written).count();
        write!(f, "RasterWriter {}: {done} of {} bands written, not finished", shown(&self.path), self.written.len())
    }
}

/// The core of [`Raster::create`](super::Raster::create).
pub(crate) fn create(path: &Path, meta: &RasterMeta) -> Result<RasterWriter> {
    create_with(path, meta, &[], Ending::default())
}

/// [`create`] with more of GDAL's creation options, and with what is to be done when all pixels are there.
pub(crate) fn create_with(path: &Path, meta: &RasterMeta, extra: &[String], ending: Ending) -> Result<RasterWriter> {
    let invalid = |why: String| Error::new(ErrorKind::InvalidArgument, format!("cannot create {}: {why}", shown(path)));
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    if !matches!(extension.as_deref(), Some("tif" | "tiff")) {
        return Err(invalid("rasters are written as GeoTIFF, so the name must end in .tif".to_owned()));
    }
    if meta.width == 0 || meta.height == 0 || meta.count == 0 {
        let (width, height, count) = (meta.width, meta.height, meta.count);
        return Err(invalid(format!("it would be empty (width {width}, height {height}, {count} bands)")));
    }
    if let Some(nodata) = meta.nodata.filter(|&nodata| !holds(meta.dtype, nodata)) {
        return Err(invalid(cannot_hold(meta.dtype, nodata)));
    }
    let temporary = Temporary::beside(path)?;
    let dataset =
        library::call(|| new_dataset(temporary.path(), meta, extra)).map_err(|said| not_written(path, &said))?;
    let dataset = dataset.ok_or_else(|| {
        invalid(format!(
            "a GeoTIFF cannot hold {:?}; set meta.dtype to a type of numbers, such as I32 or F32",
            meta.dtype
        ))
    })?;
    let written = vec![false; meta.count];
    Ok(RasterWriter { dataset: Some(dataset), temporary, path: path.to_owned(), meta: meta.clone(), written, ending })
}

fn new_dataset(path: &Path, meta: &RasterMeta, extra: &[String]) -> Result<Option<Dataset>, GdalError> {
    let driver = DriverManager::get_driver_by_name("GTiff")?;
    let made = match meta.dtype {
        DType::U8 | DType::Bool => sized::<u8>(&driver, path, meta, extra),
        #[cfg(gdal_int8)]
        DType::I8 => sized::<i8>(&driver, path, meta, extra),
        #[cfg(not(gdal_int8))]
        DType::I8 => {
            let extra = [extra, &["PIXELTYPE=SIGNEDBYTE".to_owned()]].concat();
            sized::<u8>(&driver, path, meta, &extra)
        }
        DType::U16 => sized::<u16>(&driver, path, meta, extra),
        DType::I16 => sized::<i16>(&driver, path, meta, extra),
        DType::U32 => sized::<u32>(&driver, path, meta, extra),
        DType::I32 => sized::<i32>(&driver, path, meta, extra),
        DType::F32 => sized::<f32>(&driver, path, meta, extra),
        DType::F64 => sized::<f64>(&driver, path, meta, extra),
        #[cfg(gdal_int64)]
        DType::I64 => sized::<i64>(&driver, path, meta, extra),
        #[cfg(gdal_int64)]
        DType::U64 => sized::<u64>(&driver, path, meta, extra),
        _ => return Ok(None),
    };
    let mut dataset = made?;
    if let Some(crs) = &meta.crs {
        dataset.set_projection(crs.wkt())?;
    }
    if meta.transform != NO_TRANSFORM {
        dataset.set_geo_transform(&meta.transform)?;
    }
    for number in 1..=meta.count {
        let mut band = dataset.rasterband(number)?;
        if meta.nodata.is_some() {
            set_nodata(&mut band, meta)?;
        }
        let stored = meta.band(number - 1);
        if stored.is_scaled() {
            band.set_scale(stored.scale)?;
            band.set_offset(stored.offset)?;
        }
    }
    if let Some(gcps) = &meta.gcps {
        gcps.set(&dataset)?;
    }
    Ok(Some(dataset))
}

fn set_nodata(band: &mut RasterBand<'_>, meta: &RasterMeta) -> Result<(), GdalError> {
    #[cfg(gdal_int64)]
    if meta.dtype == DType::I64 {
        return band.set_no_data_value_i64(meta.nodata.map(|nodata| nodata as i64));
    }
    #[cfg(gdal_int64)]
    if meta.dtype == DType::U64 {
        return band.set_no_data_value_u64(meta.nodata.map(|nodata| nodata as u64));
    }
    band.set_no_data_value(meta.nodata)
}

fn sized<T: GdalType>(driver: &Driver, path: &Path, meta: &RasterMeta, extra: &[String]) -> Result<Dataset, GdalError> {
    let options = RasterCreationOptions::from_iter(options(meta).into_iter().chain(extra.iter().cloned()));
    driver.create_with_band_type_with_options::<T, _>(path, meta.width, meta.height, meta.count, &options)
}

fn options(meta: &RasterMeta) -> Vec<String> {
    let mut options = vec![
        format!("COMPRESS={}", compression(meta.compression.as_deref())),
        "INTERLEAVE=BAND".to_owned(),
        "BIGTIFF=IF_SAFER".to_owned(),
    ];
    // GDAL takes the last of four bands of bytes for alpha, and what is 0 there would be missing everywhere.
    if meta.count == 4 && matches!(meta.dtype, DType::U8 | DType::I8 | DType::Bool) {
        options.push("ALPHA=NO".to_owned());
    }
    let [rows, columns] = meta.block;
    let tile = |side: usize| side > 0 && side.is_multiple_of(16);
    if columns < meta.width && tile(rows) && tile(columns) {
        options.push("TILED=YES".to_owned());
        options.push(format!("BLOCKXSIZE={columns}"));
        options.push(format!("BLOCKYSIZE={rows}"));
    } else if rows > 0 {
        options.push(format!("BLOCKYSIZE={}", rows.min(meta.height)));
    }
    options
}

/// The creation option for a compression as GDAL names it in metadata: values must come back as they were.
fn compression(name: Option<&str>) -> &str {
    match name {
        None => "NONE",
        Some(lossless @ ("LZW" | "DEFLATE" | "PACKBITS" | "ZSTD" | "LZMA")) => lossless,
        Some(_) => "LZW",
    }
}

/// The core of [`RasterWriter::write`].
pub(crate) fn band<T: Transfer>(writer: &mut RasterWriter, array: ArrayView2<'_, T>, band: usize) -> Result<()> {
    let result = check_shape(writer, array.dim())
        .and_then(|()| fill(writer, band, &mut |rows| array.slice(s![rows, ..]).iter().copied().collect()));
    cancel::checkpoint();
    result
}

/// Writes band number `band` from what `pixels` gives for each range of rows, from the top down: whoever
/// makes pixels as they are needed never holds a whole band.
///
/// # Errors
/// Of kind `Interrupted` if Stop was pressed; otherwise as [`RasterWriter::write`].
pub(crate) fn fill<T: Transfer>(
    writer: &mut RasterWriter,
    band: usize,
    pixels: &mut dyn FnMut(Range<usize>) -> Vec<T>,
) -> Result<()> {
    let meta = &writer.meta;
    let block = meta.block[0].max(1);
    let slab = (SLAB_BYTES / (meta.width * size_of::<T>()) / block).max(1) * block;
    let height = meta.height;
    for from in (0..height).step_by(slab) {
        let to = (from + slab).min(height);
        rows(writer, band, from..to, pixels(from..to))?;
    }
    writer.written[band - 1] = true;
    Ok(())
}

/// Writes some rows of band number `band`.
fn rows<T: Transfer>(writer: &RasterWriter, band: usize, rows: Range<usize>, pixels: Vec<T>) -> Result<()> {
    cancel::check()?;
    let (path, meta) = (&writer.path, &writer.meta);
    if band == 0 || band > meta.count {
        let bands = if meta.count == 1 { "1 band".to_owned() } else { format!("{} bands", meta.count) };
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("band {band} of {}: it is made with {bands}, and bands count from 1", shown(path)),
        ));
    }
    let Some(dataset) = &writer.dataset else {
        return Err(Error::new(ErrorKind::Other, format!("{} is closed already", shown(path))));
    };
    let mut target = library::call(|| dataset.rasterband(band)).map_err(|said| not_written(path, &said))?;
    let size = (meta.width, rows.len());
    library::call(|| T::write(&mut target, ((0, rows.start as isize), size), pixels))
        .and(library::complaints().map_or(Ok(()), Err))
        .map_err(|said| not_written(path, &said))
}

impl RasterWriter {
    /// Writes some rows of one band; they are done when the last of them is there.
    pub(crate) fn write_rows<T: Transfer>(&mut self, band: usize, range: Range<usize>, pixels: Vec<T>) -> Result<()> {
        let last = range.end == self.meta.height;
        rows(self, band, range, pixels)?;
        self.written[band - 1] |= last;
        Ok(())
    }

    /// Sets what the file says beside its pixels: a tag of the whole file.
    pub(crate) fn tag(&mut self, key: &str, value: &str) -> Result<()> {
        let Some(dataset) = &mut self.dataset else { return Ok(()) };
        library::call(|| dataset.set_metadata_item(key, value, "")).map_err(|said| not_written(&self.path, &said))
    }

    /// Sets what stored numbers are to be multiplied with, and what to add then.
    #[cfg(test)]
    pub(crate) fn scale(&mut self, band: usize, scale: f64, offset: f64) -> Result<()> {
        let Some(dataset) = &self.dataset else { return Ok(()) };
        let set = || {
            let mut band = dataset.rasterband(band)?;
            band.set_scale(scale)?;
            band.set_offset(offset)
        };
        library::call(set).map_err(|said| not_written(&self.path, &said))
    }

    /// Says what the numbers of a band count.
    pub(crate) fn unit(&mut self, band: usize, unit: &str) -> Result<()> {
        let Some(dataset) = &self.dataset else { return Ok(()) };
        // GDAL keeps it as text that ends with a zero byte.
        let unit = CString::new(unit).map_err(|error| {
            Error::with_source(ErrorKind::InvalidArgument, format!("the unit {unit:?} of band {band}"), error)
        })?;
        let set = || {
            let band = dataset.rasterband(band)?;
            // SAFETY: the band and the text are alive during the call.
            match unsafe { gdal_sys::GDALSetRasterUnitType(band.c_rasterband(), unit.as_ptr()) } {
                gdal_sys::CPLErr::CE_None => Ok(()),
                _ => Err(GdalError::BadArgument(format!("no place for the unit of band {}", unit.to_string_lossy()))),
            }
        };
        library::call(set).map_err(|said| not_written(&self.path, &said))
    }

    /// Names a band.
    pub(crate) fn describe(&mut self, band: usize, text: &str) -> Result<()> {
        let Some(dataset) = &self.dataset else { return Ok(()) };
        library::call(|| dataset.rasterband(band)?.set_description(text)).map_err(|said| not_written(&self.path, &said))
    }

    pub(crate) fn meta(&self) -> &RasterMeta {
        &self.meta
    }
}

fn check_shape(writer: &RasterWriter, (rows, columns): (usize, usize)) -> Result<()> {
    let meta = &writer.meta;
    if (rows, columns) == (meta.height, meta.width) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Mismatch,
        format!(
            "the array has {rows} rows and {columns} columns, {} has {} and {}; set height and width in its metadata",
            shown(&writer.path),
            meta.height,
            meta.width
        ),
    ))
}

fn not_written(path: &Path, said: &str) -> Error {
    Error::new(ErrorKind::Io, format!("{} could not be written, and nothing of it was kept: {said}", shown(path)))
}
