//! Text of a guest that is shown to a person: nothing in it may steer a terminal or forge a line of log.

/// One line: every control character is shown as an escape.
pub(crate) fn line(text: &str) -> String {
    escape(text, false)
}

/// Several lines: line breaks and tabs stay.
pub(crate) fn lines(text: &str) -> String {
    escape(text, true)
}

fn escape(text: &str, breaks: bool) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' | '\t' if breaks => escaped.push(character),
            control if control.is_control() => escaped.extend(control.escape_default()),
            other => escaped.push(other),
        }
    }
    escaped
}
