//! The names by which the contract calls attributes, and what they mean in SCIM.

use crate::definition::{Definition, Kind};
use crate::standard::{ENTERPRISE, USER};
use innkeeper_sdk::types::{AttributeSchema, AttributeType, Mutability, Uniqueness};

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
pub(crate) fn split(name: &str) -> (Option<&str>, &str, Option<&str>) {
    let (urn, path) = match name.rsplit_once(':') {
        Some((urn, path)) => (Some(urn).filter(|urn| !urn.eq_ignore_ascii_case(USER)), path),
        None => (None, name),
    };
    match path.split_once('.') {
        Some((attribute, part)) => (urn, attribute, Some(part)),
        None => (urn, path, None),
    }
}
