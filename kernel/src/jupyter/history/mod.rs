//! What was run, in this session and in earlier ones: the Up key of consoles, and searching.
//!
//! A thread of its own keeps the file, so that a slow or broken disk never holds a cell up.

mod file;
mod search;

use file::HistoryFile;
use jupyter_protocol::{HistoryEntry, HistoryReply, HistoryRequest};
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;

/// One cell's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub session: usize,
    /// The cell's execution count.
    pub line: usize,
    pub source: String,
}

enum Order {
    Add { line: usize, source: String },
    Ask { asked: HistoryRequest, answer: oneshot::Sender<HistoryReply> },
    Finish { done: mpsc::Sender<()> },
}

/// A handle on the history.
#[derive(Clone)]
pub struct History {
    orders: mpsc::Sender<Order>,
}

/// Sees to it that the last input reaches the file.
pub struct Writer(mpsc::Sender<Order>);

impl History {
    /// Starts the thread, with the file of this user.
    pub fn start() -> (Self, Writer) {
        let (orders, inbox) = mpsc::channel();
        // Without the thread the orders go nowhere, and requests have empty answers.
        let _ = std::thread::Builder::new().name("history".into()).spawn(move || {
            let mut session = Session::new(HistoryFile::of_this_user());
            for order in inbox {
                match order {
                    Order::Add { line, source } => session.add(line, source),
                    Order::Ask { asked, answer } => drop(answer.send(session.reply(&asked))),
                    Order::Finish { done } => drop(done.send(())),
                }
            }
        });
        (Self { orders: orders.clone() }, Writer(orders))
    }

    /// One that nobody keeps, for tests.
    #[cfg(test)]
    pub fn forgotten() -> Self {
        Self { orders: mpsc::channel().0 }
    }

    /// Notes that cell `line` of this session ran `source`.
    pub fn add(&self, line: usize, source: &str) {
        let _ = self.orders.send(Order::Add { line, source: source.to_owned() });
    }

    pub async fn reply(&self, asked: HistoryRequest) -> HistoryReply {
        let (answer, answered) = oneshot::channel();
        let _ = self.orders.send(Order::Ask { asked, answer });
        answered.await.unwrap_or_default()
    }
}

impl Writer {
    /// Waits until everything is written, but no longer than `patience`.
    pub fn finish(self, patience: Duration) {
        let (done, finished) = mpsc::channel();
        if self.0.send(Order::Finish { done }).is_ok() {
            let _ = finished.recv_timeout(patience);
        }
    }
}

/// This run of the kernel: its own inputs are kept here too, in case the file cannot be written.
struct Session {
    file: Option<HistoryFile>,
    /// Given by the file at the first input, so that sessions without one have no number.
    number: Option<usize>,
    inputs: Vec<Input>,
}

impl Session {
    fn new(file: Option<HistoryFile>) -> Self {
        Self { file, number: None, inputs: Vec::new() }
    }

    fn add(&mut self, line: usize, source: String) {
        let written = self.file.as_ref().map(|file| file.append(self.number, line, &source));
        let number = match written {
            Some(Ok(number)) => number,
            failed => {
                if let Some(Err(error)) = failed {
                    tracing::warn!("the history is not kept any more: {error:#}");
                    self.file = None;
                }
                self.number.unwrap_or(1)
            }
        };
        self.number = Some(number);
        self.inputs.push(Input { session: number, line, source });
    }

    fn reply(&self, asked: &HistoryRequest) -> HistoryReply {
        let earlier = self.file.as_ref().map(HistoryFile::read).unwrap_or_default();
        let own = self.number.unwrap_or_else(|| earlier.iter().map(|input| input.session).max().unwrap_or(0) + 1);
        // Kernels that run at the same time may have higher numbers; what the asker typed last stands last anyway.
        let mut all: Vec<&Input> = earlier.iter().filter(|input| input.session != own).collect();
        all.sort_by_key(|input| (input.session, input.line));
        all.extend(&self.inputs);
        let (chosen, with_output) = search::choose(all, own, asked);
        let entry = |input: &Input| match with_output {
            // Outputs are in the notebook, not in the history.
            true => HistoryEntry::InputOutput(input.session, input.line, (input.source.clone(), String::new())),
            false => HistoryEntry::Input(input.session, input.line, input.source.clone()),
        };
        HistoryReply::new(chosen.into_iter().map(entry).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(session: &Session, n: i32) -> Vec<(usize, usize, String)> {
        let reply = session.reply(&HistoryRequest::Tail { n, output: false, raw: true });
        let entries = reply.history.into_iter().map(|entry| match entry {
            HistoryEntry::Input(session, line, source) => (session, line, source),
            HistoryEntry::InputOutput(session, line, (source, _)) => (session, line, source),
        });
        entries.collect()
    }

    #[test]
    fn a_session_finds_the_inputs_of_the_one_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = || Some(HistoryFile::at(folder.path().join("history.jsonl")));
        let mut first = Session::new(file());
        first.add(1, "let x = 1;".into());
        let mut second = Session::new(file());
        assert_eq!(tail(&second, 5), [(1, 1, "let x = 1;".to_owned())]);
        second.add(1, "x + 1".into());
        assert_eq!(tail(&second, 5), [(1, 1, "let x = 1;".to_owned()), (2, 1, "x + 1".to_owned())]);
        assert_eq!(tail(&second, 1), [(2, 1, "x + 1".to_owned())]);
    }

    #[test]
    fn without_a_file_the_session_is_kept_all_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let blocked = folder.path().join("a file");
        std::fs::write(&blocked, "").expect("written");
        let mut session = Session::new(Some(HistoryFile::at(blocked.join("history.jsonl"))));
        session.add(1, "1 + 1".into());
        session.add(2, "2 + 2".into());
        assert_eq!(tail(&session, 1), [(1, 2, "2 + 2".to_owned())]);
    }
}
