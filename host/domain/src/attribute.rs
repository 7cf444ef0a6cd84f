//! Attributes of people and accounts, named by SCIM paths.

use crate::{Share, Sharing, Text};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;

/// A dotted SCIM path, `name.givenName`; an extension's attribute carries the schema's URN in front. SCIM attribute names are
/// case-insensitive (RFC 7643, section 2.1); here they are kept as they are written in the account schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttributeName(Text);

impl AttributeName {
    /// Wraps the path as it is.
    pub fn new(path: impl Into<Text>) -> Self {
        Self(path.into())
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part of the path, without a schema's URN: `department`, `givenName`.
    pub fn short(&self) -> &str {
        let path = self.0.rsplit_once(':').map_or(self.0.as_str(), |(_, path)| path);
        path.rsplit_once('.').map_or(path, |(_, last)| last)
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl Borrow<str> for AttributeName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for AttributeName {
    fn from(path: &str) -> Self {
        Self(path.into())
    }
}

/// A number with a fraction that can be compared and sorted (IEEE 754 total order).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Decimal(pub f64);

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// One simple value. Dates, references and binary are text here; the account schema says which text is what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// true or false.
    Boolean(bool),
    /// A whole number of at most 32 bits.
    Integer(i32),
    /// A number with a fraction.
    Decimal(Decimal),
    /// Any text.
    Text(Text),
}

impl Scalar {
    /// Whether both mean the same: text is compared without case unless `case_exact`.
    pub fn same(&self, other: &Self, case_exact: bool) -> bool {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) if !case_exact => left == right || left.to_lowercase() == right.to_lowercase(),
            _ => self == other,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(formatter),
            Self::Integer(value) => value.fmt(formatter),
            Self::Decimal(value) => value.0.fmt(formatter),
            Self::Text(value) => formatter.pad(value),
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Text> for Scalar {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

/// One value of an attribute with what SCIM's multi-valued attributes say beside it (RFC 7643, section 2.4).
///
/// In JSON a value without label and not primary is the bare scalar; otherwise `{"value", "type", "primary"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value {
    /// The value itself.
    pub scalar: Scalar,
    /// SCIM's `type`: `work`, `home`.
    pub label: Option<Text>,
    /// SCIM's `primary`.
    pub primary: bool,
}

impl Value {
    /// A value with nothing beside it.
    pub fn plain(scalar: impl Into<Scalar>) -> Self {
        Self { scalar: scalar.into(), label: None, primary: false }
    }

    /// Whether an observed value satisfies this desired one. What the desired value does not say (its label, that it is
    /// primary) is not compared: it is not ours. Nor is a label that the app does not show: some drop it, and would be sent it
    /// for ever.
    pub fn is_met_by(&self, observed: &Self, case_exact: bool) -> bool {
        let labels = self.label.as_ref().zip(observed.label.as_ref());
        self.scalar.same(&observed.scalar, case_exact)
            && labels.is_none_or(|(wanted, shown)| wanted == shown)
            && (!self.primary || observed.primary)
    }
}

impl Share for AttributeName {
    fn share(&mut self, sharing: &mut Sharing) {
        self.0.share(sharing);
    }
}

impl Share for Value {
    fn share(&mut self, sharing: &mut Sharing) {
        if let Scalar::Text(text) = &mut self.scalar {
            text.share(sharing);
        }
        self.label.share(sharing);
    }
}

/// The long form of a value.
#[derive(Serialize, Deserialize)]
struct Labelled {
    value: Scalar,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    label: Option<Text>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    primary: bool,
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.label.is_none() && !self.primary {
            self.scalar.serialize(serializer)
        } else {
            let (value, label, primary) = (self.scalar.clone(), self.label.clone(), self.primary);
            Labelled { value, label, primary }.serialize(serializer)
        }
    }
}

// Read by hand: serde's `untagged` copies every value aside and tries one form after the other, and a snapshot has millions.

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text, a number, true or false")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(i32::try_from(value).map_or(Scalar::Decimal(Decimal(value as f64)), Scalar::Integer))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(i32::try_from(value).map_or(Scalar::Decimal(Decimal(value as f64)), Scalar::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Decimal(Decimal(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.into()))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text, a number, true, false, or an object with `value`")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        ScalarVisitor.visit_bool(value).map(Value::plain)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        ScalarVisitor.visit_i64(value).map(Value::plain)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        ScalarVisitor.visit_u64(value).map(Value::plain)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        ScalarVisitor.visit_f64(value).map(Value::plain)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        ScalarVisitor.visit_str(value).map(Value::plain)
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        ScalarVisitor.visit_string(value).map(Value::plain)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        let Labelled { value, label, primary } = Labelled::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Value { scalar: value, label, primary })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

/// The values of one attribute. Empty means: known to have no value.
pub type Values = Vec<Value>;

/// What to do to one attribute. Null and empty are different things, so clearing is a case of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// The attribute has exactly these values afterwards.
    Replace(Values),
    /// The attribute has no value afterwards.
    Clear,
    /// These values are added and those removed; all others stay.
    Amend {
        /// Values to add.
        add: Values,
        /// Values to remove.
        remove: Values,
    },
}

/// An edit of one attribute with what was there before, for the reader and for undo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// The attribute.
    pub name: AttributeName,
    /// What to do.
    pub edit: Edit,
    /// The values seen when the plan was made.
    pub before: Values,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_read_back_as_it_was_written() {
        let labelled = Value { scalar: "a@b.example".into(), label: Some("work".into()), primary: true };
        let values = vec![
            Value::plain("text"),
            Value::plain(true),
            Value { scalar: Scalar::Integer(-7), label: None, primary: false },
            Value { scalar: Scalar::Decimal(Decimal(0.5)), label: None, primary: false },
            labelled,
        ];
        let json = serde_json::to_string(&values).unwrap();
        assert_eq!(json, r#"["text",true,-7,0.5,{"value":"a@b.example","type":"work","primary":true}]"#);
        assert_eq!(serde_json::from_str::<Values>(&json).unwrap(), values);
    }

    #[test]
    fn a_value_that_is_none_of_these_is_refused() {
        for json in ["[null]", "[[1]]", r#"[{"type": "work"}]"#] {
            assert!(serde_json::from_str::<Values>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_label_that_the_app_does_not_show_is_not_missed_and_another_one_is() {
        let work = Value { label: Some("work".into()), ..Value::plain("a@b.example") };
        let home = Value { label: Some("home".into()), ..work.clone() };
        assert!(work.is_met_by(&Value::plain("A@b.example"), false));
        assert!(!work.is_met_by(&home, false));
        assert!(Value::plain("a@b.example").is_met_by(&home, false));
    }

    #[test]
    fn the_short_name_of_an_extension_attribute_has_no_urn() {
        let name = AttributeName::new("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department");
        assert_eq!((name.short(), AttributeName::new("name.givenName").short()), ("department", "givenName"));
    }
}
