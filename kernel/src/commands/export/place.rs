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
    // At the top of a file imports come first.
    placing.known.sort_by_key(|known| known.block > 0 || !known.item.is_import());
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
mod tests;
