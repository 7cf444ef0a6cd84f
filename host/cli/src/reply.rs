//! What a command answers.

use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};
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
pub(crate) struct Reply {
    /// For people.
    pub(crate) text: String,
    /// For programs.
    json: Json,
    /// For scripts.
    pub(crate) exit: Exit,
}

/// What programs read.
enum Json {
    Made(Value),
    /// Made when it is asked for: that of a plan for thousands takes more memory than all else.
    Later(Box<dyn WriteJson>),
}

/// What can be written as JSON, whatever it is.
trait WriteJson {
    fn write(&self, to: &mut dyn Write) -> io::Result<()>;
}

impl<T: Serialize> WriteJson for T {
    fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer_pretty(to, self)?)
    }
}

impl Reply {
    /// An answer that is good news.
    pub(crate) fn done(text: impl Into<String>, value: &impl Serialize) -> Self {
        Self::new(text, value, Exit::Done)
    }

    pub(crate) fn new(text: impl Into<String>, value: &impl Serialize, exit: Exit) -> Self {
        let json = serde_json::to_value(value).unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }));
        Self { text: text.into(), json: Json::Made(json), exit }
    }

    /// The same for what is large, and made into JSON only where that is what was asked for.
    pub(crate) fn of(text: impl Into<String>, value: impl Serialize + 'static, exit: Exit) -> Self {
        Self { text: text.into(), json: Json::Later(Box::new(value)), exit }
    }

    /// Writes what programs read, and a line break.
    pub(crate) fn write_json(self, to: &mut dyn Write) -> io::Result<()> {
        match self.json {
            Json::Made(value) => write!(to, "{value:#}")?,
            Json::Later(value) => value.write(to)?,
        }
        writeln!(to)
    }
}
