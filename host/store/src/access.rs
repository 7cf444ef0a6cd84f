//! Who has what, as last seen.

use crate::{Link, OwnedGrant};
use innkeeper_domain::{Account, AccountId, AppName, EntitlementKey, Holder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One entitlement that an account holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HeldGrant {
    /// What is held.
    pub entitlement: EntitlementKey,
    /// Its name, where the app's listing had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the rules gave it: the role and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned: Option<OwnedGrant>,
}

/// One account of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HeldAccount {
    /// The app.
    pub app: AppName,
    /// The account's key.
    pub id: AccountId,
    /// Since when it is managed.
    pub link: Link,
    /// When the app was last read; none if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
    /// The account as last seen; none if it was not in the last listing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// What it holds directly, as last seen.
    pub grants: Vec<HeldGrant>,
}

/// One holder of an entitlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Holding {
    /// Who or what holds it.
    pub holder: Holder,
    /// The account as last seen, where the holder is one and the listing had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// Whose the account is, where it is managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// Where the rules gave it: the role and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned: Option<OwnedGrant>,
}
