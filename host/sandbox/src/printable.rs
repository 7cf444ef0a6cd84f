//! Text of a guest that is shown to a person: nothing in it may steer a terminal, forge a line of log, or read otherwise than it is
//! written.

use std::borrow::Cow;

/// One line: whatever is not to be seen, or changes how its neighbours are, is shown as an escape.
pub fn line(text: &str) -> String {
    escape(text, false)
}

/// Several lines: line breaks and tabs stay.
pub(crate) fn lines(text: &str) -> String {
    escape(text, true)
}

/// At most so many bytes, cut between characters.
pub(crate) fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest {
        return text.into();
    }
    let end = (0..=longest).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", &text[..end]).into()
}

fn escape(text: &str, breaks: bool) -> String {
    if !text.chars().any(misleads) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' | '\t' if breaks => escaped.push(character),
            hidden if misleads(hidden) => escaped.extend(hidden.escape_default()),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Whether a character does something else than stand there: control characters (terminal escapes, C1 too), line and paragraph
/// separators, marks and overrides of direction ("Trojan Source", CVE-2021-42574), and characters without width or shape that hide
/// text in text. The joiners U+200C and U+200D stay: Persian, Indian scripts and emoji are written with them.
pub fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_person_can_read_stays_as_it_is() {
        for text in ["Müller", "تیم\u{200c}ها", "👩\u{200d}💻", "日本語", "a b"] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn terminal_escapes_line_breaks_and_overrides_of_direction_are_shown() {
        let attacks = [
            ("\x1b[2J", "\\u{1b}[2J"),
            ("\x1b]0;title\x07", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("done\r\nerror", "done\\r\\nerror"),
            ("a\u{2028}b", "a\\u{2028}b"),
            ("\u{202e}drawkcab", "\\u{202e}drawkcab"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            ("hid\u{200b}den", "hid\\u{200b}den"),
            ("\u{e0041}", "\\u{e0041}"),
            ("\0\x08\x7f", "\\u{0}\\u{8}\\u{7f}"),
        ];
        for (text, shown) in attacks {
            assert_eq!(line(text), shown);
        }
        assert_eq!(lines("a\n\tb\r\x1b"), "a\n\tb\\r\\u{1b}");
    }

    proptest! {
        #[test]
        fn nothing_that_misleads_is_left(text in any::<String>(), longest in 0..40_usize) {
            prop_assert!(!line(&text).chars().any(misleads));
            prop_assert!(!lines(&text).chars().any(|left| misleads(left) && left != '\n' && left != '\t'));
            prop_assert!(cut(&text, longest).len() <= longest + '…'.len_utf8());
        }
    }
}
