//! Attribute definitions (RFC 7643, section 7), and the names by which the contract calls attributes.

use crate::standard::{ENTERPRISE, USER};
use innkeeper_sdk::types::{AttributeSchema, AttributeType, Mutability, Uniqueness};
use serde::{Deserialize, Deserializer, Serialize};

/// The types of RFC 7643, section 2.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    #[default]
    String,
    Boolean,
    Decimal,
    Integer,
    DateTime,
    Binary,
    Reference,
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Definition {
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

/// What is not an attribute of the contract: keys and bookkeeping, and what the contract has other words for.
const NOT_ATTRIBUTES: [&str; 5] = ["id", "meta", "schemas", "active", "groups"];
/// What the contract says beside a value, and links that the server derives.
const NOT_PARTS: [&str; 3] = ["type", "primary", "$ref"];

/// Whether a core name is no attribute in the contract.
pub(crate) fn is_bookkeeping(name: &str) -> bool {
    NOT_ATTRIBUTES.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// Whether a sub-attribute has no name of its own in the contract.
pub(crate) fn is_beside(part: &str) -> bool {
    NOT_PARTS.iter().any(|other| other.eq_ignore_ascii_case(part))
}

/// One name of the contract: an attribute, and the part of it if it is complex.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) definition: Definition,
    /// The sub-attribute; `value` if the contract's name stands for it.
    pub(crate) part: Option<String>,
}

impl Definition {
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

impl Target {
    /// The target that a name means, looked up among the definitions.
    pub(crate) fn find(name: &str, definitions: &[Definition]) -> Option<Self> {
        let (urn, attribute, part) = split(name);
        let definition = definitions.iter().find(|definition| {
            definition.name.eq_ignore_ascii_case(attribute)
                && match (&definition.extension, urn) {
                    (Some(ours), Some(theirs)) => ours.eq_ignore_ascii_case(theirs),
                    (None, None) => true,
                    _ => false,
                }
        })?;
        if definition.kind != Kind::Complex {
            return part.is_none().then(|| Self { definition: definition.clone(), part: None });
        }
        let part = definition.part(part.unwrap_or("value"))?.name.clone();
        Some(Self { definition: definition.clone(), part: Some(part) })
    }

    /// The best guess at a name that no schema has: the server may have attributes that it does not declare.
    pub(crate) fn guess(name: &str, several: bool) -> Self {
        let (urn, attribute, part) = split(name);
        let mut definition = Definition {
            extension: urn.map(str::to_owned),
            name: attribute.to_owned(),
            multi_valued: several,
            ..Definition::default()
        };
        if let Some(part) = part {
            definition.kind = Kind::Complex;
            definition.sub_attributes = vec![Definition { name: part.to_owned(), ..Definition::default() }];
        }
        Self { definition, part: part.map(str::to_owned) }
    }

    /// Its name in the contract: `value` is left away.
    pub(crate) fn name(&self) -> String {
        match &self.part {
            Some(part) if !part.eq_ignore_ascii_case("value") => format!("{}.{part}", self.definition.path()),
            _ => self.definition.path(),
        }
    }

    /// Its path in SCIM's filters, where `value` is written.
    pub(crate) fn filter_path(&self) -> String {
        match &self.part {
            Some(part) => format!("{}.{part}", self.definition.path()),
            None => self.definition.path(),
        }
    }

    /// The definition of the values themselves.
    pub(crate) fn leaf(&self) -> &Definition {
        self.part.as_deref().and_then(|part| self.definition.part(part)).unwrap_or(&self.definition)
    }

    /// The type of the values. The standard says that a manager's value is the id of another user, and that it is text.
    pub(crate) fn kind(&self) -> Kind {
        let manager = self.definition.extension.as_deref() == Some(ENTERPRISE)
            && self.definition.name == "manager"
            && self.part.as_deref() == Some("value");
        if manager { Kind::Reference } else { self.leaf().kind }
    }

    /// Who may write it: as strict as the attribute or its part.
    pub(crate) fn mutability(&self) -> Mutability {
        let of = |definition: &Definition| match definition.mutability.to_ascii_lowercase().as_str() {
            "readonly" => Mutability::ReadOnly,
            "immutable" => Mutability::Immutable,
            "writeonly" => Mutability::WriteOnly,
            _ => Mutability::ReadWrite,
        };
        match of(&self.definition) {
            Mutability::ReadWrite => of(self.leaf()),
            strict => strict,
        }
    }

    /// As the contract describes it.
    pub(crate) fn schema(&self) -> AttributeSchema {
        let (definition, leaf) = (&self.definition, self.leaf());
        let kind = match self.kind() {
            Kind::Boolean => AttributeType::Boolean,
            Kind::Integer => AttributeType::Integer,
            Kind::Decimal => AttributeType::Decimal,
            Kind::DateTime => AttributeType::DateTime,
            Kind::Reference => AttributeType::Reference,
            Kind::String | Kind::Binary | Kind::Complex => AttributeType::Text,
        };
        let uniqueness = |definition: &Definition| match definition.uniqueness.to_ascii_lowercase().as_str() {
            "server" => Uniqueness::Server,
            "global" => Uniqueness::Global,
            _ => Uniqueness::None,
        };
        let description = leaf.description.as_ref().or(definition.description.as_ref());
        AttributeSchema {
            description: description.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")),
            multi_valued: definition.multi_valued || leaf.multi_valued,
            required: definition.required && (self.part.is_none() || leaf.required),
            case_exact: leaf.case_exact,
            mutability: self.mutability(),
            uniqueness: if self.part.is_none() { uniqueness(definition) } else { uniqueness(leaf) },
            canonical_values: leaf.canonical_values.clone(),
            ..AttributeSchema::new(self.name(), kind)
        }
    }
}

/// The URN, the attribute and the sub-attribute of a name. The core schema's URN may be written or not.
fn split(name: &str) -> (Option<&str>, &str, Option<&str>) {
    let (urn, path) = match name.rsplit_once(':') {
        Some((urn, path)) => (Some(urn).filter(|urn| !urn.eq_ignore_ascii_case(USER)), path),
        None => (None, name),
    };
    match path.split_once('.') {
        Some((attribute, part)) => (urn, attribute, Some(part)),
        None => (urn, path, None),
    }
}
