//! No secret that a test handed to the program was written down, anywhere.
//!
//! The gate `tests` gives every test a folder for its records; this one reads them, and what the tests themselves printed. See
//! [`innkeeper_tests::canary`].

use std::fs;
use std::path::PathBuf;

use innkeeper_tests::cache;
use innkeeper_tests::canary::{Place, Summary, search_bytes};

use crate::failure::Failure;

/// Fewer runs of the program than any whole pass of the tests has, which is some 600: this gate must not pass because there was nothing to
/// look at.
const FEWEST_RUNS: usize = 400;

/// The folder for the records.
fn records() -> PathBuf {
    cache::folder().join("canary")
}

/// Where nextest writes down what the tests printed, as of `xtask/nextest.toml`: its store is in the clone, wherever the build goes.
fn output() -> PathBuf {
    cache::repository().join("target").join("nextest").join("default").join("junit.xml")
}

/// An empty folder for the records of the tests that are about to run.
pub(super) fn prepare() -> Result<PathBuf, Failure> {
    let folder = records();
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let output = output();
    match fs::remove_file(&output) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::file(&output)(error)),
        _ => Ok(folder),
    }
}

/// Reads the records of the last pass of the tests.
pub(super) fn check() -> Result<(), Failure> {
    let folder = records();
    if !folder.exists() {
        return Err(Failure::Refused("no test was run yet: cargo xtask test --only tests,canary".to_owned()));
    }
    let summary = Summary::read(&folder)?;
    let path = output();
    let printed = fs::read(&path).map_err(Failure::file(&path))?;
    println!(
        "{} runs in {} workspaces, {} files and outputs of {} MB, and {} kB that the tests printed",
        summary.runs,
        summary.workspaces,
        summary.files,
        summary.bytes / 1_000_000,
        printed.len() / 1000
    );
    let faults = faults(&summary, &search_bytes(&path.display().to_string(), &printed));
    if faults.is_empty() { Ok(()) } else { Err(Failure::Refused(faults.join("\n"))) }
}

/// Everything that is wrong, a line each.
fn faults(summary: &Summary, printed: &[Place]) -> Vec<String> {
    let mut faults = Vec::new();
    for (test, kept, place) in &summary.places {
        let folder = kept.as_ref().map_or(String::new(), |folder| format!(", kept in {}", folder.display()));
        faults.push(format!("a secret as {} in {} at byte {} ({test}{folder})", place.encoding, place.file, place.offset));
    }
    let said = |place: &Place| format!("a secret as {} in {} at byte {}", place.encoding, place.file, place.offset);
    faults.extend(printed.iter().map(said));
    faults
        .extend(summary.unsearched.iter().map(|test| format!("the folder of {test} was not looked through: it came to no end")));
    if summary.runs < FEWEST_RUNS {
        faults.push(format!("only {} runs of the program were seen, of at least {FEWEST_RUNS}: run all tests", summary.runs));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str) -> Place {
        Place { file: file.to_owned(), offset: 7, encoding: "base64".to_owned() }
    }

    fn enough() -> Summary {
        Summary { runs: FEWEST_RUNS, ..Summary::default() }
    }

    #[test]
    fn enough_runs_without_a_secret_pass() {
        assert_eq!(faults(&enough(), &[]), Vec::<String>::new());
    }

    #[test]
    fn a_secret_is_told_with_its_file_and_its_byte() {
        let summary = Summary { places: vec![("flows::a".to_owned(), Some("/tmp/x".into()), place("state/log"))], ..enough() };
        assert_eq!(
            faults(&summary, &[place("junit.xml")]),
            ["a secret as base64 in state/log at byte 7 (flows::a, kept in /tmp/x)", "a secret as base64 in junit.xml at byte 7"]
        );
    }

    #[test]
    fn too_few_runs_and_folders_that_nobody_looked_through_fail() {
        let summary = Summary { runs: FEWEST_RUNS - 1, unsearched: vec!["flows::a".to_owned()], ..Summary::default() };
        let faults = faults(&summary, &[]);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].contains("flows::a") && faults[1].contains("of at least"), "{faults:?}");
    }
}
