//! `innkeeper-bench GROUP --programs FOLDER --connectors FOLDER` measures one group of figures and prints them as JSON.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to whoever runs it")]

use std::process::ExitCode;

use clap::Parser;
use innkeeper_bench::{Setting, figures};

/// Measures one group of figures and prints `{"figures": [..]}`.
#[derive(Parser)]
struct Arguments {
    /// The group.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(figures::GROUPS.iter().map(|(name, _)| *name)))]
    group: String,
    #[command(flatten)]
    setting: Setting,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let group = figures::GROUPS.iter().find(|(name, _)| *name == arguments.group);
    match group.map(|(_, measure)| measure(&arguments.setting)) {
        Some(Ok(figures)) => {
            println!("{}", serde_json::json!({ "figures": figures }));
            ExitCode::SUCCESS
        }
        Some(Err(failure)) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
        None => ExitCode::FAILURE,
    }
}
