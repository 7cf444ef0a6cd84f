//! What an app or a source was seen to contain, with a proof of completeness.

use crate::{Account, Description, Entitlement, Grant, PersonRecord};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a listing was read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "completeness")]
pub enum Completeness {
    /// The last page was reached, no page came twice, and the count agrees with the system's own and with the last one.
    Complete,
    /// Absence means nothing.
    Incomplete {
        /// What spoils it, for a reader.
        why: String,
    },
}

/// Something that was seen at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Snapshot<T> {
    /// When the reading began.
    pub taken: Timestamp,
    /// Whether absence means anything.
    #[serde(flatten)]
    pub completeness: Completeness,
    /// What was seen.
    pub content: T,
}

impl<T> Snapshot<T> {
    /// Whether absence means anything.
    pub fn is_complete(&self) -> bool {
        self.completeness == Completeness::Complete
    }

    /// The snapshot as proof of completeness.
    ///
    /// # Errors
    /// Why it is not complete.
    pub fn as_complete(&self) -> Result<CompleteSnapshot<'_, T>, IncompleteSnapshot> {
        match &self.completeness {
            Completeness::Complete => Ok(CompleteSnapshot(self)),
            Completeness::Incomplete { why } => Err(IncompleteSnapshot(why.clone())),
        }
    }
}

/// A snapshot in which absence means absence. Only [`Snapshot::as_complete`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct CompleteSnapshot<'a, T>(&'a Snapshot<T>);

impl<'a, T> CompleteSnapshot<'a, T> {
    /// What was seen.
    pub fn content(self) -> &'a T {
        &self.0.content
    }
}

/// Why a snapshot proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the listing is not complete: {0}")]
pub struct IncompleteSnapshot(String);

/// What a source contains.
pub type PeopleSnapshot = Snapshot<Vec<PersonRecord>>;

/// What an app contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppSnapshot {
    /// What the app is like.
    pub description: Description,
    /// All accounts.
    pub accounts: Snapshot<Vec<Account>>,
    /// All entitlements.
    pub entitlements: Snapshot<Vec<Entitlement>>,
    /// All grants.
    pub grants: Snapshot<Vec<Grant>>,
}
