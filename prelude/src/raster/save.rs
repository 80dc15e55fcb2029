//! Labelled arrays as GeoTIFFs: the grid comes from the array, everything else from it or from the options.

use super::copy::Ending;
use super::encode::Encoder;
use super::options::overview_resampling;
use super::transfer::Transfer;
use super::{RasterMeta, RasterOptions, RasterWriter, tags, write};
use crate::array::{DType, DataArray, Values};
use crate::cancel;
use crate::disk::shown;
use crate::geo::{Encoding, NO_TRANSFORM, NoGrid, same_transform};
use crate::lazy::Plan;
use crate::lazy::sink::{self, Layout, Sink};
use crate::parallel::Progress;
use crate::{Error, ErrorKind, Result};
use ndarray::{ArrayView, ArrayView2, Ix2, IxDyn, s};
use std::ops::Range;
use std::path::Path;

impl DataArray {
    /// Writes the array as a GeoTIFF. A lazy one is computed window by window as it is written, so it may be larger
    /// than memory; reductions in it are computed first, once, and only they are held.
    ///
    /// Two dimensions make one band, three make a band of each step of the first, named by its label (a date, a
    /// number, a text). Size and transform are the array's own, so a part of a raster lands where it belongs; the CRS
    /// too, where it has one. Attributes become tags. Missing values become the nodata value, or stay NaN if
    /// there is none. `bool` is written as 0 and 1.
    ///
    /// `options` is `()`, [`RasterOptions`], or the [`RasterMeta`] of a file to be like: then element type, nodata value
    /// and compression are that one's, as is the transform of an array without coordinates.
    ///
    /// ```no_run
    /// # fn main() -> isopleth::Result<()> {
    /// # let files: Vec<std::path::PathBuf> = Vec::new();
    /// use isopleth::raster::{Compression, Raster, RasterOptions, open_rasters};
    /// let mean = open_rasters(&files)?.mean("band")?;
    /// mean.to_raster("mean.tif", ())?;
    /// mean.to_raster("like.tif", &Raster::open(&files[0])?.meta())?;
    /// mean.to_raster("cloud.tif", RasterOptions::new().cog().compress(Compression::Zstd))?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// If the array has another number of dimensions, or missing values that the type cannot tell from
    /// others, if the options do not go together, and as [`Raster::create`](super::Raster::create).
    pub fn to_raster(&self, path: impl AsRef<Path>, options: impl Into<RasterOptions>) -> Result<()> {
        let result = save(self, path.as_ref(), &options.into());
        cancel::checkpoint();
        result
    }
}

fn save(array: &DataArray, path: &Path, options: &RasterOptions) -> Result<()> {
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
    check_type(array.dtype(), path)?;
    let named = |error: Error| error.context(shown(path));
    let like = options.meta(&array, height, width, count).map_err(named)?;
    let mut meta = like.clone();
    place(&array, &mut meta, options.size_like() == Some((width, height))).map_err(named)?;
    let decoded = array.attachment().is_some() && array.encoding().is_none_or(|encoding| !encoding.is_raw());
    let known = options.known(&array);
    same_scales(known.as_ref(), &meta).map_err(named)?;
    let encoder = Encoder::new(known.as_ref(), &meta).strict(decoded);
    let ending = Ending {
        overviews: (options.has_overviews() && !options.is_cog()).then(|| overview_resampling(meta.dtype)),
        cog: options.is_cog().then(|| options.cog_creation(&meta)),
    };
    let plan = array.plan().settled()?;
    let plan = if plan.ndim() == 2 { plan.insert_axis(0) } else { plan };
    let mut writer = write::create_with(path, &meta, &options.creation(&meta), ending)?;
    tags::write(&mut writer, &array)?;
    pixels(&mut writer, &plan, &encoder, path)?;
    writer.finish()
}

/// Stored numbers are no values that another scale could be undone of.
fn same_scales(known: Option<&Encoding>, meta: &RasterMeta) -> Result<()> {
    let Some(known) = known.filter(|known| known.is_raw()) else { return Ok(()) };
    let bands = (0..meta.count).map(|at| (known.band(at), meta.band(at)));
    let mut unlike =
        bands.filter(|(own, file)| own.is_scaled() && (own.scale, own.offset) != (file.scale, file.offset));
    let Some((own, file)) = unlike.next() else { return Ok(()) };
    let message = format!(
        "the array holds the stored numbers of a file with scale {} and offset {}, and the file to be like has scale {} and offset {}; \
         open it without unmasked() to write its values",
        own.scale, own.offset, file.scale, file.offset
    );
    Err(Error::new(ErrorKind::Mismatch, message))
}

/// What no raster file can hold.
fn check_type(dtype: DType, path: &Path) -> Result<()> {
    let why = match dtype {
        date if date.is_date() => "dates; write a field of them, such as dayofyear()",
        DType::Text => "text; to_csv writes it as a table",
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::InvalidArgument, format!("{} cannot hold {why}", shown(path))))
}

/// The bands of a file that is being written.
struct Bands<'a> {
    writer: &'a mut RasterWriter,
    encoder: &'a Encoder,
    path: &'a Path,
}

impl Sink for Bands<'_> {
    /// Whole rows: of a file in tiles those of a row of tiles.
    fn layout(&self) -> Layout {
        let meta = self.writer.meta();
        Layout { block: vec![1, meta.block[0].max(1), meta.width], takes_parts: false, is_in_order: false }
    }

    fn put(&mut self, window: &[Range<usize>], values: Vec<Values>) -> Result<()> {
        for values in values {
            for band in window[0].clone() {
                let part = BandRows { band, rows: window[1].clone(), at: band - window[0].start };
                put(self.writer, &part, &values, self.encoder, self.path)?;
            }
        }
        Ok(())
    }
}

/// Computes and writes bands, rows and columns.
fn pixels(writer: &mut RasterWriter, plan: &Plan, encoder: &Encoder, path: &Path) -> Result<()> {
    let mut bands = Bands { writer, encoder, path };
    let plans = std::slice::from_ref(plan);
    let windows = sink::windows(plans, &bands.layout());
    let progress = Progress::new("writing", windows.len()).unit("windows");
    // What is read and computed for it is a part of the writing.
    let _here = progress.enter();
    sink::write_into(plans, &windows, &mut bands, &Ok, &|| progress.step(1))?;
    progress.finish();
    Ok(())
}

/// Some rows of a band, which lies at `at` in a window of several.
struct BandRows {
    band: usize,
    rows: Range<usize>,
    at: usize,
}

/// Writes one band of a window.
fn put(writer: &mut RasterWriter, part: &BandRows, values: &Values, encoder: &Encoder, path: &Path) -> Result<()> {
    let named = |error: Error| error.context(shown(path));
    let (band, rows, at) = (part.band + 1, part.rows.clone(), part.at);
    if !encoder.is_plain(values.dtype()) {
        let numbers =
            values.window(&[at..at + 1, 0..rows.len(), 0..values.shape()[2]]).cast(DType::F64).to_vec::<f64>()?;
        let numbers = encoder.encode(part.band, numbers.into_iter()).map_err(named)?.into_iter();
        return match writer.meta().dtype {
            // GDAL makes 0 of what is beyond the largest of them, as the nodata value may be: as a float it is the next power of 2.
            #[cfg(gdal_int64)]
            DType::I64 => write(writer, band, rows, numbers.map(|number| number as i64)),
            #[cfg(gdal_int64)]
            DType::U64 => write(writer, band, rows, numbers.map(|number| number as u64)),
            _ => write(writer, band, rows, numbers),
        };
    }
    // Elements that a file holds as they are, once none of them would be missing in it.
    macro_rules! plain {
        ($array:expr, $stored:expr) => {{
            let plane = plane($array.view(), at)?;
            encoder.check(plane.iter()).map_err(named)?;
            write(writer, band, rows, plane.iter().map(|&value| $stored(value)))
        }};
    }
    match values {
        Values::Bool(array) => plain!(array, u8::from),
        Values::U8(array) => plain!(array, u8::from),
        Values::I8(array) => plain!(array, i8::from),
        Values::I16(array) => plain!(array, i16::from),
        Values::U16(array) => plain!(array, u16::from),
        Values::I32(array) => plain!(array, i32::from),
        Values::U32(array) => plain!(array, u32::from),
        #[cfg(gdal_int64)]
        Values::I64(array) => plain!(array, i64::from),
        #[cfg(gdal_int64)]
        Values::U64(array) => plain!(array, u64::from),
        // GDAL before 3.5 knows no 64-bit integers; whole numbers are exact in a double to 2^53.
        #[cfg(not(gdal_int64))]
        Values::I64(array) => plain!(array, |value: i64| value as f64),
        #[cfg(not(gdal_int64))]
        Values::U64(array) => plain!(array, |value: u64| value as f64),
        Values::F32(array) => {
            let missing = encoder.missing().map_err(named)? as f32;
            plain!(array, |value: f32| if value.is_nan() { missing } else { value })
        }
        Values::F64(array) => {
            let missing = encoder.missing().map_err(named)?;
            plain!(array, |value: f64| if value.is_nan() { missing } else { value })
        }
        Values::DateTime(_) | Values::CfTime(..) | Values::Text(_) => check_type(values.dtype(), path),
    }
}

fn plane<T>(values: ArrayView<'_, T, IxDyn>, at: usize) -> Result<ArrayView2<'_, T>> {
    let plane = values.slice_move(s![at, .., ..]).into_dimensionality::<Ix2>();
    plane.map_err(|error| Error::with_source(ErrorKind::Other, "a band is not two-dimensional", error))
}

fn write<T: Transfer>(
    writer: &mut RasterWriter,
    band: usize,
    rows: Range<usize>,
    pixels: impl Iterator<Item = T>,
) -> Result<()> {
    writer.write_rows(band, rows, pixels.collect())
}

/// The array with y before x, as a raster is stored.
fn upright(array: &DataArray) -> Result<DataArray> {
    let Some(map) = array.map_dims() else { return Ok(array.clone()) };
    let others = array.dims().iter().map(String::as_str).filter(|dim| !map.contains(dim));
    let order: Vec<&str> = others.chain(map).collect();
    if array.dims() == order.as_slice() { Ok(array.clone()) } else { array.transpose(order) }
}

/// Puts the array's place on the map into `meta`, which has that of a file to be like.
///
/// # Errors
/// When the array has coordinates that are no grid: pixels under a CRS that lie somewhere else are a wrong map.
fn place(array: &DataArray, meta: &mut RasterMeta, same_size: bool) -> Result<()> {
    let crs = array.find_crs()?;
    let own = array.place().map(|place| place.gcps.clone());
    match array.find_grid() {
        Ok(grid) => {
            let shape = [meta.height, meta.width];
            // From pixel centres and back costs a last digit; the file's own is exact.
            if !(same_size && same_transform(&meta.transform, &grid.transform, shape)) {
                meta.transform = grid.transform;
            }
            meta.gcps = None;
        }
        // What came from a file without a place goes into one.
        Err(NoGrid::NoPlace) => (meta.transform, meta.gcps) = (NO_TRANSFORM, own.flatten()),
        // Without coordinates an array lies where the file lies that it is to be like.
        Err(NoGrid::NoMap | NoGrid::NoLabels(_)) if same_size => {}
        Err(NoGrid::NoMap | NoGrid::NoLabels(_)) if crs.is_none() && !labelled(array) && !array.lost_its_place() => {
            (meta.transform, meta.gcps) = (NO_TRANSFORM, None);
        }
        Err(why) => {
            let message = format!(
                "{}; to write pixels without a place, take the coordinates off with drop_vars(())",
                array.no_grid(&why)
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
    }
    if let Some(crs) = crs
        && meta.crs.as_ref().is_none_or(|own| own.wkt() != crs.wkt())
    {
        meta.crs = Some(crs);
    }
    Ok(())
}

/// Whether one of the two last dimensions has labels.
fn labelled(array: &DataArray) -> bool {
    array.dims()[array.ndim() - 2..].iter().any(|dim| array.index_of(dim).is_some())
}
