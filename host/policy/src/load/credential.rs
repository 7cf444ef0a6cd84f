//! `credential.SLOT`: where a credential is, and how it is sent.

mod scheme;

use super::section::{Entry, Section, entries};
use crate::connection::{Credential, CredentialReference, CredentialScheme};
use crate::problem::{Problem, Problems};
use std::collections::BTreeMap;
use toml::de::DeValue;

/// Keys of other products' configurations under which people write the secret itself.
const SECRETS: &[&str] =
    &["token", "password", "key", "value", "bearer", "api-key", "apikey", "private-key", "refresh-token", "access-token"];

pub(super) fn credentials(entry: &Entry<'_>, problems: &mut Problems) -> BTreeMap<String, Credential> {
    let Some(table) = entry.table(problems) else { return BTreeMap::new() };
    let slots = entries(entry.file, table);
    if let Some(slot) = slots.first()
        && slots.iter().any(|slot| matches!(slot.value, DeValue::String(_)))
    {
        let problem = Problem::new(&slot.key_spot, "a credential stands in a slot", "not in a slot");
        problems.push(problem.help("write `credential.default = { secret = \"NAME\" }`"));
        return BTreeMap::new();
    }
    slots.iter().filter_map(|slot| Some((slot.key.to_owned(), credential(slot, problems)?))).collect()
}

fn credential(slot: &Entry<'_>, problems: &mut Problems) -> Option<Credential> {
    let mut section = slot.section("a credential", problems)?;
    let before = problems.len();
    let found = reference(&mut section, "the credential", problems);
    let scheme = scheme::scheme(&mut section, problems);
    if let (Some((entry, _)), Some(CredentialScheme::OauthRefresh { .. })) = (&found, &scheme)
        && entry.key != "secret"
    {
        let problem = Problem::new(&entry.key_spot, "a refresh token is kept in innkeeper's own store", "cannot be written to");
        problems.push(problem.help(
            "`innkeeper secret set NAME`, then `secret = \"NAME\"`: systems give a new refresh token in the place of the old one",
        ));
    }
    close(section, problems);
    if problems.len() > before {
        return None;
    }
    Some(Credential { reference: found?.1, scheme: scheme? })
}

/// Takes the one key that says where a secret is.
fn reference<'a>(section: &mut Section<'a>, what: &str, problems: &mut Problems) -> Option<(Entry<'a>, CredentialReference)> {
    let mut references = Vec::new();
    for key in ["secret", "env", "file"] {
        if let Some(entry) = section.take(key) {
            let reference = entry.name(problems).map(|name| match key {
                "secret" => CredentialReference::Secret(name.text),
                "env" => CredentialReference::Environment(name.text),
                _ => CredentialReference::File(name.text),
            });
            references.push((entry, reference));
        }
    }
    match references.as_slice() {
        [_] => {}
        [] => {
            let problem = Problem::new(&section.spot, format!("{what} does not say where it is"), "no reference");
            problems.push(problem.help("one of `secret = \"NAME\"`, `env = \"VARIABLE\"`, `file = \"PATH\"`"));
        }
        [first, second, ..] => {
            let problem = Problem::new(&second.0.key_spot, format!("{what} says twice where it is"), "again here");
            problems.push(problem.help("keep one of `secret`, `env`, `file`").also(&first.0.key_spot, "first here"));
        }
    }
    let (entry, reference) = references.pop()?;
    Some((entry, reference?))
}

/// Reports what is left.
fn close(section: Section<'_>, problems: &mut Problems) {
    // Whatever else stands in a credential may be the secret itself.
    section.rest().iter().for_each(|entry| problems.hide(&entry.spot));
    section.finish_with(problems, |key| {
        let secret = SECRETS.contains(&key.to_lowercase().as_str());
        secret.then(|| "no secret is written here: `innkeeper secret set NAME`, then `secret = \"NAME\"`".to_owned())
    });
}
