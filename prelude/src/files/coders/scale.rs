//! `scale_factor` and `add_offset`: numbers packed into fewer bits. `value = number * scale_factor + add_offset`.

use super::Coding;
use crate::files::attribute::find;
use crate::files::file_type::FileType;
use crate::files::options::DatasetOptions;

/// A factor or an offset, and whether it is a 32-bit float: a 32-bit product is rounded to those.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::files) struct Factor {
    pub(in crate::files) value: f64,
    pub(in crate::files) single: bool,
}

pub(super) fn decode(coding: &mut Coding, options: &DatasetOptions) {
    if coding.now.is_text() {
        return;
    }
    let given = |name: &str| find(&coding.attrs, name).map(|given| (name.to_owned(), given.number()));
    let (scale, offset) = (given("scale_factor"), given("add_offset"));
    for (name, number) in [&scale, &offset].into_iter().flatten() {
        if number.is_none() {
            coding.note = Some(format!("left as packed numbers: the attribute {name} is not one number"));
            return;
        }
    }
    let number = |given: Option<(String, Option<(f64, FileType)>)>| given.and_then(|(_, number)| number);
    let (scale, offset) = (number(scale), number(offset));
    if scale.is_none() && offset.is_none() {
        return;
    }
    let masked = coding.encoding.fill_value.is_some() || coding.encoding.missing_value.is_some();
    let raw = coding.decoding.reinterpret.map_or(coding.encoding.of, |(_, to)| to);
    let dates = options.decodes_times() && super::time::is_date(&coding.attrs);
    // Where floats have a fill value of NaN, which masks nothing, xarray leaves them in their own type.
    let kept = masked && !dates && raw.is_float() && coding.decoding.fills.is_empty();
    let of = if kept { coding.now } else { packed_type(raw, scale.map(|of| of.1), offset.map(|of| of.1)) };
    // Integers have no NaN to be missing in.
    coding.become_type(if masked && of.is_integer() { FileType::F64 } else { of });
    let factor = |(value, of): (f64, FileType)| Factor { value, single: of == FileType::F32 };
    (coding.decoding.scale, coding.decoding.offset) = (scale.map(factor), offset.map(factor));
    (coding.encoding.scale_factor, coding.encoding.add_offset) =
        (coding.take("scale_factor"), coding.take("add_offset"));
}

/// The type that packed numbers become, as xarray chooses it; but where it chooses that of an integer factor, in which the
/// product may not fit and would wrap around.
fn packed_type(raw: FileType, scale: Option<FileType>, offset: Option<FileType>) -> FileType {
    match (scale, offset) {
        (Some(scale), Some(offset)) if scale == offset && scale.is_float() => match raw {
            FileType::I32 | FileType::U32 => FileType::F64,
            _ => scale,
        },
        (_, Some(_)) => FileType::F64,
        (Some(scale), None) if scale.is_integer() => FileType::F64,
        (Some(scale), None) => scale,
        (None, None) => raw,
    }
}
