//! What may reach a terminal. Names and values come from systems and files of others, and none of them may clear the screen, write over
//! a line that somebody is about to approve, or read otherwise than it is written.

use innkeeper_sandbox::printable::{line, misleads};

/// A name or a value as one line of text.
pub(crate) fn plain(text: &str) -> String {
    line(text)
}

/// Everything that leaves for a person: the colours of this program stay, and lines and tabs; whatever else could steer a terminal is
/// shown as an escape.
pub(crate) fn safe(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = match colour(rest) {
            Some(length) => {
                shown.push_str(&rest[..length]);
                length
            }
            None if misleads(character) && !matches!(character, '\n' | '\t') => {
                shown.extend(character.escape_default());
                character.len_utf8()
            }
            None => {
                shown.push(character);
                character.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    shown
}

/// How long the colour is that the text starts with (ECMA-48, SGR); none if it starts with anything else, or hides what follows.
fn colour(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|character: char| !character.is_ascii_digit() && character != ';')?;
    let hides = parameters[..end].split(';').any(|parameter| parameter == "8");
    (parameters[end..].starts_with('m') && !hides).then_some("\u{1b}[".len() + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_lines_stay() {
        for text in ["a\n\tb", "\u{1b}[1mbold\u{1b}[0m", "\u{1b}[38;5;9mred\u{1b}[39m", "Müller 👩\u{200d}💻"] {
            assert_eq!(safe(text), text);
        }
    }

    #[test]
    fn nothing_else_steers_the_terminal() {
        for (text, shown) in [
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{1b}[8mhidden", "\\u{1b}[8mhidden"),
            ("\u{1b}[1;8mhidden", "\\u{1b}[1;8mhidden"),
            ("a\rb", "a\\rb"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{202e}drawkcab", "\\u{202e}drawkcab"),
            ("\u{1b}", "\\u{1b}"),
            ("\u{1b}[1", "\\u{1b}[1"),
        ] {
            assert_eq!(safe(text), shown);
        }
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(plain("ada\n  + group admins"), "ada\\n  + group admins");
    }
}
