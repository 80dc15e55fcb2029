//! CF decoding: what the numbers in a file stand for. The rules are xarray's, so values and types come out as its do.

use super::attribute::{Given, GivenAttrs, find};
use super::options::DatasetOptions;
use crate::time::units::{Count, TimeUnits, is_time};
use crate::values::buffers;
use crate::values::{DType, Element, Text, Values, each};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArrayD, IxDyn};

/// How the values of a variable are decoded; plain data for any thread.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decoding {
    /// The type of what comes out.
    pub(super) dtype: DType,
    /// Numbers of the file that stand for "missing".
    fills: Vec<f64>,
    scale: Option<f64>,
    offset: Option<f64>,
    time: Option<TimeUnits>,
}

/// How a variable is decoded, the attributes that stay, and what could not be decoded and why.
pub(super) struct Decoded {
    pub(super) decoding: Decoding,
    pub(super) attrs: GivenAttrs,
    pub(super) note: Option<String>,
}

/// Decides from the type in the file and the attributes.
pub(super) fn decide(raw: DType, attrs: &GivenAttrs, options: &DatasetOptions) -> Decoded {
    let mut decoding = Decoding { dtype: raw, fills: Vec::new(), scale: None, offset: None, time: None };
    let mut used: Vec<&str> = Vec::new();
    let mut note = None;
    let units = find(attrs, "units").and_then(Given::as_text);
    let timed = units.filter(|units| options.decodes_times() && is_time(units) && raw != DType::Text);
    if options.masks_and_scales() && raw != DType::Text {
        decoding.fills = fills(raw, attrs);
        let first = |name: &str| find(attrs, name).and_then(|given| Some((given.numbers().first().copied()?, given)));
        let (scale, offset) = (first("scale_factor"), first("add_offset"));
        if scale.is_some() || offset.is_some() {
            decoding.dtype = float_type(raw, scale.map(|(_, given)| given), offset.map(|(_, given)| given));
        } else if !decoding.fills.is_empty() && (timed.is_none() || raw.is_float()) {
            decoding.dtype = raw.with_missing();
        }
        (decoding.scale, decoding.offset) = (scale.map(|(value, _)| value), offset.map(|(value, _)| value));
        used.extend(["_FillValue", "missing_value", "_Unsigned", "scale_factor", "add_offset"]);
    }
    if let Some(units) = timed {
        match TimeUnits::parse(units, find(attrs, "calendar").and_then(Given::as_text)) {
            Ok(units) => {
                decoding.time = Some(units);
                // The real calendar's dates may turn out to lie too far away; see `settle`.
                decoding.dtype = if units.calendar.is_real() { DType::DateTime } else { DType::CfTime(units.calendar) };
                used.extend(["units", "calendar"]);
            }
            Err(error) => {
                // Masked integers that stay numbers need a float to be missing in.
                if !decoding.fills.is_empty() {
                    decoding.dtype = decoding.dtype.with_missing();
                }
                note = Some(format!("left as numbers: {error}"));
            }
        }
    }
    if find(attrs, "dtype").and_then(Given::as_text) == Some("bool") && decoding.dtype.is_integer() {
        decoding.dtype = DType::Bool;
        used.push("dtype");
    }
    let attrs = attrs.iter().filter(|(name, _)| !used.contains(&name.as_str())).cloned().collect();
    Decoded { decoding, attrs, note }
}

/// Fill values as numbers of the file's type; one that the type does not have, such as NaN among integers, is none.
fn fills(raw: DType, attrs: &GivenAttrs) -> Vec<f64> {
    let unsigned = find(attrs, "_Unsigned").and_then(Given::as_text) == Some("true");
    let mut fills = Vec::new();
    for value in ["_FillValue", "missing_value"].iter().filter_map(|name| find(attrs, name)).flat_map(Given::numbers) {
        let range = match raw.range() {
            Some((0, greatest)) => greatest as f64 + 1.0,
            _ => 0.0,
        };
        // Files write -1 for 255, since attributes have the type with the sign.
        let value = if unsigned && value < 0.0 { value + range } else { value };
        let own = match raw {
            DType::F32 => f64::from(value as f32),
            DType::F64 => value,
            _ => Values::from(value).cast(raw).get(&[]).filter(|&own| own == value).unwrap_or(f64::NAN),
        };
        // NaN stands for itself among floats, and for nothing among integers.
        if !own.is_nan() && !fills.contains(&own) {
            fills.push(own);
        }
    }
    fills
}

/// The float that scaled values become, as xarray chooses it.
fn float_type(raw: DType, scale: Option<&Given>, offset: Option<&Given>) -> DType {
    let dtype = |given: &Given| if given.dtype().is_float() { given.dtype() } else { DType::F64 };
    match (scale, offset) {
        (Some(scale), Some(offset)) if dtype(scale) == dtype(offset) => match raw {
            DType::I32 | DType::U32 => DType::F64,
            _ => dtype(scale),
        },
        (_, Some(_)) => DType::F64,
        (Some(scale), None) => dtype(scale),
        (None, None) => raw.with_missing(),
    }
}

impl Decoding {
    /// The values that those of a file stand for, in one pass over them.
    ///
    /// # Errors
    /// When a number is no date.
    pub(super) fn apply(&self, raw: Values) -> Result<Values> {
        if let Some(time) = &self.time {
            return self.dates(time, &raw);
        }
        if raw.dtype() == self.dtype && self.fills.is_empty() && self.scale.is_none() && self.offset.is_none() {
            return Ok(raw);
        }
        let decoded = match self.dtype {
            DType::F32 => self.floats32(&raw),
            DType::F64 => self.floats64(&raw),
            DType::Text => return Ok(raw),
            other => return Ok(raw.cast(other)),
        };
        buffers::recycle(raw);
        decoded
    }

    fn floats32(&self, raw: &Values) -> Result<Values> {
        let (scale, offset) = (self.scale.map(|v| v as f32), self.offset.map(|v| v as f32));
        let f = |value: f64| {
            if self.fills.contains(&value) {
                return f32::NAN;
            }
            // Two roundings, as NumPy multiplies and adds in turn.
            let scaled = scale.map_or(value as f32, |scale| value as f32 * scale);
            offset.map_or(scaled, |offset| scaled + offset)
        };
        map(raw, &f)
    }

    fn floats64(&self, raw: &Values) -> Result<Values> {
        let f = |value: f64| {
            if self.fills.contains(&value) {
                return f64::NAN;
            }
            let scaled = self.scale.map_or(value, |scale| value * scale);
            self.offset.map_or(scaled, |offset| scaled + offset)
        };
        map(raw, &f)
    }

    /// Chooses the type of dates that holds those of all these numbers of the file.
    ///
    /// # Errors
    /// When a number stands for no date.
    pub(super) fn settle(&mut self, raw: &Values) -> Result<()> {
        let Some(time) = self.time else { return Ok(()) };
        let kind = time.kind(self.counts(raw)?.into_iter().flatten())?;
        self.dtype = Values::of_dates(kind, Vec::new()).dtype();
        Ok(())
    }

    /// The numbers of a time, without their masks and scales; none where they are missing.
    fn counts(&self, raw: &Values) -> Result<Vec<Option<Count>>> {
        if self.scale.is_some() || self.offset.is_some() || raw.dtype().is_float() {
            let Values::F64(numbers) = self.floats64(raw)? else { unreachable!("floats64 gives f64") };
            return Ok(numbers.iter().map(|&number| (!number.is_nan()).then_some(Count::Float(number))).collect());
        }
        let count = |number: i128| {
            let missing = number == i128::from(i64::MIN) || self.fills.contains(&(number as f64));
            (!missing).then_some(Count::Whole(number))
        };
        Ok(match raw {
            Values::U64(numbers) => numbers.iter().map(|&number| count(i128::from(number))).collect(),
            others => others.cast(DType::I64).to_vec::<i64>()?.into_iter().map(|n| count(i128::from(n))).collect(),
        })
    }

    fn dates(&self, time: &TimeUnits, raw: &Values) -> Result<Values> {
        let Some(kind) = self.dtype.date_kind() else { unreachable!("times are decoded to dates") };
        let date = |count: Option<Count>| match count {
            None => Ok(i64::MIN),
            Some(count) => time.date(count, kind).ok_or_else(|| {
                let number = match count {
                    Count::Whole(number) => number.to_string(),
                    Count::Float(number) => number.to_string(),
                };
                let message = format!(
                    "the time {number} is no date of the type {}; open it with decode_times(false)",
                    self.dtype
                );
                Error::new(ErrorKind::InvalidArgument, message)
            }),
        };
        let dates: Vec<i64> = self.counts(raw)?.into_iter().map(date).collect::<Result<_>>()?;
        Ok(Values::from_shape_vec(raw.shape(), dates)?.into_dates(self.dtype))
    }
}

fn map<U: Element>(raw: &Values, f: &dyn Fn(f64) -> U) -> Result<Values> {
    let mut out: Vec<U> = buffers::take(raw.len());
    each!(raw, array => {
        for (out, &value) in out.iter_mut().zip(array.iter()) {
            *out = f(value.to_f64());
        }
    });
    let array = ArrayD::from_shape_vec(IxDyn(raw.shape()), out);
    Ok(Values::from(array.map_err(|error| Error::with_source(ErrorKind::Other, "a window of another size", error))?))
}

/// An array without elements, for what need not be read.
pub(super) fn empty(dtype: DType, shape: &[usize]) -> Result<Values> {
    match dtype {
        DType::Text => Values::from_shape_vec::<Text>(shape, Vec::new()),
        dates if dates.is_date() => Ok(Values::from_shape_vec::<i64>(shape, Vec::new())?.into_dates(dates)),
        dtype => Ok(Values::from_shape_vec::<f64>(shape, Vec::new())?.cast(dtype)),
    }
}

#[cfg(test)]
mod tests {
    use super::{decide, fills};
    use crate::files::DatasetOptions;
    use crate::files::attribute::Given;
    use crate::values::{DType, Values};

    // Both rules as xarray applies them to eraint_uvz.nc, whose packed int16 have a `_FillValue` of NaN.
    #[test]
    fn nan_among_integers_fills_nothing() {
        let float = |value: f64| Given::Floats(vec![value], DType::F64);
        let mut attrs = vec![("_FillValue".to_owned(), float(f64::NAN))];
        assert_eq!(fills(DType::I16, &attrs), [0.0; 0]);
        let plain = decide(DType::I16, &attrs, &DatasetOptions::new());
        assert_eq!((plain.decoding.dtype, plain.attrs.len()), (DType::I16, 0));
        attrs.push(("scale_factor".to_owned(), float(0.5)));
        let packed = decide(DType::I16, &attrs, &DatasetOptions::new()).decoding;
        let values = packed.apply(Values::from_shape_vec(&[2], vec![0i16, -3]).unwrap()).unwrap();
        assert_eq!((values.dtype(), values.to_vec::<f64>().unwrap()), (DType::F64, vec![0.0, -1.5]));
    }

    #[test]
    fn a_fill_value_counts_as_rounded_to_the_type_of_the_values() {
        let attrs = vec![
            ("_FillValue".to_owned(), Given::Floats(vec![1e20], DType::F64)),
            ("missing_value".to_owned(), Given::Integers(vec![-999])),
        ];
        assert_eq!(fills(DType::F32, &attrs), [f64::from(1e20f32), -999.0]);
        assert_eq!(fills(DType::I16, &attrs), [-999.0]);
    }
}
