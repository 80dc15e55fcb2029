//! The maps of the crates that were compiled last: code of an earlier cell may still panic.

use crate::compile::{Place, SourceMap, label_of};
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

    /// The place of line `line` of the file that rustc was told of (`cell-LABEL/lib.rs`).
    pub fn find(&self, file: &str, line: usize) -> Option<Place> {
        let label = label_of(file)?;
        let maps = self.maps.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        maps.iter().find(|(known, _)| known == label)?.1.place_of_line(line)
    }
}
