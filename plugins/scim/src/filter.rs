//! Filters (RFC 7644, section 3.4.2.2), which are sent, and verified on what comes back.

use crate::flatten;
use crate::resource::Object;
use crate::schema::{Kind, Target};
use crate::write::same;
use innkeeper_sdk::types::Scalar;
use serde_json::Value as Json;

/// A text as it is written in a filter: a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

/// `userName eq "ada"`.
pub(crate) fn equal(target: &Target, value: &str) -> String {
    let bare = match target.kind() {
        Kind::Boolean => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        Kind::Integer | Kind::Decimal => value.parse::<f64>().is_ok_and(f64::is_finite),
        _ => false,
    };
    let value = if bare { value.to_ascii_lowercase() } else { quoted(value) };
    format!("{} eq {value}", target.filter_path())
}

/// Whether a user has the value that was asked for.
pub(crate) fn matches(object: &Object, target: &Target, value: &str) -> bool {
    let wished = Scalar::Text(value.to_owned());
    flatten::values(object, target).iter().any(|there| same(&wished, &there.scalar, target))
}
