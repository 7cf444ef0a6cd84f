//! The program is killed again and again while it works; what it is and how it is judged is in `tests/src/crash`.

use std::process::Command;

use clap::Args;
use innkeeper_tests::cache;

use crate::failure::Failure;
use crate::{connectors, run};

/// How often, and where chance begins.
#[derive(Args)]
pub(crate) struct Options {
    /// How many runs are killed.
    #[arg(long, default_value_t = 500)]
    kills: u64,
    /// The seed of the first world; the next ones have the next numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Builds what it needs and plays it.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let connectors = connectors::compile()?;
    let mut build = run::cargo(&["build", "--locked", "--quiet", "--package", "innkeeper-cli", "--package", "innkeeper-tests"]);
    run::visibly(build.args(["--bin", "innkeeper", "--bin", "crash"]))?;
    let programs = cache::target().join("debug");
    let mut crash = Command::new(programs.join("crash"));
    crash.arg(options.kills.to_string()).arg(options.seed.to_string());
    crash.env("INNKEEPER_BIN", programs.join("innkeeper")).env("INNKEEPER_TEST_CONNECTORS", connectors);
    run::visibly(&mut crash)
}
