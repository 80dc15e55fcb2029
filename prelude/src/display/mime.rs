//! The mime bundle, and the trait of types that have one.

use crate::bus;
use base64::Engine as _;
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicU64, Ordering};

/// The representations of one value, by mime type; the frontend shows the richest it can.
#[derive(Debug, Clone, Default)]
pub struct MimeBundle {
    data: Map<String, Value>,
    metadata: Map<String, Value>,
    name: Option<String>,
}

impl MimeBundle {
    /// A bundle with only a plain text view. Every bundle has one: terminals and screen readers need it.
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().with("text/plain", text)
    }

    /// Adds a textual representation (`text/html`, `image/svg+xml`, …), replacing one of the same type.
    #[must_use]
    pub fn with(mut self, mime: &str, content: impl Into<String>) -> Self {
        self.data.insert(mime.to_owned(), Value::String(content.into()));
        self
    }

    /// Adds a PNG picture that is to be shown `width` x `height` CSS pixels large.
    ///
    /// The encoded picture may have more pixels than that, for dense screens.
    #[must_use]
    pub fn with_png(mut self, png: &[u8], width: u32, height: u32) -> Self {
        let encoded = base64::engine::general_purpose::STANDARD.encode(png);
        self.data.insert("image/png".to_owned(), Value::String(encoded));
        let size = serde_json::json!({ "width": width, "height": height });
        self.metadata.insert("image/png".to_owned(), size);
        self
    }

    /// Names what is shown, as a figure is named by its title; a program saves the picture under it.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What it was [`named`](Self::named).
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The representation of type `mime` (pictures as base64).
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.data.get(mime).and_then(Value::as_str)
    }

    pub(crate) fn data(&self) -> &Map<String, Value> {
        &self.data
    }

    pub(crate) fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }
}

/// Types with a view of their own beyond `Debug`.
///
/// To make a cell's last expression show it, a type also needs an inherent
/// `evcxr_display`; the macro `crate::display::impl_show!` writes both sides for this crate's types.
pub trait Show {
    /// The representations of `self`.
    fn mime_bundle(&self) -> MimeBundle;

    /// The id under which the view will be updated in place, for a value that stays in touch with what it
    /// shows. Asked for once each time that the value is about to be shown.
    fn display_id(&self) -> Option<String> {
        None
    }
}

/// Shows `value` now, in the middle of a cell. Outside a notebook the text view goes to stdout.
///
/// The macro [`show!`](crate::show!) does the same for every value that is `Debug`.
pub fn show(value: &dyn Show) {
    bus::display(&value.mime_bundle(), value.display_id().as_deref(), false);
}

/// Shows `markup` as HTML, with `text` where HTML cannot be shown.
pub fn html(markup: &str, text: &str) {
    bus::display(&MimeBundle::text(text).with("text/html", markup), None, false);
}

/// Removes what the cell has shown and printed so far; with `wait`, only when there is something new to show,
/// so that nothing flickers. Outside a notebook it does nothing.
pub fn clear_output(wait: bool) {
    bus::clear(wait);
}

/// An id for a display, which no other has.
pub(crate) fn new_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("isopleth-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The value of a cell.
pub(crate) fn result(value: &dyn Show) {
    bus::result_as(&value.mime_bundle(), value.display_id().as_deref());
}

/// A display that can be updated in place: progress bars, live views.
#[derive(Debug)]
pub struct DisplayHandle {
    id: String,
}

impl DisplayHandle {
    /// Shows `bundle` and keeps a handle on it.
    pub fn new(bundle: &MimeBundle) -> Self {
        let id = new_id();
        bus::display(bundle, Some(&id), false);
        Self { id }
    }

    /// Replaces what is shown.
    pub fn update(&self, bundle: &MimeBundle) {
        bus::display(bundle, Some(&self.id), true);
    }
}

/// Gives a type that implements [`Show`] the method that a cell's last expression is shown with.
macro_rules! impl_show {
    ($type:ty) => {
        impl $type {
            /// Called by the notebook for a cell's last expression.
            #[doc(hidden)]
            pub fn evcxr_display(&self) {
                $crate::display::result(self);
            }
        }
    };
}
pub(crate) use impl_show;
