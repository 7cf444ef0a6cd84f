//! In what two plans differ, by app and person.

use super::plan::edit;
use super::run::title;
use super::style::{bad, change as changed, good, strong};
use super::terminal::plain;
use innkeeper_domain::{AttributeName, Change, Delta, Operation, Plan};
use innkeeper_planner::difference::{Difference, DifferenceKind};
use std::collections::BTreeSet;
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
            let what = match &after.operation {
                Operation::UpdateAccount { .. } => String::new(),
                operation => format!("{}: ", title(operation)),
            };
            changed(format!("~ {label}  {}", plain(&(what + &otherwise(before, after)))))
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
    let only_in = |these: &[Delta], those: &[Delta]| {
        let only = these.iter().filter(|delta| !those.contains(delta)).map(edit);
        only.collect::<Vec<_>>().join(", ")
    };
    match (only_in(&first, &second), only_in(&second, &first)) {
        (gone, new) if gone.is_empty() && new.is_empty() => {}
        (gone, new) if gone.is_empty() => return format!("also {new}"),
        (gone, new) if new.is_empty() => return format!("no longer {gone}"),
        (gone, new) => return format!("{new}; before {gone}"),
    }
    if let (Operation::CreateAccount { attributes: first, .. }, Operation::CreateAccount { attributes: second, .. }) =
        (&before.operation, &after.operation)
    {
        let names: BTreeSet<&AttributeName> = first.keys().chain(second.keys()).collect();
        let different: Vec<&str> =
            names.into_iter().filter(|name| first.get(*name) != second.get(*name)).map(AttributeName::short).collect();
        if !different.is_empty() {
            return format!("another {}", different.join(", "));
        }
    }
    if before.operation != after.operation {
        return "other grants".to_owned();
    }
    "the account was seen otherwise".to_owned()
}

#[cfg(test)]
mod tests;
