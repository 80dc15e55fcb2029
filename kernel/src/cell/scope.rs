//! What the cells of a notebook have defined so far, as far as a later cell can tell.
//!
//! evcxr writes every earlier item into every cell. Two cells with the same text are the same program
//! only where the items and the variables that they refer to are the same: this is the record that
//! the cache's keys are made from. It may tell apart more than it must, never less.

use ra_ap_syntax::{
    AstNode, Edition, SourceFile, SyntaxNode,
    ast::{self, HasModuleItem, HasName},
};
use std::collections::{BTreeMap, HashSet};

/// What `include_str!` and its kind read is not in the cell's text.
const READ_FROM_OUTSIDE: [&str; 5] = ["include", "include_str", "include_bytes", "env", "option_env"];
/// Commands that only show something.
const SHOWING: [&str; 8] =
    [":vars", ":type", ":t", ":help", ":version", ":explain", ":last_compile_dir", ":last_error_json"];
const BEFORE: &str = "fn cell() {\n";

/// The items, variables and settings that a cell meets.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    items: Vec<Item>,
    variables: BTreeMap<String, Variable>,
    /// A command (`:dep`, `:opt`) has changed what the compiler does in a way that is not recorded here.
    changed_by_command: bool,
}

/// A live variable, as the next cell will see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    pub kind: String,
    pub mutable: bool,
}

#[derive(Debug, Clone)]
struct Item {
    /// None for `use`, `impl`, attributes.
    name: Option<String>,
    /// Whether a cell may feel it without naming it: a method of a trait names neither the trait nor its implementation.
    felt_unnamed: bool,
    text: String,
    /// A function, and nothing that belongs to it.
    is_function: bool,
}

/// A cell's own part in the definitions.
#[derive(Debug, Clone, Default)]
pub struct Contribution {
    items: Vec<Item>,
    /// The variables it binds, and whether each is `mut`.
    bindings: BTreeMap<String, bool>,
    is_command: bool,
    /// What it does to the session is not all recorded here: commands such as `:dep`, and what makes evcxr add a crate
    /// by itself (`extern crate`, `.await`).
    changes_more: bool,
}

impl Contribution {
    /// Reads what `code` defines.
    pub fn of(code: &str) -> Self {
        if super::is_too_deep(code) {
            // Not even to be parsed; it will not compile.
            return Self { is_command: true, ..Self::default() };
        }
        if code.lines().any(|line| line.trim_start().starts_with([':', '!'])) {
            let changes_more = !code.lines().all(only_shows);
            return Self { is_command: true, changes_more, ..Self::default() };
        }
        let adds_a_crate = words(code).any(|word| word == "await") || code.contains("extern crate");
        let mut own = Self { changes_more: adds_a_crate, ..Self::default() };
        let file = SourceFile::parse(&format!("{BEFORE}{code}\n}}"), Edition::Edition2024).tree();
        let Some(body) = file.items().find_map(|item| match item {
            ast::Item::Fn(function) => function.body(),
            _ => None,
        }) else {
            return own;
        };
        // Attributes of the notebook (`#![feature(…)]`) belong to the braces.
        for attribute in body.syntax().descendants().filter_map(ast::Attr::cast).filter(|it| it.excl_token().is_some())
        {
            own.items.push(Item {
                name: None,
                text: attribute.syntax().text().to_string(),
                felt_unnamed: true,
                is_function: false,
            });
        }
        for statement in body.statements() {
            match statement {
                ast::Stmt::Item(item) => own.add_item(&item),
                ast::Stmt::LetStmt(binding) => {
                    let names = binding.pat().into_iter().flat_map(|pattern| bound_names(pattern.syntax()));
                    own.bindings.extend(names);
                }
                ast::Stmt::ExprStmt(_) => {}
            }
        }
        own
    }

    /// Whether it may change what the type of an earlier variable means. Functions and methods cannot.
    pub fn may_change_types(&self) -> bool {
        self.items.iter().any(|item| !item.is_function)
    }

    /// Whether the cell binds `variable`.
    pub fn binds(&self, variable: &str) -> bool {
        self.bindings.contains_key(variable)
    }

    /// An item without a name belongs to the named one before it in the same cell, as in evcxr: it goes when that is
    /// defined anew.
    fn add_item(&mut self, item: &ast::Item) {
        let text = item.syntax().text().to_string();
        let is_function = matches!(item, ast::Item::Fn(function) if function.const_token().is_none());
        let felt_unnamed = match item {
            ast::Item::Impl(block) => block.trait_().is_some(),
            ast::Item::Trait(_) | ast::Item::Module(_) | ast::Item::MacroCall(_) => true,
            _ => false,
        };
        match (name_of(item), self.items.last_mut()) {
            (None, Some(last)) if last.name.is_some() && !matches!(item, ast::Item::Use(_)) => {
                last.text.push('\n');
                last.text.push_str(&text);
                last.felt_unnamed |= felt_unnamed;
                last.is_function = false;
            }
            (name, _) => self.items.push(Item { name, text, felt_unnamed, is_function }),
        }
    }
}

fn only_shows(line: &str) -> bool {
    let command = line.split_whitespace().next().unwrap_or_default();
    command.is_empty() || command.starts_with('!') || SHOWING.contains(&command)
}

fn name_of(item: &ast::Item) -> Option<String> {
    let name = match item {
        ast::Item::Const(it) => it.name(),
        ast::Item::Enum(it) => it.name(),
        ast::Item::Fn(it) => it.name(),
        ast::Item::MacroRules(it) => it.name(),
        ast::Item::Module(it) => it.name(),
        ast::Item::Static(it) => it.name(),
        ast::Item::Struct(it) => it.name(),
        ast::Item::Trait(it) => it.name(),
        ast::Item::TypeAlias(it) => it.name(),
        ast::Item::Union(it) => it.name(),
        _ => None,
    };
    name.map(|name| name.text().to_string())
}

fn bound_names(pattern: &SyntaxNode) -> Vec<(String, bool)> {
    let identifiers = pattern.descendants().filter_map(ast::IdentPat::cast);
    identifiers.filter_map(|it| Some((it.name()?.text().to_string(), it.mut_token().is_some()))).collect()
}

impl Scope {
    /// A cell with `own` contribution is about to be compiled. What a command does may stay even if the rest fails.
    pub fn before(&mut self, own: &Contribution) {
        self.changed_by_command |= own.changes_more;
    }

    /// A cell with `own` contribution compiled; `stored` are the variables that live after it, `types` what it made of
    /// the types of those that it binds.
    pub fn after(&mut self, own: Contribution, stored: &[String], types: &BTreeMap<String, String>) {
        for item in own.items {
            // Running the same cell again changes nothing.
            self.items.retain(|old| match &item.name {
                Some(_) => old.name != item.name,
                None => old.name.is_some() || old.text != item.text,
            });
            self.items.push(item);
        }
        self.variables.retain(|name, _| stored.contains(name));
        for (name, kind) in types.iter().filter(|(name, _)| stored.contains(name)) {
            let before = self.variables.get(name).is_some_and(|variable| variable.mutable);
            let mutable = own.bindings.get(name).copied().unwrap_or(before);
            self.variables.insert(name.clone(), Variable { kind: kind.clone(), mutable });
        }
    }

    /// A cell failed: it has defined no variable, and may have taken some with it.
    pub fn after_failure(&mut self, own: Contribution, stored: &[String]) {
        self.after(Contribution { bindings: BTreeMap::new(), ..own }, stored, &BTreeMap::new());
    }

    /// Everything that `code` can refer to, in words; None where that is not all it depends on.
    pub fn seen_by(&self, code: &str, own: &Contribution) -> Option<String> {
        if self.changed_by_command || own.is_command || own.changes_more {
            return None;
        }
        let mut words: HashSet<&str> = words(code).collect();
        let mut seen = vec![false; self.items.len()];
        let variables: Vec<(&String, &Variable)> =
            self.variables.iter().filter(|(name, _)| words.contains(name.as_str())).collect();
        for (_, variable) in &variables {
            words.extend(self::words(&variable.kind));
        }
        // What an item that is seen refers to is seen as well.
        while let Some(at) = (0..seen.len()).find(|&at| !seen[at] && self.items[at].is_felt(&words)) {
            seen[at] = true;
            words.extend(self::words(&self.items[at].text));
        }
        if READ_FROM_OUTSIDE.iter().any(|name| words.contains(name)) {
            return None;
        }
        let mut text = String::new();
        for (item, _) in self.items.iter().zip(&seen).filter(|(_, seen)| **seen) {
            text.push_str(&item.text);
            text.push('\0');
        }
        for (name, Variable { kind, mutable }) in variables {
            text.push_str(&format!("{name}\0{kind}\0{mutable}\0"));
        }
        Some(text)
    }
}

/// The runs of letters, digits and underscores in `text`, also in its strings: `"{x}"` mentions `x`.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || character == '_')).filter(|word| !word.is_empty())
}

impl Item {
    /// Whether a cell with these words may depend on it.
    fn is_felt(&self, words: &HashSet<&str>) -> bool {
        self.felt_unnamed || self.name.as_deref().is_none_or(|name| words.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `code` sees after each of `cells` has run to its end; bindings have the types given.
    fn seen(cells: &[(&str, &[(&str, &str)])], code: &str) -> Option<String> {
        let mut scope = Scope::default();
        let mut stored: Vec<String> = Vec::new();
        for (cell, bound) in cells {
            let types: BTreeMap<String, String> =
                bound.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect();
            stored.extend(types.keys().cloned());
            scope.before(&Contribution::of(cell));
            scope.after(Contribution::of(cell), &stored, &types);
        }
        scope.seen_by(code, &Contribution::of(code))
    }

    #[test]
    fn what_a_cell_does_not_mention_makes_no_difference() {
        let cells: [(&str, &[(&str, &str)]); 2] = [("let x = 1;", &[("x", "i32")]), ("fn f() {}", &[])];
        assert_eq!(seen(&cells, "1 + 1"), seen(&[], "1 + 1"));
        assert_ne!(seen(&cells, "x + 1"), seen(&[], "x + 1"));
        assert_ne!(seen(&cells, "f()"), seen(&[], "f()"));
    }

    #[test]
    fn the_type_and_the_mutability_of_a_variable_are_told_apart() {
        let of = |cell, kind| seen(&[(cell, &[("x", kind)])], "x += 1");
        assert_ne!(of("let x = 1;", "i32"), of("let mut x = 1;", "i32"));
        assert_ne!(of("let x = 1;", "i32"), of("let x = 1;", "i64"));
    }

    #[test]
    fn items_are_followed_through_what_they_mention() {
        let of = |inner| seen(&[(inner, &[]), ("fn outer() { inner() }", &[])], "outer()");
        assert_ne!(of("fn inner() {}"), of("fn inner() { println!() }"));
        let station = |fields| seen(&[(fields, &[]), ("let s = Station::new();", &[("s", "Vec<Station>")])], "s.len()");
        assert_ne!(station("struct Station { a: i32 }"), station("struct Station { a: u32 }"));
    }

    #[test]
    fn an_impl_goes_with_the_item_before_it_and_a_use_always_counts() {
        let with_impl = "struct A;\nimpl A { fn f() {} }";
        assert_eq!(seen(&[(with_impl, &[])], "1"), seen(&[], "1"));
        assert_ne!(seen(&[(with_impl, &[])], "A::f()"), seen(&[("struct A;", &[])], "A::f()"));
        assert_ne!(seen(&[("use std::fmt::Write;", &[])], "1"), seen(&[], "1"));
        assert_ne!(seen(&[("impl Show for f64 {}", &[])], "1"), seen(&[], "1"));
    }

    #[test]
    fn a_trait_counts_without_being_named() {
        let doubled =
            |body: &str| format!("trait Twice {{ fn twice(&self) -> i32; }}\nimpl Twice for i32 {{ {body} }}");
        assert_ne!(seen(&[(&doubled("2"), &[])], "4.twice()"), seen(&[(&doubled("3"), &[])], "4.twice()"));
        let shown = |body: &str| format!("struct A;\nimpl Show for A {{ {body} }}");
        assert_ne!(seen(&[(&shown("2"), &[])], "f()"), seen(&[(&shown("3"), &[])], "f()"));
    }

    #[test]
    fn running_a_cell_again_changes_nothing() {
        let cell = "use std::fmt::Write;\nfn f() {}";
        assert_eq!(seen(&[(cell, &[]), (cell, &[])], "f()"), seen(&[(cell, &[])], "f()"));
    }

    #[test]
    fn what_depends_on_more_than_text_is_not_described() {
        assert_eq!(seen(&[], "include_str!(\"a.txt\")"), None);
        assert_eq!(seen(&[], ":dep itoa = \"1\""), None);
        assert_eq!(seen(&[(":dep itoa = \"1\"", &[])], "1 + 1"), None);
        assert_eq!(seen(&[("extern crate itoa;", &[])], "1 + 1"), None);
        assert_eq!(seen(&[("f().await", &[])], "1 + 1"), None);
        assert_eq!(seen(&[(":vars", &[]), ("!ls", &[])], "1 + 1"), seen(&[], "1 + 1"));
        assert_eq!(seen(&[("fn f() -> &'static str { env!(\"HOME\") }", &[])], "f()"), None);
    }

    #[test]
    fn every_name_of_a_pattern_is_a_binding() {
        let own = Contribution::of("let (a, mut b) = f();\nlet Point { x, .. } = p;\nfor c in 0..3 { let d = c; }");
        let names: Vec<(&str, bool)> = own.bindings.iter().map(|(name, mutable)| (name.as_str(), *mutable)).collect();
        assert_eq!(names, [("a", false), ("b", true), ("x", false)]);
    }
}
