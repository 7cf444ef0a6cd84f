//! Logins.

use crate::{AccountId, Attributes, Share, Sharing, Text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether somebody can use an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountStatus {
    /// Somebody was asked to join and has not accepted yet.
    Invited,
    /// The account can be used.
    Active,
    /// The account exists and cannot be used.
    Suspended,
    /// The account does not exist any more; one that the app still lists so can be had back.
    Gone,
}

impl fmt::Display for AccountStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Gone => "gone",
        })
    }
}

/// A login that exists on an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Account {
    /// The stable key.
    pub id: AccountId,
    /// The mutable key that people know, unique on the app at any moment.
    pub unique_name: Text,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// What was read; an absent attribute is unknown.
    pub attributes: Attributes,
    /// The app's opaque version of the account, such as an ETag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Text>,
    /// The invitation behind an account that is invited, or gone because its invitation came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Box<Invitation>>,
}

/// What is known of an invitation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Invitation {
    /// When it expires, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Why it came to nothing, in the app's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl Share for Account {
    fn share(&mut self, sharing: &mut Sharing) {
        self.id.share(sharing);
        self.unique_name.share(sharing);
        self.attributes.share(sharing);
    }
}
