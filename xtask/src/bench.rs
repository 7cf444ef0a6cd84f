//! Figures, measured and held against their goals. What is measured is `tests/bench`; here is what a good figure is, and who runs what.

mod build;
mod goals;
mod machine;
mod outcome;
mod table;

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::failure::Failure;
use crate::run;
use build::Built;
use goals::{GOALS, GROUPS, Goal, Group};
use outcome::{Outcome, Samples};

/// Which figures.
#[derive(Args)]
pub(crate) struct Options {
    /// The figures; without any, all of them. What is measured together with one is measured too.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What people and systems are made from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Everything so many times smaller: shows quickly that all of it can be measured, and gives no figures.
    #[arg(long, value_name = "N", default_value_t = 1)]
    fraction: usize,
    /// Leave the comparison with Extism out: its own wasmtime takes minutes to compile.
    #[arg(long)]
    no_extism: bool,
}

/// Builds, measures, prints, and fails where a goal does not hold. What cannot be measured does not keep the rest from being measured.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let groups = wanted(&options.names)?;
    let built = Built::release(!options.no_extism && groups.iter().any(|group| group.beside_extism))?;
    let mut samples = Samples::default();
    let mut troubles = Vec::new();
    for group in &groups {
        for round in 1..=group.rounds {
            eprintln!("{}: round {round} of {}", group.name, group.rounds);
            let measured = measure(&built, group.name, options).and_then(|measured| samples.add(&measured));
            troubles.extend(measured.err().map(|failure| format!("{}: {failure}", group.name)));
        }
    }
    let is_asked = |goal: &&Goal| options.names.is_empty() || options.names.iter().any(|name| name == goal.figure);
    let mut outcomes: Vec<Outcome> = Vec::new();
    for goal in GOALS.iter().filter(is_asked) {
        match samples.outcome(goal) {
            Ok(outcome) => outcomes.push(outcome),
            Err(failure) => troubles.push(failure.to_string()),
        }
    }
    println!("{}\n\n{}", machine::describe()?, table::show(&outcomes));
    if options.fraction > 1 {
        println!("\nEverything was {} times smaller than it should be: these are no figures.", options.fraction);
    }
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&outcomes.iter().map(Outcome::json).collect::<Vec<_>>()).unwrap_or_default();
        std::fs::write(path, text + "\n").map_err(Failure::file(path))?;
    }
    if !troubles.is_empty() {
        return Err(Failure::Refused(troubles.join("\n")));
    }
    let missed: Vec<&Goal> = outcomes.iter().filter(|outcome| !outcome.holds()).map(|outcome| outcome.goal).collect();
    if missed.is_empty() {
        return Ok(());
    }
    println!();
    missed.iter().for_each(|goal| println!("{} is to be {} {}: {}", goal.figure, goal, goal.unit, goal.why));
    Err(Failure::Goals(missed.iter().map(|goal| goal.figure).collect()))
}

/// The groups that these figures are measured in.
fn wanted(names: &[String]) -> Result<Vec<&'static Group>, Failure> {
    if names.is_empty() {
        return Ok(GROUPS.iter().collect());
    }
    let goal = |name: &String| GOALS.iter().find(|goal| goal.figure == name).ok_or_else(|| no_such_figure(name));
    let goals = names.iter().map(goal).collect::<Result<Vec<_>, _>>()?;
    Ok(GROUPS.iter().filter(|group| goals.iter().any(|goal| goal.group == group.name)).collect())
}

fn no_such_figure(name: &str) -> Failure {
    let mut known: Vec<&str> = GOALS.iter().map(|goal| goal.figure).collect();
    known.sort_by(|left, right| strsim::jaro_winkler(name, right).total_cmp(&strsim::jaro_winkler(name, left)));
    let nearest = known.first().copied().unwrap_or_default();
    known.sort_unstable();
    let all = known.join(", ");
    Failure::Refused(format!("there is no figure called `{name}`. Did you mean `{nearest}`? There are: {all}"))
}

/// One group of figures, in a process of its own.
fn measure(built: &Built, group: &str, options: &Options) -> Result<serde_json::Value, Failure> {
    let mut command = Command::new(built.programs.join("innkeeper-bench"));
    command.arg(group).arg("--programs").arg(&built.programs).arg("--connectors").arg(&built.connectors);
    command.arg("--seed").arg(options.seed.to_string()).arg("--fraction").arg(options.fraction.to_string());
    if let Some(program) = &built.extism {
        command.arg("--extism").arg(program);
    }
    let printed = run::output(&mut command)?;
    serde_json::from_str(&printed).map_err(|error| Failure::Output { line: group.to_owned(), message: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::{GOALS, GROUPS, wanted};

    #[test]
    fn every_figure_has_a_group_and_every_group_a_figure() {
        for goal in GOALS {
            assert!(GROUPS.iter().any(|group| group.name == goal.group), "{}", goal.figure);
        }
        for group in GROUPS {
            assert!(GOALS.iter().any(|goal| goal.group == group.name), "{}", group.name);
        }
    }

    #[test]
    fn an_unknown_figure_is_told_with_the_nearest_name() {
        let told = wanted(&["sandbox_cal".to_owned()]).err().map(|failure| failure.to_string()).unwrap_or_default();
        assert!(told.contains("no figure called `sandbox_cal`. Did you mean `sandbox_call`?"), "{told}");
    }

    #[test]
    fn one_figure_is_measured_with_its_group_alone() {
        let groups = wanted(&["cli_version".to_owned()]).expect("it exists");
        assert_eq!(groups.iter().map(|group| group.name).collect::<Vec<_>>(), ["cli"]);
    }
}
