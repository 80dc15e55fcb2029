//! `?name`: the documentation of `name` in the frontend's pager.

use super::super::display::{media, text};
use super::Executor;
use crate::worker::Stream;
use jupyter_protocol::{JupyterMessage, Payload};
use serde_json::Value;

impl Executor {
    /// One page with all that `names` mean; what is not known is said on stderr.
    pub(super) async fn help(&mut self, names: &[&str], request: &JupyterMessage) -> Vec<Payload> {
        let (mut plain, mut html) = (Vec::new(), Vec::new());
        for name in names {
            match self.kernel.inspect(name, name.len()).await {
                Some(found) => {
                    plain.push(found.text);
                    html.push(found.html);
                }
                None => {
                    let advice = "Tab completes names, and `?` wants one alone, such as ?Pool or ?files.len";
                    text(
                        &self.publisher,
                        Stream::Stderr,
                        &format!("Nothing is known of `{name}`. {advice}.\n"),
                        request,
                    );
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
