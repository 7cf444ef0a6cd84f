//! How long a connector takes to be there: `connector_load_cold`, compiled now, and `connector_load_cached`, out of the folder of
//! compiled code. The connector is the largest of `plugins/`: GitHub's.

use std::fs;

use innkeeper_sandbox::{CacheSettings, Runtime, Settings};

use crate::measured::time;
use crate::sandbox::{component, verified};
use crate::{Failure, Measured, Setting};

/// The largest of those that the project ships.
const LARGEST: &str = "innkeeper-connector-github";
const COLD: usize = 5;
const CACHED: usize = 50;

/// Measures.
///
/// # Errors
/// When the connector does not load.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    let folder = tempfile::tempdir().map_err(Failure::of("a temporary folder"))?;
    let wasm = component(setting, LARGEST)?;
    let source = folder.path().join("bundle");
    fs::create_dir(&source).map_err(Failure::of("a folder"))?;
    let bundle = verified("github", &wasm, &source)?;
    let cached = Settings { cache: Some(CacheSettings::new(folder.path().join("compiled"))), ..Settings::default() };
    let load = |settings: &Settings, times: usize| {
        let runtime = Runtime::new(settings.clone()).map_err(Failure::of("the sandbox"))?;
        // The first one warms up: files come from the disk, and memory from the system.
        (0..=times)
            .map(|_| {
                let (loaded, taken) = time(|| runtime.load(&bundle));
                loaded.map_err(Failure::of("the connector")).map(|_| taken.as_secs_f64() * 1e3)
            })
            .skip(1)
            .collect::<Result<Vec<f64>, Failure>>()
    };
    let cold = load(&Settings::default(), COLD)?;
    let warm = load(&cached, CACHED)?;
    Ok(vec![Measured::new("connector_load_cold", "ms", cold), Measured::new("connector_load_cached", "ms", warm)])
}
