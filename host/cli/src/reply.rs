//! What a command answers.

use serde::Serialize;
use std::process::ExitCode;

/// How a command ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and nothing is left to do.
    Done,
    /// It did not work.
    Failed,
    /// Wrong usage or configuration.
    Usage,
    /// Changes are pending, or were held back.
    Pending,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Pending => 3,
        })
    }
}

/// An answer, for people and for programs.
#[derive(Debug)]
pub(crate) struct Reply {
    /// For people.
    pub(crate) text: String,
    /// For programs.
    pub(crate) json: serde_json::Value,
    /// For scripts.
    pub(crate) exit: Exit,
}

impl Reply {
    /// An answer that is good news.
    pub(crate) fn done(text: impl Into<String>, value: &impl Serialize) -> Self {
        Self::new(text, value, Exit::Done)
    }

    pub(crate) fn new(text: impl Into<String>, value: &impl Serialize, exit: Exit) -> Self {
        let json = serde_json::to_value(value).unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }));
        Self { text: text.into(), json, exit }
    }
}
