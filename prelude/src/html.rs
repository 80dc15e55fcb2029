//! The few pieces of HTML that every view is made of. What comes from outside is escaped here and nowhere else.

/// Two columns, left aligned: JupyterLab aligns tables to the right by itself.
pub(crate) fn table(lines: &[(&str, String)]) -> String {
    let rows: String = lines
        .iter()
        .map(|(key, value)| {
            format!(
                "<tr><th style=\"text-align:left\">{}</th><td style=\"text-align:left\">{}</td></tr>",
                escape(key),
                escape(value)
            )
        })
        .collect();
    format!("<table>{rows}</table>")
}

/// Text that cannot be taken for markup.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Letters that turn the direction of writing would rearrange what stands around them.
            turn if is_unseen(turn) => out.extend(turn.escape_default()),
            other => out.push(other),
        }
    }
    out
}

/// Control characters that no text needs, and those that turn the direction of what follows.
pub(crate) fn is_unseen(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (letter.is_control() && !matches!(letter, '\n' | '\t'))
}
