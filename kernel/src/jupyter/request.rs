//! Requests as frontends send them: each field is read once, by its type, and what does not fit is named.
//!
//! A request that is signed has somebody who waits for an answer, whatever is wrong with it. So its content stays JSON until
//! the channel that serves it asks for the fields of that very request; what is malformed becomes the error reply.

use jupyter_protocol::{
    CommClose, CommId, CommInfoRequest, CommMsg, CommOpen, CompleteRequest, ExecuteRequest, HistoryRequest,
    InspectRequest, IsCompleteRequest, JupyterMessage, JupyterMessageContent as Content, ShutdownRequest,
    UnknownMessage,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A message whose signature and header are right.
pub struct Request {
    /// The header, the parent, and where replies go. Its content is JSON, as it came.
    pub message: JupyterMessage,
    /// The content's fields, unless something is wrong with the message as a whole.
    pub fields: Result<Fields, Malformed>,
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the {part} {reason}")]
    Part { part: &'static str, reason: String },
    #[error("the field `{0}` is missing")]
    Missing(&'static str),
    #[error("the field `{field}`: {reason}")]
    Field { field: &'static str, reason: String },
    #[error("the {channel} channel serves no {msg_type:?}, but {served}")]
    NotServed { channel: &'static str, msg_type: String, served: String },
}

impl Request {
    pub fn kind(&self) -> &str {
        &self.message.header.msg_type
    }

    /// The content, as this request has it.
    ///
    /// # Errors
    /// The first field that does not fit.
    pub fn read<T: FromFields>(&self) -> Result<T, Malformed> {
        T::from_fields(self.fields.as_ref().map_err(Clone::clone)?)
    }

    /// The type of the reply. Comms have none, and nobody replies to a reply.
    pub fn reply_type(&self) -> Option<String> {
        let kind = self.kind();
        if kind.starts_with("comm_") && kind != "comm_info_request" || kind.ends_with("_reply") {
            return None;
        }
        Some(format!("{}_reply", kind.strip_suffix("_request").unwrap_or(kind)))
    }
}

impl Malformed {
    /// The content of the reply that says so.
    pub fn reply(&self, request: &Request) -> Option<Content> {
        let evalue = format!("{}: {self}", shortened(request.kind()));
        let content =
            json!({ "status": "error", "ename": "MalformedRequest", "evalue": evalue, "traceback": [evalue] });
        Some(UnknownMessage { msg_type: request.reply_type()?, content }.into())
    }
}

/// The beginning of what somebody else has written.
fn shortened(text: &str) -> String {
    let mut start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// The fields of a content. One that is null counts as left out.
#[derive(Debug, Clone)]
pub struct Fields(Map<String, Value>);

impl Fields {
    pub fn new(content: Map<String, Value>) -> Self {
        Self(content)
    }

    /// A field that the protocol lets senders leave out.
    pub fn optional<T: DeserializeOwned>(&self, field: &'static str) -> Result<Option<T>, Malformed> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => T::deserialize(value)
                .map(Some)
                .map_err(|error| Malformed::Field { field, reason: shortened(&error.to_string()) }),
        }
    }

    pub fn required<T: DeserializeOwned>(&self, field: &'static str) -> Result<T, Malformed> {
        self.optional(field)?.ok_or(Malformed::Missing(field))
    }

    fn or<T: DeserializeOwned>(&self, field: &'static str, default: T) -> Result<T, Malformed> {
        Ok(self.optional(field)?.unwrap_or(default))
    }
}

/// The content of one request.
pub trait FromFields: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// The first field that does not fit.
    fn from_fields(fields: &Fields) -> Result<Self, Malformed>;
}

/// Requests whose content is empty: `kernel_info_request`, `interrupt_request`.
impl FromFields for () {
    fn from_fields(_: &Fields) -> Result<Self, Malformed> {
        Ok(())
    }
}

impl FromFields for ExecuteRequest {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        let silent = fields.or("silent", false)?;
        Ok(Self {
            code: fields.required("code")?,
            silent,
            store_history: fields.or("store_history", !silent)?,
            user_expressions: Some(fields.or("user_expressions", Default::default())?),
            allow_stdin: fields.or("allow_stdin", true)?,
            stop_on_error: fields.or("stop_on_error", true)?,
        })
    }
}

impl FromFields for CompleteRequest {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        Ok(Self { code: fields.required("code")?, cursor_pos: fields.required("cursor_pos")? })
    }
}

impl FromFields for InspectRequest {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        Ok(Self {
            code: fields.required("code")?,
            cursor_pos: fields.required("cursor_pos")?,
            detail_level: fields.optional("detail_level")?,
        })
    }
}

impl FromFields for IsCompleteRequest {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        Ok(Self { code: fields.required("code")? })
    }
}

impl FromFields for HistoryRequest {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        const ACCESS: &str = "hist_access_type";
        let (output, raw) = (fields.or("output", false)?, fields.or("raw", true)?);
        let n = |fields: &Fields| fields.or("n", i32::MAX);
        match fields.required::<String>(ACCESS)?.as_str() {
            "range" => Ok(Self::Range {
                session: Some(fields.or("session", 0)?),
                start: fields.or("start", 0)?,
                stop: fields.or("stop", 0)?,
                output,
                raw,
            }),
            "tail" => Ok(Self::Tail { n: n(fields)?, output, raw }),
            "search" => Ok(Self::Search {
                pattern: fields.or("pattern", "*".to_owned())?,
                unique: fields.or("unique", false)?,
                output,
                raw,
                n: n(fields)?,
            }),
            other => {
                let reason = format!("{:?} is none of \"range\", \"tail\", \"search\"", shortened(other));
                Err(Malformed::Field { field: ACCESS, reason })
            }
        }
    }
}

impl FromFields for CommInfoRequest {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        Ok(Self { target_name: fields.optional("target_name")? })
    }
}

impl FromFields for CommOpen {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        Ok(Self {
            comm_id: CommId(fields.required("comm_id")?),
            target_name: fields.required("target_name")?,
            data: fields.or("data", Map::new())?,
            target_module: fields.optional("target_module")?,
        })
    }
}

impl FromFields for CommMsg {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        Ok(Self { comm_id: CommId(fields.required("comm_id")?), data: fields.or("data", Map::new())? })
    }
}

impl FromFields for CommClose {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        Ok(Self { comm_id: CommId(fields.required("comm_id")?), data: fields.or("data", Map::new())? })
    }
}

impl FromFields for ShutdownRequest {
    fn from_fields(fields: &Fields) -> Result<Self, Malformed> {
        Ok(Self { restart: fields.or("restart", false)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromFields>(content: Value) -> Result<T, String> {
        let Value::Object(content) = content else { panic!("a content is an object") };
        T::from_fields(&Fields::new(content)).map_err(|why| why.to_string())
    }

    #[test]
    fn fields_that_may_be_left_out_have_the_protocols_defaults() {
        for content in [json!({ "code": "1" }), json!({ "code": "1", "silent": null, "user_expressions": null })] {
            let asked: ExecuteRequest = read(content).expect("a request");
            assert!(!asked.silent && asked.store_history && asked.allow_stdin && asked.stop_on_error);
            assert!(asked.user_expressions.is_some_and(|expressions| expressions.is_empty()));
        }
        assert!(matches!(read(json!({ "hist_access_type": "tail" })), Ok(HistoryRequest::Tail { n: i32::MAX, .. })));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let long = "x".repeat(10_000);
        for (said, field) in [
            (read::<ExecuteRequest>(json!({ "code": 5 })).map(drop), "`code`: invalid type: integer `5`"),
            (read::<ExecuteRequest>(json!({})).map(drop), "`code` is missing"),
            (read::<ExecuteRequest>(json!({ "code": "", "user_expressions": [1] })).map(drop), "`user_expressions`"),
            (read::<CompleteRequest>(json!({ "code": "", "cursor_pos": -1 })).map(drop), "`cursor_pos`"),
            (read::<CompleteRequest>(json!({ "code": "", "cursor_pos": 1e30 })).map(drop), "`cursor_pos`"),
            (read::<HistoryRequest>(json!({ "hist_access_type": "bogus" })).map(drop), "\"range\""),
            (read::<HistoryRequest>(json!({ "hist_access_type": "tail", "n": 1_u64 << 40 })).map(drop), "`n`"),
            (read::<CommMsg>(json!({ "comm_id": "a", "data": 7 })).map(drop), "`data`"),
            (read::<HistoryRequest>(json!({ "hist_access_type": long })).map(drop), "hist_access_type"),
        ] {
            let said = said.expect_err("it does not fit");
            assert!(said.contains(field) && said.len() < 300, "{said}");
        }
    }
}
