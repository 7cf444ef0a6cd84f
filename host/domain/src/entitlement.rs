//! What accounts can hold.

use crate::{AccountId, AppName, Share, Sharing, Text};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The stable key of an entitlement on its app.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntitlementKey {
    /// `group`, `team`, `role`: one of the connector's kinds.
    pub kind: Text,
    /// The stable id within the kind.
    pub id: Text,
}

impl Share for EntitlementKey {
    fn share(&mut self, sharing: &mut Sharing) {
        self.kind.share(sharing);
        self.id.share(sharing);
    }
}

/// Licences of which an app has a limited number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// None where the number is not limited.
    pub total: Option<u32>,
    /// How many are taken.
    pub used: u32,
}

/// What an account can hold on an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entitlement {
    /// The stable key.
    pub key: EntitlementKey,
    /// The mutable name that people know.
    pub name: String,
    /// What it is, in the app's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the connector may grant and revoke it.
    pub assignable: bool,
    /// The entitlement in which it is nested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<EntitlementKey>,
    /// Where the kind has seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<Seats>,
}

/// Who or what holds an entitlement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// An account.
    Account(AccountId),
    /// Another entitlement: groups nest.
    Entitlement(EntitlementKey),
}

/// A holder holding an entitlement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// What is held.
    pub entitlement: EntitlementKey,
    /// Who holds it.
    pub holder: Holder,
}

impl Share for Grant {
    fn share(&mut self, sharing: &mut Sharing) {
        self.entitlement.share(sharing);
        match &mut self.holder {
            Holder::Account(id) => id.share(sharing),
            Holder::Entitlement(key) => key.share(sharing),
        }
    }
}

/// An entitlement as the configuration names it: `github:team/backend`, or `github` for the account alone.
///
/// The part after the slash is an entitlement's name or, failing that, its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntitlementRef {
    /// The app.
    pub app: AppName,
    /// Kind and name; none for the account alone.
    pub entitlement: Option<(Text, Text)>,
}

/// The text is not `app` or `app:kind/name`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an entitlement: expected `app:kind/name`, or `app` for the account alone")]
pub struct InvalidEntitlementRef(String);

impl FromStr for EntitlementRef {
    type Err = InvalidEntitlementRef;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidEntitlementRef(text.to_owned());
        let (app, entitlement) = match text.split_once(':') {
            None => (text, None),
            Some((app, rest)) => {
                let (kind, name) = rest.split_once('/').ok_or_else(invalid)?;
                if kind.is_empty() || name.is_empty() {
                    return Err(invalid());
                }
                (app, Some((kind.into(), name.into())))
            }
        };
        if app.is_empty() || app.contains(['/', ' ']) {
            return Err(invalid());
        }
        Ok(Self { app: AppName::new(app), entitlement })
    }
}

impl fmt::Display for EntitlementRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entitlement {
            None => write!(formatter, "{}", self.app),
            Some((kind, name)) => write!(formatter, "{}:{kind}/{name}", self.app),
        }
    }
}

impl TryFrom<String> for EntitlementRef {
    type Error = InvalidEntitlementRef;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EntitlementRef> for String {
    fn from(reference: EntitlementRef) -> Self {
        reference.to_string()
    }
}
