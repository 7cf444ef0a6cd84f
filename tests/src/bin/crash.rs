//! Kills the program again and again: `crash KILLS SEED`. Built and run by `cargo xtask crash`.

use std::io::Write as _;
use std::process::ExitCode;

use innkeeper_tests::crash;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let (Some(Ok(kills)), Some(Ok(seed))) = (numbers.next(), numbers.next()) else {
        say("usage: crash KILLS SEED");
        return ExitCode::FAILURE;
    };
    let report = crash::run(seed, usize::try_from(kills).unwrap_or(usize::MAX), |seed, world| {
        say(&format!("seed {seed}: {} kills, {} changes, {:.1} s", world.kills(), world.changes, world.time.as_secs_f64()));
    });
    say(&format!(
        "\n{} kills in {} worlds: {} changes, {} requests, {:.0} s",
        report.kills(),
        report.worlds,
        report.changes,
        report.requests,
        report.time.as_secs_f64()
    ));
    for (name, count) in report.killed.iter().chain(&report.moments) {
        say(&format!("  {count:>5}  {name}"));
    }
    for (seed, fault) in &report.faults {
        say(&format!("\n{fault}\n\nto play it again: cargo xtask crash --kills {} --seed {seed}", crash::KILLS_OF_A_WORLD));
    }
    if report.faults.is_empty() {
        say(
            "every change arrived exactly once, nothing was sent again blindly, the last plans were empty, the audit logs are whole",
        );
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn say(line: &str) {
    // Whoever closes the output does not want to know.
    let _ = writeln!(std::io::stdout(), "{line}");
}
