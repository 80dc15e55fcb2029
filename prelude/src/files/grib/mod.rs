//! GRIB as its readers know it: fields become variables over members, times, steps and levels, with cfgrib's names.
//!
//! | file | what |
//! |---|---|
//! | `messages` | where messages and their sections are |
//! | `product`, `product2`, `levels`, `names`, `keys` | what a field is, and what it is called |
//! | `grid`, `grid1`, `grid2`, `places`, `gaussian` | where its points are |
//! | `values/` | its numbers |
//! | `fields` | all of that for each field of a file |
//! | `variable`, `dataset` | which fields are one variable, over which dimensions |
//! | `source` | reading windows of it |
//!
//! Only headers are read when a file is opened. Nothing of a file is believed: a length leads to bytes that exist, or
//! the message is damaged.

mod bytes;
mod dataset;
mod fields;
mod gaussian;
mod grid;
mod grid1;
mod grid2;
mod keys;
mod levels;
mod messages;
mod names;
mod places;
mod product;
mod product2;
mod source;
#[cfg(test)]
mod tests;
mod unread;
mod values;
mod variable;

pub(super) use dataset::open;
pub(super) use source::FieldsOf;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// Why spectral fields are not read.
const SPECTRAL: &str = "its values are coefficients of spherical harmonics or another spectrum, not values of points; \
    transform them, for example with `cdo sp2gpl` or by asking the archive for a grid";
/// What to do about packings that are not known.
const REPACK: &str = "repack it with ecCodes: grib_set -r -s packingType=grid_simple in.grib out.grib";

/// The bytes in which the first message has to begin: archives may put a line of text before it.
const SEARCHED: u64 = 64 << 10;

/// Whether a file holds GRIB messages, by its first bytes.
pub(super) fn can_open(path: &Path) -> bool {
    // Opening a pipe would wait for somebody to write.
    if !path.metadata().is_ok_and(|about| about.is_file()) {
        return false;
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(SEARCHED).read_to_end(&mut bytes));
    if read.is_err() {
        return false;
    }
    let other = [&b"CDF"[..], b"\x89HDF", b"II*", b"MM\0*"].iter().any(|start| bytes.starts_with(start));
    !other && bytes.windows(8).any(|head| head.starts_with(b"GRIB") && matches!(head[7], 1 | 2))
}
