//! How a labelled array becomes a file: what the array itself does not say.

use super::RasterMeta;
use super::per_band::PerBand;
use crate::array::{Attr, DataArray};
use crate::geo::{Encoding, cannot_hold, holds};
use crate::values::DType;
use crate::{Error, ErrorKind, Result};
use gdal::{DriverManager, Metadata as _};

/// The longest side of a tile that GDAL makes.
const LARGEST_TILE: usize = 1 << 14;

/// How pixels are packed in a file. All of these give every value back as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// As they are.
    None,
    /// Read by every program there is.
    Lzw,
    /// Smaller than LZW, slower to write; read by nearly every program.
    Deflate,
    /// Smaller and faster than both; read by programs built since about 2018.
    Zstd,
}

impl Compression {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Lzw => Some("LZW"),
            Self::Deflate => Some("DEFLATE"),
            Self::Zstd => Some("ZSTD"),
        }
    }
}

/// How [`DataArray::to_raster`] writes: everything has a default, so `()` stands for no wishes at all.
///
/// Without wishes the file has the array's own place and CRS, in strips packed with LZW. What was only copied and selected is
/// stored as in the file that it came from ([`DataArray::encoding`]); what was calculated has the array's own element type, and
/// NaN for what is missing.
/// A [`RasterMeta`] gives the options of a file like another one.
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// use isopleth::array::DataArray;
/// use isopleth::raster::{Compression, Raster, RasterOptions};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.tif");
/// let height = DataArray::new(ndarray::Array2::<f32>::ones((600, 600)), ["y", "x"])?;
/// height.to_raster(&path, RasterOptions::new().compress(Compression::Deflate).tiled(256))?;
/// assert_eq!(Raster::open(&path)?.meta().block, [256, 256]);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct RasterOptions {
    like: Option<RasterMeta>,
    compression: Option<Compression>,
    level: Option<u8>,
    tile: Option<usize>,
    cog: bool,
    overviews: bool,
    nodata: Option<f64>,
    dtype: Option<DType>,
}

impl RasterOptions {
    /// No wishes.
    pub fn new() -> Self {
        Self::default()
    }

    /// How to pack the pixels. Numbers are stored as differences first where that helps (GDAL's predictor).
    #[must_use]
    pub fn compress(mut self, compression: Compression) -> Self {
        self.compression = Some(compression);
        self
    }

    /// How hard to try: 1 to 9 for [`Deflate`](Compression::Deflate), 1 to 22 for [`Zstd`](Compression::Zstd).
    #[must_use]
    pub fn level(mut self, level: u8) -> Self {
        self.level = Some(level);
        self
    }

    /// Square tiles of `side` x `side` pixels instead of strips; `side` is a multiple of 16.
    #[must_use]
    pub fn tiled(mut self, side: usize) -> Self {
        self.tile = Some(side);
        self
    }

    /// A cloud optimized GeoTIFF: tiled (512 pixels, or what [`tiled`](Self::tiled) says), with overviews, in the
    /// order in which it is read over a network.
    #[must_use]
    pub fn cog(mut self) -> Self {
        self.cog = true;
        self
    }

    /// Smaller versions of the raster in the same file, each half as wide, for programs that show it as a whole:
    /// means of 2 x 2 pixels for floats, one of the four for whole numbers.
    #[must_use]
    pub fn overviews(mut self) -> Self {
        self.overviews = true;
        self
    }

    /// The number that stands for a missing value in the file.
    #[must_use]
    pub fn nodata(mut self, nodata: f64) -> Self {
        self.nodata = Some(nodata);
        self
    }

    /// The element type in the file: floats are rounded to whole numbers, and what does not fit becomes the nearest
    /// value that does.
    #[must_use]
    pub fn dtype(mut self, dtype: DType) -> Self {
        self.dtype = Some(dtype);
        self
    }

    pub(super) fn is_cog(&self) -> bool {
        self.cog
    }

    pub(super) fn has_overviews(&self) -> bool {
        self.overviews
    }

    /// Width and height of the file that this one is to be like.
    pub(super) fn size_like(&self) -> Option<(usize, usize)> {
        self.like.as_ref().map(|like| (like.width, like.height))
    }

    /// The encoding of the array, as far as the file is to have it: another element type ends it.
    pub(super) fn known(&self, array: &DataArray) -> Option<Encoding> {
        let known = array.encoding()?;
        // Rows that were bands of unlike encodings have none that a file could have.
        let along = known.along().is_none_or(|along| array.ndim() == 3 && array.dims()[0] == along);
        let dtype = self.dtype.or(self.like.as_ref().map(|like| like.dtype)).unwrap_or(known.dtype());
        let fits = !known.is_raw() || known.dtype() == array.dtype();
        // A GeoTIFF has one nodata value; where there were several, or a mask, NaN is what is missing.
        let one = known.is_raw() || known.has_one_nodata();
        (known.is_raw() || dtype == known.dtype()).then_some(known).filter(|_| fits && one && along)
    }

    /// The metadata of the file, its place apart.
    pub(super) fn meta(&self, array: &DataArray, height: usize, width: usize, count: usize) -> Result<RasterMeta> {
        let mut meta = match &self.like {
            Some(like) => RasterMeta { height, width, count, ..like.clone() },
            None => {
                let known = self.known(array);
                let dtype = self.dtype.or(known.as_ref().map(Encoding::dtype)).unwrap_or(own_type(array.dtype()));
                let mut meta = RasterMeta::new(width, height, dtype);
                meta.count = count;
                let written = array.get_attr("_FillValue").and_then(Attr::as_f64);
                let nodata = known.as_ref().and_then(Encoding::nodata).or(written);
                meta.nodata = nodata.filter(|&nodata| holds(dtype, nodata));
                if let Some(known) = &known {
                    meta.bands = (0..count).map(|at| known.band(at)).collect();
                }
                meta.block = [block_rows(width * meta.dtype.size()), width];
                meta
            }
        };
        if let Some(dtype) = self.dtype
            && dtype != meta.dtype
        {
            meta.dtype = dtype;
            meta.bands = PerBand::default();
        }
        // Of numbers that were calculated NaN is what is missing, and no value is NaN.
        let none = (meta.nodata.is_none() && meta.dtype.is_float() && self.known(array).is_none()).then_some(f64::NAN);
        meta.nodata = self.nodata.or(meta.nodata).or(none);
        if let Some(compression) = self.compression {
            meta.compression = compression.name().map(str::to_owned);
        }
        if let Some(side) = self.tile {
            if side == 0 || !side.is_multiple_of(16) || side > LARGEST_TILE {
                let message = format!(
                    "tiles of {side} pixels: the side must be a multiple of 16 of at most {LARGEST_TILE}, such as 256"
                );
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            meta.block = [side, side];
        }
        self.check(&meta)?;
        Ok(meta)
    }

    fn check(&self, meta: &RasterMeta) -> Result<()> {
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
        if let Some(nodata) = meta.nodata.filter(|&nodata| !holds(meta.dtype, nodata)) {
            return invalid(cannot_hold(meta.dtype, nodata));
        }
        if let Some(level) = self.level {
            let most = match meta.compression.as_deref() {
                Some("DEFLATE") => 9,
                Some("ZSTD") => 22,
                _ => {
                    return invalid("a level belongs to Compression::Deflate or Compression::Zstd".to_owned());
                }
            };
            if level == 0 || level > most {
                return invalid(format!("compression level {level}: it goes from 1 to {most}"));
            }
        }
        if let Some(name) = meta.compression.as_deref()
            && self.compression.is_some()
            && !can(if self.cog { "COG" } else { "GTiff" }, name)
        {
            return invalid(format!("the installed GDAL was built without {name}; use Compression::Deflate"));
        }
        Ok(())
    }

    /// GDAL's creation options beyond those that follow from the metadata.
    pub(super) fn creation(&self, meta: &RasterMeta) -> Vec<String> {
        let mut options = Vec::new();
        // A file like another one is packed as that one, unless something else is asked for.
        let ours = self.like.is_none() || self.compression.is_some();
        if let Some(predictor) = predictor(meta).filter(|_| ours) {
            options.push(format!("PREDICTOR={predictor}"));
        }
        if let Some(level) = self.level {
            let key = if meta.compression.as_deref() == Some("ZSTD") { "ZSTD_LEVEL" } else { "ZLEVEL" };
            options.push(format!("{key}={level}"));
        }
        options
    }

    /// The creation options of GDAL's COG driver.
    pub(super) fn cog_creation(&self, meta: &RasterMeta) -> Vec<String> {
        let side = self.tile.unwrap_or(512);
        let mut options = vec![
            format!("COMPRESS={}", meta.compression.as_deref().unwrap_or("NONE")),
            format!("BLOCKSIZE={side}"),
            format!("OVERVIEW_RESAMPLING={}", overview_resampling(meta.dtype)),
            "BIGTIFF=IF_SAFER".to_owned(),
        ];
        if predictor(meta).is_some() {
            options.push("PREDICTOR=YES".to_owned());
        }
        options.extend(self.level.map(|level| format!("LEVEL={level}")));
        options
    }
}

impl From<()> for RasterOptions {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<&RasterMeta> for RasterOptions {
    fn from(like: &RasterMeta) -> Self {
        Self { like: Some(like.clone()), ..Self::new() }
    }
}

impl From<RasterMeta> for RasterOptions {
    fn from(like: RasterMeta) -> Self {
        Self::from(&like)
    }
}

impl From<&RasterOptions> for RasterOptions {
    fn from(options: &RasterOptions) -> Self {
        options.clone()
    }
}

/// How a smaller version is made: a mean of classes would be no class.
pub(super) fn overview_resampling(dtype: DType) -> &'static str {
    if dtype.is_float() { "AVERAGE" } else { "NEAREST" }
}

/// The element type of a file that holds an array of `dtype`.
fn own_type(dtype: DType) -> DType {
    if dtype == DType::Bool { DType::U8 } else { dtype }
}

/// Differences of neighbours pack better than the numbers themselves. Older versions of libtiff have none of 64 bits.
fn predictor(meta: &RasterMeta) -> Option<u8> {
    match (meta.compression.as_deref(), meta.dtype) {
        (None, _) | (_, DType::I64 | DType::U64) => None,
        (Some("LZW" | "DEFLATE" | "ZSTD"), dtype) => Some(if dtype.is_float() { 3 } else { 2 }),
        _ => None,
    }
}

/// Whether the driver of this GDAL knows a compression.
fn can(driver: &str, compression: &str) -> bool {
    crate::gdal::library::ready();
    let list =
        DriverManager::get_driver_by_name(driver).ok().and_then(|d| d.metadata_item("DMD_CREATIONOPTIONLIST", ""));
    list.is_some_and(|list| list.contains(compression))
}

/// Rows of a strip: enough of them to pack well, few enough that one row is read without many others.
fn block_rows(row_bytes: usize) -> usize {
    const STRIP_BYTES: usize = 16 << 10;
    (STRIP_BYTES / row_bytes.max(1)).max(1)
}
