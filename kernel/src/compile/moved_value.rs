//! The value of a cell whose last expression consumes a variable: `files.into_iter().count()`.
//!
//! rustc minds that such a variable is put back into the store, and evcxr then not only leaves it out but also shows
//! the value in another way, by markers on stdout that only its own frontends understand. Here the value is shown
//! as any other is; that its type must be `Debug` stays so, for the error if it is not.
//!
//! evcxr does the same where nothing is moved but the type of the value is unknown, as that of a block that never
//! ends is. No method can be called on that, so there only the markers go.

use std::borrow::Cow;
use std::collections::HashSet;

const DEFINITION: &str = "fn evcxr_send_text_plain(text: &str)";
const CALL: &str = "evcxr_send_text_plain(&format!(\"{:?}\",&(";
const CALL_END: &str = ")));";
const SHOW_VALUE: &str = "fn evcxr_send_text_plain<T: std::fmt::Debug>(value: T) -> T { value }";
const SHOW_TEXT: &str = "fn evcxr_send_text_plain(text: &str) { \
    ::isopleth::runtime::bus::result(&::isopleth::display::MimeBundle::text(text)) }";

/// `source` with the value shown by `evcxr_display`; lines keep their numbers.
pub fn show_as_usual(source: &str) -> Cow<'_, str> {
    let lines: Vec<&str> = source.split('\n').collect();
    let Some(definition) = lines.iter().position(|line| *line == DEFINITION) else { return source.into() };
    let find = |wanted: &str, from: usize| lines[from..].iter().position(|line| *line == wanted).map(|at| from + at);
    let Some(definition_end) = find("}", definition) else { return source.into() };
    let Some(call) = find(CALL, definition_end) else { return source.into() };
    // The last one: the expression may be of several lines, and the same may be among them.
    let Some(call_end) = lines.iter().rposition(|line| *line == CALL_END).filter(|end| *end > call) else {
        return source.into();
    };
    let moved = consumes_a_variable(&lines);
    let shown = lines.iter().enumerate().map(|(at, line)| match at {
        _ if at == definition && moved => SHOW_VALUE,
        _ if at == definition => SHOW_TEXT,
        _ if at > definition && at <= definition_end => "",
        _ if at == call && moved => "evcxr_send_text_plain((",
        _ if at == call_end && moved => ")).evcxr_display();",
        _ => line,
    });
    shown.collect::<Vec<_>>().join("\n").into()
}

/// Whether a variable is taken out of the store and not put back.
fn consumes_a_variable(lines: &[&str]) -> bool {
    let names = |kind: &'static str| {
        let of_kind = lines.iter().filter(move |line| line.contains(kind));
        of_kind.filter_map(|line| line.rsplit_once("(stringify!(")?.1.split_once(')')).map(|(name, _)| name)
    };
    let put: HashSet<&str> = names("evcxr_variable_store.put_variable::<").collect();
    names(" = evcxr_variable_store.take_variable::<").any(|name| !put.contains(name))
}

#[cfg(test)]
mod tests {
    use super::show_as_usual;

    const FALLBACK: &str = "fn evcxr_send_text_plain(text: &str)\n{\n    write();\n}\nevcxr_send_text_plain(&format!(\"{:?}\",&(\nv.into_iter()\n  .sum::<i32>()\n)));\nOk(())})();";
    const TAKEN: &str = "let v = evcxr_variable_store.take_variable::<Vec<i32>>(stringify!(v));\n";

    #[test]
    fn the_value_is_shown_by_the_method_and_lines_keep_their_numbers() {
        let source = format!("{TAKEN}{FALLBACK}");
        let shown = show_as_usual(&source);
        assert_eq!(shown.lines().count(), source.lines().count());
        assert!(
            shown.contains("evcxr_send_text_plain((\nv.into_iter()\n  .sum::<i32>()\n)).evcxr_display();"),
            "{shown}"
        );
        assert!(!shown.contains("write()"));
        assert_eq!(show_as_usual("1 + 1\n)));"), "1 + 1\n)));");
    }

    #[test]
    fn where_nothing_is_moved_only_the_markers_go() {
        let source = format!("{TAKEN}{FALLBACK}\nevcxr_variable_store.put_variable::<Vec<i32>>(stringify!(v), v);");
        let shown = show_as_usual(&source);
        assert_eq!(shown.lines().count(), source.lines().count());
        assert!(shown.contains("&format!(") && shown.contains("bus::result") && !shown.contains("write()"), "{shown}");
    }
}
