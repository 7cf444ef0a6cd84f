//! Compiling the targets.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use innkeeper_tests::cache;

use super::target::Target;
use crate::failure::Failure;
use crate::{install, run};

/// What tells libFuzzer which code an input reaches and what it is compared with, as cargo-fuzz has it. All of it is stable.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg",
    "fuzzing",
];

/// Where the targets' sources, their kept inputs and what crashed are.
pub(super) fn folder() -> PathBuf {
    cache::repository().join("tests/fuzz")
}

/// Where they are built and what is found is kept: apart from everything else, for its flags are others.
pub(super) fn scratch() -> PathBuf {
    cache::target().join("fuzz")
}

/// Compiles all targets.
pub(super) fn all() -> Result<Vec<Target>, Failure> {
    install::cpp()?;
    lock()?;
    let triple = run::output(Command::new("rustc").args(["--print", "host-tuple"]))?.trim().to_owned();
    // With a target that is named the flags are for the targets alone, not for build scripts and macros.
    let mut command = run::cargo(&["build", "--release", "--quiet", "--bins", "--target", &triple]);
    command.current_dir(folder()).env("CARGO_TARGET_DIR", scratch()).env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    run::visibly(&mut command)?;
    let programs = scratch().join(triple).join("release");
    let target = |name: String| Target { program: programs.join(&name), name };
    Ok(names()?.into_iter().map(target).collect())
}

/// The targets' names, from their manifest.
fn names() -> Result<Vec<String>, Failure> {
    let path = folder().join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    let content = |message: String| Failure::Content { path: path.clone(), message };
    let manifest: toml::Table = text.parse().map_err(|error: toml::de::Error| content(error.to_string()))?;
    let bins = manifest.get("bin").and_then(toml::Value::as_array).ok_or_else(|| content("there is no [[bin]]".to_owned()))?;
    Ok(bins.iter().filter_map(|bin| Some(bin.get("name")?.as_str()?.to_owned())).collect())
}

/// What is fuzzed is what ships: the workspace of the targets takes over the versions of the project's, whenever those change.
fn lock() -> Result<(), Failure> {
    let (ours, theirs) = (cache::repository().join("Cargo.lock"), folder().join("Cargo.lock"));
    let taken = scratch().join("taken-over.lock");
    let text = fs::read(&ours).map_err(Failure::file(&ours))?;
    if theirs.exists() && fs::read(&taken).is_ok_and(|taken| taken == text) {
        return Ok(());
    }
    fs::create_dir_all(scratch()).map_err(Failure::file(scratch()))?;
    fs::write(&theirs, &text).map_err(Failure::file(&theirs))?;
    fs::write(&taken, &text).map_err(Failure::file(&taken))
}
