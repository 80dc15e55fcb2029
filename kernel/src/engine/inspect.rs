//! What the thing under the cursor is.

use super::Context;

/// A description as plain text and as HTML.
#[derive(Debug)]
pub struct Inspection {
    pub text: String,
    pub html: String,
}

impl Context {
    pub(super) fn inspect(&mut self, code: &str, cursor: usize) -> Option<Inspection> {
        let end = end_of_path(code, cursor);
        let (text, html) = self.evcxr.hover_at(code, end).ok()?;
        (text != "No documentation found").then_some(Inspection { text, html })
    }
}

/// Frontends put the cursor anywhere in a name, or behind the parenthesis after it.
fn end_of_path(code: &str, cursor: usize) -> usize {
    let bytes = code.as_bytes();
    let is_name =
        |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    let mut end = cursor.min(code.len());
    while end > 0 && !is_name(end - 1) && matches!(bytes[end - 1], b'(' | b' ') {
        end -= 1;
    }
    while is_name(end) {
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::end_of_path;

    #[test]
    fn the_whole_name_under_the_cursor_is_meant() {
        assert_eq!(end_of_path("Pool::new(8)", 7), 9);
        assert_eq!(end_of_path("glob(", 5), 4);
        assert_eq!(end_of_path("x", 9), 1);
    }
}
