//! Which variables a cell's definitions take the ground from under, before and after it is compiled.

use super::definitions::Definitions;
use super::{CellError, Context};
use crate::cell::{Statement, statements};
use ra_ap_syntax::ast::{self, HasName};
use ra_ap_syntax::{AstNode, NodeOrToken, SyntaxNode};
use std::collections::HashSet;

/// A variable that must be dropped before the cell runs, and the definitions that have changed beneath it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    pub variable: String,
    pub because_of: Vec<String>,
}

impl Context {
    /// Refuses a cell that defines a type anew and also uses a value of the old one: nothing has changed then.
    pub(super) fn refuse_mixed(&self, code: &str) -> Result<(), CellError> {
        let split = statements(code);
        let items: Vec<ast::Item> = split.iter().filter_map(|found| ast::Item::cast(found.node.clone())).collect();
        if items.is_empty() || self.before.is_empty() {
            return Ok(());
        }
        let outdated = outdated(&self.before, &self.definitions, &self.definitions.with(&items));
        let read = read_before_defined(&split);
        match outdated.iter().find(|outdated| read.contains(&outdated.variable)) {
            Some(Outdated { variable, because_of }) => {
                let named = quoted(because_of);
                Err(CellError::new(
                    "CompileError",
                    format!("`{variable}` was made from {named} as it was before this cell, which defines it anew"),
                    vec![format!(
                        "Nothing has changed. Define {named} in a cell of its own, and make `{variable}` again after it; or make \
                         `{variable}` again in this cell before it is used."
                    )],
                ))
            }
            None => Ok(()),
        }
    }

    /// The variables whose values no longer fit the definitions of the crate that was just compiled.
    pub(super) fn take_over_definitions(&mut self, generated: &str) -> Vec<Outdated> {
        let new = Definitions::of_crate(generated).beside(self.local_crates.clone());
        let outdated = outdated(&self.before, &self.definitions, &new);
        self.definitions = new;
        outdated
    }
}

fn outdated(variables: &[(String, String)], old: &Definitions, new: &Definitions) -> Vec<Outdated> {
    let check = |(name, kind): &(String, String)| {
        let because_of = new.changed_since(old, kind);
        (!because_of.is_empty()).then(|| Outdated { variable: name.clone(), because_of })
    };
    variables.iter().filter_map(check).collect()
}

/// The dropped variables that the cell does not make again, told to the notebook.
pub fn notice(outdated: &[Outdated], code: &str) -> Option<String> {
    let made: HashSet<String> = statements(code).iter().flat_map(|found| defined(&found.node)).collect();
    let gone: Vec<&Outdated> = outdated.iter().filter(|outdated| !made.contains(&outdated.variable)).collect();
    let first = gone.first()?;
    let mut names: Vec<String> = gone.iter().map(|outdated| outdated.variable.clone()).collect();
    names.sort();
    let (is, it) = if names.len() == 1 { ("was", "it") } else { ("were", "them") };
    let cause = quoted(&first.because_of);
    Some(format!("{} {is} dropped, since {cause} is defined anew. Run the cell that makes {it} again.", quoted(&names)))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The names that a top-level `let` binds.
fn defined(statement: &SyntaxNode) -> Vec<String> {
    let Some(pattern) = ast::LetStmt::cast(statement.clone()).and_then(|statement| statement.pat()) else {
        return Vec::new();
    };
    let names = pattern.syntax().descendants().filter_map(ast::IdentPat::cast).filter_map(|pattern| pattern.name());
    names.map(|name| name.text().to_string()).collect()
}

/// Words that stand in the cell's statements before a `let` of its own gives them a meaning. Strings count: `"{x}"` reads `x`.
fn read_before_defined(split: &[Statement<'_>]) -> HashSet<String> {
    let (mut read, mut made) = (HashSet::new(), HashSet::new());
    for statement in split.iter().filter(|statement| !ast::Item::can_cast(statement.node.kind())) {
        let pattern = ast::LetStmt::cast(statement.node.clone()).and_then(|statement| statement.pat());
        let bound = pattern.map(|pattern| pattern.syntax().text_range());
        for token in statement.node.descendants_with_tokens().filter_map(NodeOrToken::into_token) {
            let is_bound = bound.is_some_and(|range| range.contains_range(token.text_range()));
            if token.kind().is_trivia() || is_bound {
                continue;
            }
            let words = token.text().split(|character: char| !(character.is_alphanumeric() || character == '_'));
            read.extend(words.filter(|word| !made.contains(*word)).map(str::to_owned));
        }
        made.extend(defined(&statement.node));
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_unless_the_cell_has_defined_it_before() {
        let read = |code: &str, name: &str| read_before_defined(&statements(code)).contains(name);
        assert!(!read("let a = vec![1]; a.len()", "a"));
        assert!(read("let a = a + 1;", "a"));
        assert!(read("println!(\"{a}\");", "a"));
        assert!(!read("struct S { a: i32 }\nlet (a, b) = f(); // a", "a"));
    }

    #[test]
    fn what_the_cell_makes_again_is_not_mourned() {
        let outdated = |name: &str| Outdated { variable: name.into(), because_of: vec!["Station".into()] };
        let both = [outdated("best"), outdated("all")];
        let notice = |code| notice(&both, code);
        assert_eq!(
            notice("let best = 1;").as_deref(),
            Some("`all` was dropped, since `Station` is defined anew. Run the cell that makes it again.")
        );
        assert_eq!(notice("let (best, all) = f();"), None);
    }
}
