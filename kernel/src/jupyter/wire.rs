//! Messages in and out: what every channel does with the bytes.
//!
//! Anybody can connect to the ports of a kernel. What is not signed, or has no header to reply to, is dropped with one line
//! on stderr, and nothing else happens.

use super::request::{Fields, Malformed, Request};
use anyhow::{Context, Result, anyhow};
use jupyter_protocol::{Header, JupyterMessage, JupyterMessageContent as Content, UnknownMessage};
use jupyter_zmq_client::{Connection, RawMessage, RouterRecvConnection, RouterSendConnection, RuntimeError};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;
use zeromq::SocketRecv;

/// The version of the protocol that the kernel speaks.
pub const PROTOCOL: &str = "5.5";
/// Its first number: versions that share it understand each other.
const MAJOR: &str = "5";
/// Lines on stderr about dropped messages before only every hundredth is told: a flood must not fill a log.
const TOLD: u64 = 20;

/// `content` as a consequence of `parent`.
pub fn message(content: impl Into<Content>, parent: Option<&JupyterMessage>) -> JupyterMessage {
    let mut message = JupyterMessage::new(content, parent);
    message.header.version = PROTOCOL.into();
    message.header.username = "isopleth".into();
    message
}

/// How long a frontend may leave its messages unread before one to it is given up.
const UNREAD: Duration = Duration::from_secs(5);

/// The sending half of one channel. A frontend that does not read holds up only what is sent to itself.
#[derive(Clone)]
pub struct Replies(Arc<RouterSendConnection>);

impl Replies {
    pub fn new(socket: RouterSendConnection) -> Self {
        Self(Arc::new(socket))
    }

    /// Sends `message` to the frontend that it is addressed to.
    pub async fn send(&self, message: JupyterMessage) -> Result<()> {
        let Connection { socket, mac, session_id } = &*self.0;
        let mut own = Connection { socket: socket.clone(), mac: mac.clone(), session_id: session_id.clone() };
        Ok(tokio::time::timeout(UNREAD, own.send(message)).await.context("the frontend does not read")??)
    }

    /// Sends `content` as the reply to `request`.
    pub async fn reply(&self, content: impl Into<Content>, request: &JupyterMessage) {
        // A frontend that went away needs no reply.
        let _ = self.send(message(content, Some(request))).await;
    }
}

/// What comes in on one channel.
pub struct Requests {
    socket: RouterRecvConnection,
    channel: &'static str,
    refused: u64,
}

impl Requests {
    pub fn new(socket: RouterRecvConnection, channel: &'static str) -> Self {
        Self { socket, channel, refused: 0 }
    }

    /// The next message that is one; `None` when the socket itself has failed, which it does for good.
    pub async fn next(&mut self) -> Option<Request> {
        loop {
            let multipart = match self.socket.socket.recv().await {
                Ok(multipart) => multipart,
                Err(error) => {
                    tracing::error!("the {} channel has failed: {error}", self.channel);
                    return None;
                }
            };
            match RawMessage::from_multipart(multipart, &self.socket.mac).map_err(in_words).and_then(understand) {
                Ok(request) => return Some(request),
                Err(error) => self.note("dropped", &format!("{error:#}")),
            }
        }
    }

    /// Notes that a request could not be served.
    pub fn refused(&mut self, request: &Request, why: &Malformed) {
        self.note("refused", &format!("{:?}: {why}", request.kind()));
    }

    fn note(&mut self, what: &str, why: &str) {
        self.refused += 1;
        if self.refused <= TOLD || self.refused.is_multiple_of(100) {
            // One line, whatever the sender has put into it.
            let why: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
            tracing::warn!("{what} message {} on {}: {why}", self.refused, self.channel);
        }
    }
}

fn in_words(error: RuntimeError) -> anyhow::Error {
    match error {
        RuntimeError::VerifyError(_) | RuntimeError::DecodeError(_) => anyhow!("the signature is wrong"),
        RuntimeError::InsufficientMessageParts(parts) => anyhow!("there are {parts} parts, where four belong"),
        RuntimeError::MissingDelimiter => anyhow!("there is no delimiter"),
        RuntimeError::MissingHmac => anyhow!("there is no signature"),
        other => other.into(),
    }
}

/// Reads a message whose signature is right.
///
/// # Errors
/// If it has no header that a reply could name.
fn understand(raw: RawMessage) -> Result<Request> {
    let part = |at: usize, name: &'static str| -> Result<Value, Malformed> {
        let wrong = |reason: &str| Malformed::Part { part: name, reason: reason.into() };
        let bytes = raw.jparts.get(at).ok_or_else(|| wrong("is missing"))?;
        serde_json::from_slice(bytes).map_err(|error| wrong(&format!("is not JSON ({error})")))
    };
    let object = |at: usize, name: &'static str| match part(at, name)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Malformed::Part { part: name, reason: "must be an object".into() }),
    };
    let (header, odd) = header(object(0, "header")?)?;
    // `{}` where there is no parent.
    let parent_header: Option<Header> = part(1, "parent header").ok().and_then(|it| serde_json::from_value(it).ok());
    let (metadata, content) = (object(2, "metadata"), object(3, "content"));
    let fields = match (odd, &metadata, &content) {
        (Some(odd), _, _) => Err(odd),
        (None, Err(odd), _) | (None, Ok(_), Err(odd)) => Err(odd.clone()),
        (None, Ok(_), Ok(content)) => Ok(Fields::new(content.clone())),
    };
    let content = Value::Object(content.unwrap_or_default());
    let content = UnknownMessage { msg_type: header.msg_type.clone(), content }.into();
    let metadata = Value::Object(metadata.unwrap_or_default());
    let (zmq_identities, buffers) = (raw.zmq_identities, raw.jparts.into_iter().skip(4).collect());
    let message = JupyterMessage { zmq_identities, header, parent_header, metadata, content, buffers, channel: None };
    Ok(Request { message, fields })
}

/// Reads a header, and what is odd about it though a reply can name it.
fn header(mut fields: Map<String, Value>) -> Result<(Header, Option<Malformed>)> {
    let mut odd = None;
    for field in ["username", "session", "version"] {
        if !fields.get(field).is_some_and(Value::is_string) {
            odd.get_or_insert(Malformed::Part { part: "header", reason: format!("has no text as `{field}`") });
            fields.insert(field.into(), "".into());
        }
    }
    let header: Header = serde_json::from_value(Value::Object(fields)).context("the header")?;
    if odd.is_none() && header.version.split('.').next() != Some(MAJOR) {
        let reason = format!("has the `version` {:?}; this kernel speaks {PROTOCOL}", header.version);
        odd = Some(Malformed::Part { part: "header", reason });
    }
    Ok((header, odd))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(parts: [&str; 4]) -> RawMessage {
        RawMessage { zmq_identities: Vec::new(), jparts: parts.map(|part| part.to_owned().into()).to_vec() }
    }

    const HEADER: &str = r#"{"msg_id":"1","username":"u","session":"s","msg_type":"execute_request","version":"5.0"}"#;

    #[test]
    fn what_can_be_replied_to_is_kept_with_what_is_wrong() {
        let old = HEADER.replace("5.0", "4.1");
        let no_session = HEADER.replace(r#""session":"s","#, "");
        for (parts, why) in [
            ([HEADER, "{}", "[]", "{}"], "the metadata must be an object"),
            ([HEADER, "{}", "{}", "7"], "the content must be an object"),
            ([HEADER, "{}", "{}", ""], "the content is not JSON"),
            ([old.as_str(), "{}", "{}", "{}"], "\"4.1\""),
            ([no_session.as_str(), "{}", "{}", "{}"], "`session`"),
        ] {
            let request = understand(raw(parts)).expect("a request");
            assert_eq!(request.message.header.msg_id, "1");
            let said = request.fields.expect_err("something is wrong").to_string();
            assert!(said.contains(why), "{said}");
        }
        assert!(understand(raw([HEADER, "7", "{}", "{}"])).expect("a request").fields.is_ok());
    }

    #[test]
    fn what_nobody_can_reply_to_is_an_error_that_says_why() {
        for header in ["{", "{}", "[]", "7", r#"{"msg_id":7,"msg_type":"a"}"#, r#"{"msg_id":"7"}"#] {
            let error = format!("{:#}", understand(raw([header, "{}", "{}", "{}"])).err().expect("no message"));
            assert!(error.contains("header"), "{error}");
        }
    }
}
