//! `complete_request`: candidates with their kinds, as JupyterLab shows them.

use super::kernel::Kernel;
use crate::analysis::Completions;
use jupyter_protocol::{CompleteReply, CompleteRequest};
use serde_json::{Map, Value, json};

pub async fn reply(kernel: &Kernel, asked: &CompleteRequest) -> CompleteReply {
    let cursor = byte_at(&asked.code, asked.cursor_pos);
    let found = kernel.complete(&asked.code, cursor).await.unwrap_or_else(|| Completions::none(cursor));
    let (start, end) = (character_at(&asked.code, found.start), character_at(&asked.code, found.end));
    let typed = found.candidates.iter().map(|candidate| {
        json!({ "text": candidate.text, "type": candidate.kind.jupyter_word(), "signature": candidate.label, "start": start, "end": end })
    });
    let mut metadata = Map::new();
    metadata.insert("_jupyter_types_experimental".into(), Value::Array(typed.collect()));
    CompleteReply {
        matches: found.candidates.into_iter().map(|candidate| candidate.text).collect(),
        cursor_start: start,
        cursor_end: end,
        metadata,
        ..CompleteReply::default()
    }
}

/// Jupyter counts characters, rust-analyzer bytes.
pub fn byte_at(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

fn character_at(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_translated_both_ways() {
        let text = "let ä = Po";
        assert_eq!(byte_at(text, 10), 11);
        assert_eq!(character_at(text, 11), 10);
        assert_eq!(byte_at(text, 99), text.len());
    }
}
