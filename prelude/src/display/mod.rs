//! How values show themselves: a text view for terminals, HTML and pictures for notebooks.

mod debug;
mod mime;
mod show;

pub use debug::DebugDisplay;
pub use mime::{DisplayHandle, MimeBundle, Show, clear_output, html, show};
pub(crate) use mime::{impl_show, new_id, result};
#[doc(hidden)]
pub use show::InTheMiddle;
