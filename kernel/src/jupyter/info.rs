//! Who this kernel is.

use super::wire::PROTOCOL;
use jupyter_protocol::{
    CodeMirrorMode, HelpLink, JupyterMessageContent as Content, KernelInfoReply, LanguageInfo, ReplyStatus,
    UnknownMessage,
};
use serde_json::{Value, json};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The answer to `kernel_info_request`; needs no engine.
pub fn reply() -> Content {
    // The protocol crate has no field for `supported_features` (5.5), which says what of the optional parts is
    // there: neither subshells nor a debugger.
    let mut content = serde_json::to_value(description()).unwrap_or_default();
    if let Value::Object(fields) = &mut content {
        fields.insert("supported_features".into(), json!([]));
    }
    UnknownMessage { msg_type: "kernel_info_reply".into(), content }.into()
}

fn description() -> KernelInfoReply {
    let link = |text: &str, url: &str| HelpLink { text: text.to_owned(), url: url.to_owned() };
    KernelInfoReply {
        status: ReplyStatus::Ok,
        protocol_version: PROTOCOL.into(),
        implementation: "isopleth".into(),
        implementation_version: VERSION.into(),
        language_info: LanguageInfo {
            name: "rust".into(),
            version: env!("CARGO_PKG_RUST_VERSION").into(),
            mimetype: Some("text/rust".into()),
            file_extension: Some(".rs".into()),
            pygments_lexer: Some("rust".into()),
            codemirror_mode: Some(CodeMirrorMode::Simple("rust".into())),
            nbconvert_exporter: None,
        },
        banner: format!("Isopleth {VERSION}: Rust for rasters and labelled arrays"),
        help_links: vec![
            link("The Rust Programming Language", "https://doc.rust-lang.org/book/"),
            link("ndarray", "https://docs.rs/ndarray"),
        ],
        debugger: false,
        error: None,
    }
}
