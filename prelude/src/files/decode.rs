//! CF decoding: what the numbers in a file stand for. The rules are xarray's, so values and types come out as its do.

use super::attribute::{Given, GivenAttrs, find};
use super::calendar::{TimeUnits, is_time};
use super::options::DatasetOptions;
use crate::time::DateTime;
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
                decoding.dtype = DType::DateTime;
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
    /// When a time lies outside 1677 to 2262.
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

    fn dates(&self, time: &TimeUnits, raw: &Values) -> Result<Values> {
        let missing = DateTime::MISSING.nanoseconds();
        let plain = self.scale.is_none() && self.offset.is_none();
        let mut outside = None;
        let mut keep = |number: f64, instant: Option<i64>| {
            instant.unwrap_or_else(|| {
                outside.get_or_insert(number);
                missing
            })
        };
        let dates: Vec<i64> = if plain && !raw.dtype().is_float() {
            let whole = raw.cast(DType::I64).to_vec::<i64>()?;
            let is_fill = |number: i64| number == missing || self.fills.contains(&(number as f64));
            whole
                .into_iter()
                .map(|number| if is_fill(number) { missing } else { keep(number as f64, time.whole(number)) })
                .collect()
        } else {
            let Values::F64(numbers) = self.floats64(raw)? else { unreachable!("floats64 gives f64") };
            numbers.iter().map(|&number| keep(number, time.float(number))).collect()
        };
        match outside {
            Some(number) => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!(
                    "the time {number} lies outside 1677-09-22 to 2262-04-11, which nanoseconds reach; open it with decode_times(false)"
                ),
            )),
            None => Ok(Values::DateTime(Values::from_shape_vec(raw.shape(), dates).map(|values| match values {
                Values::I64(dates) => dates,
                _ => unreachable!("dates are 64-bit integers"),
            })?)),
        }
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
        DType::DateTime => Ok(Values::from_shape_vec::<i64>(shape, Vec::new())?.cast(DType::DateTime)),
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
