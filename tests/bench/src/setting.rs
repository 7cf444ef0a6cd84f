//! What is measured: programs that were built before, and the seed of everything that is made up.

use std::path::PathBuf;

use clap::Args;

/// What is measured.
#[derive(Debug, Clone, Args)]
pub struct Setting {
    /// The folder of the built programs `innkeeper` and `fake-scim`.
    #[arg(long, value_name = "FOLDER")]
    pub programs: PathBuf,
    /// The folder of the compiled connectors, `.wasm` files.
    #[arg(long, value_name = "FOLDER")]
    pub connectors: PathBuf,
    /// The program of `tests/bench/extism`; without it nothing is compared with Extism.
    #[arg(long, value_name = "PROGRAM")]
    pub extism: Option<PathBuf>,
    /// What people and systems are made from.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Companies are so many times smaller than they should be: shows quickly that all of it can be measured.
    #[arg(long, default_value_t = 1)]
    pub fraction: usize,
    /// Only for this program itself, which measures memory in a process of its own: where compiled code is.
    #[arg(long, hide = true)]
    pub cache: Option<PathBuf>,
}

impl Setting {
    /// How many people there are of so many.
    #[must_use]
    pub fn people(&self, whole: usize) -> usize {
        whole / self.fraction.max(1)
    }
}
