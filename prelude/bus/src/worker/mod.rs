//! Between the kernel and the process in which cells run.
//!
//! ```
//! use isopleth_bus::{frame, worker::Message};
//!
//! let mut stream = Vec::new();
//! frame::write(&mut stream, &Message::Clear { wait: true })?;
//! assert_eq!(&stream[4..], br#"{"message":"clear","wait":true}"#);
//! # Ok::<(), std::io::Error>(())
//! ```

mod command;
mod failure;
mod message;
mod variable;

pub use command::{Answer, Command, Run};
pub use failure::{ErrorReport, Failure, Location, PanicReport, StackFrame, ThreadPanic};
pub use message::{CauseOfDeath, Display, Done, Message, Question};
pub use variable::Description;

/// A JSON object that is none of ours: a mime bundle, its metadata, what a comm carries.
pub type Object = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests;
