//! `?name`: the documentation of `name` in the frontend's pager.

use super::cell::ExecutingCell;
use super::engine::Engine;
use super::executor::Executor;
use crate::jupyter::display::media;
use crate::worker::Stream;
use jupyter_protocol::Payload;
use serde_json::Value;
use std::time::Duration;

/// How long help is waited for: nothing else runs meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

impl<E: Engine> Executor<E> {
    /// One page with all that `names` mean; what is not known is said on stderr.
    pub(super) async fn help(&mut self, names: &[&str], cell: &ExecutingCell) -> Vec<Payload> {
        let (mut plain, mut html) = (Vec::new(), Vec::new());
        for name in names {
            let Ok(found) = tokio::time::timeout(PATIENCE, self.engine.inspect(name)).await else {
                let advice = "Sources are still read; try again in a moment";
                cell.text(Stream::Stderr, &format!("The help for `{name}` did not come in time. {advice}.\n"));
                continue;
            };
            match found {
                Some(found) => {
                    plain.push(found.text);
                    html.push(found.html);
                }
                None => {
                    let advice = "Tab completes names, and `?` wants one alone, such as ?Pool or ?files.len";
                    cell.text(Stream::Stderr, &format!("Nothing is known of `{name}`. {advice}.\n"));
                }
            }
        }
        if plain.is_empty() {
            return Vec::new();
        }
        let bundle = [("text/plain", plain.join("\n\n")), ("text/html", html.join("<hr>"))];
        let data = bundle.into_iter().map(|(mime, text)| (mime.to_owned(), Value::String(text))).collect();
        vec![Payload::Page { data: media(data), start: 0 }]
    }
}
