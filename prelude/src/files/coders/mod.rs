//! What the numbers in a file stand for, by the conventions (CF, NUG): one coder for each, as in xarray.
//!
//! | coder | takes from the attributes | the values become |
//! |---|---|---|
//! | [`text`] | `_Encoding` | text; characters are joined elsewhere, since that changes the shape |
//! | [`mask`] | `_FillValue`, `missing_value`, `_Unsigned` | NaN where nothing is; integers with or without a sign |
//! | [`scale`] | `scale_factor`, `add_offset` | floats |
//! | [`time`] | `units`, `calendar` | dates |
//! | [`boolean`] | `dtype` | truth values |
//!
//! Each decides from the type and the attributes, without reading a value, and puts what it took into the
//! [`FileEncoding`], with which [`encode`] makes the same file of the values again. What is decided is one
//! [`Decoding`], plain data that is applied to any window in one pass.

mod apply;
mod boolean;
mod dates;
mod encode;
mod file_encoding;
mod mask;
mod scale;
#[cfg(test)]
mod tests;
mod text;
mod time;

pub(super) use apply::{Decoding, empty};
pub(super) use dates::{DateNumbers, Dates, encode as encode_dates};
pub(super) use encode::Encoder;
pub(super) use file_encoding::FileEncoding;

use super::attribute::{Given, GivenAttrs, take};
use super::file_type::FileType;
use super::options::DatasetOptions;

/// A variable on its way through the coders.
struct Coding {
    /// The type of the numbers so far.
    now: FileType,
    attrs: GivenAttrs,
    encoding: FileEncoding,
    decoding: Decoding,
    note: Option<String>,
}

/// How a variable is decoded, the attributes that stay, and what could not be decoded and why.
pub(super) struct Decoded {
    pub(super) decoding: Decoding,
    pub(super) attrs: GivenAttrs,
    pub(super) encoding: FileEncoding,
    pub(super) note: Option<String>,
}

/// Decides from the type in the file and the attributes.
pub(super) fn decode(raw: FileType, attrs: &GivenAttrs, options: &DatasetOptions) -> Decoded {
    let mut coding = Coding {
        now: raw,
        attrs: attrs.clone(),
        encoding: FileEncoding::of(raw),
        decoding: Decoding::plain(raw.dtype()),
        note: None,
    };
    text::decode(&mut coding);
    if options.masks_and_scales() {
        mask::decode(&mut coding, options);
        scale::decode(&mut coding, options);
    }
    if options.decodes_times() {
        time::decode(&mut coding);
    }
    boolean::decode(&mut coding);
    let Coding { attrs, encoding, decoding, note, .. } = coding;
    Decoded { decoding, attrs, encoding, note }
}

impl Coding {
    fn take(&mut self, name: &str) -> Option<Given> {
        take(&mut self.attrs, name)
    }

    /// The values are of this type from here on.
    fn become_type(&mut self, of: FileType) {
        self.now = of;
        self.decoding.dtype = of.dtype();
    }
}
