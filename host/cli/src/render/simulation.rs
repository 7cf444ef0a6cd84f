//! What a supposition would change: app by app, who, which roles, and what the guard says.

use super::plan::summary;
use super::run::title;
use super::style::{bad, change, count, faint, good, strong};
use super::terminal::plain;
use innkeeper_domain::PersonId;
use innkeeper_engine::{SimulatedRole, Simulation};
use innkeeper_planner::difference::{Difference, DifferenceKind};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How many people of one app, how many of one role, and how many notes are shown before the rest is only counted.
const SHOWN: usize = 30;

/// The simulation as it is read.
pub(crate) fn render(simulation: &Simulation) -> String {
    let mut text = String::new();
    for app in &simulation.apps {
        let _ = writeln!(text, "{}", strong(app.app.as_str()));
        let _ = writeln!(text, "  now:  {}", summary(&app.now));
        let _ = writeln!(text, "  then: {}", summary(&app.then));
        people(&mut text, &simulation.differences.iter().filter(|one| one.app == app.app).collect::<Vec<_>>());
    }
    for role in &simulation.roles {
        roles(&mut text, role);
    }
    for note in simulation.notes.iter().take(SHOWN) {
        let _ = writeln!(text, "{} {}", change("note:"), plain(note));
    }
    more(&mut text, simulation.notes.len(), "");
    for breach in &simulation.guard {
        let _ = writeln!(text, "{} {}", bad("guard:"), plain(breach));
    }
    let affected: BTreeSet<&PersonId> = simulation.differences.iter().map(|one| &one.person).collect();
    let _ = match simulation.is_same() {
        true => writeln!(text, "It makes no difference. Nothing was sent or written."),
        false => {
            let held = if simulation.guard.is_empty() { "The guard lets it pass" } else { "The guard would hold it back" };
            let people = count(affected.len(), "person is", "people are");
            writeln!(text, "{people} affected. {held}. Nothing was sent or written.")
        }
    };
    text
}

/// A line for each person: what would be done besides, and what no longer.
fn people(text: &mut String, differences: &[&Difference]) {
    let mut people: BTreeMap<(&str, &PersonId), Vec<String>> = BTreeMap::new();
    for one in differences {
        let what = match &one.kind {
            DifferenceKind::Added { change } => good(format!("would {}", plain(&title(&change.operation)))),
            DifferenceKind::Dropped { change } => bad(format!("would no longer {}", plain(&title(&change.operation)))),
            DifferenceKind::Changed { after, .. } => change(format!("would otherwise {}", plain(&title(&after.operation)))),
        };
        people.entry((one.label.as_str(), &one.person)).or_default().push(what);
    }
    for ((label, person), what) in people.iter().take(SHOWN) {
        let _ = writeln!(text, "    {} ({}): {}", plain(label), plain(person.as_str()), what.join(", "));
    }
    more(text, people.len(), "    ");
}

fn roles(text: &mut String, role: &SimulatedRole) {
    let (gain, lose) = (role.gain.len(), role.lose.len());
    let _ = writeln!(text, "{} {}: {gain} would get it, {lose} would lose it", strong("role"), role.role);
    for (sign, people) in [("+", &role.gain), ("-", &role.lose)] {
        for (person, label) in people.iter().take(SHOWN) {
            let _ = writeln!(text, "    {sign} {} ({})", plain(label), plain(person.as_str()));
        }
        more(text, people.len(), "    ");
    }
}

fn more(text: &mut String, number: usize, margin: &str) {
    if number > SHOWN {
        let _ = writeln!(text, "{margin}{}", faint(format!("... and {} more: --output json has all", number - SHOWN)));
    }
}

#[cfg(test)]
mod tests;
