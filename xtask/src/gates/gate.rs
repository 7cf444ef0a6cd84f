//! Running gates in order, with a table at the end.

use std::time::{Duration, Instant};

use clap::Args;

use super::steps;
use crate::failure::Failure;

/// One gate.
pub(super) struct Gate {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) check: fn() -> Result<Outcome, Failure>,
}

/// How a gate that did not fail ended.
pub(super) enum Outcome {
    Passed,
    /// Passed, and this much of it could not be checked here.
    Except(&'static str),
}

/// Which gates to run, and whether to go on after one failed.
#[derive(Args, Default)]
pub(crate) struct Selection {
    /// Only these gates.
    #[arg(long, value_name = "GATE", value_delimiter = ',')]
    only: Vec<String>,
    /// All but these gates.
    #[arg(long, value_name = "GATE", value_delimiter = ',', conflicts_with = "only")]
    skip: Vec<String>,
    /// Go on after a gate failed.
    #[arg(long)]
    keep_going: bool,
    /// List the gates and run none.
    #[arg(long)]
    list: bool,
}

impl Selection {
    /// Every gate, whatever fails.
    pub(crate) fn everything() -> Self {
        Self { keep_going: true, ..Self::default() }
    }

    fn has(&self, name: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|other| other == name);
        if self.only.is_empty() { !named(&self.skip) } else { named(&self.only) }
    }
}

/// Runs the gates.
pub(crate) fn run(selection: &Selection) -> Result<(), Failure> {
    let known = || steps::ALL.iter().map(|gate| gate.name).collect::<Vec<_>>();
    if let Some(name) = selection.only.iter().chain(&selection.skip).find(|name| !known().contains(&name.as_str())) {
        return Err(Failure::NoSuchGate { name: name.clone(), known: known() });
    }
    if selection.list {
        for gate in steps::ALL {
            println!("{:<11} {}", gate.name, gate.what);
        }
        return Ok(());
    }
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for gate in steps::ALL.iter().filter(|gate| selection.has(gate.name)) {
        println!("\n=== {}: {}", gate.name, gate.what);
        let start = Instant::now();
        let result = (gate.check)();
        let state = match &result {
            Ok(Outcome::Passed) => "passed".to_owned(),
            Ok(Outcome::Except(what)) => format!("passed, {what}"),
            Err(failure) => {
                println!("{failure}");
                failed.push(gate.name);
                "FAILED".to_owned()
            }
        };
        rows.push((gate.name, start.elapsed(), state));
        if !failed.is_empty() && !selection.keep_going {
            break;
        }
    }
    print!("\n{}", table(&rows));
    if failed.is_empty() { Ok(()) } else { Err(Failure::Gates(failed)) }
}

fn table(rows: &[(&str, Duration, String)]) -> String {
    let line = |(name, time, state): &(&str, Duration, String)| format!("{name:<11} {:>8.1} s  {state}\n", time.as_secs_f64());
    let total: Duration = rows.iter().map(|(_, time, _)| *time).sum();
    rows.iter().map(line).chain([format!("{:<11} {:>8.1} s\n", "all", total.as_secs_f64())]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Selection, table};

    #[test]
    fn only_and_skip_choose_gates() {
        let names = |only: &[&str], skip: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            let selection = Selection { only: owned(only), skip: owned(skip), ..Selection::default() };
            ["fmt", "typos", "tests"].into_iter().filter(|name| selection.has(name)).collect::<Vec<_>>()
        };
        assert_eq!(names(&[], &[]), ["fmt", "typos", "tests"]);
        assert_eq!(names(&["typos"], &[]), ["typos"]);
        assert_eq!(names(&[], &["typos"]), ["fmt", "tests"]);
    }

    #[test]
    fn the_table_shows_every_gate_and_the_sum() {
        let rows = [
            ("fmt", std::time::Duration::from_millis(1234), "passed".to_owned()),
            ("tests", std::time::Duration::from_secs(60), "FAILED".to_owned()),
        ];
        assert_eq!(table(&rows), "fmt              1.2 s  passed\ntests           60.0 s  FAILED\nall             61.2 s\n");
    }
}
