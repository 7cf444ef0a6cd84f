//! The same work on Extism, in a process of its own: Extism brings a wasmtime of another version.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Failure;

/// The running program of `tests/bench/extism`; killed when dropped.
pub struct Beside {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Beside {
    /// Starts it, with this plugin and this answer of the system.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(program: &Path, plugin: &Path, answer: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.arg(plugin).arg(answer).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| Failure::new(program.display().to_string(), error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self { child, input, output: BufReader::new(output) }),
            _ => Err(Failure::new("Extism", "it has no input and output")),
        }
    }

    /// How long each of so many calls of a function takes, in microseconds.
    ///
    /// # Errors
    /// When it fails.
    pub fn calls(&mut self, function: &str, times: usize) -> Result<Vec<f64>, Failure> {
        let mut line = String::new();
        writeln!(self.input, "{function} {times}").map_err(Failure::of("Extism"))?;
        self.output.read_line(&mut line).map_err(Failure::of("Extism"))?;
        let taken: Vec<f64> = line.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        if taken.len() == times { Ok(taken) } else { Err(Failure::new("Extism", format!("it said `{}`", line.trim()))) }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
