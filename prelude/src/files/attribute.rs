//! Attributes as files have them: with the type of their numbers, which decides how values are decoded.

use super::file_type::FileType;
use crate::array::{Attr, DType};
use crate::gdal::multidim::{Attribute, Kind, Type, list, text};
use gdal_sys as c;

/// The value of an attribute in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    Text(String),
    Texts(Vec<String>),
    /// Integers, with their type in the file.
    Integers(Vec<i64>, FileType),
    /// Integers without a sign, of which one at least is larger than all that have one.
    Large(Vec<u64>),
    /// Floats, with their type in the file.
    Floats(Vec<f64>, FileType),
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
            Kind::Number(DType::I64, _) => {
                raw_integers(attribute, i64::from_ne_bytes).map(|values| Given::Integers(values, FileType::I64))
            }
            Kind::Number(DType::U64, _) => raw_integers(attribute, u64::from_ne_bytes).map(|values| unsigned(&values)),
            Kind::Number(dtype, _) => {
                let mut length = 0;
                let numbers = c::GDALAttributeReadAsDoubleArray(raw, &raw mut length);
                if numbers.is_null() {
                    return None;
                }
                let values: Vec<f64> = (0..length).map(|at| *numbers.add(at)).collect();
                c::VSIFree(numbers.cast());
                let of = FileType::of(dtype);
                Some(match of.is_float() {
                    true => Given::Floats(values, of),
                    false => Given::Integers(values.iter().map(|&value| value as i64).collect(), of),
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
        let values = (0..bytes / 8).map(|at| number(raw.cast::<[u8; 8]>().add(at).read())).collect();
        c::GDALAttributeFreeRawResult(attribute.raw(), raw, bytes);
        Some(values)
    }
}

/// Integers without a sign.
pub(super) fn unsigned(values: &[u64]) -> Given {
    match values.iter().map(|&value| i64::try_from(value)).collect::<Result<Vec<_>, _>>() {
        Ok(values) => Given::Integers(values, FileType::U64),
        Err(_) => Given::Large(values.to_vec()),
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
            Self::Integers(values, _) => values.iter().map(|&value| value as f64).collect(),
            Self::Large(values) => values.iter().map(|&value| value as f64).collect(),
            Self::Floats(values, _) => values.clone(),
            _ => Vec::new(),
        }
    }

    /// The first number, if it is a whole one.
    pub(super) fn whole(&self) -> Option<i128> {
        match self {
            Self::Integers(values, _) => values.first().map(|&value| value.into()),
            Self::Large(values) => values.first().map(|&value| value.into()),
            Self::Floats(values, _) => {
                values.first().filter(|value| value.fract() == 0.0 && value.abs() < 1e30).map(|&value| value as i128)
            }
            Self::Text(_) | Self::Texts(_) => None,
        }
    }

    /// The number and its type, if it is one number.
    pub(super) fn number(&self) -> Option<(f64, FileType)> {
        match self {
            Self::Integers(values, of) if values.len() == 1 => Some((values[0] as f64, *of)),
            Self::Large(values) if values.len() == 1 => Some((values[0] as f64, FileType::U64)),
            Self::Floats(values, of) if values.len() == 1 => Some((values[0], *of)),
            _ => None,
        }
    }

    /// As an array carries it.
    pub(super) fn attr(&self) -> Attr {
        match self {
            Self::Text(text) => Attr::Text(text.clone()),
            Self::Texts(texts) => Attr::Texts(texts.clone()),
            Self::Integers(values, _) => match values[..] {
                [value] => Attr::Int(value),
                _ => Attr::Integers(values.clone()),
            },
            // An array's attributes have no such integers.
            Self::Large(_) => match self.numbers()[..] {
                [value] => Attr::Float(value),
                _ => Attr::Numbers(self.numbers()),
            },
            Self::Floats(values, FileType::F32) => match values[..] {
                [value] => Attr::Float32(value as f32),
                _ => Attr::Numbers32(values.iter().map(|&value| value as f32).collect()),
            },
            Self::Floats(values, _) => match values[..] {
                [value] => Attr::Float(value),
                _ => Attr::Numbers(values.clone()),
            },
        }
    }

    /// What an array carries, as a file would have it; a number that counts values of a file gets its type when it is
    /// written.
    pub(super) fn of(attr: &Attr) -> Self {
        match attr {
            Attr::Text(text) => Self::Text(text.clone()),
            Attr::Texts(texts) => Self::Texts(texts.clone()),
            Attr::Int(value) => Self::Integers(vec![*value], FileType::I64),
            Attr::Integers(values) => Self::Integers(values.clone(), FileType::I64),
            Attr::Float(value) => Self::Floats(vec![*value], FileType::F64),
            Attr::Float32(value) => Self::Floats(vec![(*value).into()], FileType::F32),
            Attr::Numbers(values) => Self::Floats(values.clone(), FileType::F64),
            Attr::Numbers32(values) => Self::Floats(values.iter().map(|&value| value.into()).collect(), FileType::F32),
        }
    }
}

/// The attribute `name`.
pub(super) fn find<'a>(attrs: &'a GivenAttrs, name: &str) -> Option<&'a Given> {
    attrs.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Takes the attribute `name` out.
pub(super) fn take(attrs: &mut GivenAttrs, name: &str) -> Option<Given> {
    let at = attrs.iter().position(|(key, _)| key == name)?;
    Some(attrs.remove(at).1)
}
