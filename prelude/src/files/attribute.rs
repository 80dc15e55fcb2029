//! Attributes as files have them: with the type of their numbers, which decides how values are decoded.

use crate::array::{Attr, DType};
use crate::gdal::multidim::{Attribute, Kind, Type, list, text};
use gdal_sys as c;

/// The value of an attribute in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    Text(String),
    Texts(Vec<String>),
    Integers(Vec<i64>),
    /// Floats, with their type in the file.
    Floats(Vec<f64>, DType),
}

/// Name and value of each attribute, in the file's order.
pub(super) type GivenAttrs = Vec<(String, Given)>;

pub(super) fn read(attributes: Vec<Attribute>) -> GivenAttrs {
    attributes.iter().filter_map(|attribute| Some((name(attribute), value(attribute)?))).collect()
}

fn name(attribute: &Attribute) -> String {
    // SAFETY: the handle is alive.
    text(unsafe { c::GDALAttributeGetName(attribute.raw()) })
}

fn value(attribute: &Attribute) -> Option<Given> {
    let raw = attribute.raw();
    // SAFETY: the handle is alive; what the calls give away is freed by `list`, `Type` and `raw_integers`.
    unsafe {
        let kind = Type::own(c::GDALAttributeGetDataType(raw))?.kind();
        let count = c::GDALAttributeGetTotalElementsCount(raw);
        match kind {
            Kind::Text if count > 1 => Some(Given::Texts(list(c::GDALAttributeReadAsStringArray(raw)))),
            Kind::Text => Some(Given::Text(text(c::GDALAttributeReadAsString(raw)))),
            Kind::Number(DType::I64, _) => raw_integers(attribute, i64::from_ne_bytes).map(Given::Integers),
            Kind::Number(DType::U64, _) => {
                let numbers = raw_integers(attribute, u64::from_ne_bytes)?;
                let whole: Option<Vec<i64>> = numbers.iter().map(|&number| i64::try_from(number).ok()).collect();
                let floats = || Given::Floats(numbers.iter().map(|&number| number as f64).collect(), DType::F64);
                Some(whole.map_or_else(floats, Given::Integers))
            }
            Kind::Number(dtype, _) => {
                let mut length = 0;
                let numbers = c::GDALAttributeReadAsDoubleArray(raw, &raw mut length);
                if numbers.is_null() {
                    return None;
                }
                let values: Vec<f64> = (0..length).map(|at| *numbers.add(at)).collect();
                c::VSIFree(numbers.cast());
                Some(match dtype.is_float() {
                    true => Given::Floats(values, dtype),
                    false => Given::Integers(values.iter().map(|&value| value as i64).collect()),
                })
            }
            Kind::Other => None,
        }
    }
}

/// 64-bit integers, which do not all go through a float.
fn raw_integers<T>(attribute: &Attribute, number: fn([u8; 8]) -> T) -> Option<Vec<T>> {
    let mut bytes = 0;
    // SAFETY: GDAL gives `bytes` bytes, which hold 64-bit integers in this machine's order, and takes them back.
    unsafe {
        let raw = c::GDALAttributeReadAsRaw(attribute.raw(), &raw mut bytes);
        if raw.is_null() {
            return None;
        }
        let values = (0..bytes / 8).map(|at| number(raw.cast::<[u8; 8]>().add(at).read_unaligned())).collect();
        c::GDALAttributeFreeRawResult(attribute.raw(), raw, bytes);
        Some(values)
    }
}

impl Given {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The numbers, if it holds numbers.
    pub(super) fn numbers(&self) -> Vec<f64> {
        match self {
            Self::Integers(values) => values.iter().map(|&value| value as f64).collect(),
            Self::Floats(values, _) => values.clone(),
            _ => Vec::new(),
        }
    }

    /// The type of the numbers; integers count as 64 bits wide.
    pub(super) fn dtype(&self) -> DType {
        match self {
            Self::Floats(_, dtype) => *dtype,
            Self::Integers(_) => DType::I64,
            _ => DType::Text,
        }
    }

    /// As an array carries it. Several texts become one, separated by commas.
    pub(super) fn attr(&self) -> Attr {
        match self {
            Self::Text(text) => Attr::Text(text.clone()),
            Self::Texts(texts) => Attr::Text(texts.join(", ")),
            Self::Integers(values) => match values[..] {
                [value] => Attr::Int(value),
                _ => Attr::Numbers(self.numbers()),
            },
            Self::Floats(values, _) => match values[..] {
                [value] => Attr::Float(value),
                _ => Attr::Numbers(values.clone()),
            },
        }
    }
}

/// The attribute `name`.
pub(super) fn find<'a>(attrs: &'a GivenAttrs, name: &str) -> Option<&'a Given> {
    attrs.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}
