//! Which pixels of a band are missing, and how that is found out: by their value, or by a mask beside the values.
//!
//! The rules are GDAL's, which rasterio and rioxarray follow: a mask (in the file, or in a `.msk` file beside it) goes
//! before a nodata value, and that before an alpha band.

use super::decode::Sample;
use crate::values::DType;
use gdal::raster::RasterBand;

/// How missing pixels of a band are told from the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Missing {
    /// There are none, or NaN stands for them already.
    Never,
    /// By their value, which lies between these two, both included. They are the same number for whole numbers.
    Between(f64, f64),
    /// By this value of a 64-bit integer, whose neighbours are the same float.
    Exactly(i128),
    /// By GDAL's mask band: 0 where a pixel is missing.
    Mask,
}

impl Missing {
    /// What GDAL says of a band whose values are of type `sample`.
    pub fn of(band: &RasterBand<'_>, sample: Option<Sample>, nodata: Option<Nodata>) -> Self {
        let Ok(flags) = band.mask_flags() else { return Self::Never };
        let (nodata, whole) = (nodata.map(|nodata| nodata.value), nodata.and_then(|nodata| nodata.whole));
        // Older versions of GDAL, which know no signed bytes, take a nodata value below 0 for one that none has.
        if let (Some(Sample::I8), Some(nodata), true) = (sample, nodata, flags.is_all_valid()) {
            return Self::Between(nodata, nodata);
        }
        if flags.is_all_valid() {
            return Self::Never;
        }
        if flags.is_per_dataset() || flags.is_alpha() || !flags.is_nodata() {
            return Self::Mask;
        }
        match (sample, nodata) {
            (Some(Sample::I64 | Sample::U64), Some(_)) => whole.map_or(Self::Never, Self::Exactly),
            (_, Some(nodata)) if nodata.is_nan() => Self::Never,
            (Some(Sample::F32), Some(nodata)) => {
                let (low, high) = near_f32(nodata as f32);
                Self::Between(low.into(), high.into())
            }
            (Some(Sample::F64), Some(nodata)) => {
                let (low, high) = near_f64(nodata);
                Self::Between(low, high)
            }
            (Some(_), Some(nodata)) => Self::Between(nodata, nodata),
            (None, Some(_)) => Self::Mask,
            // What the type cannot hold is no value of the band.
            (_, None) => Self::Never,
        }
    }

    /// Whether a band may have missing pixels that its own type has no word for.
    pub fn is_possible(self) -> bool {
        self != Self::Never
    }
}

/// What a file names as its nodata value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Nodata {
    pub value: f64,
    /// The same of 64-bit integers, of which a float does not tell all apart.
    pub whole: Option<i128>,
}

impl Nodata {
    /// A number, which is `whole` where it is one of 64-bit integers that a float has.
    pub fn float(value: f64, sample: Option<Sample>) -> Self {
        let whole = match sample {
            // The first float beyond the largest of them stands for that one.
            Some(Sample::I64) => Some((value as i64).into()).filter(|_| usable(value, sample).is_some()),
            Some(Sample::U64) => Some((value as u64).into()).filter(|_| usable(value, sample).is_some()),
            _ => None,
        };
        Self { value, whole }
    }

    #[cfg(gdal_int64)]
    pub fn whole(whole: i128) -> Self {
        Self { value: whole as f64, whole: Some(whole) }
    }

    /// Whether the number itself is a float, so that nothing is lost where it is kept as one.
    pub fn is_float(self, sample: Option<Sample>) -> bool {
        self.whole.is_none_or(|whole| Self::float(self.value, sample).whole == Some(whole))
    }
}

/// The smallest and the largest value of a band of this type that a reader takes for the nodata value.
pub(super) fn near(nodata: f64, stored: DType) -> (f64, f64) {
    match stored {
        DType::F32 => {
            let (low, high) = near_f32(nodata as f32);
            (low.into(), high.into())
        }
        DType::F64 => near_f64(nodata),
        _ => (nodata, nodata),
    }
}

/// The nodata value as a band of this type can hold it: none where no pixel can have it, a whole number among whole numbers.
pub(crate) fn usable(nodata: f64, sample: Option<Sample>) -> Option<f64> {
    let Some(sample) = sample else { return Some(nodata) };
    // Bounds are exact but for the 64-bit types, whose upper one is the first double beyond.
    let (least, most) = match sample {
        Sample::U8 => (0.0, f64::from(u8::MAX)),
        Sample::I8 => (f64::from(i8::MIN), f64::from(i8::MAX)),
        Sample::U16 => (0.0, f64::from(u16::MAX)),
        Sample::I16 => (f64::from(i16::MIN), f64::from(i16::MAX)),
        Sample::U32 => (0.0, f64::from(u32::MAX)),
        Sample::I32 => (f64::from(i32::MIN), f64::from(i32::MAX)),
        Sample::U64 => (0.0, u64::MAX as f64),
        Sample::I64 => (i64::MIN as f64, i64::MAX as f64),
        Sample::F32 => {
            return (nodata.is_nan() || nodata.is_infinite() || (nodata as f32).is_finite()).then_some(nodata);
        }
        Sample::F64 => return Some(nodata),
    };
    (least..=most).contains(&nodata).then(|| nodata.trunc())
}

macro_rules! near {
    ($name:ident, $float:ty, $bits:ty, $signed:ty) => {
        /// The smallest and the largest number that GDAL takes for `nodata`: it allows for the digits that are lost when
        /// such a number is written as text. Infinities and zero stand for themselves alone.
        fn $name(nodata: $float) -> ($float, $float) {
            // Numbers in the order of their values, as whole numbers that can be halved.
            let key = |value: $float| {
                let bits = value.to_bits() as $signed;
                if bits < 0 { <$signed>::MIN.wrapping_sub(bits) } else { bits }
            };
            let value = |key: $signed| {
                let bits = if key < 0 { <$signed>::MIN.wrapping_sub(key) } else { key };
                <$float>::from_bits(bits as $bits)
            };
            let same = |value: $float| {
                value == nodata || (value - nodata).abs() < f32::EPSILON as $float * (value + nodata).abs() * 2.0
            };
            if nodata.is_infinite() {
                return (nodata, nodata);
            }
            let last = |end: $float| {
                // `inside` is always taken for nodata; `outside` is not, or is the end of all numbers.
                let (mut inside, mut outside) = (key(nodata), key(end));
                if same(end) {
                    return end;
                }
                while inside.abs_diff(outside) > 1 {
                    let middle = inside + (outside - inside) / 2;
                    if same(value(middle)) { inside = middle } else { outside = middle }
                }
                value(inside)
            };
            // The numbers of the other sign are never near, and the difference of two keys of one sign cannot overflow.
            let (lower, upper) = if nodata < 0.0 { (<$float>::MIN, 0.0) } else { (0.0, <$float>::MAX) };
            (last(lower), last(upper))
        }
    };
}
near!(near_f32, f32, u32, i32);
near!(near_f64, f64, u64, i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_enough_to_nodata_is_what_gdal_takes_for_it() {
        // rasterio 1.4.4, GDAL 3.10.3: `read_masks` of values around the nodata value -9999; the last that are masked.
        let (low, high) = near_f32(-9999.0);
        assert_eq!((low, high), (-9999.0 - 0.00390625, -9999.0 + 0.00390625));
        let (low, high) = near_f64(-9999.0);
        assert!(low < -9999.00476 && low > -9999.00477 && high > -9998.99524 && high < -9998.99523, "{low} {high}");
        assert_eq!(near_f32(0.0), (0.0, 0.0));
        assert_eq!(near_f32(1e-40), (1e-40, 1e-40));
        assert_eq!(near_f64(f64::INFINITY), (f64::INFINITY, f64::INFINITY));
        assert_eq!(near_f64(f64::NEG_INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        let (low, high) = near_f32(f32::MIN);
        assert!(low == f32::MIN && high >= -3.40282e38 && high > -1e33 && high < -1e31, "{high}");
        assert_eq!(near_f32(9999.0), (9999.0 - 0.00390625, 9999.0 + 0.00390625));
    }

    #[test]
    fn nodata_that_no_pixel_can_have_is_none() {
        // rasterio 1.4.4: `nodata` and `read_masks` of files whose .aux.xml names these values.
        let rows = [
            (f64::NAN, Sample::U8, None),
            (-9999.0, Sample::U8, None),
            (300.0, Sample::U8, None),
            (254.6, Sample::U8, Some(254.0)),
            (1.5, Sample::I16, Some(1.0)),
            (2147483648.0, Sample::I32, None),
            (4294967295.0, Sample::U32, Some(4294967295.0)),
            (1e39, Sample::F32, None),
            (-3.4028234663852886e38, Sample::F32, Some(-3.4028234663852886e38)),
            (f64::INFINITY, Sample::F32, Some(f64::INFINITY)),
        ];
        for (nodata, sample, expected) in rows {
            assert_eq!(usable(nodata, Some(sample)), expected, "{nodata} in {sample:?}");
        }
        assert!(usable(f64::NAN, Some(Sample::F32)).unwrap().is_nan());
    }
}
