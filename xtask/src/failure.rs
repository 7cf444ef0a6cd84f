//! Why a chore could not be done.

use std::path::PathBuf;
use std::process::ExitStatus;

/// Why a chore could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot start `{line}`: {source}")]
    NotStarted { line: String, source: std::io::Error },
    #[error("`{line}` ended with {status}")]
    Ended { line: String, status: ExitStatus },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {message}")]
    Content { path: PathBuf, message: String },
    #[error("`{line}` printed something unexpected: {message}")]
    Output { line: String, message: String },
    #[error("the contract in wit/ has {} fault(s):\n  {}", .0.len(), .0.join("\n  "))]
    Contract(Vec<String>),
    #[error("failed: {}", .0.join(", "))]
    Gates(Vec<&'static str>),
    #[error("not reached: {}", .0.join(", "))]
    Goals(Vec<&'static str>),
    #[error("{what} is missing and cannot be installed here. {advice}")]
    Missing { what: &'static str, advice: &'static str },
    #[error("there is no gate called `{name}`; there are: {}", .known.join(", "))]
    NoSuchGate { name: String, known: Vec<&'static str> },
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Trouble(#[from] innkeeper_tests::Trouble),
}

impl Failure {
    /// A file error, with the file's name.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
