//! The user's stdout and stderr: read as bytes, sent on as text in a few messages.
//!
//! A message for each line would choke the frontend (and a PUB socket drops what it cannot queue), so
//! text is gathered for a moment. Characters may be cut anywhere by the pipe; they are put together again.

use super::content::{Contents, Part};
use serde_json::{Map, Value};
use std::time::{Duration, Instant};

/// Which of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// How long text may wait for more.
pub const GATHER: Duration = Duration::from_millis(50);
/// Text is sent at once when there is this much of it.
const ENOUGH: usize = 64 << 10;
/// What one cell may print, in bytes. A notebook with more than this cannot be opened any more.
const LIMIT: usize = 8 << 20;

/// Gathers the output of one worker.
#[derive(Debug, Default)]
pub struct Gatherer {
    stream: Option<Stream>,
    /// Text that is whole, and the time the first of it came.
    text: String,
    since: Option<Instant>,
    /// The first bytes of a character whose rest has not come, by stream.
    cut: [Vec<u8>; 2],
    sent: usize,
    over: bool,
    contents: Contents,
}

/// What is ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Ready {
    Text(Stream, String),
    /// A mime bundle that stood between marks on stdout.
    Bundle(Map<String, Value>),
}

impl Gatherer {
    /// Takes `bytes` of `stream`; what must be sent first, or now, goes to `out`.
    pub fn push(&mut self, stream: Stream, bytes: &[u8], out: &mut Vec<Ready>) {
        if self.stream != Some(stream) {
            self.flush(out);
            self.stream = Some(stream);
        }
        let cut = &mut self.cut[stream as usize];
        cut.extend_from_slice(bytes);
        let whole = whole_characters(cut);
        let text = String::from_utf8_lossy(&cut[..whole]).into_owned();
        cut.drain(..whole);
        if stream == Stream::Stdout {
            let parts = self.contents.push(&text);
            self.add_parts(parts, out);
        } else {
            self.add(&text);
        }
        if self.text.len() >= ENOUGH {
            self.flush(out);
        }
    }

    fn add_parts(&mut self, parts: Vec<Part>, out: &mut Vec<Ready>) {
        for part in parts {
            match part {
                Part::Text(text) => self.add(&text),
                Part::Bundle(bundle) => {
                    self.flush(out);
                    out.push(Ready::Bundle(bundle));
                }
            }
        }
    }

    fn add(&mut self, text: &str) {
        if self.over || text.is_empty() {
            return;
        }
        let room = LIMIT.saturating_sub(self.sent);
        self.since.get_or_insert_with(Instant::now);
        if text.len() <= room {
            self.sent += text.len();
            self.text.push_str(text);
            return;
        }
        let end = (0..=room).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        self.text.push_str(&text[..end]);
        self.text.push_str(&format!("\n… output cut here: a cell shows at most {} MB\n", LIMIT >> 20));
        self.over = true;
    }

    /// Whether text is waiting for more.
    pub fn is_waiting(&self) -> bool {
        self.since.is_some()
    }

    /// Sends what has waited long enough.
    pub fn tick(&mut self, out: &mut Vec<Ready>) {
        if self.since.is_some_and(|since| since.elapsed() >= GATHER) {
            self.flush(out);
        }
    }

    /// Sends everything that is whole.
    pub fn flush(&mut self, out: &mut Vec<Ready>) {
        self.since = None;
        if let Some(stream) = self.stream.filter(|_| !self.text.is_empty()) {
            out.push(Ready::Text(stream, std::mem::take(&mut self.text)));
        }
    }

    /// The end of a cell: also what never became whole. The next cell has the whole limit again.
    pub fn end_cell(&mut self, out: &mut Vec<Ready>) {
        self.flush(out);
        for stream in [Stream::Stdout, Stream::Stderr] {
            let rest = std::mem::take(&mut self.cut[stream as usize]);
            if !rest.is_empty() {
                self.stream = Some(stream);
                self.add(&String::from_utf8_lossy(&rest));
                self.flush(out);
            }
        }
        let parts = self.contents.end();
        if !parts.is_empty() {
            self.stream = Some(Stream::Stdout);
            self.add_parts(parts, out);
            self.flush(out);
        }
        (self.sent, self.over) = (0, false);
    }
}

/// Bytes before a character that is cut at the end; bytes that are no UTF-8 at all count as whole.
fn whole_characters(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    for at in (tail..bytes.len()).rev() {
        let needed = match bytes[at] {
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF7 => 4,
            0x80..=0xBF => continue,
            _ => return bytes.len(),
        };
        return if bytes.len() - at < needed { at } else { bytes.len() };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(parts: &[(Stream, &[u8])]) -> Vec<Ready> {
        let (mut gatherer, mut out) = (Gatherer::default(), Vec::new());
        for (stream, bytes) in parts {
            gatherer.push(*stream, bytes, &mut out);
        }
        gatherer.end_cell(&mut out);
        out
    }

    fn text(ready: &Ready) -> &str {
        match ready {
            Ready::Text(_, text) => text,
            Ready::Bundle(_) => "",
        }
    }

    #[test]
    fn a_character_cut_by_the_pipe_is_put_together() {
        let bytes = "°C".as_bytes();
        assert_eq!(
            gathered(&[(Stream::Stdout, &bytes[..1]), (Stream::Stdout, &bytes[1..])]),
            [Ready::Text(Stream::Stdout, "°C".into())]
        );
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        assert_eq!(
            gathered(&[(Stream::Stdout, b"a\xFFb\xF0")]),
            [Ready::Text(Stream::Stdout, "a\u{FFFD}b".into()), Ready::Text(Stream::Stdout, "\u{FFFD}".into())]
        );
    }

    #[test]
    fn the_order_of_the_two_streams_is_kept() {
        let out = gathered(&[(Stream::Stdout, b"1"), (Stream::Stderr, b"2"), (Stream::Stdout, b"3")]);
        assert_eq!(out.iter().map(text).collect::<String>(), "123");
        assert_eq!(out.len(), 3);
    }

    #[test]
    fn a_burst_is_cut_once_with_a_note() {
        let block = vec![b'x'; 1 << 20];
        let parts: Vec<(Stream, &[u8])> = (0..20).map(|_| (Stream::Stdout, block.as_slice())).collect();
        let whole: String = gathered(&parts).iter().map(text).collect();
        assert!(whole.len() < LIMIT + 100);
        assert_eq!(whole.matches("output cut here").count(), 1);
    }
}
