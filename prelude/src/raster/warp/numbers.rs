//! What the numbers of a reprojected array are: their element type, and what stands for a missing one.

use crate::array::{Attr, DataArray};
use crate::geo::{Encoding, holds};
use crate::raster::Reproject;
use crate::values::DType;
use crate::{Error, ErrorKind, Result};

/// Element type and nodata of the result.
#[derive(Debug)]
pub(in crate::raster) struct Numbers {
    /// The element type.
    pub dtype: DType,
    /// Of numbers that are still the file's own.
    pub encoding: Option<Encoding>,
    /// The attribute `_FillValue` of integers that are no file's.
    pub attribute: Option<f64>,
    /// What the result has where there is no value, unless its encoding says so.
    missing: Option<f64>,
    /// What is missing in the source: in the file's own numbers, or by its attribute.
    source: Option<Encoding>,
    source_attribute: Option<f64>,
}

impl Numbers {
    /// Of `array`, reprojected with `options` by an operation that errors call `what`.
    ///
    /// # Errors
    /// When the element type cannot be warped, or nothing holds its numbers and the fill.
    pub fn of(array: &DataArray, what: &str, options: &Reproject) -> Result<Self> {
        let own = array.dtype();
        if !own.is_number() {
            return Err(Error::new(ErrorKind::Mismatch, format!("{what}: {own} cannot be warped")));
        }
        let raw = array.encoding().filter(Encoding::is_raw);
        let written = array.get_attr("_FillValue").and_then(Attr::as_f64).filter(|&nodata| holds(own, nodata));
        let known = raw.as_ref().map_or(written, Encoding::nodata).filter(|&nodata| holds(own, nodata));
        let kept = options.fill.or(known.filter(|_| own.is_integer()));
        // GDAL knows no integers of 64 bits in all versions.
        let wide = if matches!(own, DType::I64 | DType::U64) { own.with_missing() } else { own };
        let dtype = match kept {
            None => own.with_missing(),
            Some(fill) if own.is_integer() => wider(wide, fill, own)?,
            Some(_) => own.with_missing(),
        };
        let encoding = raw.as_ref().map(|raw| {
            // Floats of a file without a nodata value have NaN where there is no value.
            let missing = options.fill.or_else(|| known.is_none().then_some(f64::NAN));
            raw.stored_as(dtype, missing)
        });
        let source_attribute = written.filter(|_| raw.is_none());
        // An attribute that says how a file is to be written stays; in an array of floats NaN is what is missing.
        let attribute = kept.or(source_attribute).filter(|_| encoding.is_none());
        Ok(Self { dtype, encoding, attribute, missing: kept, source: raw, source_attribute })
    }

    /// The dimension along which bands differ.
    pub fn along(&self) -> Option<&str> {
        self.source.as_ref().and_then(Encoding::along)
    }

    /// What is missing in band `at` of the source, and what stands for it in the result.
    pub fn of_band(&self, at: usize) -> (Option<f64>, f64) {
        let source = match &self.source {
            Some(source) => source.band(at).nodata,
            None => self.source_attribute,
        };
        let missing = match &self.encoding {
            Some(encoding) => encoding.band(at).nodata,
            None => self.missing,
        };
        (source, missing.unwrap_or(f64::NAN))
    }
}

/// The least type that has all numbers of `own` and `fill`.
fn wider(own: DType, fill: f64, named: DType) -> Result<DType> {
    if fill.is_nan() || own.is_float() {
        return Ok(own.with_missing());
    }
    let (low, high) = own.stored_range().unwrap_or_default();
    let whole = [own, DType::I16, DType::U16, DType::I32, DType::U32];
    let has_all = |dtype: &DType| dtype.stored_range().is_some_and(|(least, most)| least <= low && high <= most);
    whole.into_iter().find(|dtype| has_all(dtype) && holds(*dtype, fill)).ok_or_else(|| {
        let message = format!(
            "reproject: no integers have both the numbers of {named} and the fill {fill}; take a whole number that {named} has, or \
             astype(DType::F64) first"
        );
        Error::new(ErrorKind::InvalidArgument, message)
    })
}
