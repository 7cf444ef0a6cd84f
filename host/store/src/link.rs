//! Which account is whose, and which grants are ours.

use innkeeper_domain::{AccountId, AppName, EntitlementKey, PersonId, RoleName};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// That an account belongs to a person and is managed here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Link {
    /// Whose it is.
    pub person: PersonId,
    /// The account's name when it was last seen.
    pub unique_name: String,
    /// Since when it is managed.
    pub since: Timestamp,
    /// The day on which it was suspended by us; deletion counts from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_on: Option<Date>,
    /// The day on which we deleted it. The link stays: whose it was is known for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_on: Option<Date>,
}

/// A grant that the rules gave, and that may therefore be revoked when they no longer give it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OwnedGrant {
    /// The account that holds it.
    pub account: AccountId,
    /// What is held.
    pub entitlement: EntitlementKey,
    /// The role that gave it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// Since when it is owned.
    pub since: Timestamp,
}

/// One thing to remember or to forget. Each says the same when it is said twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mutation {
    /// The account belongs to a person; replaces what was known of the link.
    Link {
        /// The app.
        app: AppName,
        /// The account.
        account: AccountId,
        /// Whose, since when.
        link: Link,
    },
    /// The account is no longer managed: forgets its owned grants, too.
    Unlink {
        /// The app.
        app: AppName,
        /// The account.
        account: AccountId,
    },
    /// The account was suspended by us, or is no longer.
    Suspended {
        /// The app.
        app: AppName,
        /// The account.
        account: AccountId,
        /// The day; none after a reactivation.
        on: Option<Date>,
    },
    /// The account was deleted by us: forgets its owned grants, and keeps whose it was.
    Deleted {
        /// The app.
        app: AppName,
        /// The account.
        account: AccountId,
        /// The day.
        on: Date,
    },
    /// The person was offboarded by hand, whatever the sources say.
    Depart {
        /// Who.
        person: PersonId,
        /// The first day on which they no longer work here.
        on: Date,
    },
    /// The person is no longer offboarded by hand.
    Return {
        /// Who.
        person: PersonId,
    },
    /// A collection has this value under this key: see [`crate::Register`].
    Enter {
        /// The collection.
        register: String,
        /// The key.
        key: String,
        /// JSON.
        value: String,
    },
    /// A collection has nothing under this key.
    Strike {
        /// The collection.
        register: String,
        /// The key.
        key: String,
    },
    /// The account was seen under another name.
    Renamed {
        /// The app.
        app: AppName,
        /// The account.
        account: AccountId,
        /// The name.
        unique_name: String,
    },
    /// The grant is ours; replaces what was known of it.
    OwnGrant {
        /// The app.
        app: AppName,
        /// The grant.
        grant: OwnedGrant,
    },
    /// The grant is not ours any more, or does not exist any more.
    DisownGrant {
        /// The app.
        app: AppName,
        /// The account that held it.
        account: AccountId,
        /// What was held.
        entitlement: EntitlementKey,
    },
}
