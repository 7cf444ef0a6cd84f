//! Fuzzing: builds the targets of `tests/fuzz` and runs them. What each of them checks is in its README.
//!
//! The targets are compiled with coverage by flags of the stable compiler; what the program cargo-fuzz would do beyond that is for other
//! sanitizers than none, and this code has no `unsafe` that they would find anything in.

mod build;
mod target;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;

use crate::failure::Failure;
use target::Target;

/// How long each target runs in the gate: all of them together stay below a minute and a half on two cores.
const SHORT: Duration = Duration::from_secs(15);

/// What to fuzz, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// The target; without it all of them, one after the other.
    target: Option<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Run this one input, such as one that a crash has left behind.
    #[arg(long, value_name = "FILE", requires = "target", conflicts_with = "seconds")]
    input: Option<PathBuf>,
}

/// A long run, which shows what it does. What it finds is kept in the cache folder, and the next one goes on from there.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let targets = build::all()?;
    let chosen: Vec<&Target> =
        targets.iter().filter(|target| options.target.as_ref().is_none_or(|name| *name == target.name)).collect();
    if let (Some(name), true) = (&options.target, chosen.is_empty()) {
        let known: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        return Err(Failure::Refused(format!("there is no fuzz target called `{name}`; there are: {}", known.join(", "))));
    }
    for target in chosen {
        match &options.input {
            Some(input) => target.run_one(input)?,
            None => {
                target.replay()?;
                target.search(Duration::from_secs(options.seconds))?;
            }
        }
    }
    Ok(())
}

/// All kept inputs once, then a short search, as many targets at a time as there are cores.
pub(crate) fn briefly() -> Result<(), Failure> {
    let targets = build::all()?;
    for target in &targets {
        println!("{:<11} {} kept inputs", target.name, target.replay()?);
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut failures = Vec::new();
    for some in targets.chunks(cores) {
        let results: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = some.iter().map(|target| scope.spawn(|| target.search_quietly(SHORT))).collect();
            running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        for (target, result) in some.iter().zip(results) {
            match result {
                Ok(summary) => println!("{:<11} {summary}", target.name),
                Err(failure) => failures.push(failure.to_string()),
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::Refused(failures.join("\n\n"))) }
}
