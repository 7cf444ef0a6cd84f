//! What the rules say that people should have.

use crate::{AppName, AttributeName, EntitlementRef, PersonId, Reason, Shared, SharedReason, Slot, Text, Value};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Who owns an attribute after the create.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// We do: a different value on the app is put right.
    #[default]
    Enforced,
    /// The app does: written once, when the account is created.
    Initial,
}

/// One attribute that an account should have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DesiredAttribute {
    /// The attribute, as the account schema spells it.
    pub name: AttributeName,
    /// The values; none means that the attribute should be empty.
    pub values: Slot,
    /// Who owns it.
    pub strength: Strength,
}

/// One entitlement that an account should hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DesiredGrant {
    /// Always names an entitlement, not an account alone.
    pub entitlement: EntitlementRef,
    /// The role and rule behind it, the same for everybody who gets it: [`DesiredAccount::reason_of`] adds whose record it was.
    pub reason: SharedReason,
}

/// Whether an account should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// It should exist and be usable.
    Active,
    /// The person starts later than accounts are made: nothing to do yet.
    Awaited {
        /// The first day of work.
        starts: Date,
    },
    /// No rule gives this account to a person who works here. One that we manage is closed; another is left alone.
    NotEntitled,
    /// The person works here and is away for long: the account is suspended and nothing else happens to it.
    OnLeave,
    /// The person has left: whatever account is theirs is closed.
    Closed {
        /// The first day on which they no longer worked here, where it is known.
        since: Option<Date>,
    },
}

/// What one person should have on one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DesiredAccount {
    /// Whose it is.
    pub person: PersonId,
    /// How people refer to them.
    pub label: Text,
    /// Where it is.
    pub app: AppName,
    /// Whether it should be there.
    pub presence: Presence,
    /// Why it should be there or not.
    pub reason: Reason,
    /// What it should look like; in the order of the configuration. Also for an account that should not be there, because
    /// correlation needs the values.
    pub attributes: Vec<DesiredAttribute>,
    /// Reasons of attributes, parallel to `attributes`: the same for everybody who has a value for each.
    pub attribute_reasons: Shared<[SharedReason]>,
    /// What it should hold.
    pub grants: Vec<Shared<DesiredGrant>>,
    /// The first day of work of somebody whose account is made before: until then it is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_on: Option<Date>,
    /// Who inherits what the account owns when it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_to: Option<PersonId>,
}

impl DesiredAccount {
    /// A shared reason with the record that is behind this account.
    pub fn reason_of(&self, shared: &Reason) -> Reason {
        let origin = shared.origin.as_ref().or(self.reason.origin.as_ref()).cloned();
        Reason { origin, ..shared.clone() }
    }

    /// The values that the attribute should have; none if no mapping speaks of it.
    pub fn values(&self, name: &str) -> Option<&[Value]> {
        let wanted = |attribute: &&DesiredAttribute| attribute.name.as_str().eq_ignore_ascii_case(name);
        self.attributes.iter().find(wanted).map(|attribute| &*attribute.values)
    }
}

/// What all people should have on all apps on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DesiredState {
    /// The day.
    pub today: Date,
    /// One for each person and app, sorted by app and person.
    pub accounts: Vec<DesiredAccount>,
}
