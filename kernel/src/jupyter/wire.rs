//! Messages in and out: what every channel does with the bytes.
//!
//! Anybody can connect to the ports of a kernel. A message that is not signed, not JSON or not of the protocol is
//! dropped with one line on stderr, and nothing else happens.

use anyhow::{Context, Result, bail};
use jupyter_protocol::{Header, JupyterMessage, JupyterMessageContent as Content};
use jupyter_zmq_client::{Connection, RawMessage, RouterRecvConnection, RouterSendConnection};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use zeromq::SocketRecv;

/// The version of the protocol that the kernel speaks.
pub const PROTOCOL: &str = "5.5";
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
    dropped: u64,
}

impl Requests {
    pub fn new(socket: RouterRecvConnection, channel: &'static str) -> Self {
        Self { socket, channel, dropped: 0 }
    }

    /// The next message that is one; `None` when the socket itself has failed, which it does for good.
    pub async fn next(&mut self) -> Option<JupyterMessage> {
        loop {
            let multipart = match self.socket.socket.recv().await {
                Ok(multipart) => multipart,
                Err(error) => {
                    eprintln!("isopleth: the {} channel has failed: {error}", self.channel);
                    return None;
                }
            };
            let read = RawMessage::from_multipart(multipart, &self.socket.mac).map_err(anyhow::Error::from);
            match read.and_then(understand) {
                Ok(request) => return Some(request),
                Err(error) => self.drop_one(&format!("{error:#}")),
            }
        }
    }

    /// Says that a message was not for this channel.
    pub fn ignore(&mut self, message: &JupyterMessage) {
        self.drop_one(&format!("{:?} is no request of this channel", message.header.msg_type));
    }

    fn drop_one(&mut self, why: &str) {
        self.dropped += 1;
        if self.dropped <= TOLD || self.dropped.is_multiple_of(100) {
            // One line, whatever the sender has put into it.
            let why: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
            eprintln!("isopleth: dropped message {} on {}: {why}", self.dropped, self.channel);
        }
    }
}

/// Reads a message whose signature is right.
fn understand(raw: RawMessage) -> Result<JupyterMessage> {
    let part = |at: usize, name: &str| -> Result<Value> {
        let bytes = raw.jparts.get(at).with_context(|| format!("the {name} is missing"))?;
        serde_json::from_slice(bytes).with_context(|| format!("the {name} is not JSON"))
    };
    let header: Header = serde_json::from_value(part(0, "header")?).context("the header is not one")?;
    // `{}` where there is no parent.
    let parent_header: Option<Header> = serde_json::from_value(part(1, "parent header")?).ok();
    let metadata = part(2, "metadata")?;
    let mut content = part(3, "content")?;
    if !metadata.is_object() || !content.is_object() {
        bail!("metadata and content must be objects");
    }
    fill_in(&header.msg_type, &mut content);
    let content = Content::from_type_and_content(&header.msg_type, content)
        .with_context(|| format!("the content of {:?}", header.msg_type))?;
    let (zmq_identities, buffers) = (raw.zmq_identities, raw.jparts.into_iter().skip(4).collect());
    Ok(JupyterMessage { zmq_identities, header, parent_header, metadata, content, buffers, channel: None })
}

/// Gives fields that the protocol lets senders leave out the values they then have.
fn fill_in(msg_type: &str, content: &mut Value) {
    let defaults = match msg_type {
        "execute_request" => {
            json!({ "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": true, "stop_on_error": true })
        }
        "history_request" => {
            json!({ "session": 0, "start": 0, "stop": 0, "n": i32::MAX, "output": false, "raw": true, "unique": false, "pattern": "*" })
        }
        "comm_open" | "comm_msg" | "comm_close" => json!({ "data": {} }),
        "shutdown_request" => json!({ "restart": false }),
        _ => return,
    };
    for (field, value) in defaults.as_object().into_iter().flatten() {
        if content[field].is_null() {
            content[field] = value.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(parts: [&str; 4]) -> RawMessage {
        RawMessage { zmq_identities: Vec::new(), jparts: parts.map(|part| part.to_owned().into()).to_vec() }
    }

    const HEADER: &str = r#"{"msg_id":"1","username":"u","session":"s","msg_type":"execute_request","version":"5.0"}"#;

    #[test]
    fn fields_that_may_be_left_out_have_the_protocols_defaults() {
        let request = understand(raw([HEADER, "{}", "{}", r#"{"code":"1"}"#])).expect("a request");
        let Content::ExecuteRequest(asked) = request.content else { panic!("not an execute_request") };
        assert!(!asked.silent && asked.store_history && asked.allow_stdin && asked.stop_on_error);
    }

    #[test]
    fn what_is_no_message_is_an_error_that_says_why() {
        for (parts, why) in [
            (["{", "{}", "{}", "{}"], "header"),
            ([HEADER, "{}", "[]", "{}"], "objects"),
            ([HEADER, "{}", "{}", "7"], "objects"),
            ([HEADER, "{}", "{}", r#"{"code":7}"#], "execute_request"),
            (["{}", "{}", "{}", "{}"], "header"),
        ] {
            let error = format!("{:#}", understand(raw(parts)).expect_err("no message"));
            assert!(error.contains(why), "{error}");
        }
    }
}
