//! Which attributes of a resource are shown (RFC 7644, section 3.9).

use serde_json::Value;

use super::answer::Object;
use super::path::{Scope, Target};
use super::schema::ResourceType;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Projection {
    All,
    /// These, and what is always returned.
    Only(Vec<Target>),
    /// All but these.
    Without(Vec<Target>),
}

impl Projection {
    /// Names that the schemas do not have are passed over.
    pub(super) fn new(kind: ResourceType, attributes: Option<&str>, excluded: Option<&str>) -> Self {
        let targets = |names: &str| {
            names.split(',').filter_map(|name| Target::resolve(Scope::Resource(kind), name.trim())).collect::<Vec<_>>()
        };
        match (attributes.filter(|names| !names.is_empty()), excluded.filter(|names| !names.is_empty())) {
            (Some(names), _) => Self::Only(targets(names)),
            (None, Some(names)) => Self::Without(targets(names)),
            (None, None) => Self::All,
        }
    }

    /// Whether a group's members are shown at all.
    pub(super) fn wants_members(&self) -> bool {
        let members = |target: &Target| target.attribute.is_some_and(|attribute| attribute.name == "members");
        match self {
            Self::All => true,
            Self::Only(targets) => targets.iter().any(members),
            Self::Without(targets) => !targets.iter().any(|target| members(target) && target.part.is_none()),
        }
    }

    pub(super) fn of(&self, resource: Object) -> Object {
        match self {
            Self::All => resource,
            Self::Only(targets) => {
                let mut shown = Object::new();
                for target in targets {
                    copy(target, targets, &resource, &mut shown);
                }
                shown.extend(resource.get("id").map(|id| ("id".to_owned(), id.clone())));
                with_schemas(shown, &resource)
            }
            Self::Without(targets) => {
                let mut shown = resource;
                for target in targets {
                    remove(target, &mut shown);
                }
                shown
            }
        }
    }
}

/// The schemas of what is shown: an extension of which nothing is shown is not named.
fn with_schemas(mut shown: Object, resource: &Object) -> Object {
    let named = |urn: &&Value| urn.as_str().is_none_or(|urn| !resource.contains_key(urn) || shown.contains_key(urn));
    let schemas = resource.get("schemas").and_then(Value::as_array).into_iter().flatten().filter(named).cloned().collect();
    shown.insert("schemas".to_owned(), schemas);
    shown
}

/// Copies what one target names, with all sub-attributes that `targets` name of the same attribute.
fn copy(target: &Target, targets: &[Target], from: &Object, to: &mut Object) {
    let Some(urn) = target.extension else {
        copy_attribute(target, targets, from, to);
        return;
    };
    let Some(Value::Object(inner)) = from.get(urn) else { return };
    if target.attribute.is_none() {
        to.insert(urn.to_owned(), Value::Object(inner.clone()));
        return;
    }
    let mut shown = match to.remove(urn) {
        Some(Value::Object(shown)) => shown,
        _ => Object::new(),
    };
    copy_attribute(target, targets, inner, &mut shown);
    if !shown.is_empty() {
        to.insert(urn.to_owned(), Value::Object(shown));
    }
}

fn copy_attribute(target: &Target, targets: &[Target], from: &Object, to: &mut Object) {
    let Some(attribute) = target.attribute else { return };
    let Some(value) = from.get(attribute.name) else { return };
    let same = targets.iter().filter(|other| other.extension == target.extension && other.attribute == target.attribute);
    let parts: Option<Vec<_>> = same.map(|other| other.part).collect();
    let shown = match parts {
        // Somewhere the whole attribute is named.
        None => value.clone(),
        Some(parts) => {
            let only = |value: &Value| {
                let pairs = parts.iter().filter_map(|part| Some((part.name, value.get(part.name)?.clone())));
                Some(pairs.collect::<Value>()).filter(|value| *value != Value::Object(Object::new()))
            };
            match value {
                Value::Array(values) => Value::Array(values.iter().filter_map(only).collect()),
                value => match only(value) {
                    Some(value) => value,
                    None => return,
                },
            }
        }
    };
    to.insert(attribute.name.to_owned(), shown);
}

fn remove(target: &Target, from: &mut Object) {
    let object = match (target.extension, target.attribute) {
        (Some(urn), None) => {
            from.remove(urn);
            return;
        }
        (Some(urn), Some(_)) => match from.get_mut(urn) {
            Some(Value::Object(inner)) => inner,
            _ => return,
        },
        (None, _) => from,
    };
    // What is always returned cannot be left out.
    let Some(attribute) = target.attribute.filter(|attribute| !["id", "schemas"].contains(&attribute.name)) else { return };
    match target.part {
        None => {
            object.remove(attribute.name);
        }
        Some(part) => match object.get_mut(attribute.name) {
            Some(Value::Object(inner)) => {
                inner.remove(part.name);
                if inner.is_empty() {
                    object.remove(attribute.name);
                }
            }
            Some(Value::Array(values)) => {
                for value in values.iter_mut().filter_map(Value::as_object_mut) {
                    value.remove(part.name);
                }
                values.retain(|value| value.as_object().is_none_or(|value| !value.is_empty()));
            }
            _ => {}
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Projection;
    use crate::scim::schema::{ENTERPRISE_USER, ResourceType};

    fn shown(attributes: Option<&str>, excluded: Option<&str>) -> Value {
        let ada = json!({
            "schemas": ["x"], "id": "1", "userName": "ada", "name": { "givenName": "A", "familyName": "L" },
            "emails": [{ "value": "a", "type": "work", "primary": true }, { "type": "home" }],
            ENTERPRISE_USER: { "department": "D", "division": "V" },
        });
        let Value::Object(ada) = ada else { unreachable!("it was written as an object") };
        Value::Object(Projection::new(ResourceType::User, attributes, excluded).of(ada))
    }

    #[test]
    fn only_what_is_named_is_shown_and_the_id() {
        let names = format!("USERNAME, name.givenName,emails.value,emails.type,{ENTERPRISE_USER}:department,nosuch");
        assert_eq!(
            shown(Some(&names), None),
            json!({
                "schemas": ["x"], "id": "1", "userName": "ada", "name": { "givenName": "A" },
                "emails": [{ "value": "a", "type": "work" }, { "type": "home" }], ENTERPRISE_USER: { "department": "D" },
            })
        );
    }

    #[test]
    fn what_is_excluded_is_not_shown_and_the_id_is() {
        let names = format!("id,name,emails.type,emails.primary,{ENTERPRISE_USER}");
        assert_eq!(
            shown(None, Some(&names)),
            json!({ "schemas": ["x"], "id": "1", "userName": "ada", "emails": [{ "value": "a" }] })
        );
    }
}
