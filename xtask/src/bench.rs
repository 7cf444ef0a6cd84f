//! Figures, measured: one subcommand a figure.

mod people;

use clap::Subcommand;

use crate::failure::Failure;

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Plan and apply a whole company on a SCIM server: time, requests a second, peak memory.
    People(people::Options),
}

/// Measures a figure and prints it.
pub(crate) fn run(bench: &Bench) -> Result<(), Failure> {
    match bench {
        Bench::People(options) => people::run(options),
    }
}
