//! Why a figure could not be measured.

use std::fmt::Display;

/// Why a figure could not be measured.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {reason}")]
pub struct Failure {
    what: String,
    reason: String,
}

impl Failure {
    /// What was tried, and what came of it.
    pub fn new(what: impl Into<String>, reason: impl Display) -> Self {
        Self { what: what.into(), reason: reason.to_string() }
    }

    /// The same as a function of the reason, for `map_err`.
    pub fn of<E: Display>(what: &str) -> impl FnOnce(E) -> Self + '_ {
        move |reason| Self::new(what, reason)
    }
}
