//! The maps of the crates that were compiled last: code of an earlier cell may still panic.

use crate::compile::{LABEL, Place, SourceMap, label_of};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Newest last: the name of a printed file, and its map.
type Maps = VecDeque<(String, Arc<SourceMap>)>;

/// Finds where in which cell a line of a printed crate was written.
#[derive(Debug, Default, Clone)]
pub struct Places {
    maps: Arc<Mutex<Maps>>,
}

/// Enough for the closures and threads that earlier cells have left behind.
const REMEMBERED: usize = 400;

impl Places {
    /// Remembers the map of the crate that rustc was told of as `label`.
    pub fn add(&self, label: String, map: SourceMap) {
        let mut maps = self.maps.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        maps.retain(|(known, _)| *known != label);
        maps.push_front((label, Arc::new(map)));
        maps.truncate(REMEMBERED);
    }

    /// `text` of the user's, with the names that rustc knows crates by (`dbg!` and `file!()` print them) as people call them:
    /// `cell [3]:2`.
    pub fn in_words<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(LABEL) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let (told, length) = self.first_in_words(from).unwrap_or_else(|| (LABEL.to_owned(), LABEL.len()));
            out.push_str(&told);
            rest = &from[length..];
        }
        if out.is_empty() {
            return Cow::Borrowed(text);
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    /// What `text` begins with, in words, and how many of its bytes that are.
    fn first_in_words(&self, text: &str) -> Option<(String, usize)> {
        let file_end = text.find("/lib.rs:")? + "/lib.rs".len();
        let digits = |from: usize| text[from..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - from);
        let line_end = file_end + 1 + digits(file_end + 1);
        let place = self.find(&text[..file_end], text[file_end + 1..line_end].parse().ok()?)?;
        let has_column = text[line_end..].starts_with(':') && digits(line_end + 1) > 0;
        let end = if has_column { line_end + 1 + digits(line_end + 1) } else { line_end };
        Some((format!("cell [{}]:{}", place.source.count, place.line()), end))
    }

    /// The place of line `line` of the file that rustc was told of (`cell-LABEL/lib.rs`).
    pub fn find(&self, file: &str, line: usize) -> Option<Place> {
        let label = label_of(file)?;
        let maps = self.maps.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        maps.iter().find(|(known, _)| known == label)?.1.place_of_line(line)
    }
}
