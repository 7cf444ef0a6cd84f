//! A connector of this repository, compiled to WebAssembly.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::sync::Mutex;

use crate::{Trouble, cache, program, venv};

/// The component of a package of this workspace, such as `innkeeper-connector-scim`.
///
/// Taken from the folder `$INNKEEPER_TEST_CONNECTORS` where the caller has built all of them already; otherwise compiled now,
/// once a process and package.
///
/// # Panics
/// When it does not compile, or is not in that folder.
#[must_use]
pub fn connector_wasm(package: &str) -> PathBuf {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(path) = built.get(package) {
        return path.clone();
    }
    let path = match env::var_os("INNKEEPER_TEST_CONNECTORS") {
        Some(folder) => PathBuf::from(folder).join(file_name(package)),
        None => build(&[package]).unwrap_or_else(|trouble| panic!("{trouble}")).join(file_name(package)),
    };
    assert!(path.is_file(), "{} does not exist: is {package} a connector of this workspace?", path.display());
    built.insert(package.to_owned(), path.clone());
    path
}

/// The name that cargo gives to a package's component.
#[must_use]
pub fn file_name(package: &str) -> String {
    format!("{}.wasm", package.replace('-', "_"))
}

/// Compiles the packages for WebAssembly and gives the folder with their components.
///
/// # Errors
/// When cargo fails.
pub fn build(packages: &[&str]) -> Result<PathBuf, Trouble> {
    let target = cache::target().join("connectors");
    let mut cargo = program::cargo();
    cargo.args(["build", "--locked", "--profile", "connector", "--target", "wasm32-wasip2"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    cargo.arg("--target-dir").arg(&target);
    venv::output(&mut cargo)?;
    Ok(target.join("wasm32-wasip2").join("connector"))
}
