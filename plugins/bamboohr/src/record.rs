//! An employee as BambooHR answers, in whichever way it was asked.

use crate::field;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How a date that is not set is written where one employee is read.
const NO_DATE: &str = "0000-00-00";

/// An employee's fields, by the names of the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) id: String,
    /// The fields that may be seen; one without a value is empty.
    seen: BTreeMap<String, Vec<String>>,
}

/// What is known of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen<'a> {
    /// These values, at least one.
    Values(&'a [String]),
    /// It has no value.
    Empty,
    /// These credentials may not see it.
    Restricted,
}

impl Record {
    /// A record of these fields. What is not there may not be seen.
    pub(crate) fn new(id: String, fields: impl IntoIterator<Item = (String, Json)>) -> Self {
        let seen = fields.into_iter().map(|(name, value)| (field::in_listing(&name).to_owned(), values(&value))).collect();
        Self { id, seen }
    }

    pub(crate) fn see(&self, field: &str) -> Seen<'_> {
        match self.seen.get(field_name(field)) {
            None => Seen::Restricted,
            Some(values) if values.is_empty() => Seen::Empty,
            Some(values) => Seen::Values(values),
        }
    }

    /// The first value, if there is one that may be seen.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        match self.see(field) {
            Seen::Values(values) => values.first().map(String::as_str),
            Seen::Empty | Seen::Restricted => None,
        }
    }

    /// Takes fields from another reading of the same employee: those that nobody asked this one for.
    pub(crate) fn take(&mut self, other: &Self, fields: &[&str]) {
        for field in fields {
            if let Some(values) = other.seen.get(field_name(field)) {
                self.seen.insert(field_name(field).to_owned(), values.clone());
            }
        }
    }

    /// Takes fields from another reading of the same employee where this one has them empty.
    pub(crate) fn complete(&mut self, other: &Self, fields: &[&str]) {
        let empty: Vec<&str> = fields.iter().copied().filter(|field| self.see(field) == Seen::Empty).collect();
        self.take(other, &empty);
    }
}

fn field_name(field: &str) -> &str {
    field::in_listing(field)
}

/// The values of a field as text: none for null, nothing and the date that is none; several for a list.
fn values(value: &Json) -> Vec<String> {
    match value {
        Json::Null => Vec::new(),
        Json::String(text) => {
            Some(text.trim()).filter(|text| !text.is_empty() && *text != NO_DATE).map(str::to_owned).into_iter().collect()
        }
        Json::Array(items) => items.iter().flat_map(values).collect(),
        Json::Bool(_) | Json::Number(_) | Json::Object(_) => vec![value.to_string()],
    }
}

/// A text or a number as text; none for anything that is no value.
pub(crate) fn text(value: &Json) -> Option<String> {
    values(value).into_iter().next()
}
