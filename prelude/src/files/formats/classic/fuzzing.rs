//! The reader of classic files as the fuzz target sees it.

use super::{header, read};
use crate::files::file_type::FileType;
use std::fs::File;
use std::ops::Range;

/// Reads everything in `file`, whose bytes are `bytes`; how many values that were.
pub fn read_all(bytes: &[u8], file: &File) -> usize {
    let Ok(header) = header::parse(&mut &bytes[..], bytes.len() as u64) else { return 0 };
    let mut count = 0;
    for variable in &header.variables {
        let all: Vec<Range<usize>> = variable.shape.iter().map(|&length| 0..length).collect();
        // The middle as well, which takes other steps through the file.
        let part: Vec<Range<usize>> = all.iter().map(|all| all.end / 3..all.end - all.end / 3).collect();
        for window in [all, part] {
            count += match variable.of {
                FileType::Char => read::bytes(file, variable, &window).map_or(0, |bytes| bytes.len()),
                _ => read::window(file, variable, &window).map_or(0, |values| values.len()),
            };
        }
    }
    count
}
