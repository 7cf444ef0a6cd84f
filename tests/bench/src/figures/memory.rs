//! What connectors take of the host's memory: `host_memory_15_connectors`.
//!
//! Fifteen connectors, each with code of its own, are loaded out of the folder of compiled code, connected to an app each and called
//! once, and stay. The figure is the peak of the process that does so: compiling, which happens once when a connector is installed, is
//! done by another one before.

use std::fs;
use std::path::Path;
use std::process::Command;

use innkeeper_sandbox::{CacheSettings, Runtime, Settings, tokio_runtime};

use crate::measured::peak_memory;
use crate::sandbox::{component, ours, verified};
use crate::variant::variants;
use crate::{Failure, Measured, Setting};

/// As many as a company of some size has.
pub const CONNECTORS: usize = 15;

/// Measures.
///
/// # Errors
/// When a connector does not load.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    if let Some(cache) = &setting.cache {
        return Ok(vec![Measured::new("host_memory_15_connectors", "MiB", vec![loaded(setting, cache)?])]);
    }
    let folder = tempfile::tempdir().map_err(Failure::of("a temporary folder"))?;
    alone(setting, folder.path())?;
    let peak = alone(setting, folder.path())?;
    Ok(vec![Measured::new("host_memory_15_connectors", "MiB", vec![peak])])
}

/// The same in a process of its own.
fn alone(setting: &Setting, cache: &Path) -> Result<f64, Failure> {
    let program = std::env::current_exe().map_err(Failure::of("this program"))?;
    let mut command = Command::new(program);
    command.arg("memory").arg("--programs").arg(&setting.programs).arg("--connectors").arg(&setting.connectors);
    let output = command.arg("--cache").arg(cache).output().map_err(Failure::of("this program"))?;
    let told: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| Failure::new("fifteen connectors", String::from_utf8_lossy(&output.stderr)))?;
    told["figures"][0]["samples"][0].as_f64().ok_or_else(|| Failure::new("fifteen connectors", told.to_string()))
}

fn loaded(setting: &Setting, cache: &Path) -> Result<f64, Failure> {
    let settings = Settings { cache: Some(CacheSettings::new(cache.join("compiled"))), ..Settings::default() };
    let runtime = Runtime::new(settings).map_err(Failure::of("the sandbox"))?;
    let tokio = tokio_runtime().map_err(Failure::of("tokio"))?;
    let mut apps = Vec::new();
    for (number, package) in variants(CONNECTORS) {
        let wasm = crate::variant::numbered(component(setting, package)?, number);
        let source = cache.join(number.to_string());
        fs::create_dir_all(&source).map_err(Failure::of("a folder"))?;
        let connector = runtime.load(&verified("connector", &wasm, &source)?).map_err(Failure::of(package))?;
        let app = ours::connect(&connector, "{}")?;
        // Whether it works without its settings and its system is another matter: it ran.
        let _ = tokio.block_on(app.describe());
        apps.push(app);
    }
    peak_memory()
}
