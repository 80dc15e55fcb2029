//! GeoTIFFs decoded by ourselves: common layouts, faster than GDAL and equal to it bit for bit.
//!
//! GDAL opens every file and says what it holds. Where the layout is one of those below, pixels are read here, several
//! times faster: blocks are unpacked straight into the window that was asked for, by each thread for itself.
//!
//! | of | read here |
//! |---|---|
//! | compression | LZW, Deflate, ZSTD, none |
//! | predictor | none, horizontal, floating point |
//! | blocks | strips and tiles, also those that are not stored |
//! | bands | in blocks of their own, or side by side |
//! | types | whole numbers of 8 to 64 bits, floats of 32 and 64 |
//! | files | classic and BigTIFF, both byte orders |
//!
//! Whatever is odd or damaged is **GDAL's to answer**: reading here gives up without a word, and the same window is read
//! through GDAL, whose values or whose error the caller gets. So no file is read in two ways, and there is
//! one place where damage is reported. `ISOPLETH_DECODER=gdal` in the environment leaves all reading to GDAL.
//!
//! All of it is safe code but for `lzw`, whose innermost loop does without checks and whose instructions depend on the processor.

#[cfg(any(test, fuzzing))]
pub mod answers;
#[cfg(fuzzing)]
pub mod fuzzing;
mod input;
mod layout;
mod lzw;
mod packed;
mod predictor;
mod sample;
mod tiff;
mod window;

use crate::{Error, ErrorKind, Result};
use layout::Layout;
use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use tiff::Tiff;

pub(crate) use layout::Expected;
pub(crate) use sample::{Decoded, Sample};

/// The variable that chooses.
const CHOICE: &str = "ISOPLETH_DECODER";

/// What reads the pixels of a file.
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// use isopleth::{array::DType, raster::{Decoder, Raster, RasterMeta}};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("small.tif");
/// let mut writer = Raster::create(&path, &RasterMeta::new(3, 2, DType::F32))?;
/// writer.write(&ndarray::array![[1f32, 2., 3.], [4., 5., 6.]], 1)?;
/// writer.finish()?;
/// assert_eq!(Raster::open(&path)?.decoder(), &Decoder::Isopleth);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoder {
    /// The decoder of this crate. Blocks that turn out to be damaged are read by GDAL all the same.
    Isopleth,
    /// GDAL; why, in a few words.
    Gdal(Cow<'static, str>),
}

impl fmt::Display for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Isopleth => f.write_str("isopleth"),
            Self::Gdal(why) => write!(f, "GDAL ({why})"),
        }
    }
}

/// Decides who reads the pixels of `path`, which GDAL has opened with the driver `driver`.
///
/// # Errors
/// If `ISOPLETH_DECODER` has a value that means nothing.
pub(crate) fn choose(path: &Path, driver: &str, compression: Option<&str>, expected: &Expected) -> Result<Decoder> {
    match std::env::var(CHOICE).as_deref() {
        Err(_) | Ok("" | "auto") => {}
        Ok("gdal") => return Ok(Decoder::Gdal(format!("{CHOICE}=gdal").into())),
        Ok(other) => {
            let message = format!(
                "{CHOICE} is \"{other}\"; it may be \"gdal\", which leaves all reading to GDAL, or \"auto\" (as when it is not set)"
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }
    if driver != "GTiff" {
        return Ok(Decoder::Gdal(format!("format {driver}").into()));
    }
    Ok(match (Layout::open(path, expected), compression) {
        (Ok(_), _) => Decoder::Isopleth,
        (Err("its compression"), Some(name)) => Decoder::Gdal(format!("compression {name}").into()),
        (Err(why), _) => Decoder::Gdal(why.into()),
    })
}

/// What a GeoTIFF names as its nodata value, where it is written with a fraction or an exponent.
///
/// Older versions of GDAL read no more than the digits before those of a band of 64-bit integers: 9 of
/// `9.2233720368547758e+18`, which rasterio writes.
/// What they read comes first here, and then what is named.
pub(crate) fn long_nodata(path: &Path) -> Option<(f64, f64)> {
    const GDAL_NODATA: u16 = 42113;
    let text = Tiff::open(File::open(path).ok()?).ok()?.text(GDAL_NODATA, 64)?;
    let (digits, _) = text.split_once(['.', 'e', 'E'])?;
    Some((digits.parse().ok()?, text.parse().ok()?))
}

/// Fills `out` with a window of a band, which counts from 0 here. False where GDAL has to read it.
///
/// The header is read anew each time: a file that was replaced is the new file, and no file is kept open.
///
/// # Errors
/// When Stop was pressed.
pub(crate) fn read<T: Decoded>(
    path: &Path,
    expected: &Expected,
    (band, rows, columns): (usize, Range<usize>, Range<usize>),
    nodata: Option<f64>,
    out: &mut [T],
    finish: &dyn Fn(&mut [T]),
) -> Result<bool> {
    if !expected.sample.is_some_and(T::holds) {
        return Ok(false);
    }
    let Ok(layout) = Layout::open(path, expected) else { return Ok(false) };
    window::read(&layout, &window::Wanted { band, rows, columns, nodata, finish }, out)
}
