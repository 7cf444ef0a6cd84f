//! Attribute paths (RFC 7644, sections 3.5.2 and 3.10).

use serde_json::Value;

use super::answer::{Object, Refusal};
use super::filter::Filter;
use super::schema::{Attribute, ResourceType, named};

/// Where names are looked up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    Resource(ResourceType),
    /// The sub-attributes of a complex attribute: inside square brackets.
    Parts(&'static [Attribute]),
}

/// An attribute, or a sub-attribute, or a whole extension, without any filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    /// The extension's URN where the attribute is of an extension.
    pub(super) extension: Option<&'static str>,
    /// None where the path is the extension itself.
    pub(super) attribute: Option<&'static Attribute>,
    pub(super) part: Option<&'static Attribute>,
}

impl Target {
    pub(super) fn resolve(scope: Scope, text: &str) -> Option<Self> {
        let kind = match scope {
            Scope::Parts(parts) => {
                return Some(Self { extension: None, attribute: Some(named(parts, text)?), part: None });
            }
            Scope::Resource(kind) => kind,
        };
        if let Some(extension) = kind.extension()
            && let Some(rest) = below(text, extension)
        {
            if rest.is_empty() {
                return Some(Self { extension: Some(extension), attribute: None, part: None });
            }
            let (attribute, part) = dotted(rest, |name| named(kind.attributes(extension), name))?;
            return Some(Self { extension: Some(extension), attribute: Some(attribute), part });
        }
        let rest = below(text, kind.schema()).unwrap_or(text);
        let (attribute, part) = dotted(rest, |name| kind.core(name))?;
        Some(Self { extension: None, attribute: Some(attribute), part })
    }

    /// Whether it is the attribute of this name, or a part of it.
    pub(super) fn is_of(&self, name: &str) -> bool {
        self.extension.is_none() && self.attribute.is_some_and(|attribute| attribute.name == name)
    }

    /// What is compared in the end.
    pub(super) fn leaf(&self) -> Option<&'static Attribute> {
        self.part.or_else(|| {
            let attribute = self.attribute?;
            // A complex multi-valued attribute stands for its `value` (RFC 7644, section 3.4.2.2).
            attribute.part("value").filter(|_| attribute.multi_valued).or(Some(attribute))
        })
    }

    /// All values that the resource has here; nulls left out.
    pub(super) fn read<'a>(&self, resource: &'a Object) -> Vec<&'a Value> {
        let object = match self.extension {
            Some(urn) => match resource.get(urn) {
                Some(Value::Object(object)) => object,
                _ => return Vec::new(),
            },
            None => resource,
        };
        let Some(attribute) = self.attribute else { return Vec::new() };
        let values = match object.get(attribute.name) {
            Some(Value::Array(values)) => values.iter().collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        };
        let part = self.part.or_else(|| attribute.part("value").filter(|_| attribute.multi_valued));
        match part {
            Some(part) => values.into_iter().filter_map(|value| value.get(part.name)).collect(),
            None => values,
        }
    }
}

/// A path of a PATCH operation: `emails[type eq "work"].value`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub(super) target: Target,
    pub(super) filter: Option<Filter>,
}

impl Path {
    pub(super) fn parse(kind: ResourceType, text: &str) -> Result<Self, Refusal> {
        let invalid = || Refusal::invalid_path(text);
        let Some(open) = text.find('[') else {
            let target = Target::resolve(Scope::Resource(kind), text).ok_or_else(invalid)?;
            return Ok(Self { target, filter: None });
        };
        let close = text.rfind(']').filter(|close| *close > open).ok_or_else(invalid)?;
        let mut target = Target::resolve(Scope::Resource(kind), &text[..open]).ok_or_else(invalid)?;
        let attribute =
            target.attribute.filter(|attribute| attribute.multi_valued && target.part.is_none()).ok_or_else(invalid)?;
        let filter = Filter::parse(Scope::Parts(attribute.parts()), &text[open + 1..close]).map_err(|_| invalid())?;
        match &text[close + 1..] {
            "" => {}
            rest => {
                let name = rest.strip_prefix('.').ok_or_else(invalid)?;
                target.part = Some(attribute.part(name).ok_or_else(invalid)?);
            }
        }
        Ok(Self { target, filter: Some(filter) })
    }
}

/// What comes after the URN and its colon; nothing where the text is the URN itself.
fn below<'a>(text: &'a str, urn: &str) -> Option<&'a str> {
    let head = text.get(..urn.len())?;
    if !head.eq_ignore_ascii_case(urn) {
        return None;
    }
    match &text[urn.len()..] {
        "" => Some(""),
        rest => rest.strip_prefix(':'),
    }
}

fn dotted(
    text: &str,
    find: impl FnOnce(&str) -> Option<&'static Attribute>,
) -> Option<(&'static Attribute, Option<&'static Attribute>)> {
    match text.split_once('.') {
        Some((name, part)) => {
            let attribute = find(name)?;
            Some((attribute, Some(attribute.part(part)?)))
        }
        None => Some((find(text)?, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, Scope, Target};
    use crate::scim::schema::{ENTERPRISE_USER, ResourceType};

    fn target(text: &str) -> Option<(Option<&'static str>, Option<&'static str>, Option<&'static str>)> {
        let target = Target::resolve(Scope::Resource(ResourceType::User), text)?;
        Some((target.extension, target.attribute.map(|a| a.name), target.part.map(|a| a.name)))
    }

    #[test]
    fn names_are_found_with_and_without_their_urn_and_in_any_case() {
        assert_eq!(target("TITLE"), Some((None, Some("title"), None)));
        assert_eq!(target("name.givenname"), Some((None, Some("name"), Some("givenName"))));
        assert_eq!(target("urn:ietf:params:scim:schemas:core:2.0:User:title"), Some((None, Some("title"), None)));
        let manager = format!("{ENTERPRISE_USER}:manager.value");
        assert_eq!(target(&manager), Some((Some(ENTERPRISE_USER), Some("manager"), Some("value"))));
        assert_eq!(target(ENTERPRISE_USER), Some((Some(ENTERPRISE_USER), None, None)));
        assert_eq!(target("nosuch"), None);
        assert_eq!(target("title.value"), None);
    }

    #[test]
    fn a_filter_belongs_to_a_multi_valued_attribute() {
        let path = Path::parse(ResourceType::User, r#"emails[type eq "a]b"].value"#).expect("a path");
        assert_eq!(path.target.part.map(|part| part.name), Some("value"));
        assert!(path.filter.is_some());
        for bad in [r#"title[type eq "x"]"#, "emails[type eq", r#"emails[nosuch eq "x"]"#, r#"emails[type eq "x"]value"#] {
            assert!(Path::parse(ResourceType::User, bad).is_err(), "{bad}");
        }
    }
}
