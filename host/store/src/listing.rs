//! What is remembered of listings: how long they were, and who was missing from them.

use innkeeper_domain::{AppName, Completeness, PersonRecord, SourceName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One listing of which counts are kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listing {
    /// The people of a source.
    People(SourceName),
    /// The accounts of an app.
    Accounts(AppName),
    /// The entitlements of an app.
    Entitlements(AppName),
    /// The grants of an app.
    Grants(AppName),
}

impl Listing {
    /// Of what: `people`, `accounts`, `entitlements` or `grants`.
    pub fn of(&self) -> &'static str {
        match self {
            Self::People(_) => "people",
            Self::Accounts(_) => "accounts",
            Self::Entitlements(_) => "entitlements",
            Self::Grants(_) => "grants",
        }
    }

    /// The name of the source or app.
    pub fn name(&self) -> &str {
        match self {
            Self::People(source) => source.as_str(),
            Self::Accounts(app) | Self::Entitlements(app) | Self::Grants(app) => app.as_str(),
        }
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.of(), self.name())
    }
}

/// How long a listing was at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Count {
    /// When the reading began.
    pub taken: Timestamp,
    /// How many items there were.
    pub count: usize,
    /// Whether it was all of them.
    #[serde(flatten)]
    pub completeness: Completeness,
}

/// Somebody whom a source used to have and no longer has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Absence {
    /// The first complete snapshot without them.
    pub first: Timestamp,
    /// How many complete snapshots without them there have been in a row.
    pub times: u32,
    /// The record as it was last seen.
    pub record: PersonRecord,
}

/// What one source last said of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct KnownRecord {
    /// The source.
    pub source: SourceName,
    /// When the record was read, where the source still has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
    /// The record as it was last seen.
    pub record: PersonRecord,
    /// Since when and how often it has been missing, where the source no longer has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<(Timestamp, u32)>,
}
