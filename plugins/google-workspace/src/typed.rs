//! Google's arrays of typed entries: e-mail addresses and telephone numbers.
//!
//! An entry has a `type` out of a list, or `custom` and a `customType` of any text. A write replaces the whole array, so what is
//! there of an entry beyond its value goes along.

use crate::user::{Object, objects, strings};
use innkeeper_sdk::types::{Scalar, Value};
use serde_json::Value as Json;

/// One of the arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Typed {
    /// The array in the user.
    pub(crate) array: &'static str,
    /// Where the value is in an entry.
    value: &'static str,
    /// The types that Google knows; any other is a custom one.
    types: &'static [&'static str],
    /// Whether one entry can be said to be primary.
    has_primary: bool,
}

/// Addresses elsewhere. That one is primary cannot be said here: the primary address is the user's name.
pub(crate) const EMAILS: Typed =
    Typed { array: "emails", value: "address", types: &["home", "other", "work"], has_primary: false };

/// Telephone numbers.
pub(crate) const PHONES: Typed = Typed {
    array: "phones",
    value: "value",
    types: &[
        "assistant",
        "callback",
        "car",
        "company_main",
        "grand_central",
        "home",
        "home_fax",
        "isdn",
        "main",
        "mobile",
        "other",
        "other_fax",
        "pager",
        "radio",
        "telex",
        "tty_tdd",
        "work",
        "work_fax",
        "work_mobile",
        "work_pager",
    ],
    has_primary: true,
};

/// The type of an entry that is written without one: Google wants one.
const USUAL: &str = "work";

impl Typed {
    /// The entries of a user that are anybody's to edit. Among the addresses Google lists the primary one and the aliases, too.
    pub(crate) fn entries(self, user: &Object) -> Vec<Object> {
        let entries = objects(user, self.array);
        if self.has_primary {
            return entries;
        }
        let mut own = strings(user, "aliases");
        own.extend(strings(user, "nonEditableAliases"));
        own.extend(user.get("primaryEmail").and_then(Json::as_str).map(str::to_owned));
        let is_own = |entry: &Object| {
            entry.get("primary").and_then(Json::as_bool).unwrap_or_default()
                || self.text(entry).is_none_or(|text| own.iter().any(|other| other.eq_ignore_ascii_case(text)))
        };
        entries.into_iter().filter(|entry| !is_own(entry)).collect()
    }

    pub(crate) fn values(self, user: &Object) -> Vec<Value> {
        let value = |entry: &Object| {
            Some(Value {
                scalar: Scalar::Text(self.text(entry).filter(|text| !text.is_empty())?.to_owned()),
                label: label(entry),
                primary: self.has_primary && entry.get("primary").and_then(Json::as_bool).unwrap_or_default(),
            })
        };
        self.entries(user).iter().filter_map(value).collect()
    }

    /// An entry for a value: the one that is there, where it is the same one.
    pub(crate) fn entry(self, text: &str, value: &Value, before: &[Object]) -> Object {
        let same = |entry: &&Object| {
            self.text(entry) == Some(text) && (value.label.is_none() || label_is(entry, value.label.as_deref()))
        };
        let mut entry = before.iter().find(same).cloned().unwrap_or_else(|| self.new_entry(text, value.label.as_deref()));
        if value.primary && self.has_primary {
            entry.insert("primary".to_owned(), Json::Bool(true));
        } else {
            entry.remove("primary");
        }
        entry
    }

    fn new_entry(self, text: &str, label: Option<&str>) -> Object {
        let mut entry = Object::new();
        entry.insert(self.value.to_owned(), Json::from(text));
        let wanted = label.unwrap_or(USUAL);
        match self.types.iter().find(|known| known.eq_ignore_ascii_case(wanted)) {
            Some(known) => entry.insert("type".to_owned(), Json::from(*known)),
            None => {
                entry.insert("type".to_owned(), Json::from("custom"));
                entry.insert("customType".to_owned(), Json::from(wanted))
            }
        };
        entry
    }

    fn text(self, entry: &Object) -> Option<&str> {
        entry.get(self.value).and_then(Json::as_str)
    }
}

/// An entry's type, or the text of a custom one.
fn label(entry: &Object) -> Option<String> {
    let text = |name: &str| entry.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    match text("type") {
        Some(kind) if kind.eq_ignore_ascii_case("custom") => text("customType").or(Some(kind)),
        Some(kind) => Some(kind),
        None => text("customType"),
    }
}

fn label_is(entry: &Object, wanted: Option<&str>) -> bool {
    label(entry).as_deref().zip(wanted).is_some_and(|(there, wanted)| there.eq_ignore_ascii_case(wanted))
}
