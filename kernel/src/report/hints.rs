//! The stumbling blocks of those who come from Python: one sentence each that says what to do.
//!
//! rustc's report stands above it and is not repeated. The first entry that fits an error is used.

mod table;

use crate::compile::Message;
use table::{HINTS, Hint};

/// What to do about an error of rustc's whose primary line is `line`, if there is a short way to say it.
pub fn advice(message: &Message, line: &str) -> Option<String> {
    let code = message.code();
    let said = everything_said(message);
    let fits = |hint: &&Hint| {
        (hint.code == "*" || hint.code == code)
            && hint.said.iter().all(|any| any.iter().any(|part| said.contains(part)))
            && (hint.line.is_empty() || hint.line.iter().any(|word| has_word(line, word)))
    };
    let hint = HINTS.iter().find(fits)?;
    let mut advice = hint.advice.to_owned();
    for (at, name) in message.text().split('`').skip(1).step_by(2).enumerate() {
        advice = advice.replace(&format!("{{{at}}}"), name);
    }
    Some(advice)
}

fn everything_said(message: &Message) -> String {
    // rustc writes whole paths once a notebook has another type of the same name.
    ["std::option::", "std::result::", "std::vec::", "std::string::"]
        .iter()
        .fold(message.everything(), |said, path| said.replace(path, ""))
}

/// Words as whole words, signs anywhere.
fn has_word(line: &str, word: &str) -> bool {
    if word.chars().all(char::is_alphanumeric) {
        line.split(|character: char| !(character.is_alphanumeric() || character == '_')).any(|found| found == word)
    } else {
        line.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(code: &str, text: &str, line: &str) -> String {
        advice(&Message::of(&json!({ "code": code, "message": text })), line).unwrap_or_default()
    }

    #[test]
    fn numbers_that_do_not_mix_are_told_how_to() {
        assert!(said("E0277", "cannot add a float to an integer: `{integer} + {float}`", "1 + 2.0").contains("as f64"));
        assert!(said("E0308", "mismatched types, expected `f64`, found integer", "f(3)").contains("3.0 and not 3"));
        let index = "the type `[i32]` cannot be indexed by `i64`: slice indices are of type `usize`";
        assert!(said("E0277", index, "v[i]").contains("v[i as usize]"));
    }

    #[test]
    fn python_is_recognised_by_its_words() {
        assert!(said("", "expected one of 8 possible tokens, found `f`", "def f(x):").contains("`fn`"));
        assert!(said("E0425", "cannot find function `range` in this scope", "for i in range(3) {").contains("0..10"));
        assert_eq!(said("", "something, found `f`", "define(x)"), "");
    }

    #[test]
    fn a_function_that_no_cell_has_defined_yet_is_looked_for_in_the_notebook() {
        let advice =
            said("E0425", "cannot find function `hottest_day` in this scope", "check!(hottest_day(&files), 1)");
        assert!(advice.starts_with("If a cell of this notebook defines hottest_day, run it first"), "{advice}");
    }

    #[test]
    fn names_of_the_message_are_filled_in() {
        let text = "cannot borrow `v` as mutable, as it is not declared as mutable";
        assert!(said("E0596", text, "v.push(1)").ends_with("let mut v = v;"));
    }

    #[test]
    fn an_advice_leaves_no_placeholder_that_rustc_filled() {
        for hint in HINTS {
            assert!(!hint.advice.is_empty() && !hint.advice.contains("{2}"), "{}", hint.advice);
        }
    }
}
