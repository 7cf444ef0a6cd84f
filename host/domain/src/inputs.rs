//! What a plan was computed from: enough to tell whether another plan saw the same.

use crate::{AppName, AttributeName, Completeness, SourceName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// What a plan was computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Inputs {
    /// The SHA-256 of the configuration's files, in hexadecimal.
    pub configuration: String,
    /// What each source showed.
    pub sources: BTreeMap<SourceName, SourceSeen>,
    /// What each app showed.
    pub apps: BTreeMap<AppName, AppSeen>,
}

/// What one source showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SourceSeen {
    /// What was seen.
    pub snapshot: SnapshotId,
    /// How many people there were.
    pub people: usize,
}

/// What one app showed, and through which connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppSeen {
    /// What was seen.
    pub snapshot: SnapshotId,
    /// When the reading began.
    pub taken: Timestamp,
    /// The attribute by which the app names an account: a change of it is a rename.
    pub unique_name: AttributeName,
    /// The connector, to the byte. None where the app is not behind one, as in tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorPin>,
}

/// A connector as `innkeeper.lock` pins it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConnectorPin {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of the whole bundle, in hexadecimal.
    pub sha256: String,
}

/// One reading of a source or an app: the SHA-256 over when it was taken, how much was seen and whether that was complete, in
/// hexadecimal. Not over the content: that would be a second pass over a million accounts, and no two readings of one system begin at the
/// same nanosecond.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(String);

impl SnapshotId {
    /// The reading of `of` that began at `taken`; `listings` are its parts, each with how much was seen.
    pub fn of<'a>(of: &str, taken: Timestamp, listings: impl IntoIterator<Item = (usize, &'a Completeness)>) -> Self {
        let mut hasher = Sha256::new();
        let mut part = |text: &str| {
            // With its length in front, so that no two lists of parts run together into one text.
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        };
        part(of);
        part(&taken.to_string());
        for (count, completeness) in listings {
            part(&count.to_string());
            match completeness {
                Completeness::Complete => part("complete"),
                Completeness::Incomplete { why } => {
                    part("incomplete");
                    part(why);
                }
            }
        }
        Self(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_that_differ_in_anything_have_ids_that_differ() {
        let id = |of: &str, second, count, complete: &Completeness| {
            SnapshotId::of(of, Timestamp::from_second(second).unwrap(), [(count, complete)])
        };
        let (complete, spoiled) = (Completeness::Complete, Completeness::Incomplete { why: "page 2 came twice".into() });
        let first = id("hr", 1, 2, &complete);
        assert_eq!(first, id("hr", 1, 2, &complete));
        for other in [id("crm", 1, 2, &complete), id("hr", 2, 2, &complete), id("hr", 1, 3, &complete), id("hr", 1, 2, &spoiled)]
        {
            assert_ne!(first, other);
        }
    }
}
