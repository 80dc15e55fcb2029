//! What the thing under the cursor is.

use super::docs;
use super::host::Host;
use isopleth_bus::analysis::Inspection;
use ra_ap_ide::{FileRange, HoverConfig, HoverDocFormat, RaFixtureConfig, SubstTyLen, TextRange};

impl Host {
    /// What the name is that stands at, or right before, `cursor` in `text`.
    pub fn inspect(&mut self, text: &str, cursor: usize) -> Option<Inspection> {
        let end = end_of_name(text, cursor);
        let asked = &text[..end];
        let name = last_name(asked);
        let receiver = asked[..asked.len() - name.len()].trim_end();
        let found = if receiver.ends_with('.') { self.member(text, end, name) } else { self.hover(text, end) };
        let html = docs::tidy(&found?);
        Some(Inspection { text: docs::plain(&html), html })
    }

    /// What rust-analyzer knows of the name that ends at `end`.
    fn hover(&mut self, text: &str, end: usize) -> Option<String> {
        self.set_text(text);
        let at = TextRange::empty(u32::try_from(end).ok()?.into());
        let found = self.host.analysis().hover(&config(), FileRange { file_id: self.cell, range: at }).ok()??;
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(found.info.markup.as_str()));
        Some(html)
    }

    /// A method or a field. A method is one only where it is called, so it is asked for as if it were; where a field and a
    /// method have the name, rust-analyzer shows the field, though it may be private.
    fn member(&mut self, text: &str, end: usize, name: &str) -> Option<String> {
        let (before, behind) = text.split_at(end);
        let called =
            if behind.trim_start().starts_with(['(', ':']) { text.to_owned() } else { format!("{before}(){behind}") };
        let found = self.hover(&called, end).or_else(|| self.hover(text, end))?;
        if is_function(&found) {
            return Some(found);
        }
        let method = owner(&found).and_then(|owner| {
            let path = format!("{owner}::{name}");
            let start = before.len() - last_statement(before).len();
            let asked = format!("{}{path};{behind}", &before[..start]);
            self.hover(&asked, start + path.len())
        });
        method.filter(|page| is_function(page)).or(Some(found))
    }
}

fn config() -> HoverConfig<'static> {
    HoverConfig {
        links_in_hover: true,
        memory_layout: None,
        documentation: true,
        keywords: true,
        format: HoverDocFormat::Markdown,
        max_trait_assoc_items_count: None,
        max_fields_count: Some(5),
        max_enum_variants_count: Some(5),
        max_subst_ty_len: SubstTyLen::Unlimited,
        show_drop_glue: false,
        ra_fixture: RaFixtureConfig::default(),
    }
}

/// What stands behind the last end of a statement.
fn last_statement(code: &str) -> &str {
    let start = code.rfind(['\n', ';', '{', '}']).map_or(0, |at| at + 1);
    &code[start..]
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
