//! What may stand beside an array in arithmetic and comparisons: another array, a number, a date, a text.

use super::align::{Join, align, all_dims, common_coords, spread};
use super::data_array::DataArray;
use super::operation::{ENCODING_ATTRIBUTES, Operation};
use crate::Result;
use crate::lazy::{BinaryOp, Plan};
use crate::time::{CfTime, DateTime};
use crate::values::{DType, Values};

/// The other side of an operation.
#[derive(Debug, Clone)]
pub enum Operand {
    /// A labelled array: aligned by labels, broadcast by the names of its dimensions.
    Array(DataArray),
    /// A whole number; it does not widen an array of integers.
    Int(i64),
    /// A whole number that may be beyond `i64`; it does not widen an array of integers either.
    Large(u64),
    /// A number; it does not widen an array of f32.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// An instant.
    Time(DateTime),
    /// An instant of another calendar.
    CfTime(CfTime),
    /// A text; beside dates it is read as a date.
    Text(String),
}

macro_rules! operand_from {
    ($($type:ty => $variant:ident($value:ident) $expression:expr;)*) => {$(
        impl From<$type> for Operand {
            fn from($value: $type) -> Self {
                Self::$variant($expression)
            }
        }
    )*};
}

operand_from! {
    DataArray => Array(array) array;
    &DataArray => Array(array) array.clone();
    u8 => Int(value) value.into();
    i8 => Int(value) value.into();
    i16 => Int(value) value.into();
    u16 => Int(value) value.into();
    i32 => Int(value) value.into();
    u32 => Int(value) value.into();
    i64 => Int(value) value;
    usize => Int(value) value as i64;
    u64 => Large(value) value;
    f32 => Float(value) value.into();
    f64 => Float(value) value;
    bool => Bool(value) value;
    DateTime => Time(value) value;
    CfTime => CfTime(value) value;
    &str => Text(text) text.to_owned();
    String => Text(text) text;
    &String => Text(text) text.clone();
}

impl Operand {
    /// The operand as an array: a number is one without dimensions, weak in its element type.
    pub(crate) fn to_array(&self) -> Result<DataArray> {
        let plan = match self {
            Self::Array(array) => return Ok(array.clone()),
            Self::Int(value) => Plan::scalar(*value),
            Self::Large(value) => match i64::try_from(*value) {
                Ok(value) => Plan::scalar(value),
                Err(_) => Plan::scalar(*value),
            },
            Self::Float(value) => Plan::scalar(*value),
            Self::Bool(value) => Plan::scalar(*value),
            Self::Time(value) => Plan::scalar(*value),
            Self::CfTime(value) => Plan::scalar(*value),
            Self::Text(text) => match text.parse::<DateTime>() {
                Ok(date) => Plan::scalar(date),
                Err(_) => Plan::scalar(text.as_str()),
            },
        };
        DataArray::new(plan, ())
    }

    /// The operand as an array beside one of `dtype`: that decides whether a text is a date.
    pub(crate) fn beside(&self, dtype: DType) -> Result<DataArray> {
        match (self, dtype) {
            (Self::Text(text), DType::Text) => DataArray::new(Plan::scalar(text.as_str()), ()),
            (Self::Text(text), dates) if let Some(kind) = dates.date_kind() => {
                let date = Values::of_dates(kind, vec![kind.parse(text)?.0]).reshape(&[])?;
                DataArray::new(Plan::scalar(date), ())
            }
            _ => self.to_array(),
        }
    }

    fn dtype(&self) -> Option<DType> {
        if let Self::Array(array) = self { Some(array.dtype()) } else { None }
    }

    fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }
}

impl DataArray {
    /// `self op other`: aligned by labels (only labels that both have survive), broadcast by names of dimensions.
    ///
    /// # Errors
    /// When labels cannot be matched, lengths differ along a dimension without labels, or the element types
    /// do not go together (dates and numbers).
    pub fn binary(&self, op: BinaryOp, other: impl Into<Operand>) -> Result<DataArray> {
        binary(op, &Operand::Array(self.clone()), &other.into())
    }
}

/// The operation with arrays or scalars on either side. The result has a name if all arrays have the same; that of an
/// operation which is written as a function and not by a sign has name and attributes of the first, as in xarray.
pub(crate) fn binary(op: BinaryOp, left: &Operand, right: &Operand) -> Result<DataArray> {
    let known = [left, right].into_iter().find_map(Operand::dtype).unwrap_or(DType::Text);
    let arrays = [left.beside(known)?, right.beside(known)?];
    let result = combine(&[&arrays[0], &arrays[1]], Join::Inner, |plans| Plan::binary(op, &plans[0], &plans[1]))?;
    if matches!(op, BinaryOp::Min | BinaryOp::Max | BinaryOp::Hypot | BinaryOp::Atan2) && left.is_array() {
        let attrs = arrays[0].attrs().without(&ENCODING_ATTRIBUTES);
        return Ok(result.with_name(arrays[0].shared_name()).with_attrs(attrs));
    }
    // Beside a number, an array keeps its name.
    Ok(match (left.is_array(), right.is_array()) {
        (true, false) => result.with_name(arrays[0].shared_name()),
        (false, true) => result.with_name(arrays[1].shared_name()),
        _ => result,
    })
}

/// Aligns and broadcasts arrays, computes on their values, and labels the result.
pub(crate) fn combine(arrays: &[&DataArray], join: Join, op: impl Fn(&[Plan]) -> Result<Plan>) -> Result<DataArray> {
    let aligned = align(arrays, join)?;
    let dims = all_dims(&aligned);
    let plans: Vec<Plan> = aligned.iter().map(|array| spread(array, &dims)).collect::<Result<_>>()?;
    let plan = op(&plans)?;
    let coords = super::coords::Coords::new(common_coords(&aligned, &dims), &dims);
    let mut attrs = aligned[0].attrs().clone();
    let mut name = aligned[0].shared_name();
    for other in &aligned[1..] {
        attrs = attrs.merged(other.attrs());
        name = name.filter(|name| other.get_name() == Some(name));
    }
    let attachment = aligned.iter().find_map(|array| array.attachment()).cloned();
    // Of arrays that lie in different places the answer lies nowhere.
    let attachment = aligned
        .iter()
        .filter_map(|array| array.attachment())
        .fold(attachment, |common, other| common.and_then(|common| common.common(Some(&**other), None)));
    let attachment = attachment.and_then(|attachment| attachment.keep(Operation::Elementwise.keeps()));
    let attrs = attrs.without(&ENCODING_ATTRIBUTES);
    Ok(DataArray::assemble(name, dims, plan, coords, attrs).with_attachment(attachment))
}
