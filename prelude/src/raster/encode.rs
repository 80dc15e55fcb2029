//! From the values of an array to the numbers that a raster file stores: scaled back, rounded, missing ones as nodata.

use super::{RasterMeta, missing};
use crate::geo::{BandEncoding, Encoding};
use crate::values::{DType, Element};
use crate::{Error, ErrorKind, Result};

/// Up to here float64 has every whole number.
const LARGEST: f64 = (1u64 << 53) as f64;

/// How the values of an array become a file's numbers.
#[derive(Debug)]
pub(super) struct Encoder {
    stored: DType,
    nodata: Option<f64>,
    /// Scale and offset that are undone, band by band; empty where the array holds the stored numbers.
    packed: Vec<BandEncoding>,
    /// The nodata values that stored numbers have themselves, where they are not all that of the file.
    own_nodata: Vec<Option<f64>>,
    /// Whether NaN is what is missing, so that no other value may become so.
    strict: bool,
}

impl Encoder {
    /// For an array of `own` elements, whose encoding is known or not, and the file that `meta` describes.
    pub fn new(known: Option<&Encoding>, meta: &RasterMeta) -> Self {
        // Stored numbers that nothing is to be done to are what they mean, in a file with a scale too.
        let bands = || (0..meta.count).map(|at| meta.band(at));
        let raw = known.is_some_and(|known| {
            known.is_raw() && bands().enumerate().all(|(at, band)| same_scale(known.band(at), band))
        });
        let packed = if !raw && bands().any(|band| band.is_scaled()) { bands().collect() } else { Vec::new() };
        let own_nodata = known.filter(|known| known.is_raw()).map_or_else(Vec::new, |known| {
            let own = (0..meta.count).map(|at| known.band(at).nodata).collect::<Vec<_>>();
            if own.iter().all(|nodata| *nodata == meta.nodata) { Vec::new() } else { own }
        });
        Self { stored: meta.dtype, nodata: meta.nodata, packed, own_nodata, strict: false }
    }

    /// The same for an array that came from a file decoded: NaN is what is missing in it, and every number means itself.
    pub fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    /// Whether elements of this type are written as they are, but for missing ones.
    pub fn is_plain(&self, own: DType) -> bool {
        let same = own == self.stored || (own == DType::Bool && self.stored == DType::U8);
        same && self.packed.is_empty() && self.own_nodata.is_empty()
    }

    /// Looks whether elements that are written as they are would be missing in the file.
    ///
    /// # Errors
    /// Where one is the nodata value and means itself.
    pub fn check<'a, T: Element>(&self, mut values: impl Iterator<Item = &'a T>) -> Result<()> {
        let Some(nodata) = self.nodata.filter(|nodata| self.strict && !nodata.is_nan()) else { return Ok(()) };
        let (low, high) = missing::near(nodata, self.stored);
        match values.find(|value| (low..=high).contains(&value.to_f64())) {
            Some(value) => Err(taken(value.to_f64(), nodata)),
            None => Ok(()),
        }
    }

    /// What a missing value is stored as.
    ///
    /// # Errors
    /// Where the file has no number for it.
    pub fn missing(&self) -> Result<f64> {
        match self.nodata {
            Some(nodata) => Ok(nodata),
            None if self.stored.is_float() => Ok(f64::NAN),
            None => Err(no_missing(self.stored)),
        }
    }

    /// The numbers of some elements of band `band`, counted from 0.
    ///
    /// # Errors
    /// Where a value would become the file's nodata value, or does not fit into its packed type.
    pub fn encode(&self, band: usize, values: impl Iterator<Item = f64>) -> Result<Vec<f64>> {
        values.map(|value| self.number(band, value)).collect()
    }

    fn number(&self, band: usize, value: f64) -> Result<f64> {
        if value.is_nan() {
            return self.missing();
        }
        match self.own_nodata.get(band) {
            Some(Some(own)) if value == *own => return self.missing(),
            Some(_) if Some(value) == self.nodata => return Err(taken(value, value)),
            _ => {}
        }
        let packing = self.packed.get(band);
        let exact = packing.map_or(value, |band| (value - band.offset) / band.scale);
        let Some((low, high)) = self.stored.stored_range() else {
            // Single precision is what the file has of it.
            let stored = if self.stored == DType::F32 { f64::from(exact as f32) } else { exact };
            let is_missing = |nodata: f64| {
                let (low, high) = missing::near(nodata, self.stored);
                (low..=high).contains(&stored)
            };
            return match self.nodata {
                Some(nodata) if self.strict && is_missing(nodata) => Err(taken(value, nodata)),
                _ => Ok(exact),
            };
        };
        // Halves as NumPy rounds what it packs, and as GDAL rounds what it is given.
        let whole = if packing.is_some() { exact.round_ties_even() } else { exact.round() };
        if packing.is_some() && !(low..=high).contains(&whole) {
            return Err(outside(value, self.stored, packing));
        }
        if packing.is_none() && self.stored.size() == 8 && whole.abs() > LARGEST {
            return Err(inexact(value, self.stored));
        }
        let whole = whole.clamp(low, high);
        // Exactly the nodata value of what is not packed is how one marks what is missing.
        if Some(whole) == self.nodata && (packing.is_some() || self.strict || whole != value) {
            return Err(taken(value, whole));
        }
        Ok(whole)
    }
}

fn same_scale(one: BandEncoding, other: BandEncoding) -> bool {
    (one.scale, one.offset) == (other.scale, other.offset)
}

fn taken(value: f64, nodata: f64) -> Error {
    let message = format!(
        "the value {value} would be stored as {nodata}, which is the nodata value of the file, and be missing; choose another with nodata(…), or a wider dtype(…)"
    );
    Error::new(ErrorKind::InvalidArgument, message)
}

fn inexact(value: f64, stored: DType) -> Error {
    let message = format!(
        "the value {value} is beyond 2^53, where float64 has not every whole number of {stored}; open the file unmasked, or write dtype(DType::F64)"
    );
    Error::new(ErrorKind::InvalidArgument, message)
}

fn outside(value: f64, stored: DType, packing: Option<&BandEncoding>) -> Error {
    let (scale, offset) = packing.map_or((1.0, 0.0), |band| (band.scale, band.offset));
    let message = format!(
        "the value {value} does not fit into {stored} with scale {scale} and offset {offset}; drop_encoding() writes the numbers as they are"
    );
    Error::new(ErrorKind::InvalidArgument, message)
}

/// An integer file without a nodata value would turn NaN into 0 without a word.
fn no_missing(stored: DType) -> Error {
    let message = format!(
        "it is to hold {stored} without a nodata value, but the array has missing values; set a nodata value (meta.nodata, or nodata(…) of the options), or the dtype {}",
        DType::F32
    );
    Error::new(ErrorKind::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoder(dtype: DType, nodata: Option<f64>, scale: f64) -> Encoder {
        let mut meta = RasterMeta::new(1, 1, dtype);
        meta.nodata = nodata;
        meta.bands = [BandEncoding { scale, ..BandEncoding::PLAIN }].into_iter().collect();
        Encoder::new(None, &meta)
    }

    #[test]
    fn nothing_is_rounded_into_the_nodata_value() {
        let bytes = encoder(DType::U8, Some(255.0), 1.0);
        assert_eq!(bytes.encode(0, [254.4, f64::NAN, 255.0].into_iter()).unwrap(), [254.0, 255.0, 255.0]);
        assert!(bytes.encode(0, [254.6].into_iter()).is_err());
        assert!(bytes.encode(0, [300.0].into_iter()).is_err());
        assert!(encoder(DType::U8, None, 1.0).encode(0, [f64::NAN].into_iter()).is_err());
    }

    #[test]
    fn scaled_numbers_are_packed_and_must_fit() {
        let packed = encoder(DType::I16, Some(-32768.0), 0.5);
        assert_eq!(packed.encode(0, [1.5, 1.25, f64::NAN].into_iter()).unwrap(), [3.0, 2.0, -32768.0]);
        assert!(packed.encode(0, [20_000.0].into_iter()).unwrap_err().to_string().contains("does not fit"));
    }
}
