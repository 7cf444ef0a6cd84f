//! What is wrong with a manifest, and where.

use std::fmt;
use std::ops::Range;

/// What is wrong with a manifest, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ManifestError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "connector.toml:{}:{}: {}", self.line, self.column, self.message)
    }
}

/// A place in the file, in bytes, and what is wrong there.
pub(super) type Fault = (Range<usize>, String);

impl ManifestError {
    pub(super) fn new(text: &str, span: Option<Range<usize>>, message: &str) -> Self {
        let (line, column) = place(text, span);
        let message = message.trim_end().replace('\n', ", ");
        Self { line, column, message: with_nearest(&message).unwrap_or(message) }
    }

    pub(super) fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        Self::new(text, error.span(), error.message())
    }
}

/// Line and column, from 1, of a place in a file.
pub(crate) fn place(text: &str, span: Option<Range<usize>>) -> (usize, usize) {
    let before = text.get(..span.map_or(0, |span| span.start)).unwrap_or(text);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// The message with the name that was meant, if one of those that are expected is near, in place of all of them.
fn with_nearest(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("unknown variant `"))?;
    let (given, expected) = rest.split_once("`, expected ")?;
    let meant = nearest(given, expected.split('`').skip(1).step_by(2))?;
    let kind = &message[..message.len() - rest.len()];
    Some(format!("{kind}{given}`, did you mean `{meant}`?"))
}

/// The name that somebody meant who wrote another, if one is near.
pub(super) fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_ascii_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&given, &name.to_ascii_lowercase());
    let all = names.into_iter().map(|name| (likeness(name), name));
    // Beneath it, `name` would be near to `licence`.
    all.filter(|(likeness, _)| *likeness >= 0.85).max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, name)| name)
}
