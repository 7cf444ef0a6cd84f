//! One meaning, one colour.

use owo_colors::{OwoColorize, Style};
use std::fmt::Display;

/// Something appears or went well.
pub(crate) fn good(text: impl Display) -> String {
    text.style(Style::new().green()).to_string()
}

/// Something is different.
pub(crate) fn change(text: impl Display) -> String {
    text.style(Style::new().yellow()).to_string()
}

/// Something goes away or went wrong.
pub(crate) fn bad(text: impl Display) -> String {
    text.style(Style::new().red()).to_string()
}

/// What the eye should find first.
pub(crate) fn strong(text: impl Display) -> String {
    text.style(Style::new().bold()).to_string()
}

/// What the eye may skip.
pub(crate) fn faint(text: impl Display) -> String {
    text.style(Style::new().dimmed()).to_string()
}

/// `1 account`, `2 accounts`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
