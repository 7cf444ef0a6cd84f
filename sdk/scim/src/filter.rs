//! Filters (RFC 7644, section 3.4.2.2), which are sent, and verified on what comes back.

use crate::definition::Kind;
use crate::dialect::{Choice, Dialect};
use crate::flatten;
use crate::resource::Object;
use crate::schema::Target;
use crate::write::same;
use innkeeper_sdk::types::Scalar;
use serde_json::Value as Json;

/// A text as it is written in a filter: a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

/// A filter that the server understands: on which attribute, and how that is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The attribute's name in the contract, or `id`.
    attribute: String,
    /// The path in the filter; none for the standard one.
    path: Option<String>,
}

impl Filter {
    /// A filter on this attribute, by its name in the contract, or on `id`; written as the standard has it.
    pub fn on(attribute: impl Into<String>) -> Self {
        Self { attribute: attribute.into(), path: None }
    }

    /// A filter on this attribute, written with another path: `Filter::written("emails", "email")` is `email eq "..."`.
    pub fn written(attribute: impl Into<String>, path: impl Into<String>) -> Self {
        Self { attribute: attribute.into(), path: Some(path.into()) }
    }
}

impl Dialect {
    /// The filter for users with this value; none where the server would not understand it.
    pub(crate) fn filter_for(&self, target: &Target, value: &str) -> Option<String> {
        let path = self.filter_path(&target.name(), || target.filter_path())?;
        Some(equal(&path, target.kind(), value))
    }

    /// The filter for the users with these ids; none where the server would not understand it.
    pub(crate) fn filter_for_ids(&self, ids: &[String]) -> Option<String> {
        let path = self.filter_path("id", || "id".to_owned()).filter(|_| self.compound_filters || ids.len() < 2)?;
        let terms: Vec<_> = ids.iter().map(|id| equal(&path, Kind::String, id)).collect();
        Some(terms.join(" or "))
    }

    /// Whether the server understands filters on this attribute, as far as is known.
    pub(crate) fn filters_on(&self, name: &str) -> bool {
        self.filter_path(name, String::new).is_some()
    }

    fn filter_path(&self, name: &str, standard: impl FnOnce() -> String) -> Option<String> {
        match (&self.filters, self.filter) {
            (_, Choice::No) => None,
            (None, _) => Some(standard()),
            (Some(filters), _) => {
                let filter = filters.iter().find(|filter| filter.attribute.eq_ignore_ascii_case(name))?;
                Some(filter.path.clone().unwrap_or_else(standard))
            }
        }
    }
}

/// `userName eq "ada"`.
fn equal(path: &str, kind: Kind, value: &str) -> String {
    let bare = match kind {
        Kind::Boolean => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        Kind::Integer | Kind::Decimal => value.parse::<f64>().is_ok_and(f64::is_finite),
        _ => false,
    };
    let value = if bare { value.to_ascii_lowercase() } else { quoted(value) };
    format!("{path} eq {value}")
}

/// Whether a user has the value that was asked for.
pub(crate) fn matches(object: &Object, target: &Target, value: &str) -> bool {
    let wished = Scalar::Text(value.to_owned());
    flatten::values(object, target).iter().any(|there| same(&wished, &there.scalar, target))
}
