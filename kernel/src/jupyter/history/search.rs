//! Which inputs a history request asks for.

use super::Input;
use jupyter_protocol::HistoryRequest;
use std::collections::HashSet;

/// The inputs of `all` that are asked for, and whether their outputs are too. `own` is the session that asks.
pub fn choose<'a>(all: Vec<&'a Input>, own: usize, asked: &HistoryRequest) -> (Vec<&'a Input>, bool) {
    match asked {
        HistoryRequest::Range { session, start, stop, output, .. } => {
            let wanted = session_number(session.unwrap_or(0), own);
            let within = |input: &&Input| {
                let line = i64::try_from(input.line).unwrap_or(i64::MAX);
                Some(input.session) == wanted && line >= i64::from(*start) && (*stop <= 0 || line < i64::from(*stop))
            };
            (all.into_iter().filter(within).collect(), *output)
        }
        HistoryRequest::Tail { n, output, .. } => (last(all, *n), *output),
        HistoryRequest::Search { pattern, unique, output, n, .. } => {
            let mut found: Vec<&Input> = all.into_iter().filter(|input| glob_matches(pattern, &input.source)).collect();
            if *unique {
                // The latest of those that are the same.
                let mut seen = HashSet::new();
                found.reverse();
                found.retain(|input| seen.insert(input.source.as_str()));
                found.reverse();
            }
            (last(found, *n), *output)
        }
    }
}

/// 0 is the session that asks, -1 the one before it.
fn session_number(asked: i32, own: usize) -> Option<usize> {
    if asked > 0 { usize::try_from(asked).ok() } else { own.checked_sub(usize::try_from(asked.unsigned_abs()).ok()?) }
}

fn last<T>(mut entries: Vec<T>, n: i32) -> Vec<T> {
    let n = usize::try_from(n).unwrap_or(0);
    entries.split_off(entries.len().saturating_sub(n))
}

/// Shell-style `*` and `?`, as IPython's history search has them.
fn glob_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut from) = (0, 0);
    // The last star, and where the text behind it was tried last: a star takes one more character at each failure.
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[from] => (at, from) = (at + 1, from + 1),
            _ => {
                let Some((behind, tried)) = star else { return false };
                star = Some((behind, tried + 1));
                (at, from) = (behind + 1, tried + 1);
            }
        }
    }
    pattern[at..].iter().all(|left| *left == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(session: usize, line: usize, source: &str) -> Input {
        Input { session, line, source: source.to_owned() }
    }

    fn lines(all: &[Input], own: usize, asked: &HistoryRequest) -> Vec<(usize, usize)> {
        choose(all.iter().collect(), own, asked).0.iter().map(|input| (input.session, input.line)).collect()
    }

    #[test]
    fn stars_match_any_run_and_question_marks_one_character() {
        for (pattern, text, expected) in [
            ("let*", "let x = 1;", true),
            ("*x ?*", "let x = 1;", true),
            ("let", "let x = 1;", false),
            ("*a*b", "aXbXab", true),
            ("*a*b", "aXbXa", false),
            ("**", "", true),
            ("?", "", false),
            ("", "", true),
        ] {
            assert_eq!(glob_matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn ranges_count_from_this_session_back() {
        let all = [input(3, 1, "a"), input(4, 1, "b"), input(5, 1, "c"), input(5, 2, "d"), input(5, 3, "e")];
        let range = |session, start, stop| HistoryRequest::Range {
            session: Some(session),
            start,
            stop,
            output: false,
            raw: true,
        };
        assert_eq!(lines(&all, 5, &range(0, 2, 0)), [(5, 2), (5, 3)]);
        assert_eq!(lines(&all, 5, &range(0, 1, 3)), [(5, 1), (5, 2)]);
        assert_eq!(lines(&all, 5, &range(-1, 1, 0)), [(4, 1)]);
        assert_eq!(lines(&all, 5, &range(3, 0, 0)), [(3, 1)]);
        assert_eq!(lines(&all, 5, &range(i32::MIN, 0, 0)), []);
    }

    #[test]
    fn a_unique_search_keeps_the_latest_of_equals() {
        let all = [input(1, 1, "6 * 7"), input(1, 2, "x"), input(2, 1, "6 * 7")];
        let search = |unique, n| HistoryRequest::Search { pattern: "6 *".into(), unique, output: false, raw: true, n };
        assert_eq!(lines(&all, 2, &search(true, i32::MAX)), [(2, 1)]);
        assert_eq!(lines(&all, 2, &search(false, 1)), [(2, 1)]);
        assert_eq!(lines(&all, 2, &search(false, -5)), []);
    }
}
