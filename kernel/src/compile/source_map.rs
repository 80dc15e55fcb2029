//! What each byte of a printed crate is: a cell's own words, a guard, or something else that was written for it.
//!
//! rustc and panics speak of the printed crate; people think of cells.

use crate::cell::Source;
use std::ops::Range;
use std::sync::Arc;

/// What a stretch of the crate is. Whatever has no entry was written to hold the rest together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Words of a cell, from byte `start` of it on; of which item, where they belong to one.
    Written { source: Arc<Source>, start: usize, entry: Option<usize> },
    /// A guard, of an item or (`None`) of the cell's statements.
    Guard { entry: Option<usize>, guard: usize },
    /// The statement that stores a variable that the cell has made; where its name stands.
    Put { name: String, source: Arc<Source>, place: Range<usize> },
    /// The statement that puts a variable back that the cell has only used.
    PutBack { name: String },
    /// The statement that drops what the cell has made and cannot leave behind.
    LetGo { name: String },
    /// A static that an earlier object defines, as it is declared here.
    Declared { path: String },
    /// What shows the last expression, which stands at `place`.
    Shown { source: Arc<Source>, place: Range<usize> },
}

/// Which bytes of a printed crate are what.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    runs: Vec<(Range<usize>, What)>,
    /// Where each line begins.
    lines: Vec<usize>,
}

/// A place in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub source: Arc<Source>,
    pub range: Range<usize>,
    /// Whether it is inside an item (a function, a type) and not among the cell's own statements.
    pub in_item: bool,
}

impl Place {
    pub fn line(&self) -> usize {
        self.source.line_number(self.range.start)
    }

    pub fn text(&self) -> &str {
        self.source.line_at(self.range.start)
    }
}

impl SourceMap {
    pub(super) fn add(&mut self, range: Range<usize>, what: What) {
        self.runs.push((range, what));
    }

    pub(super) fn finish(&mut self, text: &str) {
        self.lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    }

    /// Everything that `range` of the crate touches. An empty range touches what it stands in or before.
    pub fn touched(&self, range: Range<usize>) -> impl Iterator<Item = &What> {
        let end = range.end.max(range.start + 1);
        let first = self.runs.partition_point(|(run, _)| run.end <= range.start);
        self.runs[first..].iter().take_while(move |(run, _)| run.start < end).map(|(_, what)| what)
    }

    /// The last guard that stands before byte `at` of the crate: of which item, and which one.
    pub fn guard_before(&self, at: usize) -> Option<(Option<usize>, usize)> {
        let end = self.runs.partition_point(|(run, _)| run.start < at);
        self.runs[..end].iter().rev().find_map(|(_, what)| match what {
            What::Guard { entry, guard } => Some((*entry, *guard)),
            _ => None,
        })
    }

    /// Where in a cell the bytes `range` of the crate were written.
    pub fn place(&self, range: Range<usize>) -> Option<Place> {
        let end = range.end.max(range.start + 1);
        let first = self.runs.partition_point(|(run, _)| run.end <= range.start);
        let touched = self.runs[first..].iter().take_while(|(run, _)| run.start < end);
        let written: Vec<_> = touched
            .filter_map(|(run, what)| match what {
                What::Written { source, start, entry } => Some((run, source, *start, entry.is_some())),
                _ => None,
            })
            .collect();
        let Some((first, source, start, in_item)) = written.first().copied() else { return self.stands_for(range) };
        let from = start + range.start.saturating_sub(first.start);
        let last = written.iter().rev().find(|(_, of, ..)| Arc::ptr_eq(of, source))?;
        let to = last.2 + range.end.min(last.0.end).saturating_sub(last.0.start);
        Some(Place { source: Arc::clone(source), range: from..to.max(from), in_item })
    }

    /// For what was written for a part of a cell: that part.
    fn stands_for(&self, range: Range<usize>) -> Option<Place> {
        self.touched(range).find_map(|what| match what {
            What::Put { source, place, .. } | What::Shown { source, place } => {
                Some(Place { source: Arc::clone(source), range: place.clone(), in_item: false })
            }
            _ => None,
        })
    }

    /// The first words of a cell on line `line` (from 1).
    pub fn place_of_line(&self, line: usize) -> Option<Place> {
        let start = *self.lines.get(line.checked_sub(1)?)?;
        let end = self.lines.get(line).map_or(usize::MAX, |next| next - 1);
        let first = self.runs.partition_point(|(run, _)| run.end <= start);
        let touched = self.runs[first..].iter().take_while(|(run, _)| run.start < end);
        touched.into_iter().find_map(|(run, what)| match what {
            What::Written { source, start: written, entry } => {
                let at = written + start.saturating_sub(run.start);
                // Leading blanks are of the line, but not what is meant by it.
                let at = at + source.code[at..].len() - source.code[at..].trim_start_matches([' ', '\t']).len();
                Some(Place { source: Arc::clone(source), range: at..at, in_item: entry.is_some() })
            }
            What::Shown { source, place } => {
                Some(Place { source: Arc::clone(source), range: place.start..place.start, in_item: false })
            }
            _ => None,
        })
    }

    /// Where byte `at` of `source` stands in the crate. Its end counts.
    pub fn printed(&self, source: &Source, at: usize) -> Option<usize> {
        self.runs.iter().find_map(|(run, what)| match what {
            What::Written { source: of, start, .. }
                if **of == *source && (*start..=start + run.len()).contains(&at) =>
            {
                Some(run.start + at - start)
            }
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `head ` + `let a` (cell, from byte 2) + ` guard ` + ` = 1;` + newline + `put a`
    fn map() -> (SourceMap, Arc<Source>) {
        let source = Arc::new(Source { count: 1, code: "\n\nlet a = 1;".into(), id: None });
        let mut map = SourceMap::default();
        let written = |start| What::Written { source: Arc::clone(&source), start, entry: None };
        map.add(5..10, written(2));
        map.add(10..17, What::Guard { entry: None, guard: 0 });
        map.add(17..22, written(7));
        map.add(23..28, What::Put { name: "a".into(), source: Arc::clone(&source), place: 6..7 });
        map.finish("head let a guard  = 1;\nput a");
        (map, source)
    }

    #[test]
    fn a_place_is_found_across_a_guard() {
        let (map, _) = map();
        assert_eq!(map.place(9..10).unwrap().range, 6..7);
        assert_eq!(map.place(9..21).unwrap().range, 6..11);
        assert_eq!(map.place(12..13), None);
        assert_eq!(map.place(24..25).unwrap().range, 6..7);
        assert_eq!(map.place(0..3), None);
    }

    #[test]
    fn lines_and_offsets_are_found_both_ways() {
        let (map, source) = map();
        assert_eq!(map.place_of_line(1).map(|place| (place.range.start, place.line())), Some((2, 3)));
        assert_eq!(map.place_of_line(3), None);
        assert_eq!(map.printed(&source, 7), Some(10));
        assert_eq!(map.printed(&source, 8), Some(18));
        assert_eq!(map.printed(&source, 0), None);
    }

    #[test]
    fn what_an_error_touches_is_told() {
        let (map, _) = map();
        assert!(map.touched(11..12).any(|what| matches!(what, What::Guard { guard: 0, .. })));
        assert!(map.touched(23..23).any(|what| matches!(what, What::Put { .. })));
        assert_eq!(map.touched(0..2).count(), 0);
    }
}
