//! Cells that ask what something is: `?Pool`, or `Pool?`.

use std::borrow::Cow;

/// The names that `source` asks for, one on each line; `None` if it is a cell to run.
///
/// `?name` is never Rust. `name?` is, where `name` is one of the `variables`.
pub fn help<'a>(source: &'a str, variables: &[String]) -> Option<Vec<&'a str>> {
    let lines = source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    let names: Option<Vec<&str>> = lines.map(|line| asked_for(line, variables)).collect();
    names.filter(|names| !names.is_empty())
}

/// `source` with a space for the `?` that it begins with: what stands behind that can then be completed as Rust.
pub fn without_help_mark(source: &str) -> Cow<'_, str> {
    match source.trim_start().strip_prefix('?') {
        Some(_) => Cow::Owned(source.replacen('?', " ", 1)),
        None => Cow::Borrowed(source),
    }
}

fn asked_for<'a>(line: &'a str, variables: &[String]) -> Option<&'a str> {
    if let Some(name) = line.strip_prefix('?') {
        // IPython's `??name` asks for the source as well, which the notebook itself shows here.
        let name = name.trim_start_matches('?').trim();
        return is_path(name).then_some(name);
    }
    let name = line.strip_suffix('?')?.trim_end_matches('?').trim_end();
    let first = name.split(['.', ':', '!']).next().unwrap_or_default();
    (is_path(name) && !variables.iter().any(|variable| variable == first)).then_some(name)
}

/// `name`, `Type::name`, `value.name`, `macro!`.
fn is_path(text: &str) -> bool {
    let path = text.strip_suffix('!').unwrap_or(text).replace("::", ".");
    path.split('.').all(|part| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::help;

    fn names(source: &str) -> Option<Vec<&str>> {
        help(source, &["answer".to_owned()])
    }

    #[test]
    fn a_question_mark_before_or_behind_a_name_asks_for_it() {
        assert_eq!(names("?Pool"), Some(vec!["Pool"]));
        assert_eq!(names("  ? answer.len \n// why\nPool::new?"), Some(vec!["answer.len", "Pool::new"]));
        assert_eq!(names("??println!"), Some(vec!["println!"]));
    }

    #[test]
    fn rusts_own_question_mark_is_left_alone() {
        for code in
            ["answer?", "answer.value?", "open()?", "\"1\".parse::<i32>()?", "?Pool\n1 + 1", "x ? y", "?", "", "1?"]
        {
            assert_eq!(names(code), None, "{code}");
        }
    }
}
