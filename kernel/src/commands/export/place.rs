//! Where each item of a notebook goes in a program.
//!
//! In a notebook a later cell may define a name anew, and from then on everything means the new one. In a program a
//! name means one thing in its block. So items stand at the top of the file, and from a cell that defines a
//! name anew the rest of `main` is a block of its own, in which that name, and what uses it, is defined once more.

use super::items::{Item, Kind};
use super::text;
use anyhow::{Result, bail};
use std::collections::HashSet;

/// What placing looks at of a cell.
pub struct Cell<'a> {
    pub number: usize,
    pub items: &'a [Item],
    pub body: &'a str,
}

#[derive(Debug, Default)]
pub struct Placement {
    /// The items at the top of the file.
    pub top: Vec<String>,
    /// For each cell, what is before its statements.
    pub cells: Vec<InMain>,
    /// What a user may want to know.
    pub notes: Vec<String>,
}

#[derive(Debug, Default, PartialEq)]
pub struct InMain {
    /// The names that mean something new from here on: a block begins.
    pub anew: Vec<String>,
    pub items: Vec<String>,
}

/// An item that has a place.
struct Known {
    item: Item,
    /// The index of its cell.
    cell: usize,
    /// In the block that was the innermost when it was placed; 0 is the top of the file.
    block: usize,
    /// Its place in the program, unless a later definition took that.
    is_live: bool,
}

impl Known {
    fn defines(&self, name: &str) -> bool {
        self.item.names().contains(&name)
    }

    fn mentions(&self, names: &HashSet<String>) -> bool {
        text::names(&self.item.text).iter().any(|name| names.contains(*name))
    }
}

#[derive(Default)]
struct Placing<'a> {
    cells: &'a [Cell<'a>],
    known: Vec<Known>,
    /// How many blocks are open.
    blocks: usize,
    /// The names that the open blocks define.
    local: HashSet<String>,
    notes: Vec<String>,
}

/// Finds a place for every item.
///
/// # Errors
/// If the notebook relies on what no program can express; the message says which cells and names.
pub fn place(cells: &[Cell<'_>]) -> Result<Placement> {
    let mut placing = Placing { cells, ..Placing::default() };
    let mut in_main = Vec::new();
    for at in 0..cells.len() {
        in_main.push(InMain { anew: placing.cell(at)?, items: Vec::new() });
    }
    let mut placement = Placement { top: Vec::new(), cells: in_main, notes: placing.notes };
    for known in placing.known.into_iter().filter(|known| known.is_live) {
        let texts = if known.block == 0 { &mut placement.top } else { &mut placement.cells[known.cell].items };
        texts.push(known.item.text);
    }
    Ok(placement)
}

impl Placing<'_> {
    /// Places the items of cell `at`; returns the names for which a block begins there.
    fn cell(&mut self, at: usize) -> Result<Vec<String>> {
        let number = self.cells[at].number;
        let items = self.news_of(self.cells[at].items);
        let mut anew = Vec::new();
        let mut in_block: HashSet<String> = HashSet::new();
        for name in items.iter().flat_map(Item::names) {
            if name == "main" {
                bail!("cell {number} defines `main`, and a program has one of its own: give it another name");
            }
            let Some(old) = self.current(name) else { continue };
            if self.known[old].cell == at {
                bail!("cell {number} defines `{name}` twice");
            }
            if self.is_used_before(old, at) {
                anew.push(name.to_owned());
            } else {
                if self.known[old].block > 0 {
                    in_block.insert(name.to_owned());
                }
                self.replace(old, name, number);
            }
        }
        if !anew.is_empty() {
            self.blocks += 1;
            self.local.extend(anew.iter().cloned());
            self.carry(at, &anew)?;
        }
        for item in items {
            let known = Known { item, cell: at, block: 0, is_live: true };
            let belongs = known.mentions(&self.local) || known.item.names().iter().any(|name| in_block.contains(*name));
            let block = if belongs { self.blocks } else { 0 };
            if belongs {
                self.local.extend(known.item.names().into_iter().map(str::to_owned));
            }
            self.known.push(Known { block, ..known });
        }
        Ok(anew)
    }

    /// What `items` of a cell say that is not known yet.
    fn news_of(&self, items: &[Item]) -> Vec<Item> {
        let defined: HashSet<String> = items
            .iter()
            .filter_map(|item| self.news(item, &HashSet::new()).filter(|news| !news.names().is_empty()))
            .flat_map(|item| item.names().into_iter().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        items.iter().filter_map(|item| self.news(item, &defined)).collect()
    }

    /// What `item` says that is not known yet; its cell defines the names `defined`.
    fn news(&self, item: &Item, defined: &HashSet<String>) -> Option<Item> {
        match &item.kind {
            Kind::Use(names) => {
                let is_new = |(name, path): &&(Option<String>, String)| match name {
                    Some(name) => !self.current(name).is_some_and(|at| self.imports(at, path)),
                    None => !(0..self.known.len()).any(|at| self.imports(at, path)),
                };
                let new: Vec<(Option<String>, String)> = names.iter().filter(is_new).cloned().collect();
                if new.len() == names.len() {
                    return Some(item.clone());
                }
                let lines: Vec<String> = new.iter().map(|(_, path)| format!("use {path};")).collect();
                (!new.is_empty()).then(|| Item { text: lines.join("\n"), kind: Kind::Use(new) })
            }
            Kind::Named(name) => {
                let same = self.current(name).is_some_and(|at| text::is_same(&self.known[at].item.text, &item.text));
                (!same).then(|| item.clone())
            }
            _ => {
                let same =
                    self.known.iter().rposition(|known| known.is_live && text::is_same(&known.item.text, &item.text));
                // The same text about a type that was defined anew since is no repetition.
                let subjects = text::names(&item.text);
                let holds = |same: usize| {
                    subjects
                        .iter()
                        .all(|name| !defined.contains(*name) && self.current(name).is_none_or(|at| at < same))
                };
                (!same.is_some_and(holds)).then(|| item.clone())
            }
        }
    }

    fn imports(&self, at: usize, path: &str) -> bool {
        let known = &self.known[at];
        matches!(&known.item.kind, Kind::Use(names) if known.is_live && names.iter().any(|(_, known)| known == path))
    }

    /// The item that `name` means now.
    fn current(&self, name: &str) -> Option<usize> {
        self.known.iter().rposition(|known| known.is_live && known.defines(name))
    }

    /// Whether a statement of a cell before cell `end` may come to use the item at `old`.
    fn is_used_before(&self, old: usize, end: usize) -> bool {
        let bodies = self.cells[self.known[old].cell..end].iter().flat_map(|cell| text::names(cell.body));
        let reached = self.reached(bodies.map(str::to_owned).collect());
        self.known[old].item.names().iter().any(|name| reached.contains(*name))
    }

    /// `names`, and all that the items mention which they lead to.
    fn reached(&self, mut names: HashSet<String>) -> HashSet<String> {
        let mut seen = vec![false; self.known.len()];
        let leads = |known: &Known, names: &HashSet<String>| match &known.item.kind {
            Kind::Impl { type_, .. } => type_.iter().any(|name| names.contains(name)),
            _ => known.item.names().iter().any(|name| names.contains(*name)),
        };
        while let Some(at) = (0..seen.len()).find(|&at| !seen[at] && leads(&self.known[at], &names)) {
            seen[at] = true;
            names.extend(text::names(&self.known[at].item.text).into_iter().map(str::to_owned));
        }
        names
    }

    /// The item at `old` gives its place to a later definition of `name`; what its cell implements for it goes too.
    fn replace(&mut self, old: usize, name: &str, number: usize) {
        let cell = self.known[old].cell;
        self.notes.push(format!(
            "cell {number} defines `{name}` anew before anything uses that of cell {}, which is left out",
            self.cells[cell].number
        ));
        self.known[old].is_live = false;
        for known in self.known.iter_mut().filter(|known| known.cell == cell) {
            if matches!(&known.item.kind, Kind::Impl { type_, .. } if type_.iter().any(|of| of == name)) {
                known.is_live = false;
            }
        }
    }

    /// Repeats in a new block, which begins at cell `at`, what is built on the names `anew` and still needed.
    fn carry(&mut self, at: usize, anew: &[String]) -> Result<()> {
        let number = self.cells[at].number;
        let rest = self.cells[at..].iter().flat_map(|cell| {
            let of_items = cell.items.iter().flat_map(|item| text::names(&item.text));
            of_items.chain(text::names(cell.body)).map(str::to_owned).collect::<Vec<_>>()
        });
        let needed = self.reached(rest.collect());
        let old: Vec<usize> = anew.iter().filter_map(|name| self.current(name)).collect();
        // What a cell implements for a type goes with that type.
        let went_along = |known: &Known, type_: &[String]| {
            old.iter()
                .any(|&old| self.known[old].cell == known.cell && type_.iter().any(|of| self.known[old].defines(of)))
        };
        let mut carried: Vec<usize> = Vec::new();
        let mut local: HashSet<String> = anew.iter().cloned().collect();
        let mut next = 0;
        while next < self.known.len() {
            let known = &self.known[next];
            let is_old = old.contains(&next) || carried.contains(&next) || !known.is_live;
            let is_needed = match &known.item.kind {
                Kind::Impl { type_, .. } => type_.iter().any(|of| needed.contains(of)) && !went_along(known, type_),
                // A later definition of the name counts, and it alone.
                _ => known.item.names().iter().any(|name| needed.contains(*name) && self.current(name) == Some(next)),
            };
            if is_old || !is_needed || !known.mentions(&local) {
                next += 1;
                continue;
            }
            if let Kind::Impl { type_, trait_ } = &known.item.kind
                && !type_.iter().chain(trait_).any(|of| local.contains(of))
            {
                bail!(
                    "cell {number} defines {} anew, but what cell {} implements for `{}` would go on with the old \
                     definition in a program: give the new one another name",
                    listed(anew),
                    self.cells[known.cell].number,
                    type_.join(" "),
                );
            }
            if known.item.text.contains("static ")
                && matches!(known.item.kind, Kind::Named(_))
                && is_static(&known.item)
            {
                bail!(
                    "cell {number} defines {} anew, and the static variable {} of cell {} is made from it: in a program \
                     there would be two of it; give the new definition another name",
                    listed(anew),
                    listed(&known.item.names()),
                    self.cells[known.cell].number,
                );
            }
            local.extend(known.item.names().into_iter().map(str::to_owned));
            carried.push(next);
            // What stands before it may be built on it.
            next = 0;
        }
        carried.sort_unstable();
        for index in carried {
            let item = self.known[index].item.clone();
            self.known.push(Known { item, cell: at, block: self.blocks, is_live: true });
        }
        self.local.extend(local);
        Ok(())
    }
}

fn is_static(item: &Item) -> bool {
    let code = item.text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    crate::cell::words(&code).take_while(|word| *word != "fn").any(|word| word == "static")
}

fn listed(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::cell::{Parts, parts};
    use super::*;

    fn placed(sources: &[&str]) -> Result<Placement> {
        let taken: Vec<Parts> = sources.iter().map(|source| parts(source, &[], &HashSet::new()).unwrap()).collect();
        let cells: Vec<Cell<'_>> = taken
            .iter()
            .enumerate()
            .map(|(at, parts)| Cell { number: at + 1, items: &parts.items, body: &parts.body })
            .collect();
        place(&cells)
    }

    #[test]
    fn items_stand_at_the_top_in_their_order() {
        let placed = placed(&["fn f() {}", "f();", "struct A;\nimpl A {}", "use std::fmt;\nA;"]).unwrap();
        assert_eq!(placed.top, ["fn f() {}", "struct A;", "impl A {}", "use std::fmt;"]);
        assert!(placed.cells.iter().all(|cell| *cell == InMain::default()));
    }

    #[test]
    fn a_repetition_is_left_out() {
        let cells = ["use std::fmt::{self, Write};\nfn f() { 1 }\nimpl A {}", "fn f() {\n    1\n}\nimpl A { }"];
        assert_eq!(placed(&cells).unwrap().top.len(), 3);
        let placed = placed(&["use std::fmt::{self, Write};", "use std::fmt::Write;\nuse std::fmt::{self, Debug};"]);
        assert_eq!(placed.unwrap().top, ["use std::fmt::{self, Write};", "use std::fmt::Debug;"]);
    }

    #[test]
    fn a_definition_that_nothing_used_gives_way() {
        let placed = placed(&["fn f() -> i32 { 1 }", "let a = 5;", "fn f() -> i32 { 2 }", "f()"]).unwrap();
        assert_eq!(placed.top, ["fn f() -> i32 { 2 }"]);
        assert!(placed.notes[0].contains("cell 3 defines `f` anew") && placed.notes[0].contains("cell 1"));
    }

    #[test]
    fn a_definition_that_was_used_stays_and_a_block_begins_for_the_new_one() {
        let cells = [
            "fn f() -> i32 { 1 }\nfn g() -> i32 { f() }\nfn h() {}",
            "g()",
            "fn f() -> i32 { 2 }",
            "fn k() -> i32 { g() }\nfn l() {}",
            "k(); h()",
        ];
        let placed = placed(&cells).unwrap();
        assert_eq!(placed.top.len(), 4, "{:?}", placed.top);
        assert_eq!(placed.cells[2].anew, ["f"]);
        assert_eq!(placed.cells[2].items, ["fn g() -> i32 { f() }", "fn f() -> i32 { 2 }"]);
        assert_eq!(placed.cells[3].items, ["fn k() -> i32 { g() }"]);
    }

    #[test]
    fn what_was_built_on_a_name_and_is_not_needed_any_more_is_not_repeated() {
        let cells = ["fn f() {}\nfn g() { f() }", "g();", "fn f() { 2; }", "f();"];
        assert_eq!(placed(&cells).unwrap().cells[2].items, ["fn f() { 2; }"]);
    }

    #[test]
    fn a_type_that_is_defined_anew_takes_what_is_built_on_it_along() {
        let cells = [
            "struct P { x: i32 }\nimpl P { fn x(&self) -> i32 { self.x } }",
            "trait Named {}\nimpl Named for P {}\nstruct Q { p: P }",
            "P { x: 1 }.x()",
            "struct P { x: i32, y: i32 }\nimpl P { fn x(&self) -> i32 { self.x } }",
            "Q { p: P { x: 1, y: 2 } }.p.x()",
        ];
        let placed = placed(&cells).unwrap();
        let wanted = [
            "impl Named for P {}",
            "struct Q { p: P }",
            "struct P { x: i32, y: i32 }",
            "impl P { fn x(&self) -> i32 { self.x } }",
        ];
        assert_eq!(placed.cells[3].items, wanted);
    }

    #[test]
    fn what_no_program_can_express_is_refused_with_the_cells_and_names() {
        let of_impl = ["fn f() {}", "struct A;\nimpl A { fn g() { f() } }", "A::g()", "fn f() { 2; }", "A::g()"];
        let error = placed(&of_impl).unwrap_err().to_string();
        assert!(error.contains("cell 4") && error.contains("cell 2") && error.contains("`A`"), "{error}");
        let of_static = ["const N: i32 = 1;", "static S: i32 = N;", "S", "const N: i32 = 2;", "S"];
        assert!(placed(&of_static).unwrap_err().to_string().contains("`S` of cell 2"));
        assert!(placed(&["fn main() {}"]).unwrap_err().to_string().contains("`main`"));
    }

    #[test]
    fn a_name_may_change_more_than_once() {
        let cells = ["fn f() { 1; }", "f();", "fn f() { 2; }", "f();", "fn f() { 3; }", "f();"];
        let placed = placed(&cells).unwrap();
        assert_eq!((placed.top.len(), placed.cells[2].items.len(), placed.cells[4].items.len()), (1, 1, 1));
        let unused = ["fn f() { 1; }", "f();", "fn f() { 2; }", "fn f() { 3; }", "f();"];
        let placed = self::placed(&unused).unwrap();
        assert_eq!((placed.cells[2].items.len(), &placed.cells[3].items[..]), (0, &["fn f() { 3; }".to_owned()][..]));
    }
}
