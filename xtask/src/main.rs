//! The project's own chores: `cargo xtask --help`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to whoever runs it")]

mod bench;
mod connectors;
mod contract;
mod crash;
mod demo;
mod failure;
mod fuzz;
mod gates;
mod install;
mod run;

use clap::{Parser, Subcommand};

use crate::contract::ContractChore;
use crate::gates::Selection;

/// The project's own chores.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version, about)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what the tests need and run every gate, in order; stops at the first that fails.
    Test(Selection),
    /// What CI runs: every gate, all of them even after one failed.
    Ci,
    /// A company of 250 people, provisioned on a SCIM server that somebody else wrote.
    Demo,
    /// Measure figures and hold them against their goals; ends with 3 where one is not reached.
    Bench(bench::Options),
    /// Kill the program again and again while it works, and judge what it did.
    Crash(crash::Options),
    /// Compile every connector in plugins/ and lay out a signed bundle for each.
    Connectors,
    /// Search for inputs that crash something, or run one of them.
    Fuzz(fuzz::Options),
    /// Check the contract in wit/, or freeze a version of it.
    Wit {
        #[command(subcommand)]
        chore: Option<ContractChore>,
    },
}

fn main() -> std::process::ExitCode {
    let result = match Arguments::parse().chore {
        Chore::Test(selection) => gates::run(&selection),
        Chore::Ci => gates::run(&Selection::everything()),
        Chore::Demo => demo::run(),
        Chore::Bench(options) => bench::run(&options),
        Chore::Crash(options) => crash::run(&options),
        Chore::Connectors => connectors::bundles().map(|signed| {
            signed.bundles.iter().for_each(|bundle| println!("{}", bundle.display()));
            println!("signed with the key of this machine. To install them:");
            println!("innkeeper connector trust innkeeper {} --connectors '*'", signed.key);
        }),
        Chore::Fuzz(options) => fuzz::run(&options),
        Chore::Wit { chore } => contract::run(chore),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            match failure {
                // As the program itself ends where it did what it should and something is left for a human.
                failure::Failure::Goals(_) => std::process::ExitCode::from(3),
                _ => std::process::ExitCode::FAILURE,
            }
        }
    }
}
