//! `[app.NAME] manual`.

use super::section::Entry;
use super::setting;
use crate::manual::{DUE_DAYS, Instructions, Manual};
use crate::problem::{Problem, Problems};
use crate::vocabulary::Vocabulary;

pub(super) fn manual(entry: &Entry<'_>, vocabulary: &Vocabulary, problems: &mut Problems) -> Option<Manual> {
    let mut section = entry.section("an app without a connector", problems)?;
    let owner = section.need("owner", "\"facilities@acme.com\"", problems).and_then(|entry| entry.name(problems));
    let due = section.take("due").and_then(|entry| entry.name(problems)).map(|due| setting::days(&due, problems));
    let instructions = section.take("instructions").and_then(|entry| entry.name(problems));
    let instructions = instructions.map(|quoted| Instructions::parse(&quoted, vocabulary, problems));
    let written = section.take("entitlements").map(|entry| entry.texts(problems)).unwrap_or_default();
    section.finish(problems);
    let mut entitlements = Vec::new();
    for quoted in written {
        match quoted.text.split_once('/').filter(|(kind, name)| !kind.is_empty() && !name.is_empty()) {
            Some((kind, name)) => entitlements.push((kind.to_owned(), name.to_owned())),
            None => problems.push(
                Problem::new(&quoted.spot, format!("`{}` is not an entitlement", quoted.text), "expected `kind/name`")
                    .help("for example `zone/Laboratory`"),
            ),
        }
    }
    Some(Manual {
        owner: owner?.text,
        due_days: due.unwrap_or(Some(DUE_DAYS))?,
        instructions: instructions.flatten(),
        entitlements,
    })
}
