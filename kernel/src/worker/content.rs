//! What crates made for evcxr print to show something: blocks of a mime type between two marks on stdout.
//!
//! ```text
//! EVCXR_BEGIN_CONTENT text/html
//! <b>…</b>
//! EVCXR_END_CONTENT
//! ```

use serde_json::{Map, Value};

const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";
const END: &str = "EVCXR_END_CONTENT";

/// A part of what was printed.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(String),
    /// A mime bundle.
    Bundle(Map<String, Value>),
}

/// Takes the blocks out of a stream of text. Blocks of different types that follow each other are one bundle.
#[derive(Debug, Default)]
pub struct Contents {
    /// The end of the text so far, which may be the beginning of a mark.
    held: String,
    /// Whether what comes next begins a line.
    inside_a_line: bool,
    open: Option<(String, String)>,
    bundle: Map<String, Value>,
}

impl Contents {
    /// Takes `text`, and gives what is whole.
    pub fn push(&mut self, text: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        let text = std::mem::take(&mut self.held) + text;
        for line in text.split_inclusive('\n') {
            let is_whole = line.ends_with('\n');
            if let Some((mime, content)) = &mut self.open {
                if !is_whole {
                    line.clone_into(&mut self.held);
                } else if line.trim_end() == END {
                    content.truncate(content.trim_end_matches('\n').len());
                    let (mime, content) = (std::mem::take(mime), std::mem::take(content));
                    self.open = None;
                    self.add(mime, content, &mut parts);
                } else {
                    content.push_str(line);
                }
            } else if !self.inside_a_line && is_whole && line.starts_with(BEGIN) {
                self.open = Some((line[BEGIN.len()..].trim().to_owned(), String::new()));
            } else if !self.inside_a_line && !is_whole && (BEGIN.starts_with(line) || line.starts_with(BEGIN)) {
                line.clone_into(&mut self.held);
            } else {
                self.inside_a_line = !is_whole;
                self.flush_bundle(&mut parts);
                match parts.last_mut() {
                    Some(Part::Text(before)) => before.push_str(line),
                    _ => parts.push(Part::Text(line.to_owned())),
                }
            }
        }
        parts
    }

    /// The end of a cell: what is not whole is text.
    pub fn end(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        let open = self.open.take().map(|(mime, content)| format!("{BEGIN}{mime}\n{content}")).unwrap_or_default();
        let rest = open + &std::mem::take(&mut self.held);
        self.inside_a_line = false;
        self.flush_bundle(&mut parts);
        if !rest.is_empty() {
            parts.push(Part::Text(rest));
        }
        parts
    }

    fn add(&mut self, mime: String, content: String, parts: &mut Vec<Part>) {
        if self.bundle.contains_key(&mime) {
            self.flush_bundle(parts);
        }
        self.bundle.insert(mime, Value::String(content));
    }

    fn flush_bundle(&mut self, parts: &mut Vec<Part>) {
        if !self.bundle.is_empty() {
            parts.push(Part::Bundle(std::mem::take(&mut self.bundle)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pieces: &[&str]) -> Vec<Part> {
        let mut contents = Contents::default();
        let mut parts: Vec<Part> = pieces.iter().flat_map(|piece| contents.push(piece)).collect();
        parts.extend(contents.end());
        parts
    }

    fn bundle(entries: &[(&str, &str)]) -> Part {
        Part::Bundle(
            entries.iter().map(|(mime, text)| ((*mime).to_owned(), Value::String((*text).to_owned()))).collect(),
        )
    }

    #[test]
    fn a_block_is_a_bundle_however_the_pipe_cuts_it() {
        let printed = "a\nEVCXR_BEGIN_CONTENT text/html\n<b>\nbold</b>\nEVCXR_END_CONTENT\nb\n";
        let expected = [Part::Text("a\n".into()), bundle(&[("text/html", "<b>\nbold</b>")]), Part::Text("b\n".into())];
        assert_eq!(all(&[printed]), expected);
        for cut in 1..printed.len() {
            let parts = all(&[&printed[..cut], &printed[cut..]]);
            let text: String = parts
                .iter()
                .filter_map(|part| if let Part::Text(text) = part { Some(text.as_str()) } else { None })
                .collect();
            assert!(text == "a\nb\n" && parts.contains(&expected[1]), "cut at {cut}: {parts:?}");
        }
    }

    #[test]
    fn blocks_of_several_types_are_one_bundle() {
        let block = |mime: &str| format!("{BEGIN}{mime}\nx\n{END}\n");
        let printed = block("text/plain") + &block("text/html") + &block("text/html");
        assert_eq!(
            all(&[&printed]),
            [bundle(&[("text/plain", "x"), ("text/html", "x")]), bundle(&[("text/html", "x")])]
        );
    }

    #[test]
    fn what_only_looks_like_a_mark_is_text() {
        for text in
            ["say EVCXR_BEGIN_CONTENT x\n", "EVCXR_BEGIN", "EVCXR_END_CONTENT\n", "EVCXR_BEGIN_CONTENT a\nnever ends"]
        {
            assert_eq!(all(&[text]), [Part::Text(text.into())], "{text}");
        }
    }
}
