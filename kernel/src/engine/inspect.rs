//! What the thing under the cursor is.

use super::{Context, docs};

/// A description as plain text and as HTML.
#[derive(Debug)]
pub struct Inspection {
    pub text: String,
    pub html: String,
}

impl Context {
    pub(super) fn inspect(&mut self, code: &str, cursor: usize) -> Option<Inspection> {
        if crate::cell::is_too_deep_while_typing(code) {
            return None;
        }
        let code = crate::cell::without_help_mark(code);
        let code = code.as_ref();
        let end = end_of_name(code, cursor);
        let asked = &code[..end];
        let name = last_name(asked);
        let receiver = asked[..asked.len() - name.len()].trim_end();
        let found = if receiver.ends_with('.') { self.member(asked, name) } else { self.hover(asked) };
        let html = docs::tidy(&found?);
        Some(Inspection { text: docs::plain(&html), html })
    }

    /// What rust-analyzer knows of the name that `code` ends with.
    fn hover(&mut self, code: &str) -> Option<String> {
        let (text, html) = self.evcxr.hover_at(code, code.len()).ok()?;
        (text != "No documentation found").then_some(html)
    }

    /// A method or a field. Where both have the name, rust-analyzer shows the field, though it may be private.
    fn member(&mut self, code: &str, name: &str) -> Option<String> {
        let found = self.hover(&format!("{code}(")).or_else(|| self.hover(code))?;
        if is_function(&found) {
            return Some(found);
        }
        let method = owner(&found).and_then(|owner| self.hover(&format!("{owner}::{name}")));
        method.filter(|page| is_function(page)).or(Some(found))
    }

    /// Whether `code` ends with a field that a cell may not use.
    pub(super) fn is_private_field(&mut self, code: &str) -> bool {
        self.hover(code).is_some_and(|page| {
            let mut lines = page.lines().filter(|line| !line.starts_with("</code>"));
            let own = lines.next().is_some_and(|line| line.ends_with(">ctx") || line.contains(">ctx::"));
            // A tuple, or a local name: only fields come with the type they belong to.
            let signature = lines.next().unwrap_or_default();
            !own && !is_function(&page) && signature.contains(": ") && !signature.contains(">pub ")
        })
    }
}

fn is_function(page: &str) -> bool {
    page.split("<hr />").next().is_some_and(|signature| signature.contains("fn "))
}

/// The path of the type that a field belongs to, as a cell can write it.
fn owner(page: &str) -> Option<String> {
    let path = page.lines().next()?.rsplit_once('>')?.1;
    let path = match path.split_once("::")? {
        ("alloc" | "core", inner) => format!("std::{inner}"),
        ("ctx", inner) => inner.to_owned(),
        _ => path.to_owned(),
    };
    path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).then_some(path)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn last_name(code: &str) -> &str {
    let start = code.trim_end_matches(is_name).len();
    &code[start..]
}

/// Frontends put the cursor anywhere in a name, or behind the parentheses or the `!` after it.
fn end_of_name(code: &str, cursor: usize) -> usize {
    let cursor = cursor.min(code.len());
    let in_name = code[cursor..].chars().take_while(|c| is_name(*c)).map(char::len_utf8).sum::<usize>();
    if in_name > 0 || code[..cursor].ends_with(is_name) {
        return cursor + in_name;
    }
    let mut before = code[..cursor].trim_end();
    if let Some(call) = before.strip_suffix(')') {
        // The call that the cursor stands behind: back to its own parenthesis.
        let mut depth = 1;
        let open = call.rfind(|c| {
            depth += i32::from(c == ')') - i32::from(c == '(');
            depth == 0
        });
        before = open.map_or(before, |at| &call[..at]);
    }
    before = before.trim_end_matches(['(', ' ', '!', '[', '{']);
    if before.ends_with(is_name) { before.len() } else { cursor }
}

#[cfg(test)]
mod tests {
    use super::{end_of_name, last_name, owner};

    #[test]
    fn the_whole_name_under_the_cursor_is_meant() {
        for (code, cursor, end) in [
            ("Pool::new(8)", 7, 9),
            ("Pool::new(8)", 12, 9),
            ("f(g(1), 2)", 10, 1),
            ("glob(", 5, 4),
            ("x", 9, 1),
            ("println!(", 9, 7),
            ("größe", 4, "größe".len()),
            ("  ", 2, 2),
            (")", 1, 1),
        ] {
            assert_eq!(end_of_name(code, cursor), end, "{code} {cursor}");
        }
        assert_eq!(last_name("a.größe"), "größe");
        assert_eq!(last_name("a."), "");
    }

    #[test]
    fn the_owner_of_a_field_is_a_path_for_cells() {
        let page = |path: &str| format!("<pre><code class=\"language-rust\">{path}\n</code></pre>\n");
        assert_eq!(owner(&page("alloc::vec::Vec")).as_deref(), Some("std::vec::Vec"));
        assert_eq!(owner(&page("ctx::City")).as_deref(), Some("City"));
        assert_eq!(owner(&page("v: Vec&lt;u8&gt;")), None);
    }
}
