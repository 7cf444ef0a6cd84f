//! The attributes of a person that expressions may name.

use crate::source::Source;
use innkeeper_domain::AttributeName;
use innkeeper_domain::vocabulary::{COMPLEX, MULTI_VALUED, SINGLE_VALUED};
use std::collections::BTreeSet;

/// Whether SCIM gives the attribute several values.
pub(crate) fn is_multi_valued(name: &str) -> bool {
    MULTI_VALUED.contains(&name)
}

/// Whether the attribute has sub-attributes whatever a person has.
pub(crate) fn is_complex(name: &str) -> bool {
    COMPLEX.iter().any(|(complex, _)| *complex == name)
}

/// What an attribute is called in expressions: without the schema's URN, and `manager` for `manager.value`.
pub(crate) fn spoken(name: &str) -> &str {
    match name.rsplit_once(':').map_or(name, |(_, path)| path) {
        "manager.value" => "manager",
        path => path,
    }
}

/// What a path below `person` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// The person's own `active`.
    Active,
    /// One text.
    Single,
    /// A list of texts.
    Multiple,
    /// An attribute of the company's own: whatever the source gives.
    Custom,
    /// Has sub-attributes and no value of its own.
    Complex,
    /// Nothing.
    Unknown,
}

/// All names below `person`: those of SCIM and those that the sources add.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    custom: BTreeSet<String>,
}

impl Vocabulary {
    pub(crate) fn of<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Self {
        let mut vocabulary = Self::default();
        for name in sources.into_iter().flat_map(Source::named_attributes) {
            vocabulary.add(name);
        }
        vocabulary
    }

    fn add(&mut self, name: &AttributeName) {
        let path = spoken(name.as_str());
        if self.look_up(path) == Known::Unknown {
            self.custom.insert(path.to_owned());
        }
    }

    /// What the path is.
    pub(crate) fn look_up(&self, path: &str) -> Known {
        if path == "active" {
            Known::Active
        } else if SINGLE_VALUED.contains(&path) {
            Known::Single
        } else if MULTI_VALUED.contains(&path) {
            Known::Multiple
        } else if self.custom.contains(path) {
            Known::Custom
        } else if is_complex(path) || self.custom.iter().any(|name| is_below(name, path)) {
            Known::Complex
        } else if path
            .split_once('.')
            .is_some_and(|(complex, rest)| COMPLEX.iter().any(|(name, parts)| *name == complex && parts.contains(&rest)))
        {
            Known::Single
        } else {
            Known::Unknown
        }
    }

    /// The names that can stand after `prefix` (empty, or ending in a dot).
    pub(crate) fn names_below(&self, prefix: &str) -> BTreeSet<String> {
        let fixed = SINGLE_VALUED.iter().chain(MULTI_VALUED).chain(&["active"]).map(|name| (*name).to_owned());
        let parts = COMPLEX.iter().flat_map(|(name, parts)| parts.iter().map(move |part| format!("{name}.{part}")));
        fixed
            .chain(parts)
            .chain(self.custom.iter().cloned())
            .filter_map(|path| Some(path.strip_prefix(prefix)?.split('.').next()?.to_owned()))
            .collect()
    }
}

fn is_below(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_attribute_is_spoken_without_its_schema() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:";
        assert_eq!(spoken(&format!("{urn}department")), "department");
        assert_eq!(spoken(&format!("{urn}manager.value")), "manager");
        assert_eq!(spoken("name.givenName"), "name.givenName");
    }

    #[test]
    fn a_column_of_the_company_s_own_becomes_known() {
        let mut vocabulary = Vocabulary::default();
        assert_eq!(vocabulary.look_up("badge.number"), Known::Unknown);
        vocabulary.add(&AttributeName::from("badge.number"));
        assert_eq!(vocabulary.look_up("badge.number"), Known::Custom);
        assert_eq!(vocabulary.look_up("badge"), Known::Complex);
        assert_eq!(vocabulary.names_below("badge.").into_iter().collect::<Vec<_>>(), ["number"]);
    }

    #[test]
    fn scim_names_are_known_with_their_shape() {
        let vocabulary = Vocabulary::default();
        assert_eq!(vocabulary.look_up("name.givenName"), Known::Single);
        assert_eq!(vocabulary.look_up("name"), Known::Complex);
        assert_eq!(vocabulary.look_up("emails"), Known::Multiple);
        assert_eq!(vocabulary.look_up("active"), Known::Active);
        assert_eq!(vocabulary.look_up("salary"), Known::Unknown);
    }
}
