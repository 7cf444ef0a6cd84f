//! `approval` at the top or under an app, and `[approver.NAME]`.

use super::section::Entry;
use crate::approval::{ApprovalDemand, Approver};
use crate::problem::{Problem, Problems};
use std::collections::BTreeSet;

pub(super) fn demand(entry: &Entry<'_>, problems: &mut Problems) -> Option<ApprovalDemand> {
    let mut section = entry.section("an approval", problems)?;
    let by = section.need("by", "[\"ada\", \"grace\"]", problems);
    let spot = by.as_ref().map(|entry| entry.spot.clone());
    let by = by.map(|entry| entry.texts(problems)).unwrap_or_default();
    let count = section.take("count");
    let own = section.take("own").and_then(|entry| entry.boolean(problems)).unwrap_or(false);
    section.finish(problems);
    let mut known = BTreeSet::new();
    for name in &by {
        if name.text.trim().is_empty() {
            problems.push(Problem::new(&name.spot, "an approver has no name", "expected a name"));
        } else if !known.insert(name.text.clone()) {
            let message = format!("`{}` approves twice, and counts once", name.text);
            problems.push(Problem::new(&name.spot, message, "again here"));
        }
    }
    let people = u32::try_from(known.len()).unwrap_or(u32::MAX);
    if people == 0 {
        if let Some(spot) = spot.filter(|_| by.is_empty()) {
            problems.push(Problem::new(&spot, "nobody may approve, so nothing could ever be applied", "expected names"));
        }
        return None;
    }
    let count = count.and_then(|entry| entry.number(1..=people, problems)).unwrap_or(1);
    Some(ApprovalDemand { by: by.into_iter().map(|name| name.text).collect(), count: count as usize, own })
}

pub(super) fn approver(entry: &Entry<'_>, problems: &mut Problems) -> Option<Approver> {
    let mut section = entry.section("an approver", problems)?;
    let key = section.need("key", "\"ed25519:...\"", problems).and_then(|entry| entry.name(problems));
    section.finish(problems);
    let key = key?;
    // The whole truth needs the curve, and is asked when a signature is checked.
    let encoded = key.text.strip_prefix("ed25519:").and_then(|encoded| encoded.strip_suffix('='));
    let letter = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'+' || letter == b'/';
    if !encoded.is_some_and(|encoded| encoded.len() == 43 && encoded.bytes().all(letter)) {
        let problem = Problem::new(&key.spot, "this is not a public key", "expected `ed25519:` and 32 bytes in base64");
        problems.push(problem.help("make one: innkeeper connector keygen FILE; it prints the public key"));
        return None;
    }
    Some(Approver { name: entry.key.to_owned(), key: key.text })
}
