//! Building what is measured, once, in release.

use std::fs;
use std::path::PathBuf;

use innkeeper_tests::cache;

use crate::failure::Failure;
use crate::{connectors, install, run};

/// What is measured.
pub(super) struct Built {
    /// The folder of `innkeeper`, `fake-scim` and `innkeeper-bench`.
    pub(super) programs: PathBuf,
    /// The folder of the connectors' components.
    pub(super) connectors: PathBuf,
    /// The program that does the same work with Extism.
    pub(super) extism: Option<PathBuf>,
}

impl Built {
    pub(super) fn release(with_extism: bool) -> Result<Self, Failure> {
        let connectors = connectors::compile()?;
        // All at once: alone, each would be built with other features of the crates that they share.
        let packages = ["innkeeper-cli", "innkeeper-tests", "innkeeper-bench"];
        let mut build = run::cargo(&["build", "--release", "--locked", "--quiet", "--bins"]);
        run::visibly(build.args(packages.iter().flat_map(|package| ["--package", package])))?;
        let programs = cache::target().join("release");
        Ok(Self { programs, connectors, extism: with_extism.then(extism).transpose()? })
    }
}

/// The plugin and its host, in a workspace and a folder of their own: Extism brings a wasmtime of another version.
fn extism() -> Result<PathBuf, Failure> {
    install::bare_wasm_target()?;
    let (folder, target) = (cache::repository().join("tests/bench/extism"), cache::target().join("extism"));
    let mut plugin = run::cargo(&["build", "--release", "--locked", "--quiet", "--package", "bench-plugin"]);
    plugin.args(["--target", "wasm32-unknown-unknown"]).current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    run::visibly(&mut plugin)?;
    let mut host = run::cargo(&["build", "--release", "--locked", "--quiet", "--package", "bench-host"]);
    run::visibly(host.current_dir(&folder).env("CARGO_TARGET_DIR", &target))?;
    // Beside the program, where it looks for it.
    let (plugin, beside) =
        (target.join("wasm32-unknown-unknown/release/bench_plugin.wasm"), target.join("release/bench_plugin.wasm"));
    fs::copy(&plugin, beside).map_err(Failure::file(plugin))?;
    Ok(target.join("release/bench-host"))
}
