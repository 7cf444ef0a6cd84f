//! Which connectors a key may sign.

use crate::ConnectorName;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A connector's name, `crm`, or what names begin with, `acme-*`; `*` is all of them.
///
/// The more specific one is the greater: a name is more than any beginning, and a long beginning more than a short one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectorPattern(Pattern);

// In the order of how specific they are; of the beginnings of one name, the longer one is the greater.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Pattern {
    Beginning(String),
    Name(ConnectorName),
}

impl ConnectorPattern {
    /// Whether this is one of the names that it means.
    pub fn matches(&self, name: &ConnectorName) -> bool {
        match &self.0 {
            Pattern::Beginning(beginning) => name.as_str().starts_with(beginning),
            Pattern::Name(own) => own == name,
        }
    }
}

impl FromStr for ConnectorPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pattern = match text.strip_suffix('*') {
            Some("") => Ok(Pattern::Beginning(String::new())),
            // What names begin with could be a name.
            Some(beginning) => beginning.parse::<ConnectorName>().map(|_| Pattern::Beginning(beginning.to_owned())),
            None => text.parse().map(Pattern::Name),
        };
        pattern.map(Self).map_err(|_| {
            let text: String = text.escape_debug().take(100).collect();
            format!(
                "`{text}` does not name connectors: use a name such as `crm`, the beginning of names such as `acme-*`, or `*`"
            )
        })
    }
}

impl fmt::Display for ConnectorPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Pattern::Beginning(beginning) => write!(formatter, "{beginning}*"),
            Pattern::Name(name) => write!(formatter, "{name}"),
        }
    }
}

impl From<ConnectorName> for ConnectorPattern {
    fn from(name: ConnectorName) -> Self {
        Self(Pattern::Name(name))
    }
}

impl TryFrom<String> for ConnectorPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ConnectorPattern> for String {
    fn from(pattern: ConnectorPattern) -> Self {
        pattern.to_string()
    }
}
