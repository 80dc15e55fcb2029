//! Documentation as people read it: rust-analyzer's page in the notebook's words, and the same as plain text.

/// The crate that evcxr writes all cells into, as rust-analyzer names it.
const CELLS: &str = "ctx";
const SIGNATURE: &str = "<pre><code class=\"language-rust\">";

/// The page without what only rust-analyzer and rustdoc need: the name of the crate that cells are compiled in,
/// and the lines of examples that rustdoc hides.
pub fn tidy(html: &str) -> String {
    let own = format!("{SIGNATURE}{CELLS}\n</code></pre>\n");
    let html = html.strip_prefix(own.as_str()).unwrap_or(html);
    let html = html.replacen(&format!("{SIGNATURE}{CELLS}::"), SIGNATURE, 1);
    let mut tidied = String::with_capacity(html.len());
    let mut in_code = false;
    for line in html.split_inclusive('\n') {
        // The first line of an example follows its tag.
        let tagged = line.strip_prefix("<pre><code").and_then(|rest| rest.split_once('>'));
        let text = tagged.map_or(line, |(_, behind)| behind);
        let example = in_code || line.starts_with("<pre><code");
        let shown = text.trim_start();
        let hidden = example && (shown.starts_with("# ") || shown.trim_end() == "#");
        if hidden {
            tidied.push_str(&line[..line.len() - text.len()]);
        } else {
            tidied.push_str(line);
        }
        in_code = example && !line.contains("</code></pre>");
    }
    tidied
}

/// `html`, as rust-analyzer's Markdown gives it, as text for consoles.
pub fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    // The signature, which comes first, is no example: it is not indented.
    let mut signature = true;
    let (mut in_code, mut in_heading) = (false, 0);
    while let Some((before, behind)) = rest.split_once('<') {
        push(&mut text, before, in_code && !signature);
        let Some((tag, behind)) = behind.split_once('>') else { break };
        rest = behind;
        match tag.split(' ').next().unwrap_or_default() {
            "pre" => {
                blank_line(&mut text);
                in_code = true;
            }
            "/pre" => {
                in_code = false;
                blank_line(&mut text);
            }
            "p" | "ul" | "ol" | "blockquote" | "table" if !text.ends_with("- ") => blank_line(&mut text),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                blank_line(&mut text);
                in_heading = text.len();
            }
            "/h1" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6" => {
                let length = text[in_heading..].chars().count();
                text.push('\n');
                text.push_str(&"-".repeat(length));
            }
            "li" => {
                new_line(&mut text);
                text.push_str("- ");
            }
            "hr" => {
                signature = false;
                blank_line(&mut text);
            }
            "br" | "tr" => new_line(&mut text),
            "/td" | "/th" => text.push('\t'),
            _ => {}
        }
    }
    push(&mut text, rest, false);
    text.trim().to_owned()
}

fn push(text: &mut String, raw: &str, indented: bool) {
    // `&amp;` last: it may stand before what looks like another.
    let raw = raw.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    let raw = raw.replace("&amp;", "&");
    for piece in raw.split_inclusive('\n') {
        // Line ends between two blocks are no text.
        if piece == "\n" && text.ends_with("\n\n") {
            continue;
        }
        if indented && (text.is_empty() || text.ends_with('\n')) && piece != "\n" {
            text.push_str("    ");
        }
        text.push_str(piece);
    }
}

fn new_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn blank_line(text: &mut String) {
    if text.is_empty() {
        return;
    }
    text.truncate(text.trim_end().len());
    text.push_str("\n\n");
}

#[cfg(test)]
mod tests {
    use super::{plain, tidy};

    const PAGE: &str = "<pre><code class=\"language-rust\">ctx::City\n</code></pre>\n<pre><code class=\"language-rust\">fn f(&amp;self) -&gt; Vec&lt;u64&gt;\n</code></pre>\n<hr />\n<p>How many live in <code>self</code>.</p>\n<h1>Examples</h1>\n<pre><code class=\"language-no_run\"># use city::*;\nlet a = 1;\n#\n\nlet b = \"#\";\n</code></pre>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n";

    #[test]
    fn the_crate_of_the_cells_and_hidden_lines_are_left_out() {
        let tidied = tidy(PAGE);
        assert!(!tidied.contains("ctx") && tidied.contains(">City\n"), "{tidied}");
        assert!(!tidied.contains("# use") && tidied.contains("no_run\">let a = 1;\n\nlet b"), "{tidied}");
        let own = "<pre><code class=\"language-rust\">ctx\n</code></pre>\n<pre>x</pre>\n";
        assert_eq!(tidy(own), "<pre>x</pre>\n");
    }

    #[test]
    fn text_keeps_paragraphs_examples_and_lists_apart() {
        let expected = "City\n\nfn f(&self) -> Vec<u64>\n\nHow many live in self.\n\nExamples\n--------\n\n    let a = 1;\n\n    let b = \"#\";\n\n- one\n- two";
        assert_eq!(plain(&tidy(PAGE)), expected);
    }
}
