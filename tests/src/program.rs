//! The `innkeeper` program, as built from this clone.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::{Trouble, cache, venv};

/// The built program: `$INNKEEPER_BIN` where the caller has built it already, otherwise built now, once a process.
///
/// # Panics
/// When it does not build.
#[must_use]
pub fn innkeeper() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| match env::var_os("INNKEEPER_BIN") {
            Some(path) => PathBuf::from(path),
            None => build().unwrap_or_else(|trouble| panic!("{trouble}")),
        })
        .clone()
}

fn build() -> Result<PathBuf, Trouble> {
    let target = cache::target();
    let mut cargo = cargo();
    cargo.args(["build", "--locked", "--package", "innkeeper-cli", "--bin", "innkeeper", "--target-dir"]).arg(&target);
    let built_by = shown(&cargo);
    venv::output(&mut cargo)?;
    let path = target.join("debug").join("innkeeper");
    if path.exists() { Ok(path) } else { Err(Trouble::NotBuilt { path, built_by }) }
}

/// Cargo in this repository, free of what an outer cargo put into the environment for its own build.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(cache::repository());
    for name in ["RUSTC_WORKSPACE_WRAPPER", "CLIPPY_ARGS", "CARGO_MAKEFLAGS", "MAKEFLAGS"] {
        command.env_remove(name);
    }
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// A command as a person would type it.
#[must_use]
pub fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().display().to_string()];
    words.extend(command.get_args().map(|word| word.display().to_string()));
    words.join(" ")
}
