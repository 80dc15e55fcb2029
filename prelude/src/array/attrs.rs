//! Attributes: what is known about an array besides its values (units, a long name, the file's nodata).

use std::fmt;
use std::sync::Arc;

/// The value of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Attr {
    /// Text: units, names, a CRS as WKT.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A number of 32 bits, which files say of numbers of 32 bits; it is shown and written as such.
    Float32(f32),
    /// Several numbers: a transform, a range.
    Numbers(Vec<f64>),
    /// Several numbers of 32 bits.
    Numbers32(Vec<f32>),
    /// Several whole numbers, or none: the values of flags.
    Integers(Vec<i64>),
    /// Several texts.
    Texts(Vec<String>),
}

impl Attr {
    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Float32(number) => Some((*number).into()),
            _ => None,
        }
    }

    /// The numbers that are no integers, one or several.
    pub(crate) fn floats(&self) -> Option<Vec<f64>> {
        match self {
            Self::Float(number) => Some(vec![*number]),
            Self::Float32(number) => Some(vec![(*number).into()]),
            Self::Numbers(numbers) => Some(numbers.clone()),
            Self::Numbers32(numbers) => Some(numbers.iter().map(|&number| number.into()).collect()),
            _ => None,
        }
    }

    /// Whether both say the same; NaN equals NaN here, since a nodata of NaN is one value.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let alike = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
        match (self.floats(), other.floats()) {
            (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| alike(*a, *b)),
            _ => self == other,
        }
    }
}

impl fmt::Display for Attr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Int(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Float32(number) => write!(f, "{number:?}"),
            Self::Numbers(numbers) => write!(f, "{numbers:?}"),
            Self::Numbers32(numbers) => write!(f, "{numbers:?}"),
            Self::Integers(numbers) => write!(f, "{numbers:?}"),
            Self::Texts(texts) => write!(f, "{texts:?}"),
        }
    }
}

macro_rules! attr_from {
    ($($type:ty => $variant:ident($value:ident) $expression:expr;)*) => {$(
        impl From<$type> for Attr {
            fn from($value: $type) -> Self {
                Self::$variant($expression)
            }
        }
    )*};
}

attr_from! {
    &str => Text(text) text.to_owned();
    String => Text(text) text;
    &String => Text(text) text.clone();
    i32 => Int(number) number.into();
    i64 => Int(number) number;
    u32 => Int(number) number.into();
    f32 => Float32(number) number;
    f64 => Float(number) number;
    Vec<f64> => Numbers(numbers) numbers;
    &[f64] => Numbers(numbers) numbers.to_vec();
    Vec<f32> => Numbers32(numbers) numbers;
    &[f32] => Numbers32(numbers) numbers.to_vec();
    Vec<i64> => Integers(numbers) numbers;
    &[i64] => Integers(numbers) numbers.to_vec();
    Vec<String> => Texts(texts) texts;
}

impl<const N: usize> From<[f64; N]> for Attr {
    fn from(numbers: [f64; N]) -> Self {
        Self::Numbers(numbers.to_vec())
    }
}

/// Attributes by name, in the order in which they were set. Cheap to clone.
#[derive(Clone, Default, PartialEq)]
pub struct Attrs(Arc<Vec<(String, Attr)>>);

impl Attrs {
    /// The attribute `name`.
    pub fn get(&self, name: &str) -> Option<&Attr> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Sets `name`, replacing an earlier value in its place.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Attr>) {
        self.put(name.into(), value.into());
    }

    fn put(&mut self, name: String, value: Attr) {
        let list = Arc::make_mut(&mut self.0);
        match list.iter_mut().find(|(key, _)| *key == name) {
            Some(entry) => entry.1 = value,
            None => list.push((name, value)),
        }
    }

    /// Takes `name` out; false if there was none.
    pub fn remove(&mut self, name: &str) -> bool {
        let there = self.get(name).is_some();
        if there {
            Arc::make_mut(&mut self.0).retain(|(key, _)| key != name);
        }
        there
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Attr)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All but those of these names.
    #[must_use]
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let mut rest = self.clone();
        for name in names {
            rest.remove(name);
        }
        rest
    }

    /// What an operation on two arrays keeps: everything but what they disagree on.
    pub(crate) fn merged(&self, other: &Self) -> Self {
        if Arc::ptr_eq(&self.0, &other.0) || other.is_empty() {
            return self.clone();
        }
        let agrees = |name: &str, value: &Attr, with: &Self| with.get(name).is_none_or(|other| value.same(other));
        let mine = self.0.iter().filter(|(name, value)| agrees(name, value, other));
        let theirs = other.0.iter().filter(|(name, _)| self.get(name).is_none());
        Self(Arc::new(mine.chain(theirs).cloned().collect()))
    }
}

impl fmt::Debug for Attrs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, value)| (name, value))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_keep_their_order_and_replace_in_place() {
        let mut attrs = Attrs::default();
        attrs.set("units", "°C");
        attrs.set("_FillValue", -9999.0);
        attrs.set("units", "K");
        let view: Vec<String> = attrs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(view, ["units=K", "_FillValue=-9999.0"]);
        assert!(attrs.remove("units") && !attrs.remove("units"));
    }

    #[test]
    fn merging_drops_only_what_conflicts() {
        let (mut a, mut b) = (Attrs::default(), Attrs::default());
        a.set("units", "°C");
        a.set("k", 1);
        b.set("k", 2);
        b.set("_FillValue", f64::NAN);
        let mut c = b.clone();
        c.remove("k");
        assert_eq!(format!("{:?}", a.merged(&b)), r#"{"units": Text("°C"), "_FillValue": Float(NaN)}"#);
        assert_eq!(c.merged(&b).len(), 2);
    }
}
