//! Attribute definitions (RFC 7643, section 7).

use crate::schema::{Target, is_beside};
use serde::{Deserialize, Deserializer, Serialize};

/// The types of RFC 7643, section 2.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Text.
    #[default]
    String,
    /// true or false.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// A date and a time, as RFC 3339 writes them.
    DateTime,
    /// Bytes, in base64.
    Binary,
    /// The id of another resource, or a URI.
    Reference,
    /// Has attributes of its own.
    Complex,
}

impl<'de> Deserialize<'de> for Kind {
    /// A type that nobody knows is text: one odd attribute must not cost the others.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match String::deserialize(deserializer)?.to_ascii_lowercase().as_str() {
            "boolean" => Self::Boolean,
            "decimal" => Self::Decimal,
            "integer" => Self::Integer,
            "datetime" => Self::DateTime,
            "binary" => Self::Binary,
            "reference" => Self::Reference,
            "complex" => Self::Complex,
            _ => Self::String,
        })
    }
}

/// One attribute, as `/Schemas` defines it.
///
/// A connector that knows the attributes of its server writes them down: `Definition::text("title").case_exact()`, or takes them from
/// [`standard`](crate::standard()).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Definition {
    /// The URN of the extension that it is in; none for a core attribute. Not in the server's document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<String>,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) multi_valued: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) required: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) case_exact: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) mutability: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) returned: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) uniqueness: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) canonical_values: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sub_attributes: Vec<Definition>,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Definition {
    /// An optional text with one value that can be read and written, compared without case.
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// As [`Definition::text`], of another type.
    pub fn of(name: impl Into<String>, kind: Kind) -> Self {
        Self { kind, ..Self::text(name) }
    }

    /// An attribute with attributes of its own, all of them texts.
    pub fn complex(name: impl Into<String>, parts: &[&str]) -> Self {
        Self { sub_attributes: parts.iter().map(|part| Self::text(*part)).collect(), ..Self::of(name, Kind::Complex) }
    }

    /// The same attribute, in the extension of this URN.
    #[must_use]
    pub fn in_extension(mut self, urn: impl Into<String>) -> Self {
        self.extension = Some(urn.into());
        self
    }

    /// The same attribute with several values.
    #[must_use]
    pub fn multi_valued(mut self) -> Self {
        self.multi_valued = true;
        self
    }

    /// The same attribute, without which no user can be created.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same complex attribute, required together with this part of it.
    #[must_use]
    pub fn requires(mut self, part: &str) -> Self {
        for known in self.sub_attributes.iter_mut().filter(|known| known.name.eq_ignore_ascii_case(part)) {
            known.required = true;
        }
        self.required()
    }

    /// The same attribute, unique on the server.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.uniqueness = "server".to_owned();
        self
    }

    /// The same attribute; values that differ only in case are different.
    #[must_use]
    pub fn case_exact(mut self) -> Self {
        self.case_exact = true;
        self
    }

    /// The same attribute, which only the server writes.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.mutability = "readOnly".to_owned();
        self
    }

    /// The same attribute, which is written only when the user is created.
    #[must_use]
    pub fn immutable(mut self) -> Self {
        self.mutability = "immutable".to_owned();
        self
    }

    /// The same attribute, which can be written and is never read back.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.mutability = "writeOnly".to_owned();
        self.returned = "never".to_owned();
        self
    }

    /// The same attribute, which takes these values and no others; of a complex one it is the `value`.
    #[must_use]
    pub fn one_of(mut self, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        match self.sub_attributes.iter_mut().find(|part| part.name == "value") {
            Some(part) => part.canonical_values = values,
            None => self.canonical_values = values,
        }
        self
    }

    /// The same attribute, with a description for people.
    #[must_use]
    pub fn described(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// The path of the attribute, with the URN of its extension (RFC 7644, section 3.10).
    pub(crate) fn path(&self) -> String {
        match &self.extension {
            Some(urn) => format!("{urn}:{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The sub-attribute of this name.
    pub(crate) fn part(&self, name: &str) -> Option<&Self> {
        self.sub_attributes.iter().find(|part| part.name.eq_ignore_ascii_case(name))
    }

    /// Whether values can ever be read back, and by an ordinary read.
    pub(crate) fn is_returned(&self) -> bool {
        !["never", "request"].iter().any(|other| other.eq_ignore_ascii_case(&self.returned))
            && !self.mutability.eq_ignore_ascii_case("writeOnly")
    }

    /// The names that the contract has for this attribute.
    pub(crate) fn targets(&self) -> Vec<Target> {
        if self.kind != Kind::Complex {
            return vec![Target { definition: self.clone(), part: None }];
        }
        let parts = self.sub_attributes.iter().filter(|part| !is_beside(&part.name));
        parts.map(|part| Target { definition: self.clone(), part: Some(part.name.clone()) }).collect()
    }
}
