//! A raster file, opened: its path and what its header says. Pixels are read on request.

use super::control::Control;
use super::current::{self, Current};
use super::decode::{self, Decoder, Expected, Sample};
use super::meta::block_text;
use super::missing::{self, Missing, Nodata};
use super::per_band::PerBand;
use super::tags::{self, Tags};
use super::{Pixel, RasterMeta, RasterWriter, datasets, handle, transfer};
use crate::disk::{file_name, shown};
use crate::display::{MimeBundle, Show, impl_show};
use crate::gdal::library;
use crate::geo::{BandEncoding, Crs, Gcp, Gcps, NO_TRANSFORM, epsg};
use crate::html::table;
use crate::values::DType;
use crate::{Error, ErrorKind, Result};
use gdal::raster::RasterBand;
use gdal::spatial_ref::SpatialRef;
use gdal::{Dataset, Metadata};
use ndarray::Array2;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A raster file of any format that GDAL reads.
///
/// A handle is small, cheap to clone, and may be used by any number of threads at
/// once: each read uses a GDAL dataset that no other thread has at that moment.
///
/// Bands count from 1, as in rasterio. Arrays are (row, column), row 0 at the top.
/// Values are the file's own: a missing value is the number that
/// [`nodata`](Raster::nodata) names, not NaN, and a mask is read apart
/// ([`read_mask`](Raster::read_mask)). Files beside it belong to a raster:
/// `.aux.xml`, world files, `.ovr`, `.msk`, headers and projections.
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// use isopleth::{array::DType, raster::{Raster, RasterMeta}};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("small.tif");
/// let mut writer = Raster::create(&path, &RasterMeta::new(3, 2, DType::F32))?;
/// writer.write(&ndarray::array![[1f32, 2., 3.], [4., 5., 6.]], 1)?;
/// writer.finish()?;
///
/// let raster = Raster::open(&path)?;
/// let array = raster.read::<f32>(1)?;
/// assert_eq!(array.shape(), [raster.height(), raster.width()]);
/// assert_eq!(array[[1, 0]], 4.0);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Raster(Arc<Opened>);

struct Opened {
    path: PathBuf,
    overview: Option<usize>,
    meta: RasterMeta,
    bands: PerBand<Band>,
    tags: Tags,
    control: Control,
    has_transform: bool,
    /// Whether all bands have the mask of the first.
    shared_mask: bool,
    /// What the file is to hold when it is read.
    expected: Expected,
    decoder: Decoder,
    current: Current,
}

/// What differs from band to band.
#[derive(Debug, Clone)]
pub(crate) struct Band {
    pub dtype: DType,
    /// The stored type, where it is one that may be decoded without GDAL.
    pub sample: Option<Sample>,
    /// The number that stands for a missing value, if the type can hold it.
    pub nodata: Option<f64>,
    /// What the file names as nodata, whether or not a pixel can have that value: GDAL fills blocks with it that are not
    /// stored.
    pub filling: Option<f64>,
    /// How missing pixels are told from others.
    pub missing: Missing,
    pub block: [usize; 2],
    /// What to multiply with and then to add, where stored numbers are not the values themselves.
    pub scaling: Option<(f64, f64)>,
}

/// Bands are equal if they are read alike.
impl PartialEq for Band {
    fn eq(&self, other: &Self) -> bool {
        self.means_the_same(other) && self.block == other.block
    }
}

impl Band {
    /// Makes `nodata` stand for missing values, unless a mask says which are missing.
    fn name_nodata(&mut self, nodata: f64) {
        self.filling = Some(nodata);
        self.nodata = missing::usable(nodata, self.sample);
        if self.missing != Missing::Mask {
            self.missing = Nodata::float(nodata, self.sample).whole.map_or(Missing::Never, Missing::Exactly);
        }
    }

    /// Whether its numbers mean what those of `other` do. NaN as a nodata value is one value.
    pub fn means_the_same(&self, other: &Self) -> bool {
        let bits = |band: &Self| [band.nodata, band.filling].map(|nodata| nodata.map(f64::to_bits));
        (self.dtype, self.sample, self.missing, self.scaling, bits(self))
            == (other.dtype, other.sample, other.missing, other.scaling, bits(other))
    }

    /// What its numbers mean, in words: what [`means_the_same`](Self::means_the_same) compares.
    pub fn meaning(&self) -> String {
        let Self { dtype, sample, missing, scaling, nodata, filling, .. } = self;
        format!("{dtype} as {sample:?}, nodata {nodata:?} or {filling:?}, missing {missing:?}, scale {scaling:?}")
    }

    /// How it is stored.
    pub fn encoding(&self) -> BandEncoding {
        let (scale, offset) = self.scaling.unwrap_or((1.0, 0.0));
        BandEncoding { nodata: self.nodata, scale, offset }
    }
}

impl Raster {
    /// Opens a file. Only its header is read.
    ///
    /// # Errors
    /// If there is no such file (the error names similar ones), or it is not a raster, or it is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        open(path.as_ref(), None)
    }

    /// Opens one of the smaller versions that a file may hold: 0 is the largest of them.
    ///
    /// # Errors
    /// As [`open`](Raster::open), and if the file has no such overview; the error says how many there are.
    pub fn open_overview(path: impl AsRef<Path>, overview: usize) -> Result<Self> {
        open(path.as_ref(), Some(overview))
    }

    /// Begins a new GeoTIFF at `path`, of the size, type and georeference that `meta` says.
    ///
    /// What is there already is replaced when [`RasterWriter::finish`] has written everything, not before.
    /// The compression is `meta`'s if it is lossless, and LZW otherwise.
    ///
    /// # Errors
    /// If the folder does not exist or may not be written to, or no GeoTIFF can be made of `meta`.
    pub fn create(path: impl AsRef<Path>, meta: &RasterMeta) -> Result<RasterWriter> {
        super::write::create(path.as_ref(), meta)
    }

    /// The values of one band, as (row, column).
    ///
    /// Where the file has another element type GDAL converts: floats are rounded to integers, and what
    /// does not fit becomes the nearest value that does. Read as the file's own type to be sure.
    ///
    /// # Errors
    /// If there is no such band, or the file turns out to be damaged; the error names the row.
    pub fn read<T: Pixel>(&self, band: usize) -> Result<Array2<T>> {
        T::read(self, band, 0..self.height(), 0..self.width())
    }

    /// The values of a part of one band: `rows` and `columns` are half open and count from the upper left corner.
    ///
    /// # Errors
    /// As [`read`](Raster::read); and if the window is not inside the raster.
    pub fn read_window<T: Pixel>(&self, band: usize, rows: Range<usize>, columns: Range<usize>) -> Result<Array2<T>> {
        T::read(self, band, rows, columns)
    }

    /// What the header says.
    pub fn meta(&self) -> RasterMeta {
        self.0.meta.clone()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.0.meta.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.0.meta.height
    }

    /// Bands.
    pub fn count(&self) -> usize {
        self.0.meta.count
    }

    /// The coordinate reference system, if the file has one.
    pub fn crs(&self) -> Option<Crs> {
        self.0.meta.crs.clone()
    }

    /// From (column, row) to (x, y); see [`RasterMeta::transform`].
    pub fn transform(&self) -> [f64; 6] {
        self.0.meta.transform
    }

    /// Whether the file says by a transform where it lies. Without one, [`transform`](Raster::transform) gives the numbers
    /// of columns and rows.
    pub fn has_transform(&self) -> bool {
        self.0.has_transform
    }

    /// The number that stands for a missing value in the first band, if there is one.
    pub fn nodata(&self) -> Option<f64> {
        self.0.meta.nodata
    }

    /// The extent in the units of the CRS: (left, bottom, right, top).
    pub fn bounds(&self) -> (f64, f64, f64, f64) {
        self.0.meta.bounds()
    }

    /// What reads the pixels: the decoder of this crate, or GDAL and why.
    pub fn decoder(&self) -> &Decoder {
        &self.0.decoder
    }

    /// The names of the bands, first band first; empty for a band without one.
    pub fn band_names(&self) -> &[String] {
        &self.0.tags.names
    }

    /// Looks whether the file is still what was opened, as far as its pixels are concerned.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn check_current(&self) -> Result<()> {
        current::check(self, &self.0.current)
    }

    pub(crate) fn overview(&self) -> Option<usize> {
        self.0.overview
    }

    pub(super) fn expected(&self) -> &Expected {
        &self.0.expected
    }

    pub(super) fn has_shared_mask(&self) -> bool {
        self.0.shared_mask
    }

    pub(super) fn control(&self) -> &Control {
        &self.0.control
    }

    pub(super) fn tags(&self) -> &Tags {
        &self.0.tags
    }

    /// The facts of band number `band`.
    pub(crate) fn band(&self, band: usize) -> Result<&Band> {
        band.checked_sub(1).and_then(|at| self.0.bands.get(at)).ok_or_else(|| {
            let bands = match self.count() {
                1 => "it has 1 band".to_owned(),
                n => format!("it has {n} bands"),
            };
            Error::new(
                ErrorKind::NotFound,
                format!("band {band} of {}: {bands}, and bands count from 1", shown(self.path())),
            )
        })
    }
}

impl fmt::Debug for Raster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meta = &self.0.meta;
        let bands = if meta.count == 1 { "1 band".to_owned() } else { format!("{} bands", meta.count) };
        let crs = meta.crs.as_ref().map_or_else(|| "no CRS".to_owned(), Crs::to_string);
        let blocks = block_text(meta.block, meta.width);
        write!(
            f,
            "Raster {}: {} x {}, {bands} of {}, {crs}, {blocks}",
            file_name(&self.0.path),
            meta.width,
            meta.height,
            meta.dtype
        )
    }
}

impl Show for Raster {
    fn mime_bundle(&self) -> MimeBundle {
        let mut lines = vec![("file", shown(&self.0.path))];
        lines.extend(self.0.meta.lines());
        MimeBundle::text(format!("{self:?}")).with("text/html", table(&lines))
    }
}
impl_show!(Raster);

fn open(path: &Path, overview: Option<usize>) -> Result<Raster> {
    // Before the header is read: what changes from now on is noticed.
    let current = Current::of(path);
    let mut opened = datasets::with_current(path, overview, |dataset| describe(path, overview, dataset))?;
    opened.current = current;
    if overview.is_some() {
        // GDAL gives neither the scale nor the words of the file with its smaller versions, nor each nodata value.
        let whole = open(path, None)?;
        opened.tags = whole.0.tags.clone();
        let completed = |(band, of_whole): (&Band, &Band)| {
            let mut band = Band { scaling: of_whole.scaling, ..band.clone() };
            if band.filling.is_none() && of_whole.filling.is_some() {
                (band.filling, band.nodata) = (of_whole.filling, of_whole.nodata);
                if band.missing == Missing::Never && of_whole.missing != Missing::Mask {
                    band.missing = of_whole.missing;
                }
            }
            band
        };
        opened.bands = opened.bands.iter().zip(whole.0.bands.iter()).map(completed).collect();
        opened.meta.bands = opened.bands.iter().map(Band::encoding).collect();
    }
    Ok(Raster(Arc::new(opened)))
}

fn describe(path: &Path, overview: Option<usize>, dataset: &Dataset) -> Result<Opened> {
    let (width, height) = dataset.raster_size();
    let mut bands: PerBand<Band> = (1..=dataset.raster_count())
        .map(|number| {
            library::call(|| dataset.rasterband(number))
                .map_err(|said| Error::new(ErrorKind::Damaged, format!("band {number} of {}: {said}", shown(path))))
                .and_then(|band| describe_band(path, number, &band))
        })
        .collect::<Result<_>>()?;
    let driver = dataset.driver().short_name();
    if driver == "GTiff" {
        bands = corrected_nodata(path, bands);
    }
    let Some(first) = bands.get(0) else { return Err(handle::no_bands(path, dataset)) };
    check_blocks(path, [height, width], first)?;
    let compression = dataset.metadata_item("COMPRESSION", "IMAGE_STRUCTURE");
    let shared_mask = library::call(|| dataset.rasterband(1)?.mask_flags())
        .is_ok_and(|flags| flags.is_per_dataset() || flags.is_alpha());
    let transform = dataset.geo_transform().ok();
    let control = control(dataset);
    // Control points that lie on one transform are that transform, in their own CRS.
    let exact = control.gcps.as_ref().filter(|_| transform.is_none()).and_then(|gcps| gcps.transform());
    let expected = Expected { width, height, bands: bands.len(), block: first.block, sample: first.sample };
    let decoder = match overview {
        None => decode::choose(path, &driver, compression.as_deref(), &expected)?,
        Some(_) => Decoder::Gdal("an overview".into()),
    };
    let meta = RasterMeta {
        driver,
        dtype: first.dtype,
        nodata: first.nodata,
        width,
        height,
        count: bands.len(),
        crs: exact.and_then(|_| control.gcps.as_ref()?.crs.clone()).or_else(|| crs(dataset)),
        // An error only says that there is none.
        transform: transform.or(exact).unwrap_or(NO_TRANSFORM),
        block: first.block,
        compression,
        decoder: Some(decoder.clone()),
        bands: bands.iter().map(Band::encoding).collect(),
        gcps: control.gcps.clone().filter(|_| transform.or(exact).is_none()),
    };
    Ok(Opened {
        path: path.to_owned(),
        overview,
        meta,
        bands,
        tags: tags::read(dataset),
        control,
        // An error only says that there is none.
        has_transform: transform.is_some(),
        shared_mask,
        expected,
        decoder,
        current: Current::default(),
    })
}

fn describe_band(path: &Path, number: usize, band: &RasterBand<'_>) -> Result<Band> {
    // By name: the numbers of the newer types differ between the GDAL versions that bindings exist for.
    let name = library::type_name(band);
    let name = if transfer::has_signed_bytes(band) { "Int8".to_owned() } else { name };
    let dtype = DType::from_gdal_name(&name).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidArgument,
            format!("band {number} of {} holds complex numbers ({name}), which are not supported", shown(path)),
        )
    })?;
    let (columns, rows) = band.block_size();
    // A scale without an offset is one of 0, and the other way round.
    let scaling = match (band.scale().unwrap_or(1.0), band.offset().unwrap_or(0.0)) {
        (1.0, 0.0) => None,
        other => Some(other),
    };
    let sample = Sample::named(&name);
    let named = nodata(band, sample);
    let usable = named.and_then(|nodata| Some(Nodata { value: missing::usable(nodata.value, sample)?, ..nodata }));
    let missing = Missing::of(band, sample, usable);
    let filling = named.map(|nodata| nodata.value);
    // What is no float is not given away as one: files that are written with it would have another.
    let nodata = usable.filter(|nodata| nodata.is_float(sample)).map(|nodata| nodata.value);
    Ok(Band { dtype, sample, nodata, filling, missing, block: [rows, columns], scaling })
}

/// Gives bands of 64-bit integers the nodata value that the file names, where GDAL has read another.
fn corrected_nodata(path: &Path, bands: PerBand<Band>) -> PerBand<Band> {
    // All bands of a GeoTIFF are of one type, and have one nodata value.
    let is_wide = |band: &Band| matches!(band.sample, Some(Sample::I64 | Sample::U64)) && band.filling.is_some();
    let named = bands.get(0).filter(|band| is_wide(band)).and_then(|_| decode::long_nodata(path));
    let Some((digits, named)) = named else { return bands };
    let correct = |band: &Band| {
        let mut band = band.clone();
        if band.filling == Some(digits) {
            band.name_nodata(named);
        }
        band
    };
    bands.iter().map(correct).collect()
}

/// GDAL takes memory for a whole block before it looks whether the file has one: a damaged header may ask for all there is.
fn check_blocks(path: &Path, image: [usize; 2], band: &Band) -> Result<()> {
    const MOST_BEYOND: u128 = 256 << 20;
    let bytes = |size: [usize; 2]| size[0] as u128 * size[1] as u128 * band.dtype.size() as u128;
    if bytes(band.block) <= bytes(image) + MOST_BEYOND {
        return Ok(());
    }
    let ([rows, columns], [height, width]) = (band.block, image);
    let message = format!(
        "{} is damaged: it claims to keep {width} x {height} pixels in blocks of {columns} x {rows}; copy it again",
        shown(path)
    );
    Err(Error::new(ErrorKind::Damaged, message))
}

fn nodata(band: &RasterBand<'_>, sample: Option<Sample>) -> Option<Nodata> {
    #[cfg(gdal_int64)]
    if sample == Some(Sample::I64) {
        return band.no_data_value_i64().map(|nodata| Nodata::whole(nodata.into()));
    }
    #[cfg(gdal_int64)]
    if sample == Some(Sample::U64) {
        return band.no_data_value_u64().map(|nodata| Nodata::whole(nodata.into()));
    }
    band.no_data_value().map(|nodata| Nodata::float(nodata, sample))
}

fn crs(dataset: &Dataset) -> Option<Crs> {
    crs_of(&dataset.spatial_ref().ok()?)
}

/// Points and formulas that place the raster without a transform.
fn control(dataset: &Dataset) -> Control {
    let points = dataset.gcps().iter();
    let points: Vec<Gcp> =
        points.map(|at| Gcp { column: at.pixel(), row: at.line(), x: at.x(), y: at.y(), z: at.z() }).collect();
    let crs = dataset.gcp_spatial_ref().as_ref().and_then(crs_of);
    let gcps = (!points.is_empty()).then(|| Arc::new(Gcps { crs, points }));
    let rpcs = dataset.metadata_domain("RPC").unwrap_or_default();
    let rpcs =
        rpcs.iter().filter_map(|item| item.split_once('=')).map(|(name, text)| (name.to_owned(), text.to_owned()));
    Control { gcps, rpcs: rpcs.collect() }
}

fn crs_of(reference: &SpatialRef) -> Option<Crs> {
    let wkt = reference.to_wkt().ok().filter(|wkt| !wkt.is_empty())?;
    Some(Crs::new(&wkt, &reference.name().unwrap_or_default(), epsg(reference)))
}
