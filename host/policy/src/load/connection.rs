//! What a source and an app have in common: connector, settings, credentials, networks.

use super::section::{Entry, Section};
use super::{credential, limits, rate};
use crate::connection::{Connection, ConnectorReference};
use crate::expression::Quoted;
use crate::problem::{Problem, Problems};
use ipnet::IpNet;
use semver::VersionReq;
use serde_json::{Map, Value};
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
        credentials: section.take("credential").map(|entry| credential::credentials(&entry, problems)).unwrap_or_default(),
        networks: section.take("networks").map(|entry| networks(&entry, problems)).unwrap_or_default(),
        ca: section.take("ca").and_then(|entry| entry.name(problems)).map(|path| path.text),
        rate: section.take("rate").and_then(|entry| rate::rate(&entry, problems)),
        limits: limits::limits(section.take("limits"), problems),
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
