//! The app's configuration, as `connector.toml` describes it.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// The configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Settings {
    /// Where the Admin SDK is: Directory and Data Transfer.
    pub(crate) base_url: String,
    /// Where the Enterprise License Manager API is.
    pub(crate) licensing_url: String,
    /// The customer's id, or Google's alias for the customer of whoever asks.
    pub(crate) customer: String,
    /// The only domain to work on; all of the customer's without.
    pub(crate) domain: Option<String>,
    /// The kinds of entitlements beside licences.
    pub(crate) entitlements: Vec<Kind>,
    /// The licences to work with.
    pub(crate) products: Vec<Sku>,
    /// How many seats were bought, by licence: Google has no API that says it.
    pub(crate) seats: BTreeMap<String, u32>,
    /// What suspending is.
    pub(crate) suspend_as: SuspendAs,
    /// What of a leaver goes to somebody else.
    pub(crate) transfer: Vec<Application>,
    /// Whether a transferred calendar lets go of the rooms and resources of future events.
    pub(crate) release_resources: bool,
    /// The organisational unit of users that are created without one, or had back.
    pub(crate) org_unit: String,
    /// Whether a new user has to choose a password.
    pub(crate) change_password_at_next_login: bool,
    /// Whether users that were deleted within the last 20 days are listed.
    pub(crate) list_deleted: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: "https://admin.googleapis.com".to_owned(),
            licensing_url: "https://licensing.googleapis.com".to_owned(),
            customer: MY_CUSTOMER.to_owned(),
            domain: None,
            entitlements: vec![Kind::Group, Kind::Role],
            products: Vec::new(),
            seats: BTreeMap::new(),
            suspend_as: SuspendAs::Suspend,
            transfer: vec![Application::Drive, Application::Calendar],
            release_resources: true,
            org_unit: "/".to_owned(),
            change_password_at_next_login: true,
            list_deleted: true,
        }
    }
}

/// Google's alias for the customer of whoever asks.
pub(crate) const MY_CUSTOMER: &str = "my_customer";

/// A kind of entitlement that can be left out.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Group,
    Role,
}

/// What suspending is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SuspendAs {
    /// The user keeps the licence.
    Suspend,
    /// The user's licence is swapped for one of an archived user.
    Archive,
}

/// An application whose data can be given to somebody else.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Application {
    Drive,
    Calendar,
    DataStudio,
}

/// One licence: a product and one of its stock keeping units. Written `Google-Apps/1010020020`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) struct Sku {
    pub(crate) product: String,
    pub(crate) sku: String,
}

impl TryFrom<String> for Sku {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once('/') {
            Some((product, sku)) if !product.is_empty() && !sku.is_empty() && !sku.contains('/') => {
                Ok(Self { product: product.to_owned(), sku: sku.to_owned() })
            }
            _ => Err(format!("`{text}` is no licence: write PRODUCT/SKU, such as Google-Apps/1010020020")),
        }
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.product, self.sku)
    }
}
