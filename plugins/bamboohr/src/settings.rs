//! The app's configuration, as `connector.toml` describes it. `base-url` is in it too and is the host's business.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What stands for no field in `user-name`.
const NO_FIELD: &str = "none";

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Settings {
    /// Where people are read.
    pub(crate) read_from: ReadFrom,
    /// The field that becomes `userName`.
    user_name: String,
    /// Which addresses and numbers are read.
    pub(crate) contacts: Vec<Contact>,
    /// More attributes, or other ones: BambooHR's field by the attribute's name.
    pub(crate) fields: BTreeMap<String, String>,
    /// Whether the table of employment statuses is read.
    pub(crate) end_dates: bool,
    /// The employment statuses that end the employment.
    terminated_statuses: Vec<String>,
    /// How many people to ask for in one page of the listing.
    pub(crate) page_size: u32,
}

/// Where people are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ReadFrom {
    /// In the listing, or one by one where these credentials may not use it.
    Auto,
    /// `GET /employees`.
    Listing,
    /// `GET /employees/{id}`.
    Single,
}

/// A field with an address or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Contact {
    WorkEmail,
    HomeEmail,
    WorkPhone,
    MobilePhone,
    HomePhone,
}

impl Contact {
    /// BambooHR's name.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::WorkEmail => "workEmail",
            Self::HomeEmail => "homeEmail",
            Self::WorkPhone => "workPhone",
            Self::MobilePhone => "mobilePhone",
            Self::HomePhone => "homePhone",
        }
    }

    /// The attribute that it is a value of.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::WorkEmail | Self::HomeEmail => "emails",
            Self::WorkPhone | Self::MobilePhone | Self::HomePhone => "phoneNumbers",
        }
    }

    /// SCIM's `type` (RFC 7643, section 4.1.2).
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::WorkEmail | Self::WorkPhone => "work",
            Self::HomeEmail | Self::HomePhone => "home",
            Self::MobilePhone => "mobile",
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            read_from: ReadFrom::Auto,
            user_name: Contact::WorkEmail.field().to_owned(),
            contacts: vec![Contact::WorkEmail, Contact::WorkPhone, Contact::MobilePhone],
            fields: BTreeMap::new(),
            end_dates: true,
            terminated_statuses: vec!["Terminated".to_owned()],
            page_size: 2500,
        }
    }
}

impl Settings {
    /// The field that becomes `userName`, if one does.
    pub(crate) fn user_name(&self) -> Option<&str> {
        (self.user_name != NO_FIELD).then_some(self.user_name.as_str())
    }

    /// Whether an employment status ends the employment.
    pub(crate) fn ends_employment(&self, status: &str) -> bool {
        self.terminated_statuses.iter().any(|name| name.trim().to_lowercase() == status.trim().to_lowercase())
    }

    /// Whether last days come from the table of employment statuses, and not from a field of the company's own.
    pub(crate) fn reads_table(&self) -> bool {
        self.end_dates && !self.fields.contains_key("endDate")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_defaults_are_those_of_the_manifest() {
        let manifest = include_str!("../connector.toml").parse::<toml::Table>().expect("a manifest");
        let properties = manifest["configuration"]["properties"].as_table().expect("settings");
        let default = |(name, property): (&String, &toml::Value)| {
            Some((name.clone(), serde_json::to_value(property.get("default")?).expect("JSON")))
        };
        let config: serde_json::Map<String, Value> = properties.iter().filter_map(default).collect();
        assert_eq!(config.len(), 7);
        assert_eq!(serde_json::from_value::<Settings>(Value::Object(config)).expect("settings"), Settings::default());
        assert_eq!(serde_json::from_value::<Settings>(json!({})).expect("settings"), Settings::default());
    }

    #[test]
    fn a_status_is_compared_without_case() {
        let settings: Settings = serde_json::from_value(json!({ "terminated-statuses": ["Left", "Retired"] })).expect("settings");
        assert!(settings.ends_employment(" retired "));
        assert!(!settings.ends_employment("Terminated"));
    }
}
