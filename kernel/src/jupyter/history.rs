//! What was run in this session, for consoles that ask.

use jupyter_protocol::{HistoryEntry, HistoryReply, HistoryRequest};
use serde_json::Value;
use std::sync::Mutex;

/// The session's number in replies; the kernel keeps no other sessions.
const SESSION: usize = 1;

/// Gives the fields that a request has left out the values they then have.
pub fn fill_in(request: &mut Value) {
    for (field, value) in [("session", 0), ("start", 0), ("stop", 0), ("n", i32::MAX)] {
        if request[field].is_null() {
            request[field] = value.into();
        }
    }
    for flag in ["output", "raw", "unique"] {
        if request[flag].is_null() {
            request[flag] = false.into();
        }
    }
}

/// The sources of the session's cells, by execution count from 1.
#[derive(Debug, Default)]
pub struct History {
    inputs: Mutex<Vec<(usize, String)>>,
}

impl History {
    pub fn add(&self, count: usize, source: &str) {
        self.inputs().push((count, source.to_owned()));
    }

    pub fn reply(&self, request: &HistoryRequest) -> HistoryReply {
        let inputs = self.inputs();
        let (chosen, with_output): (Vec<&(usize, String)>, bool) = match request {
            HistoryRequest::Range { session, start, stop, output, .. } => {
                let own = session.is_none_or(|session| session == 0 || usize::try_from(session) == Ok(SESSION));
                let within = |count: usize| {
                    let count = i64::try_from(count).unwrap_or(i64::MAX);
                    count >= i64::from(*start) && (*stop <= 0 || count < i64::from(*stop))
                };
                (inputs.iter().filter(|(count, _)| own && within(*count)).collect(), *output)
            }
            HistoryRequest::Tail { n, output, .. } => (last(inputs.iter().collect(), *n), *output),
            HistoryRequest::Search { pattern, unique, output, n, .. } => {
                let mut found: Vec<_> = inputs.iter().filter(|(_, source)| glob_matches(pattern, source)).collect();
                if *unique {
                    let mut seen = std::collections::HashSet::new();
                    found.reverse();
                    found.retain(|(_, source)| seen.insert(source.clone()));
                    found.reverse();
                }
                (last(found, *n), *output)
            }
        };
        let entry = |(count, source): &(usize, String)| match with_output {
            true => HistoryEntry::InputOutput(SESSION, *count, (source.clone(), String::new())),
            false => HistoryEntry::Input(SESSION, *count, source.clone()),
        };
        HistoryReply::new(chosen.into_iter().map(entry).collect())
    }

    fn inputs(&self) -> std::sync::MutexGuard<'_, Vec<(usize, String)>> {
        self.inputs.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn last<T>(mut entries: Vec<T>, n: i32) -> Vec<T> {
    let n = usize::try_from(n).unwrap_or(0);
    entries.split_off(entries.len().saturating_sub(n))
}

/// Shell-style `*` and `?`, as IPython's history search has them.
fn glob_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // reachable[i]: the pattern so far matches the first i characters.
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for &wanted in &pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match wanted {
                '*' => reachable[at] || (at > 0 && next[at - 1]),
                _ => at > 0 && reachable[at - 1] && (wanted == '?' || wanted == text[at - 1]),
            };
        }
        reachable = next;
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_match_any_run_and_question_marks_one_character() {
        assert!(glob_matches("let*", "let x = 1;"));
        assert!(glob_matches("*x ?*", "let x = 1;"));
        assert!(!glob_matches("let", "let x = 1;"));
    }

    #[test]
    fn the_tail_is_the_last_inputs() {
        let history = History::default();
        (1..=3).for_each(|count| history.add(count, &format!("cell {count}")));
        let reply = history.reply(&HistoryRequest::Tail { n: 2, output: false, raw: true });
        assert_eq!(reply.history.len(), 2);
        assert!(matches!(&reply.history[0], HistoryEntry::Input(1, 2, source) if source == "cell 2"));
    }
}
