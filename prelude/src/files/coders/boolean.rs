//! `dtype = "bool"`: bytes that are truth values, as xarray writes them.

use super::Coding;
use crate::files::attribute::{Given, find};
use crate::values::DType;

pub(super) fn decode(coding: &mut Coding) {
    let is_bool = find(&coding.attrs, "dtype").and_then(Given::as_text) == Some("bool");
    let is_number = coding.decoding.dtype.is_integer() || coding.decoding.dtype.is_float();
    if is_bool && is_number && coding.decoding.time.is_none() {
        coding.take("dtype");
        coding.encoding.is_bool = true;
        coding.decoding.dtype = DType::Bool;
    }
}
