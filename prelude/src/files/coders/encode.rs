//! The way back: values as the numbers of a file, with the encoding that the file had or that a user asked for.

use super::{DateNumbers, FileEncoding};
use crate::files::attribute::{Given, GivenAttrs};
use crate::files::file_type::FileType;
use crate::values::{DType, Element as _, Text, Values, each};
use crate::{Error, ErrorKind, Result};

/// How the values of a variable become the numbers of a file.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::files) struct Encoder {
    encoding: FileEncoding,
    /// What a missing value becomes.
    fill: Option<f64>,
    /// The same among integers: a float does not hold all of 64 bits.
    whole_fill: Option<i128>,
    /// Whether numbers change at all.
    plain: bool,
    /// Whether missing values are NaN, so that a number that equals the fill value is a value.
    from_floats: bool,
    /// Of dates.
    dates: Option<DateNumbers>,
    /// What a missing text becomes.
    missing_text: Option<Text>,
}

/// What a variable is created with.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::files) struct Stored {
    pub(in crate::files) of: FileType,
    /// What `_FillValue` says.
    pub(in crate::files) fill: Option<Given>,
    /// The other attributes that the encoding adds.
    pub(in crate::files) attrs: GivenAttrs,
}

impl Encoder {
    /// For values of `dtype`, as `encoding` says where it can be meant for them, or else as xarray writes them: floats
    /// with a fill value of NaN, truth values as bytes, all others as they are.
    pub(in crate::files) fn new(dtype: DType, encoding: Option<FileEncoding>) -> Self {
        let mut encoding =
            encoding.filter(|encoding| suits(encoding, dtype)).unwrap_or_else(|| FileEncoding::of(FileType::of(dtype)));
        if dtype == DType::Bool {
            encoding.is_bool = true;
            encoding.of = FileType::I8;
        }
        if encoding.of == FileType::F16 {
            encoding.of = FileType::F32;
        }
        let of = encoding.of;
        let logical = logical(of, encoding.unsigned.as_deref());
        // Where the sign is ignored, `_FillValue` loses its own too, and `missing_value` does not: no value is equal to it.
        let possible = |given: &&Given| match (logical == of, logical.integer_range(), given.whole()) {
            (false, Some((least, most)), Some(number)) => (least..=most).contains(&number),
            _ => true,
        };
        let missing_value = encoding.missing_value.as_ref().filter(possible);
        let fill = [encoding.fill_value.as_ref(), missing_value]
            .into_iter()
            .flatten()
            .find_map(|given| given.numbers().first().copied().filter(|fill| of.is_float() || !fill.is_nan()));
        let packed = encoding.scale_factor.is_some() || encoding.add_offset.is_some();
        if of.is_float() && !packed && encoding.fill_value.is_none() {
            encoding.fill_value = Some(Given::Floats(vec![f64::NAN], of));
        }
        let missing_value = encoding.missing_value.as_ref().filter(possible);
        let whole_fill = [encoding.fill_value.as_ref(), missing_value].into_iter().flatten().find_map(|given| {
            let (least, _) = of.with_sign(true).integer_range()?;
            let (_, most) = of.with_sign(false).integer_range()?;
            given.whole().filter(|fill| (least..=most).contains(fill)).map(|fill| of.wrapped(fill))
        });
        let plain = encoding.scale_factor.is_none()
            && encoding.add_offset.is_none()
            && encoding.unsigned.is_none()
            && encoding.of.dtype() == dtype
            && fill.is_none_or(|fill| fill.is_nan() || !dtype.is_float());
        Self { encoding, fill, whole_fill, plain, from_floats: dtype.is_float(), dates: None, missing_text: None }
    }

    /// Without the fill value NaN, which says of packed floats that they become others.
    #[must_use]
    pub(in crate::files) fn without_nan(mut self) -> Self {
        self.encoding.fill_value.take_if(|fill| fill.numbers().iter().all(|number| number.is_nan()));
        self
    }

    /// For dates. Units that a coordinate says for its bounds too are not repeated there.
    pub(in crate::files) fn of_dates(dates: DateNumbers, said_elsewhere: bool) -> Self {
        let mut encoding = dates.encoding.clone();
        if said_elsewhere {
            (encoding.units, encoding.calendar) = (None, None);
        }
        let plain = Self::new(encoding.of.dtype(), Some(encoding));
        Self { dates: Some(dates), ..plain }
    }

    /// For texts, of which a missing one becomes `missing`; the attribute `missing_value` says so.
    pub(in crate::files) fn of_texts(missing: Option<Text>) -> Self {
        let mut encoding = FileEncoding::of(FileType::Text);
        encoding.missing_value = missing.map(|word| Given::Text(word.as_str().unwrap_or_default().to_owned()));
        Self { missing_text: missing, ..Self::new(DType::Text, Some(encoding)) }
    }

    /// Whether the values are dates.
    pub(in crate::files) fn is_of_dates(&self) -> bool {
        self.dates.is_some()
    }

    /// What the variable is created with.
    pub(in crate::files) fn stored(&self) -> Stored {
        // One that the type does not have, such as NaN among integers, stands for nothing.
        let possible = |given: &Given| match (given.number(), self.encoding.of.integer_range()) {
            (Some((fill, _)), Some((least, most))) => {
                fill.fract() == 0.0 && fill >= least as f64 && fill <= most as f64
            }
            (Some(_), None) => !self.encoding.of.is_text(),
            (None, _) => false,
        };
        let fill = self.encoding.fill_value.clone().filter(possible);
        Stored { of: self.encoding.of, fill, attrs: self.encoding.attributes() }
    }

    /// The numbers that stand for the values.
    ///
    /// # Errors
    /// When a value does not fit into the type of the file, would be taken for a missing one, or is missing where the
    /// file has nothing that says so.
    pub(in crate::files) fn apply(&self, values: Values) -> Result<Values> {
        let of = self.encoding.of;
        if let (Some(missing), Values::Text(texts)) = (self.missing_text, &values) {
            let refused = |text: &Text| *text == missing;
            if texts.iter().any(refused) {
                let message = format!("the text {missing:?} stands for a missing one; choose another missing_value");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            let written = |text: Text| if text.is_missing() { missing } else { text };
            return Ok(Values::Text(texts.mapv(written).into_shared()));
        }
        if let Some(dates) = &self.dates {
            return dates.apply(&values);
        }
        if self.plain || of.is_text() {
            return Ok(values);
        }
        let number = |given: &Option<Given>| given.as_ref().and_then(Given::number).map(|(value, _)| value);
        let (scale, offset) = (number(&self.encoding.scale_factor), number(&self.encoding.add_offset));
        if let (None, None, Some(same)) = (scale, offset, same_bits(&values, of, self.encoding.unsigned.as_deref())) {
            return Ok(same);
        }
        let logical = logical(of, self.encoding.unsigned.as_deref());
        let exact = scale.is_none() && offset.is_none() && !values.dtype().is_float();
        // Integers of 64 bits do not all go through a float.
        if let (true, Values::I64(_), FileType::I64) | (true, Values::U64(_), FileType::U64) = (exact, &values, of) {
            return Ok(values);
        }
        if matches!(of, FileType::I64 | FileType::U64) {
            let mut whole: Vec<i128> = Vec::with_capacity(values.len());
            each!(&values, array => {
                for &value in array.iter() {
                    whole.push(self.whole(value.to_f64(), scale, offset, logical)?);
                }
            });
            return match of {
                FileType::U64 => {
                    Values::from_shape_vec(values.shape(), whole.into_iter().map(|value| value as u64).collect())
                }
                _ => Values::from_shape_vec(values.shape(), whole.into_iter().map(|value| value as i64).collect()),
            };
        }
        let mut out: Vec<f64> = Vec::with_capacity(values.len());
        each!(&values, array => {
            for &value in array.iter() {
                out.push(match of.is_integer() {
                    true => self.whole(value.to_f64(), scale, offset, logical)? as f64,
                    false => self.float(value.to_f64(), scale, offset),
                });
            }
        });
        Ok(Values::from_shape_vec(values.shape(), out)?.cast(of.dtype()))
    }

    fn float(&self, value: f64, scale: Option<f64>, offset: Option<f64>) -> f64 {
        if value.is_nan() {
            return self.fill.unwrap_or(value);
        }
        let moved = offset.map_or(value, |offset| value - offset);
        scale.map_or(moved, |scale| moved / scale)
    }

    fn whole(&self, value: f64, scale: Option<f64>, offset: Option<f64>, logical: FileType) -> Result<i128> {
        let of = self.encoding.of;
        let refused = |why: String| Err(Error::new(ErrorKind::InvalidArgument, why));
        if value.is_nan() {
            return self.whole_fill.map_or_else(
                || {
                    refused(format!(
                        "a missing value cannot be written as {} without a _FillValue; fill it, or write floats",
                        of.dtype()
                    ))
                },
                Ok,
            );
        }
        let moved = offset.map_or(value, |offset| value - offset);
        let packed = scale.map_or(moved, |scale| moved / scale);
        let (least, most) = logical.integer_range().unwrap_or_default();
        let rounded = packed.round_ties_even();
        // The largest number of 64 bits is no float; the next one is, and would wrap around.
        if !rounded.is_finite() || (rounded as i128) < least || (rounded as i128) > most {
            let how = match (scale, offset) {
                (None, None) => String::new(),
                (scale, offset) => format!(
                    " with scale {} and offset {}; choose a larger scale",
                    scale.unwrap_or(1.0),
                    offset.unwrap_or(0.0)
                ),
            };
            return refused(format!("{value} does not fit into {}-bit integers{how}", 8 * logical.size()));
        }
        let stored = of.wrapped(rounded as i128);
        match self.whole_fill {
            Some(fill) if fill == stored && self.from_floats => {
                refused(format!("{value} becomes {stored}, which stands for missing; choose another _FillValue"))
            }
            _ => Ok(stored),
        }
    }
}

/// The type that the numbers of a file stand for, whose sign may be ignored or added.
fn logical(of: FileType, unsigned: Option<&str>) -> FileType {
    match unsigned {
        Some("true") => of.with_sign(false),
        Some("false") => of.with_sign(true),
        _ => of,
    }
}

/// Integers of 64 bits with the sign that the file ignores, or without the one that it adds: a float does not hold them all.
fn same_bits(values: &Values, of: FileType, unsigned: Option<&str>) -> Option<Values> {
    match (values, of, unsigned) {
        (Values::U64(array), FileType::I64, Some("true")) => {
            Some(Values::I64(array.mapv(|value| value as i64).into_shared()))
        }
        (Values::I64(array), FileType::U64, Some("false")) => {
            Some(Values::U64(array.mapv(|value| value as u64).into_shared()))
        }
        _ => None,
    }
}

/// Whether an encoding can be meant for values of this type.
fn suits(encoding: &FileEncoding, dtype: DType) -> bool {
    match dtype {
        DType::Text => encoding.of.is_text(),
        DType::Bool => encoding.is_bool,
        // Numbers of dates have an encoding that was made for them.
        _ => !encoding.of.is_text() && encoding.of != FileType::Bool && !encoding.is_bool,
    }
}
