//! A server in a process of its own.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Trouble;

/// A process that serves. It watches its standard input, which closes with ours, and is killed when this is dropped.
pub(super) struct Serving {
    child: Child,
    watched: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// What a process that was started came to.
pub(super) enum Started {
    /// It serves, and this is the line in which it says so.
    Serves(Serving, String),
    /// It ended, and this is what it left.
    Ended(String),
}

impl Serving {
    /// Starts the process, whose errors go into the log, and waits for its first line: servers say where they listen as soon as they
    /// do, and close their output when they cannot.
    pub(super) fn start(command: &mut Command, log: &Path) -> Result<Started, Trouble> {
        let errors = File::create(log).map_err(Trouble::file(log))?;
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(|source| Trouble::NotStarted { program, source })?;
        let watched = child.stdin.take().expect("standard input was asked for");
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output was asked for"));
        let mut line = String::new();
        let read = stdout.read_line(&mut line);
        let serving = Self { child, watched, stdout };
        if matches!(read, Ok(length) if length > 0) {
            return Ok(Started::Serves(serving, line));
        }
        drop(serving);
        Ok(Started::Ended(fs::read_to_string(log).unwrap_or(line)))
    }

    /// Sends a line and gives the line that the process answers with, for those that take commands.
    pub(super) fn ask(&mut self, command: &str) -> Result<String, Trouble> {
        let mut line = String::new();
        let asked = writeln!(self.watched, "{command}").and_then(|()| self.stdout.read_line(&mut line));
        match asked {
            Ok(length) if length > 0 => Ok(line.trim_end().to_owned()),
            Ok(_) => Err(Trouble::Answer { request: command.to_owned(), answer: "nothing: the process has ended".to_owned() }),
            Err(error) => Err(Trouble::Answer { request: command.to_owned(), answer: error.to_string() }),
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
