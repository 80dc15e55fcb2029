//! Characters: texts as arrays of single bytes, whose last dimension is the length of the text.
//!
//! As xarray does it, the last dimension is joined where nothing but characters has it, and only as their last one,
//! and no variable has its name. Otherwise each byte is a text of one letter, as in a list of flags.

use super::file_type::FileType;
use super::header::Variable;
use super::read;
use super::source::{Access, Place};
use crate::gdal::multidim::{Kind, latin_or_utf8};
use crate::values::{Text, Values};
use crate::{Error, ErrorKind, Result};
use std::collections::HashSet;
use std::ops::Range;

/// How the bytes of a variable of characters become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Characters {
    /// Each is a text.
    Letters,
    /// So many, along a last dimension that the variable no longer has, are one text.
    Joined(usize),
}

/// Joins the last dimension of the variables of characters, where it is the length of a text.
pub(super) fn join(variables: &mut [Variable]) {
    let names: HashSet<&String> = variables.iter().map(|variable| &variable.name).collect();
    let mut not_a_length: HashSet<String> = HashSet::new();
    for variable in variables.iter() {
        let (last, others) = match variable.place.dims.split_last() {
            Some((last, others)) if variable.place.of == FileType::Char => (Some(last), others),
            _ => (None, &variable.place.dims[..]),
        };
        not_a_length.extend(others.iter().chain(last.filter(|last| names.contains(last))).cloned());
    }
    let lengths = |variable: &&mut Variable| {
        let last = variable.place.dims.last();
        variable.place.of == FileType::Char && last.is_some_and(|last| !not_a_length.contains(last))
    };
    for variable in variables.iter_mut().filter(lengths) {
        let place = &mut variable.place;
        place.dims.pop();
        place.block.pop();
        place.characters = Characters::Joined(place.shape.pop().unwrap_or(0));
    }
}

/// The texts of a window.
///
/// # Errors
/// As for any other values.
pub(super) fn read(place: &Place, window: &[Range<usize>]) -> Result<Values> {
    let shape: Vec<usize> = window.iter().map(Range::len).collect();
    let (length, whole) = match place.characters {
        Characters::Letters => (1, window.to_vec()),
        Characters::Joined(length) => (length, window.iter().cloned().chain(std::iter::once(0..length)).collect()),
    };
    let count: usize = shape.iter().product();
    if length == 0 {
        return Values::from_shape_vec(&shape, vec![Text::new(""); count]);
    }
    let bytes = bytes(place, &whole)?;
    if bytes.len() != count * length {
        return Err(Error::new(ErrorKind::Damaged, "there are fewer characters than the file says"));
    }
    Values::from_shape_vec(&shape, bytes.chunks_exact(length).map(text).collect())
}

/// A text without the zero bytes at its end, which fill it up.
fn text(bytes: &[u8]) -> Text {
    let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    Text::new(&latin_or_utf8(&bytes[..end]))
}

fn bytes(place: &Place, window: &[Range<usize>]) -> Result<Vec<u8>> {
    let driver = match &place.access {
        Access::Classic(array) => return array.bytes(&place.path, window),
        Access::Gdal(driver) => *driver,
        Access::Nobody(why) => return Err(Error::new(ErrorKind::InvalidArgument, why.to_string())),
    };
    match place.kind {
        // GDAL has joined them already.
        Kind::Text => {
            let Some((letters, others)) = window.split_last() else {
                return Err(Error::new(ErrorKind::Other, "text of no dimension"));
            };
            let texts = place.with_array(driver, |array| read::text_bytes(array, others))?;
            let letter = |text: &[u8], at: usize| text.get(at).copied().unwrap_or(0);
            Ok(texts.iter().flat_map(|text| letters.clone().map(move |at| letter(text, at))).collect())
        }
        kind => {
            let values = place.with_array(driver, |array| read::window(array, kind, window))?;
            values
                .as_slice::<u8>()
                .map(<[u8]>::to_vec)
                .ok_or_else(|| Error::new(ErrorKind::Damaged, "GDAL does not show these characters as bytes"))
        }
    }
}
