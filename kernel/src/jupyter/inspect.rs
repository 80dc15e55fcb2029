//! `inspect_request`: the signature and documentation of what stands under the cursor.

use super::complete::byte_at;
use super::display::media;
use super::kernel::Kernel;
use jupyter_protocol::{InspectReply, InspectRequest};
use serde_json::{Map, Value};

pub async fn reply(kernel: &Kernel, asked: &InspectRequest) -> InspectReply {
    let cursor = byte_at(&asked.code, asked.cursor_pos);
    let Some(found) = kernel.inspect(&asked.code, cursor).await else { return InspectReply::default() };
    let mut data = Map::new();
    data.insert("text/plain".into(), Value::String(found.text));
    data.insert("text/html".into(), Value::String(found.html));
    InspectReply { found: true, data: media(data), ..InspectReply::default() }
}
