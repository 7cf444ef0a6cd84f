//! What each workspace saw, kept beside the tests for whoever ran them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::{ALLOWED, Found, KEEP, Place, search};
use crate::Trouble;

/// The program's log at its fullest: its own words, and what the libraries that carry a credential say. Compilers are left out, which
/// see no secret and write without end.
pub const LOG: &str = "debug,innkeeper=trace,hyper=trace,hyper_util=trace,h2=trace,reqwest=trace,rustls=trace,tower=trace,\
     cranelift_codegen=warn,cranelift_frontend=warn,wasmtime=warn,wasmtime_cranelift=warn,wasmtime_internal_cranelift=warn,regalloc2=warn";

/// What one workspace saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The test that it belonged to.
    pub test: String,
    /// How many runs of the program there were.
    pub runs: usize,
    /// Whether the folder was looked through at the end.
    pub searched: bool,
    /// Where the folder is, where it was kept because something was found.
    pub kept: Option<PathBuf>,
    /// What was looked through, and what was found.
    #[serde(flatten)]
    pub found: Found,
}

/// Looks at what one workspace does.
pub struct Watch {
    file: PathBuf,
    record: Mutex<Record>,
}

impl Watch {
    /// For a new workspace, where the environment asks for it.
    ///
    /// # Panics
    /// When the record cannot be written.
    #[must_use]
    pub fn begin() -> Option<Self> {
        let folder = env::var_os(KEEP).filter(|folder| !folder.is_empty())?;
        Some(Self::in_folder(Path::new(&folder)).unwrap_or_else(|trouble| panic!("{trouble}")))
    }

    /// With its record in this folder: there from the start, so that a workspace that never came to its end is noticed.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn in_folder(folder: &Path) -> Result<Self, Trouble> {
        // A name that no other process takes, now or later.
        let file =
            tempfile::Builder::new().prefix("workspace-").suffix(".json").tempfile_in(folder).map_err(Trouble::file(folder))?;
        let (_, file) = file.keep().map_err(|error| Trouble::file(folder)(error.error))?;
        let test = std::thread::current().name().unwrap_or("a thread").to_owned();
        let record = Record { test, ..Record::default() };
        write(&file, &record)?;
        Ok(Self { file, record: Mutex::new(record) })
    }

    /// A run of the program ended: what was typed, and what it printed.
    pub fn ran(&self, line: &str, stdout: &[u8], stderr: &[u8]) {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.runs += 1;
        let number = record.runs;
        for (what, bytes) in [("arguments", line.as_bytes()), ("stdout", stdout), ("stderr", stderr)] {
            record.found.add(&format!("{what} of run {number}"), bytes);
        }
    }

    /// Looks through the workspace's folder, and says whether it has to be kept.
    ///
    /// # Errors
    /// When a file in it or the record cannot be used.
    pub fn end(&self, folder: &Path) -> Result<bool, Trouble> {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let Found { files, bytes, places } = search(folder, ALLOWED)?;
        record.found.files += files;
        record.found.bytes += bytes;
        record.found.places.extend(places);
        record.searched = true;
        record.kept = (!record.found.places.is_empty()).then(|| folder.to_path_buf());
        write(&self.file, &record)?;
        Ok(record.kept.is_some())
    }
}

fn write(file: &Path, record: &Record) -> Result<(), Trouble> {
    let text = serde_json::to_string_pretty(record).expect("a record is JSON");
    fs::write(file, text).map_err(Trouble::file(file))
}

/// What all workspaces saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many workspaces there were.
    pub workspaces: usize,
    /// How many runs of the program.
    pub runs: usize,
    /// How many files and outputs were looked through.
    pub files: usize,
    /// How many bytes they had.
    pub bytes: usize,
    /// The tests whose workspace was not looked through.
    pub unsearched: Vec<String>,
    /// Where secrets are: the test, the folder where it was kept, and the place in it.
    pub places: Vec<(String, Option<PathBuf>, Place)>,
}

impl Summary {
    /// Of the records in this folder.
    ///
    /// # Errors
    /// When there is no such folder, or what is in it is no record.
    pub fn read(folder: &Path) -> Result<Self, Trouble> {
        let mut summary = Self::default();
        for entry in fs::read_dir(folder).map_err(Trouble::file(folder))? {
            let path = entry.map_err(Trouble::file(folder))?.path();
            let bytes = fs::read(&path).map_err(Trouble::file(&path))?;
            let record: Record = serde_json::from_slice(&bytes).map_err(|error| Trouble::file(&path)(error.into()))?;
            summary.add(record);
        }
        summary.unsearched.sort();
        Ok(summary)
    }

    fn add(&mut self, record: Record) {
        let Record { test, runs, searched, kept, found } = record;
        self.workspaces += 1;
        self.runs += runs;
        self.files += found.files;
        self.bytes += found.bytes;
        if !searched {
            self.unsearched.push(test.clone());
        }
        self.places.extend(found.places.into_iter().map(|place| (test.clone(), kept.clone(), place)));
    }
}

/// What the program prints beside its log as of [`LOG`]: what a test would have seen without it.
#[must_use]
pub fn without_log(stderr: &str) -> String {
    stderr.split_inclusive('\n').filter(|line| !is_log(line)).collect()
}

/// A line that would not be there without [`LOG`]. That an app is waited for always is.
fn is_log(line: &str) -> bool {
    let more = ["TRACE ", "DEBUG ", " INFO ", " WARN "].iter().any(|level| line.starts_with(level));
    more && !line.contains("innkeeper::rest")
}

#[cfg(test)]
mod tests;
