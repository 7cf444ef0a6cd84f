//! `[drift]` at the top and under an app. What an app does not say, the general table says.

use super::section::Entry;
use crate::problem::{Problem, Problems};
use crate::suggest;
use innkeeper_domain::{AttributeDrift, DriftPolicy, GrantDrift, OrphanDrift};

/// The policy of an entry on top of the one for everything.
pub(super) fn policy(entry: Option<Entry<'_>>, general: DriftPolicy, problems: &mut Problems) -> DriftPolicy {
    let Some(mut section) = entry.and_then(|entry| entry.section("drift", problems)) else { return general };
    let grants = [("report", GrantDrift::Report), ("revert", GrantDrift::Revert), ("adopt", GrantDrift::Adopt)];
    let attributes = [("revert", AttributeDrift::Revert), ("report", AttributeDrift::Report)];
    let orphans = [("report", OrphanDrift::Report), ("suspend", OrphanDrift::Suspend)];
    let policy = DriftPolicy {
        grants: section.take("grants").and_then(|entry| one_of(&entry, &grants, problems)).unwrap_or(general.grants),
        attributes: section
            .take("attributes")
            .and_then(|entry| one_of(&entry, &attributes, problems))
            .unwrap_or(general.attributes),
        orphans: section.take("orphans").and_then(|entry| one_of(&entry, &orphans, problems)).unwrap_or(general.orphans),
    };
    section.finish(problems);
    policy
}

fn one_of<T: Copy>(entry: &Entry<'_>, words: &[(&'static str, T)], problems: &mut Problems) -> Option<T> {
    let quoted = entry.name(problems)?;
    let known = words.iter().map(|(word, _)| *word);
    let found = words.iter().find(|(word, _)| *word == quoted.text).map(|(_, meaning)| *meaning);
    if found.is_none() {
        let list = known.clone().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let message = format!("nothing called `{}` can be done about {} that drifted", quoted.text, entry.key);
        let problem = Problem::new(&quoted.spot, message, format!("expected one of {list}"));
        problems.push(problem.maybe_help(suggest::help(&quoted.text, known)));
    }
    found
}
