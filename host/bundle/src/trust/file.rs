//! The trust store as a file.

use super::{ConnectorPattern, TrustError};
use crate::{ConnectorName, PublicKey, PublisherName};
use jiff::civil::Date;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;

const HEADER: &str = "\
# Whose connectors may be installed, to be kept under version control. `innkeeper connector trust` and `revoke` write it anew, without\n\
# comments.\n\n";

/// One key of a publisher, and what it may sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// The publisher's name, as their manifests say it.
    pub name: PublisherName,
    /// The key.
    pub key: PublicKey,
    /// The connectors that it may sign.
    pub connectors: Vec<ConnectorPattern>,
    /// The last day on which something new that it signed may be installed.
    #[serde(default, deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// The day on which it was revoked: nothing that it signed runs any more, whatever the day.
    #[serde(default, deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Date>,
    /// Why it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Publisher {
    /// The most specific of the patterns that mean this name.
    pub(super) fn pattern(&self, name: &ConnectorName) -> Option<&ConnectorPattern> {
        self.connectors.iter().filter(|pattern| pattern.matches(name)).max()
    }

    pub(super) fn not_revoked(&self) -> Result<(), TrustError> {
        let Some(revoked) = self.revoked else { return Ok(()) };
        let (publisher, reason) = (self.name.clone(), self.reason.clone());
        Err(TrustError::Revoked { key: self.key, publisher, revoked, reason })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    trust: Spanned<u32>,
    #[serde(default)]
    publisher: Vec<Spanned<Publisher>>,
}

#[derive(Serialize)]
struct Written<'a> {
    trust: u32,
    publisher: &'a [Publisher],
}

/// A day, in quotes or as TOML writes dates.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    day.map(Some).ok_or_else(|| D::Error::custom(format!("`{}` is not a day: write it as \"2027-06-30\"", text.escape_debug())))
}

/// The publishers in a file, or what is wrong with it, and where.
pub(super) fn parse(text: &str) -> Result<Vec<Publisher>, (Option<Range<usize>>, String)> {
    let read: Read = toml::from_str(text).map_err(|error| (error.span(), error.message().to_owned()))?;
    if *read.trust.get_ref() != 1 {
        let message = format!("trust format {} is not known to this innkeeper, which knows 1", read.trust.get_ref());
        return Err((Some(read.trust.span()), message));
    }
    let mut keys = BTreeSet::new();
    for publisher in &read.publisher {
        let (span, publisher) = (publisher.span(), publisher.get_ref());
        if !keys.insert(publisher.key) {
            let message =
                format!("the key {} is there twice: give each key one [[publisher]] with all that it may sign", publisher.key);
            return Err((Some(span), message));
        }
        if publisher.reason.is_some() && publisher.revoked.is_none() {
            let message = "there is a `reason`, and no day on which the key was revoked: add revoked = \"YEAR-MONTH-DAY\"";
            return Err((Some(span), message.to_owned()));
        }
    }
    Ok(read.publisher.into_iter().map(Spanned::into_inner).collect())
}

pub(super) fn text(publishers: &[Publisher]) -> std::io::Result<String> {
    let text = toml::to_string(&Written { trust: 1, publisher: publishers }).map_err(std::io::Error::other)?;
    Ok(format!("{HEADER}{text}"))
}
