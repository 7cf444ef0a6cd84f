//! What can go wrong while a test gets ready.

use std::path::PathBuf;
use std::process::ExitStatus;

/// Why something that a test needs could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program could not be started.
    #[error("cannot start `{program}`: {source}. Is it installed and in PATH?")]
    NotStarted {
        /// The program as it was called.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program ended with a failure.
    #[error("`{program}` ended with {status}:\n{output}")]
    Failed {
        /// The program and its arguments.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it printed.
        output: String,
    },
    /// A server did not come up on any of the ports that were tried.
    #[error("`{program}` did not start after {tries} tries; it printed:\n{output}")]
    NotServing {
        /// The server.
        program: String,
        /// How many ports were tried.
        tries: u32,
        /// What it printed in the last try.
        output: String,
    },
    /// A server answered something else than was expected.
    #[error("{request} was answered with:\n{answer}")]
    Answer {
        /// The method and the path.
        request: String,
        /// The answer.
        answer: String,
    },
    /// A program that others wrote is not on this machine and cannot be had.
    #[error("{what} is missing and could not be fetched. {advice}.\n{trouble}")]
    Missing {
        /// What is missing.
        what: &'static str,
        /// How to get it by hand.
        advice: &'static str,
        /// Why it could not be fetched.
        trouble: Box<Trouble>,
    },
    /// The key that signs connectors could not be had.
    #[error("{path}: {error}")]
    Key {
        /// Its file.
        path: PathBuf,
        /// What is wrong.
        error: innkeeper_bundle::KeyError,
    },
    /// A program that a build should have left is not there.
    #[error("{path} does not exist, although `{built_by}` ended well")]
    NotBuilt {
        /// Where it should be.
        path: PathBuf,
        /// What should have made it.
        built_by: String,
    },
}

impl Trouble {
    /// A file error, with the file's name.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
