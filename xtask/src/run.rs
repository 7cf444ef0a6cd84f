//! Running other programs: what is run is shown, the output goes where this program's goes, nothing waits for input.

use std::process::{Command, Stdio};

use innkeeper_tests::{cache, program};

use crate::failure::Failure;

/// Cargo in this repository, building where all chores build.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program::cargo();
    command.env("CARGO_TARGET_DIR", cache::target()).args(arguments);
    command
}

/// Shows the command line and runs it to its end.
pub(crate) fn visibly(command: &mut Command) -> Result<(), Failure> {
    println!("$ {}", program::shown(command));
    quietly(command)
}

/// Runs it to its end; its output is still seen.
pub(crate) fn quietly(command: &mut Command) -> Result<(), Failure> {
    let line = program::shown(command);
    let status = command.stdin(Stdio::null()).status();
    let status = status.map_err(|source| Failure::NotStarted { line: line.clone(), source })?;
    if status.success() { Ok(()) } else { Err(Failure::Ended { line, status }) }
}

/// What it prints.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let line = program::shown(command);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| Failure::NotStarted { line: line.clone(), source })?;
    if !output.status.success() {
        return Err(Failure::Ended { line, status: output.status });
    }
    String::from_utf8(output.stdout).map_err(|error| Failure::Output { line, message: error.to_string() })
}

/// Whether it can be run at all and ends well; its output is not seen.
pub(crate) fn works(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}
