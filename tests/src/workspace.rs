//! A configuration folder and runs of the program in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::canary::{LOG, Watch, without_log};
use crate::program;

/// What a run of the program left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The arguments, as typed.
    pub line: String,
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said beside.
    pub stderr: String,
}

impl Run {
    /// The same run, whose exit code must be this.
    ///
    /// # Panics
    /// When it is another; shows everything that was printed.
    #[must_use]
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert!(
            self.code == Some(code),
            "`{}` ended with {:?} instead of {code}\n--- stdout\n{}\n--- stderr\n{}",
            self.line,
            self.code,
            self.stdout,
            self.stderr
        );
        self
    }

    /// Standard output as JSON.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("`{}` printed no JSON: {error}\n{}\n{}", self.line, self.stdout, self.stderr),
        }
    }
}

/// A folder with a configuration, in which the built program is run. Removed when dropped.
pub struct Workspace {
    folder: TempDir,
    environment: Vec<(String, String)>,
    /// Looks for secrets in what is written; see [`canary`](crate::canary).
    watch: Option<Watch>,
}

impl Workspace {
    /// An empty folder.
    ///
    /// # Panics
    /// When there is no room for temporary files.
    #[must_use]
    pub fn empty() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder can be made"), environment: Vec::new(), watch: Watch::begin() }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path in it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self
    }

    /// A file's text.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// An environment variable of every run from now on.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The program in this folder, not yet started: no terminal, no input, nothing of this process's environment but the path.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program::innkeeper());
        command.args(arguments).current_dir(self.folder()).stdin(Stdio::null()).env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("HOME", self.folder()).env("TZ", "UTC").env("NO_COLOR", "1");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the program to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        if self.watch.is_some() && self.environment.iter().all(|(name, _)| name != "INNKEEPER_LOG") {
            command.env("INNKEEPER_LOG", LOG);
        }
        let output = command.output().expect("the program starts");
        self.ended(arguments, &output)
    }

    /// What a run left that the test has started and waited for itself.
    #[must_use]
    pub fn ended(&self, arguments: &[&str], output: &Output) -> Run {
        let line = format!("innkeeper {}", arguments.join(" "));
        let mut stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        if let Some(watch) = &self.watch {
            watch.ran(&line, &output.stdout, &output.stderr);
            stderr = without_log(&stderr);
        }
        Run { line, code: output.status.code(), stdout: String::from_utf8_lossy(&output.stdout).into_owned(), stderr }
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What cannot be looked through is told by its record, which then still says so.
        if let Some(Ok(true)) = self.watch.as_ref().map(|watch| watch.end(self.folder.path())) {
            self.folder.disable_cleanup(true);
        }
    }
}
