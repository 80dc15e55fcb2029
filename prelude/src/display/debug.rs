//! The view of everything that is only `Debug`: what `{:?}` prints, kept to a size that a notebook can take.

use crate::bus;
use crate::display::MimeBundle;
use std::fmt::{self, Debug, Write};

/// Longest text shown for one value, in bytes. A `Vec` of a million numbers is elided, not sent.
const LIMIT: usize = 20_000;
/// Values whose one-line form is longer than this are shown over several lines.
const ONE_LINE: usize = 100;

/// Makes every `Debug` value showable as a cell's last expression.
///
/// The method's name is the one that evcxr calls first. An inherent method of
/// the same name wins over this one, which is how rich types show themselves;
/// so every cell compiles at its first try.
pub trait DebugDisplay: Debug {
    /// Called by the notebook for a cell's last expression.
    #[doc(hidden)]
    fn evcxr_display(&self);
}

impl<T: Debug + ?Sized> DebugDisplay for T {
    fn evcxr_display(&self) {
        // A statement such as `for` has the value `()`; showing that helps nobody.
        if std::any::type_name::<T>() != "()" {
            show_debug(&self);
        }
    }
}

fn show_debug(value: &dyn Debug) {
    bus::result(&MimeBundle::text(debug_text(value)));
}

fn debug_text(value: &dyn Debug) -> String {
    let line = limited(format_args!("{value:?}"));
    if line.len() <= ONE_LINE || line.contains('\n') { line } else { limited(format_args!("{value:#?}")) }
}

fn limited(arguments: fmt::Arguments<'_>) -> String {
    let mut out = Limited(String::new());
    if out.write_fmt(arguments).is_err() {
        out.0.push_str(" … (cut here: the whole value is longer than a notebook can show)");
    }
    out.0
}

/// Stops the formatting itself once enough was written: a large value must not be formatted in full.
struct Limited(String);

impl Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = LIMIT - self.0.len();
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        let cut = (0..=room).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        self.0.push_str(&text[..cut]);
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_value_is_one_line_and_a_long_one_is_several() {
        assert_eq!(debug_text(&[1, 2]), "[1, 2]");
        let long: Vec<String> = (0..20).map(|i| format!("file number {i}")).collect();
        assert_eq!(debug_text(&long).lines().count(), 22);
    }

    #[test]
    fn a_huge_value_is_cut_and_says_so() {
        let text = debug_text(&vec![1u8; 10_000_000]);
        assert!(text.len() < LIMIT + 200 && text.ends_with("can show)"), "{}", text.len());
    }
}
