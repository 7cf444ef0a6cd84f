//! In what two plans differ, by app and person.

use super::run::title;
use super::style::{bad, change as changed, count, good, strong};
use super::terminal::plain;
use innkeeper_domain::{Change, Operation, Plan};
use innkeeper_planner::difference::{Difference, DifferenceKind};
use std::fmt::Write;

/// What the second plan adds, drops and does otherwise.
pub(crate) fn render(before: &Plan, after: &Plan, differences: &[Difference]) -> String {
    let (first, second) = (before.id().short(), after.id().short());
    if differences.is_empty() {
        return format!("Plans {first} and {second} do the same.\n");
    }
    let mut text = String::new();
    let mut app = None;
    for difference in differences {
        if app != Some(&difference.app) {
            app = Some(&difference.app);
            let _ = writeln!(text, "{}", strong(&difference.app));
        }
        let _ = writeln!(text, "  {}", line(difference));
    }
    let number = |wanted: fn(&DifferenceKind) -> bool| differences.iter().filter(|one| wanted(&one.kind)).count();
    let parts = [
        (number(|kind| matches!(kind, DifferenceKind::Added { .. })), "added"),
        (number(|kind| matches!(kind, DifferenceKind::Dropped { .. })), "dropped"),
        (number(|kind| matches!(kind, DifferenceKind::Changed { .. })), "changed"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    let _ = writeln!(text, "From plan {first} to plan {second}: {}", parts.join(", "));
    text
}

fn line(difference: &Difference) -> String {
    let label = plain(&difference.label);
    match &difference.kind {
        DifferenceKind::Added { change } => good(format!("+ {label}  {}", plain(&title(&change.operation)))),
        DifferenceKind::Dropped { change } => bad(format!("- {label}  {}", plain(&title(&change.operation)))),
        DifferenceKind::Changed { before, after } => {
            changed(format!("~ {label}  {}: {}", plain(&title(&after.operation)), plain(&otherwise(before, after))))
        }
    }
}

/// What is not the same, in a few words.
fn otherwise(before: &Change, after: &Change) -> String {
    let names = |operation: &Operation| match operation {
        Operation::CreateAccount { unique_name, .. } => Some(unique_name.clone()),
        Operation::TransferOwnership { to } => Some(to.to_string()),
        _ => None,
    };
    match (names(&before.operation), names(&after.operation)) {
        (Some(first), Some(second)) if first != second => return format!("{first} -> {second}"),
        _ => {}
    }
    let edits = |operation: &Operation| match operation {
        Operation::UpdateAccount { deltas } => deltas.clone(),
        _ => Vec::new(),
    };
    let (first, second) = (edits(&before.operation), edits(&after.operation));
    let different: Vec<&str> = (second.iter().filter(|delta| !first.contains(delta)))
        .chain(first.iter().filter(|delta| second.iter().all(|other| other.name != delta.name)))
        .map(|delta| delta.name.short())
        .collect();
    if !different.is_empty() {
        return count(different.len(), "other value", "other values") + " for " + &different.join(", ");
    }
    if before.operation != after.operation {
        return "other values".to_owned();
    }
    "the account was seen otherwise".to_owned()
}

#[cfg(test)]
mod tests;
