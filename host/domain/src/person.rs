//! Humans, as sources know them.

use crate::{AttributeName, Attributes, PersonId, Scalar, Share, Sharing, SourceName, Text, Today};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Where a record was read: enough for a reader to find it again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Origin {
    /// The source.
    pub source: SourceName,
    /// The record's key in the source.
    pub record: Text,
    /// `people.csv:12`, where the source has such places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Text>,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(formatter, "{place}"),
            None => write!(formatter, "{} {}", self.source, self.record),
        }
    }
}

/// One human as one source knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PersonRecord {
    /// The stable key in the source.
    pub id: PersonId,
    /// Named as in SCIM core and enterprise, with `startDate` and `endDate` beside them. A known attribute without a value has
    /// an empty list; an attribute that the source does not have is absent.
    pub attributes: Attributes,
    /// Whether the source says that the person works here now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Attributes that exist and could not be read: unknown, not empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub restricted: BTreeSet<AttributeName>,
    /// Where it was read.
    pub origin: Origin,
}

/// Where a person is between joining and leaving, on a given day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "stage")]
pub enum Lifecycle {
    /// Starts on a later day.
    Future {
        /// The first day of work.
        starts: Date,
    },
    /// Works here.
    Employed,
    /// Does not work here any more.
    Left {
        /// The first day on which they no longer work here, where it is known.
        since: Option<Date>,
    },
}

/// One human identity, from one or more sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Person {
    /// The stable key.
    pub id: PersonId,
    /// All attributes, merged over the sources in the order of the configuration: the first that knows one wins.
    pub attributes: Attributes,
    /// What the sources say of whether the person works here, dates aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Attributes that no source could read.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub restricted: BTreeSet<AttributeName>,
    /// The records behind it.
    pub origins: Vec<Origin>,
    /// Set by the engine, whatever the records say: since when the person has been absent from the complete snapshots of every
    /// source, or since when or from when on they are offboarded by hand. May be a day to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_since: Option<Date>,
}

impl Person {
    /// The first value of an attribute as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.shared_text(name).map(Text::as_str)
    }

    fn shared_text(&self, name: &str) -> Option<&Text> {
        match &self.attributes.get(name)?.first()?.scalar {
            Scalar::Text(text) => Some(text),
            _ => None,
        }
    }

    /// How people refer to them: display name, user name, or the key.
    pub fn label(&self) -> &str {
        self.shared_label()
    }

    /// The same, to be shared.
    pub fn shared_label(&self) -> &Text {
        self.shared_text("displayName").or_else(|| self.shared_text("userName")).unwrap_or(self.id.as_text())
    }

    /// The value of a date attribute; the time of day, if there is one, is cut off.
    fn date(&self, name: &str) -> Option<Date> {
        let text = self.text(name)?;
        text.get(..10).unwrap_or(text).parse().ok()
    }

    /// The first day on which they no longer work here, as far as it is known: the day after the end date, or the day that was
    /// said by hand.
    pub fn leaves(&self) -> Option<Date> {
        let after_the_last = self.date("endDate").and_then(|last| last.tomorrow().ok());
        self.closed_since.into_iter().chain(after_the_last).min()
    }

    /// Where the person stands today, in their own time zone. The end date is the last day of work.
    pub fn lifecycle(&self, today: &Today) -> Lifecycle {
        let today = today.of(self);
        let since = self.leaves();
        if since.is_some_and(|since| since <= today) {
            return Lifecycle::Left { since };
        }
        match self.date("startDate") {
            Some(starts) if starts > today => Lifecycle::Future { starts },
            _ if self.active == Some(false) => Lifecycle::Left { since: None },
            _ => Lifecycle::Employed,
        }
    }
}

impl Share for Origin {
    fn share(&mut self, sharing: &mut Sharing) {
        self.source.share(sharing);
        self.record.share(sharing);
        self.place.share(sharing);
    }
}

impl Share for Person {
    fn share(&mut self, sharing: &mut Sharing) {
        self.id.share(sharing);
        self.attributes.share(sharing);
        self.origins.share(sharing);
        self.origins.shrink_to_fit();
    }
}
