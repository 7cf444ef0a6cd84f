//! What a source and an app have in common: connector, settings, credentials, networks.

use super::section::{Entry, Section, entries};
use crate::connection::{Connection, ConnectorReference, Credential, CredentialReference, CredentialScheme};
use crate::expression::Quoted;
use crate::problem::{Problem, Problems};
use crate::suggest;
use ipnet::IpNet;
use semver::VersionReq;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::IpAddr;
use toml::de::DeValue;

/// `name` or `name@requirement`.
pub(super) fn connector(quoted: &Quoted, problems: &mut Problems) -> Option<ConnectorReference> {
    let (name, requirement) = match quoted.text.split_once('@') {
        Some((name, requirement)) => (name, Some(requirement)),
        None => (quoted.text.as_str(), None),
    };
    let sound = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if name.is_empty() || !name.chars().all(sound) {
        let problem = Problem::new(&quoted.spot, format!("`{name}` is not a connector's name"), "expected a name");
        problems.push(problem.help("write `name` or `name@version`, for example `github@1`"));
        return None;
    }
    let requirement = match requirement.map(VersionReq::parse).transpose() {
        Ok(requirement) => requirement,
        Err(error) => {
            let start = name.len() + 1;
            let message = format!("`{}` is not a version: {error}", requirement.unwrap_or_default());
            let problem = Problem::new(&quoted.at(start..quoted.text.len()), message, "expected a version");
            problems.push(problem.help("for example `github@1`, `github@1.4` or `github@=1.4.2`"));
            return None;
        }
    };
    Some(ConnectorReference { name: name.to_owned(), requirement })
}

/// Takes the keys of a connection out of a source or app.
pub(super) fn connection(connector: ConnectorReference, section: &mut Section<'_>, problems: &mut Problems) -> Connection {
    Connection {
        connector,
        config: match section.take("config") {
            Some(entry) if entry.table(problems).is_some() => json(entry.value),
            _ => Value::Object(Map::new()),
        },
        credentials: section.take("credential").map(|entry| credentials(&entry, problems)).unwrap_or_default(),
        networks: section.take("networks").map(|entry| networks(&entry, problems)).unwrap_or_default(),
        ca: section.take("ca").and_then(|entry| entry.name(problems)).map(|path| path.text),
    }
}

/// The value as JSON; a date becomes text.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).map_or(Value::Null, Value::from),
        DeValue::Float(float) => float.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(datetime) => Value::String(datetime.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| json(item.get_ref())).collect()),
        DeValue::Table(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect())
        }
    }
}

fn networks(entry: &Entry<'_>, problems: &mut Problems) -> Vec<IpNet> {
    let texts = entry.texts(problems);
    let mut networks = Vec::with_capacity(texts.len());
    for quoted in texts {
        let text = quoted.text.trim();
        match text.parse::<IpNet>().or_else(|error| text.parse::<IpAddr>().map(IpNet::from).map_err(|_| error)) {
            Ok(network) => networks.push(network),
            Err(_) => problems.push(
                Problem::new(&quoted.spot, format!("`{text}` is not a network"), "expected a network")
                    .help("an address with the length of its prefix: `10.0.0.0/8`, `::1/128`"),
            ),
        }
    }
    networks
}

fn credentials(entry: &Entry<'_>, problems: &mut Problems) -> BTreeMap<String, Credential> {
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
            let problem = Problem::new(&section.spot, "the credential does not say where it is", "no reference");
            problems.push(problem.help("one of `secret = \"NAME\"`, `env = \"VARIABLE\"`, `file = \"PATH\"`"));
        }
        [first, second, ..] => {
            let problem = Problem::new(&second.0.key_spot, "the credential says twice where it is", "again here");
            problems.push(problem.help("keep one of `secret`, `env`, `file`").also(&first.0.key_spot, "first here"));
        }
    }
    let scheme = scheme(&mut section, problems);
    // Whatever else stands in a credential may be the secret itself.
    section.rest().iter().for_each(|entry| problems.hide(&entry.spot));
    section.finish_with(problems, |key| {
        let secret = ["token", "password", "key", "value", "bearer", "api-key", "apikey"].contains(&key.to_lowercase().as_str());
        secret.then(|| "no secret is written here: `innkeeper secret set NAME`, then `secret = \"NAME\"`".to_owned())
    });
    if problems.len() > before {
        return None;
    }
    Some(Credential { reference: references.pop()?.1?, scheme: scheme? })
}

fn scheme(section: &mut Section<'_>, problems: &mut Problems) -> Option<CredentialScheme> {
    let scheme = section.take("scheme").and_then(|entry| entry.name(problems));
    let mut username = section.take("username");
    let mut header = section.take("header");
    let scheme = match scheme.as_ref().map_or("bearer", |scheme| scheme.text.as_str()) {
        "bearer" => Some(CredentialScheme::Bearer),
        "basic" => match username.take() {
            Some(entry) => entry.name(problems).map(|username| CredentialScheme::Basic { username: username.text }),
            None => {
                let spot = scheme.as_ref().map_or(&section.spot, |scheme| &scheme.spot);
                let problem = Problem::new(spot, "the scheme `basic` needs `username`", "without a user name");
                problems.push(problem.help("for example `scheme = \"basic\", username = \"innkeeper\"`"));
                None
            }
        },
        "header" => match header.take() {
            Some(entry) => entry.name(problems).map(|header| CredentialScheme::Header { header: header.text }),
            None => {
                let spot = scheme.as_ref().map_or(&section.spot, |scheme| &scheme.spot);
                let problem = Problem::new(spot, "the scheme `header` needs `header`", "without a header's name");
                problems.push(problem.help("for example `scheme = \"header\", header = \"X-Api-Key\"`"));
                None
            }
        },
        other => {
            let spot = scheme.as_ref().map_or(&section.spot, |scheme| &scheme.spot);
            let problem = Problem::new(spot, format!("there is no scheme `{other}`"), "unknown scheme");
            problems.push(problem.maybe_help(suggest::help(other, ["bearer", "basic", "header"])));
            return None;
        }
    };
    for (entry, wanted) in [(username, "basic"), (header, "header")] {
        if let (Some(entry), Some(_)) = (entry, &scheme) {
            let message = format!("`{}` belongs to the scheme `{wanted}`", entry.key);
            problems.push(Problem::new(&entry.key_spot, message, "not used").help(format!("add `scheme = \"{wanted}\"`")));
        }
    }
    scheme
}
