//! `_Encoding`: how the bytes of a text are meant. Readers take UTF-8, and Latin-1 where the bytes are not UTF-8.

use super::Coding;
use crate::files::attribute::{Given, find};

pub(super) fn decode(coding: &mut Coding) {
    let known = |name: &str| ["utf-8", "utf8", "ascii", "us-ascii", "latin-1", "iso-8859-1"].contains(&name);
    let said = find(&coding.attrs, "_Encoding").and_then(Given::as_text).map(str::to_lowercase);
    // The attribute of an encoding that is not known stays, so that it can be seen.
    if coding.now.is_text() && said.is_some_and(|name| known(&name)) {
        coding.take("_Encoding");
    }
}
