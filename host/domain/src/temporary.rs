//! Access for a time.

use crate::{EntitlementRef, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An entitlement that somebody gave a person by hand, until a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TemporaryGrant {
    /// Who has it.
    pub person: PersonId,
    /// What; an app alone is an account there.
    pub entitlement: EntitlementRef,
    /// Since when.
    pub from: Timestamp,
    /// The first moment at which they no longer have it.
    pub until: Timestamp,
    /// Who gave it.
    pub by: String,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When somebody took it back before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

impl TemporaryGrant {
    /// When it ends or ended.
    pub fn end(&self) -> Timestamp {
        self.ended.map_or(self.until, |ended| ended.min(self.until))
    }

    /// Whether it counts at a moment.
    pub fn lasts(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.end()
    }
}
