//! How a file stores the numbers of an array. It belongs to the file and not to the numbers: it travels with what is still
//! the file's, and ends where new numbers begin.

use crate::values::DType;
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// Element type, nodata value, scale and offset in the file that an array came from, as xarray's `.encoding`.
///
/// Copies, selections, transposes and renames keep it, so that a file which is written of them is like the one they came
/// from. Arithmetic, `where_`, `fillna`, `astype`, reductions and `reproject` end it.
///
/// ```
/// use isopleth::{array::DType, geo::Encoding};
/// let packed = Encoding::new(DType::I16).with_nodata(-32768.0).with_scale(0.01, 273.15);
/// assert_eq!((packed.nodata(), packed.scale(), packed.offset()), (Some(-32768.0), 0.01, 273.15));
/// ```
#[derive(Debug, Clone)]
pub struct Encoding {
    dtype: DType,
    raw: bool,
    /// Whether a mask beside the numbers says what is missing, and not a number alone.
    masked: bool,
    details: Option<Arc<dyn Details>>,
    along: Option<String>,
    bands: Vec<BandEncoding>,
}

/// What a format keeps of the encoding besides, and alone understands: conventions of netCDF.
pub(crate) trait Details: Debug + Send + Sync {
    /// Whether a file of one is stored as a file of the other.
    fn same(&self, other: &dyn Details) -> bool;

    fn as_any(&self) -> &dyn Any;
}

/// Encodings are equal if files that are written with them are stored alike.
impl PartialEq for Encoding {
    fn eq(&self, other: &Self) -> bool {
        let details = match (&self.details, &other.details) {
            (Some(own), Some(other)) => own.same(&**other),
            (own, other) => own.is_none() && other.is_none(),
        };
        let facts = |of: &Self| (of.dtype, of.raw, of.masked, of.along.clone());
        details && facts(self) == facts(other) && self.bands == other.bands
    }
}

/// What may differ from band to band.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BandEncoding {
    pub nodata: Option<f64>,
    pub scale: f64,
    pub offset: f64,
}

/// NaN as a nodata value is the same as NaN.
impl PartialEq for BandEncoding {
    fn eq(&self, other: &Self) -> bool {
        let bits = |band: &Self| (band.nodata.map(f64::to_bits), band.scale.to_bits(), band.offset.to_bits());
        bits(self) == bits(other)
    }
}

impl BandEncoding {
    pub const PLAIN: Self = Self { nodata: None, scale: 1.0, offset: 0.0 };

    /// Whether stored numbers are to be multiplied or moved.
    pub fn is_scaled(&self) -> bool {
        (self.scale, self.offset) != (1.0, 0.0)
    }
}

impl Encoding {
    /// Numbers stored as `dtype`, without a nodata value or a scale.
    pub fn new(dtype: DType) -> Self {
        Self { dtype, raw: false, masked: false, details: None, along: None, bands: vec![BandEncoding::PLAIN] }
    }

    /// The encoding of bands that lie along the dimension `dim`.
    pub(crate) fn of_bands(dtype: DType, dim: &str, bands: Vec<BandEncoding>) -> Self {
        let bands: Vec<BandEncoding> = bands
            .into_iter()
            .map(|band| BandEncoding { nodata: band.nodata.filter(|&v| holds(dtype, v)), ..band })
            .collect();
        Self { dtype, raw: false, masked: false, details: None, along: Some(dim.to_owned()), bands }.simplified()
    }

    /// Bands that are all alike need not be told apart.
    fn simplified(mut self) -> Self {
        let alike = self.bands.windows(2).all(|pair| pair[0] == pair[1]);
        if alike && !self.bands.is_empty() {
            self.bands.truncate(1);
            self.along = None;
        }
        self
    }

    /// The same with the number that stands for a missing value. One that the element type does not have is none.
    #[must_use]
    pub fn with_nodata(mut self, nodata: f64) -> Self {
        let nodata = Some(nodata).filter(|&value| holds(self.dtype, value));
        self.bands.iter_mut().for_each(|band| band.nodata = nodata);
        self.simplified()
    }

    /// The same with what to multiply stored numbers with, and what to add then.
    #[must_use]
    pub fn with_scale(mut self, scale: f64, offset: f64) -> Self {
        self.bands.iter_mut().for_each(|band| (band.scale, band.offset) = (scale, offset));
        self.simplified()
    }

    /// The same for an array that holds the stored numbers themselves.
    #[must_use]
    pub(crate) fn raw(self) -> Self {
        Self { raw: true, ..self }
    }

    /// The same for stored numbers that got another element type, and another number for what is missing if one is given.
    pub(crate) fn stored_as(&self, dtype: DType, nodata: Option<f64>) -> Self {
        let band = |band: &BandEncoding| BandEncoding { nodata: nodata.or(band.nodata), ..*band };
        let bands: Vec<BandEncoding> = self.bands.iter().map(band).collect();
        let bands =
            bands.into_iter().map(|band| BandEncoding { nodata: band.nodata.filter(|&v| holds(dtype, v)), ..band });
        Self { dtype, bands: bands.collect(), ..self.clone() }.simplified()
    }

    /// The same for a file in which a mask says what is missing.
    #[must_use]
    pub(crate) fn masked(self, masked: bool) -> Self {
        Self { masked, ..self }
    }

    /// The same with what only its format understands.
    #[must_use]
    pub(crate) fn with_details(self, details: Arc<dyn Details>) -> Self {
        Self { details: Some(details), ..self }
    }

    /// What the format `T` keeps of it.
    pub(crate) fn details<T: 'static>(&self) -> Option<&T> {
        self.details.as_ref()?.as_any().downcast_ref()
    }

    /// Whether one number stands for what is missing in all bands: none has it and means it.
    pub(crate) fn has_one_nodata(&self) -> bool {
        !self.masked && self.bands.iter().all(|band| same_nodata(band.nodata, self.bands[0].nodata))
    }

    /// The element type in the file.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Whether the array holds the stored numbers themselves, as without a mask.
    pub fn is_raw(&self) -> bool {
        self.raw
    }

    /// The number that stands for a missing value; of several bands, the first band's.
    pub fn nodata(&self) -> Option<f64> {
        self.bands.first().and_then(|band| band.nodata)
    }

    /// What stored numbers are multiplied with; of several bands, in the first one.
    pub fn scale(&self) -> f64 {
        self.bands.first().map_or(1.0, |band| band.scale)
    }

    /// What is added to them then; of several bands, in the first one.
    pub fn offset(&self) -> f64 {
        self.bands.first().map_or(0.0, |band| band.offset)
    }

    /// How band `at` is stored, counted from 0.
    pub(crate) fn band(&self, at: usize) -> BandEncoding {
        let at = if self.along.is_some() { at } else { 0 };
        self.bands.get(at).copied().unwrap_or(BandEncoding::PLAIN)
    }

    /// The bands, if they differ.
    pub(crate) fn bands(&self) -> Option<&[BandEncoding]> {
        self.along.is_some().then_some(&self.bands)
    }

    /// The dimension along which bands differ.
    pub(crate) fn along(&self) -> Option<&str> {
        self.along.as_deref()
    }

    /// The encoding of these positions along `dim`.
    pub(crate) fn select(&self, dim: &str, positions: impl Iterator<Item = usize>) -> Self {
        if self.along() != Some(dim) {
            return self.clone();
        }
        let bands = positions.map(|at| self.band(at)).collect();
        Self { bands, ..self.clone() }.simplified()
    }

    /// The encoding of an array of `lengths[0]` positions along `dim` behind which another one follows, of `lengths[1]`: equal
    /// ones stay, and bands that differ stay told apart along `dim`. Numbers that were decoded of unlike ones are new ones.
    pub(crate) fn followed(&self, other: &Self, dim: &str, lengths: [usize; 2]) -> Option<Self> {
        let is_along = |of: &Self| of.along() == Some(dim);
        if self == other && !is_along(self) {
            return Some(self.clone());
        }
        let told_apart = |of: &Self| of.along().is_none_or(|along| along == dim);
        let alike = |of: &Self| Self { along: None, bands: Vec::new(), ..of.clone() };
        let may = self.raw || is_along(self) || is_along(other);
        if !may || !told_apart(self) || !told_apart(other) || alike(self) != alike(other) {
            return None;
        }
        let bands = (0..lengths[0]).map(|at| self.band(at)).chain((0..lengths[1]).map(|at| other.band(at))).collect();
        Some(Self { along: Some(dim.to_owned()), bands, ..self.clone() }.simplified())
    }

    /// The encoding under new names of dimensions.
    pub(crate) fn rename(&self, new: &dyn Fn(&str) -> String) -> Self {
        Self { along: self.along().map(new), ..self.clone() }
    }
}

fn same_nodata(one: Option<f64>, other: Option<f64>) -> bool {
    one.map(f64::to_bits) == other.map(f64::to_bits)
}

/// Whether a type has a value: NaN is none of whole numbers, and -9999 none of bytes.
pub(crate) fn holds(dtype: DType, value: f64) -> bool {
    match dtype.stored_range() {
        Some((low, high)) => value.fract() == 0.0 && value >= low && value <= high,
        None => dtype.is_float(),
    }
}

/// Says so, with what to do about it.
pub(crate) fn cannot_hold(dtype: DType, nodata: f64) -> String {
    let range = dtype
        .stored_range()
        .map_or_else(String::new, |(low, high)| format!(": it holds whole numbers from {low} to {high}"));
    format!("{dtype} cannot hold the nodata value {nodata}{range}; set another nodata value, or another dtype")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nodata_value_that_the_type_does_not_have_is_none() {
        assert_eq!(Encoding::new(DType::U8).with_nodata(-9999.0).nodata(), None);
        assert_eq!(Encoding::new(DType::U8).with_nodata(f64::NAN).nodata(), None);
        assert_eq!(Encoding::new(DType::I16).with_nodata(-9999.0).nodata(), Some(-9999.0));
        assert!(Encoding::new(DType::F32).with_nodata(f64::NAN).nodata().is_some_and(f64::is_nan));
    }

    #[test]
    fn bands_that_differ_are_told_apart_behind_others() {
        let band = |scale| BandEncoding { scale, ..BandEncoding::PLAIN };
        let two = Encoding::of_bands(DType::I16, "band", vec![band(1.0), band(0.1)]);
        let one = Encoding::of_bands(DType::I16, "band", vec![band(0.1)]);
        let three = two.followed(&one, "band", [2, 1]).unwrap();
        assert_eq!(three.bands().unwrap().iter().map(|band| band.scale).collect::<Vec<_>>(), [1.0, 0.1, 0.1]);
        assert_eq!(one.followed(&one, "band", [1, 1]), Some(one.clone()));
        assert_eq!(two.followed(&two, "y", [5, 5]), Some(two.clone()));
        // Rows of unlike scales have no word in any file, and decoded numbers need none.
        assert_eq!(two.followed(&one, "y", [5, 5]), None);
        let other = Encoding::of_bands(DType::I16, "band", vec![band(0.5)]);
        assert_eq!(one.followed(&other, "band", [1, 1]), None);
        assert!(one.clone().raw().followed(&other.raw(), "band", [1, 1]).is_some());
        assert_eq!(one.followed(&Encoding::new(DType::U8), "band", [1, 1]), None);
    }

    #[test]
    fn bands_follow_a_selection_and_are_one_when_they_are_alike() {
        let band = |nodata| BandEncoding { nodata: Some(nodata), ..BandEncoding::PLAIN };
        let all = Encoding::of_bands(DType::U8, "band", vec![band(0.0), band(255.0), band(0.0)]);
        let second = all.select("band", [1].into_iter());
        assert_eq!((second.nodata(), second.along()), (Some(255.0), None));
        assert_eq!(all.select("band", [0, 2].into_iter()).bands(), None);
        assert_eq!(all.select("x", [1].into_iter()), all);
    }
}
