//! Single messages of rustc's, said in other words where its own speak of what nobody has written.

use cargo_metadata::diagnostic::Diagnostic;

/// The method by which the last expression is shown.
const SHOWS: &str = "evcxr_display";

/// A translation: the code of the errors that it may be for, and what becomes of one; it leaves alone what it is not for.
type Translation = (&'static str, fn(Diagnostic) -> Diagnostic);

const TRANSLATIONS: [Translation; 1] = [("E0599", cannot_be_shown)];

/// The message in other words, if there are any for it.
pub fn translated(message: Diagnostic) -> Diagnostic {
    let code = message.code.as_ref().map(|code| code.code.clone()).unwrap_or_default();
    let fitting = TRANSLATIONS.iter().filter(|(of, _)| *of == code);
    fitting.fold(message, |message, (_, translation)| translation(message))
}

/// That the last expression cannot be shown, said without the method that shows it.
fn cannot_be_shown(mut message: Diagnostic) -> Diagnostic {
    if !everything(&message).contains(SHOWS) {
        return message;
    }
    let mut quoted = message.message.split('`').skip(1).step_by(2);
    let kind = quoted.find(|part| *part != SHOWS).unwrap_or_default();
    let kind = if kind.is_empty() { "the last expression".to_owned() } else { format!("`{kind}`") };
    message.message = format!("{kind} doesn't implement `Debug`, and so it cannot be shown");
    if let Some(code) = &mut message.code {
        code.code = "E0277".to_owned();
    }
    message.children.clear();
    message.spans.retain(|span| span.is_primary);
    for span in &mut message.spans {
        span.label = Some("this is the cell's last expression, which is shown".to_owned());
    }
    message
}

/// Everything that a message says: text, labels, notes.
pub fn everything(message: &Diagnostic) -> String {
    let mut text = message.message.clone();
    for label in message.spans.iter().filter_map(|span| span.label.as_deref()) {
        text.push('\n');
        text.push_str(label);
    }
    for child in &message.children {
        text.push('\n');
        text.push_str(&everything(child));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::diagnostics::tests::whole;
    use serde_json::json;

    #[test]
    fn a_value_that_cannot_be_shown_is_told_of_without_the_method() {
        let said = whole(&json!({ "message": "`Bare` doesn't implement `Debug`", "code": "E0599",
            "spans": [{ "label": "method `evcxr_display` not found" }, { "label": "x", "is_primary": true }],
            "children": [{ "message": "required by `DebugDisplay`" }] }));
        let message = translated(said);
        assert_eq!(message.code.as_ref().unwrap().code, "E0277");
        assert_eq!(message.message, "`Bare` doesn't implement `Debug`, and so it cannot be shown");
        assert!(!everything(&message).contains("evcxr"));
        let other = whole(&json!({ "message": "no method named `mean`", "code": "E0599" }));
        assert_eq!(translated(other.clone()), other);
    }
}
