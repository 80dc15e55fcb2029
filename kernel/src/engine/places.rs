//! Where in which cell a line of a generated crate was written.
//!
//! evcxr copies statements and items word for word, each beginning on a line of its own, but in an order of its own and with
//! the items of all earlier cells. rustc and panics speak of lines of that crate; people think of cells.

use crate::cell::statements;
use ra_ap_syntax::{AstNode, SyntaxKind, ast};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

/// A cell as it was typed, and its number in the notebook.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub count: usize,
    pub code: String,
}

/// One statement or item of a cell.
#[derive(Debug, Clone)]
pub struct Written {
    source: Arc<Source>,
    text: String,
    /// The line (from 1) and the number of characters before it on that line.
    line: usize,
    column: usize,
    kind: SyntaxKind,
}

impl Written {
    pub fn is_item(&self) -> bool {
        ast::Item::can_cast(self.kind)
    }

    pub fn same_words(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Splits a cell into what evcxr copies.
pub fn written(source: &Arc<Source>) -> Vec<Written> {
    let split = statements(&source.code);
    let place = |start: usize| {
        let before = &source.code[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count())
    };
    let as_written = |statement: crate::cell::Statement<'_>| {
        let (line, column) = place(statement.start);
        let (text, kind) = (statement.text.to_owned(), statement.node.kind());
        Written { source: Arc::clone(source), text, line, column, kind }
    };
    split.into_iter().map(as_written).collect()
}

/// A place in a cell: the line (from 1), and how many characters stand before the generated line's first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub source: Arc<Source>,
    pub line: usize,
    pub shift: usize,
    /// Whether it is inside an item (a function, a type) and not among the cell's own statements.
    pub in_item: bool,
}

impl Place {
    pub fn text(&self) -> &str {
        self.source.code.lines().nth(self.line - 1).unwrap_or_default()
    }
}

/// The written lines of one generated crate.
#[derive(Debug, Default)]
pub struct LineMap {
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    /// The first generated line, from 1.
    first: usize,
    lines: usize,
    place: Place,
    /// Whether the line before opens the parenthesis that evcxr puts around a last expression.
    wrapped: bool,
}

impl LineMap {
    /// Finds in `generated` what this cell (`own`) and earlier ones have written.
    pub fn new(generated: &str, own: &[Written], earlier: &[Written]) -> Self {
        let lines: Vec<&str> = generated.lines().collect();
        let mut candidates: HashMap<&str, Vec<(&Written, bool)>> = HashMap::new();
        // What was written last stands for what was written before with the same words.
        for written in own.iter().chain(earlier.iter().rev()) {
            let first = written.text.lines().next().unwrap_or_default();
            candidates.entry(first).or_default().push((written, false));
        }
        let mut runs = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let found = candidates.get_mut(lines[at]).and_then(|list| best(list, &lines[at..]));
            let Some(written) = found else {
                at += 1;
                continue;
            };
            let length = written.text.lines().count().max(1);
            let (source, line, shift) = (Arc::clone(&written.source), written.line, written.column);
            let place = Place { source, line, shift, in_item: written.is_item() };
            let wrapped = at > 0 && lines[at - 1].ends_with('(');
            runs.push(Run { first: at + 1, lines: length, place, wrapped });
            at += length;
        }
        Self { runs }
    }

    /// Whether generated line `line` only opens the parenthesis around the written lines below it.
    fn opens(&self, line: usize) -> bool {
        self.runs.iter().any(|run| run.wrapped && run.first == line + 1)
    }

    /// The place of generated line `line` (from 1).
    pub fn place(&self, line: usize) -> Option<Place> {
        let run = self.runs.iter().find(|run| (run.first..run.first + run.lines).contains(&line))?;
        let below = line - run.first;
        let shift = if below == 0 { run.place.shift } else { 0 };
        Some(Place { line: run.place.line + below, shift, ..run.place.clone() })
    }
}

/// The first candidate whose lines all follow, if possible one that was not taken for another run.
fn best<'a>(candidates: &mut [(&'a Written, bool)], lines: &[&str]) -> Option<&'a Written> {
    let fits = |written: &Written| {
        let mut own = written.text.lines();
        let mut generated = lines.iter();
        !written.text.trim().is_empty() && own.all(|line| generated.next() == Some(&line))
    };
    let at = (candidates.iter().position(|(written, taken)| !taken && fits(written)))
        .or_else(|| candidates.iter().position(|(written, _)| fits(written)))?;
    candidates[at].1 = true;
    Some(candidates[at].0)
}

/// The maps of the crates that were compiled last, by label: code of an earlier cell may still panic.
#[derive(Debug, Default, Clone)]
pub struct Places {
    maps: Arc<Mutex<VecDeque<Labelled>>>,
}

type Labelled = (String, Arc<LineMap>);

/// Enough for the closures and threads that earlier cells have left behind.
const REMEMBERED: usize = 400;

impl Places {
    pub fn add(&self, label: String, map: Arc<LineMap>) {
        let mut maps = self.maps.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        maps.retain(|(known, _)| *known != label);
        maps.push_front((label, map));
        maps.truncate(REMEMBERED);
    }

    /// The place of line `line` of the file that rustc was told of (`cell-LABEL/lib.rs`).
    pub fn find(&self, file: &str, line: usize) -> Option<Place> {
        let label = label_of(file)?;
        let maps = self.maps.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let map = &maps.iter().find(|(known, _)| known == label)?.1;
        // A call in parentheses is said to be where they open.
        map.place(line).or_else(|| map.place(line + 1).filter(|_| map.opens(line)))
    }
}

/// The label in a path that the compile front made up.
pub fn label_of(file: &str) -> Option<&str> {
    file.strip_suffix("/lib.rs")?.strip_prefix(crate::compile::LABEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(count: usize, code: &str) -> Arc<Source> {
        Arc::new(Source { count, code: code.into() })
    }

    #[test]
    fn lines_of_this_cell_and_of_earlier_ones_are_found() {
        let earlier = written(&source(3, "let a = 1;\nfn f(x: i32) -> i32 {\n    x + 1\n}\n"));
        let own = written(&source(7, "let b = 2; let c = f(b);\nc"));
        let generated =
            "use x;\nfn f(x: i32) -> i32 {\n    x + 1\n}\nhead(\nlet b = 2; \nlet c = f(b);\n(\nc\n).show();\n";
        let map = LineMap::new(generated, &own, &earlier);
        let found = |line| map.place(line).map(|place| (place.source.count, place.line, place.shift));
        assert_eq!(found(1), None);
        assert_eq!(found(3), Some((3, 3, 0)));
        assert_eq!(found(6), Some((7, 1, 0)));
        assert_eq!(found(7), Some((7, 1, 11)));
        assert_eq!(found(9), Some((7, 2, 0)));
        assert!(map.place(3).is_some_and(|place| place.in_item && place.text() == "    x + 1"));
    }

    #[test]
    fn the_same_statement_twice_is_two_places() {
        let own = written(&source(1, "f();\nf();"));
        let map = LineMap::new("f();\nf();\n", &own, &[]);
        assert_eq!(map.place(1).map(|place| place.line), Some(1));
        assert_eq!(map.place(2).map(|place| place.line), Some(2));
    }

    #[test]
    fn the_parenthesis_around_an_expression_is_in_its_place() {
        let own = written(&source(1, "let a = 1;\nf()"));
        let places = Places::default();
        places.add("0a".into(), Arc::new(LineMap::new("let a = 1;\n(\nf()\n).show();\n", &own, &[])));
        let line = |generated| places.find("cell-0a/lib.rs", generated).map(|place| place.line);
        assert_eq!((line(1), line(2), line(3), line(4)), (Some(1), Some(2), Some(2), None));
    }

    #[test]
    fn only_files_of_the_front_have_a_label() {
        assert_eq!(label_of("cell-12ab/lib.rs"), Some("12ab"));
        assert_eq!(label_of("/home/someone/src/lib.rs"), None);
    }
}
