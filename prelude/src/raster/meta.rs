//! What a raster file says about itself, apart from its pixels.

use super::Decoder;
use super::per_band::PerBand;
use crate::display::{MimeBundle, Show, impl_show};
use crate::geo::{BandEncoding, Crs, Gcps, NO_TRANSFORM, bounds};
use crate::html::table;
use crate::values::DType;
use std::fmt;
use std::sync::Arc;

/// The metadata of a raster file: all that is needed to write another one like it.
///
/// Change what should differ and pass it to [`Raster::create`](super::Raster::create):
///
/// ```
/// use isopleth::{array::DType, raster::RasterMeta};
/// let mut meta = RasterMeta::new(3, 2, DType::F32);
/// meta.nodata = Some(-9999.0);
/// assert_eq!((meta.width, meta.height, meta.count), (3, 2, 1));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RasterMeta {
    /// GDAL's short name of the format: `GTiff`, `netCDF`, …
    pub driver: String,
    /// The element type of the first band; half precision is read in single.
    pub dtype: DType,
    /// The number that stands for "no value here", if there is one.
    pub nodata: Option<f64>,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bands.
    pub count: usize,
    /// The coordinate reference system.
    pub crs: Option<Crs>,
    /// From (column, row) to (x, y), in GDAL's order:
    /// `x = t[0] + column * t[1] + row * t[2]`, `y = t[3] + column * t[4] + row * t[5]`,
    /// where (0, 0) is the upper left corner of the first pixel.
    pub transform: [f64; 6],
    /// Rows and columns of the blocks (strips or tiles) in which the pixels are stored.
    pub block: [usize; 2],
    /// The compression, by GDAL's name (`LZW`, `DEFLATE`, …); none if the pixels are stored as they are.
    pub compression: Option<String>,
    /// What reads the pixels of the file that these metadata come from; none if they come from no file.
    pub decoder: Option<Decoder>,
    /// What to multiply stored numbers with, and what to add then, band by band; empty where nothing.
    pub(crate) bands: PerBand<BandEncoding>,
    /// Where some pixels lie, for images without a transform.
    pub(crate) gcps: Option<Arc<Gcps>>,
}

/// Metadata are equal if files made of them would be alike, whatever reads those.
impl PartialEq for RasterMeta {
    fn eq(&self, other: &Self) -> bool {
        let grid = |meta: &Self| (meta.width, meta.height, meta.count, meta.transform, meta.block);
        let words = |meta: &Self| (meta.driver.clone(), meta.crs.clone(), meta.compression.clone());
        grid(self) == grid(other)
            && words(self) == words(other)
            && (self.dtype, self.nodata) == (other.dtype, other.nodata)
    }
}

impl RasterMeta {
    /// Metadata of a GeoTIFF with one band, LZW compression and no georeference.
    pub fn new(width: usize, height: usize, dtype: DType) -> Self {
        Self {
            driver: "GTiff".to_owned(),
            dtype,
            nodata: None,
            width,
            height,
            count: 1,
            crs: None,
            transform: NO_TRANSFORM,
            block: [1, width],
            compression: Some("LZW".to_owned()),
            decoder: None,
            bands: PerBand::default(),
            gcps: None,
        }
    }

    /// The extent in the units of the CRS: (left, bottom, right, top).
    pub fn bounds(&self) -> (f64, f64, f64, f64) {
        bounds(&self.transform, [self.height, self.width])
    }

    /// How band `at`, counted from 0, is stored.
    pub(crate) fn band(&self, at: usize) -> BandEncoding {
        let known = self.bands.get(at).or(self.bands.get(0)).copied().unwrap_or(BandEncoding::PLAIN);
        BandEncoding { nodata: self.nodata, ..known }
    }

    /// What the table shows, one line each.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let t = self.transform;
        let (left, bottom, right, top) = self.bounds();
        let georeferenced = t != NO_TRANSFORM;
        let mut lines = vec![
            ("driver", self.driver.clone()),
            ("dtype", self.dtype.to_string()),
            ("nodata", self.nodata.map_or_else(|| "none".to_owned(), |v| v.to_string())),
            ("width", self.width.to_string()),
            ("height", self.height.to_string()),
            ("count", self.count.to_string()),
            ("crs", self.crs.as_ref().map_or_else(|| "none".to_owned(), Crs::to_string)),
            ("transform", format!("{t:?}")),
            (
                "bounds",
                if georeferenced { format!("x {left} to {right}, y {bottom} to {top}") } else { "none".to_owned() },
            ),
            ("block", self.block_text()),
            ("compression", self.compression.clone().unwrap_or_else(|| "none".to_owned())),
        ];
        lines.extend(self.decoder.as_ref().map(|decoder| ("decoder", decoder.to_string())));
        lines
    }

    fn block_text(&self) -> String {
        block_text(self.block, self.width)
    }
}

/// Blocks in words: `strips of 1 row`, `tiles of 256 x 256`.
pub(crate) fn block_text([rows, columns]: [usize; 2], width: usize) -> String {
    match (columns >= width, rows) {
        (true, 1) => "strips of 1 row".to_owned(),
        (true, rows) => format!("strips of {rows} rows"),
        (false, rows) => format!("tiles of {rows} x {columns}"),
    }
}

impl fmt::Debug for RasterMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines();
        for (at, (key, value)) in lines.iter().enumerate() {
            let end = if at + 1 == lines.len() { "" } else { "\n" };
            write!(f, "{key:<12} {value}{end}")?;
        }
        Ok(())
    }
}

impl Show for RasterMeta {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(format!("{self:?}")).with("text/html", table(&self.lines()))
    }
}
impl_show!(RasterMeta);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_all_corners_whatever_the_direction_of_the_axes() {
        let mut meta = RasterMeta::new(7200, 2600, DType::F32);
        meta.transform = [-180.0, 0.05, 0.0, 70.0, 0.0, -0.05];
        assert_eq!(meta.bounds(), (-180.0, -60.0, 180.0, 70.0));
        meta.transform = [-180.0, 0.05, 0.0, -60.0, 0.0, 0.05];
        assert_eq!(meta.bounds(), (-180.0, -60.0, 180.0, 70.0));
    }

    #[test]
    fn the_view_names_what_rasterio_names_and_escapes() {
        let mut meta = RasterMeta::new(10, 5, DType::U8);
        meta.crs = Some(Crs::new("LOCAL_CS[]", "<b>mine</b>", None));
        let bundle = meta.mime_bundle();
        let text = bundle.get("text/plain").unwrap();
        for key in ["driver", "dtype", "nodata", "width", "height", "count", "crs", "transform", "block"] {
            assert!(text.contains(key), "{key} is missing in {text}");
        }
        assert!(bundle.get("text/html").unwrap().contains("&lt;b&gt;mine"));
    }
}
