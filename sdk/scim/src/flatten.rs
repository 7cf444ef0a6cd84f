//! From a resource to the contract's attributes.

use crate::definition::{Definition, Kind};
use crate::resource::{Object, Resource, boolean, member};
use crate::schema::{Target, is_beside, is_bookkeeping};
use innkeeper_sdk::types::{Attribute, Scalar, Value};
use serde_json::Value as Json;
use std::collections::HashSet;

/// Reads resources by definitions, which are prepared once for all the resources of a call.
pub(crate) struct Reader {
    pub(crate) definitions: Vec<Definition>,
    /// For each definition what the contract has of it, by name.
    targets: Vec<Vec<(String, Target)>>,
    /// The paths of the definitions, in lower case.
    known: HashSet<String>,
}

impl Reader {
    /// A reader for resources with these attributes.
    pub(crate) fn new(mut definitions: Vec<Definition>) -> Self {
        definitions.retain(|definition| definition.extension.is_some() || !is_bookkeeping(&definition.name));
        let named = |definition: &Definition| definition.targets().into_iter().map(|target| (target.name(), target)).collect();
        let targets = definitions.iter().map(named).collect();
        let known = definitions.iter().map(|definition| definition.path().to_ascii_lowercase()).collect();
        Self { definitions, targets, known }
    }

    /// The attributes of a whole resource. What the definitions have and the resource has not is known to be empty; what the
    /// resource has and no definition has is there too.
    pub(crate) fn attributes(&self, resource: &Resource) -> Vec<Attribute> {
        let mut all = Vec::with_capacity(self.targets.len() * 2);
        for (definition, targets) in self.definitions.iter().zip(&self.targets) {
            let node = node(&resource.object, definition);
            // Not seen is not empty for what the server only tells on request, or never.
            if node.is_none() && !definition.is_returned() {
                continue;
            }
            for (name, target) in targets {
                all.push(Attribute::new(name.as_str(), node.map_or_else(Vec::new, |node| values_of(node, target))));
            }
        }
        for definition in self.undeclared(&resource.object) {
            let Some(node) = node(&resource.object, &definition) else { continue };
            all.extend(definition.targets().iter().map(|target| Attribute::new(target.name(), values_of(node, target))));
        }
        all
    }

    /// Definitions for what the resource has and no definition has, by the look of it.
    fn undeclared(&self, object: &Object) -> Vec<Definition> {
        let mut found = Vec::new();
        for (key, value) in object {
            match value.as_object().filter(|_| key.starts_with("urn:")) {
                Some(extension) => {
                    let unknown = |name: &str| !self.known.contains(&format!("{key}:{name}").to_ascii_lowercase());
                    found.extend(
                        extension.iter().filter(|(name, _)| unknown(name)).map(|(name, value)| by_look(Some(key), name, value)),
                    );
                }
                None if is_bookkeeping(key) || key.eq_ignore_ascii_case("password") => {}
                None if self.known.contains(&key.to_ascii_lowercase()) => {}
                None => found.push(by_look(None, key, value)),
            }
        }
        found
    }
}

/// The values that a target has in an object.
pub(crate) fn values(object: &Object, target: &Target) -> Vec<Value> {
    node(object, &target.definition).map_or_else(Vec::new, |node| values_of(node, target))
}

/// Where the attribute stands in the object.
fn node<'a>(object: &'a Object, definition: &Definition) -> Option<&'a Json> {
    let container = match &definition.extension {
        Some(urn) => member(object, urn)?.as_object()?,
        None => object,
    };
    member(container, &definition.name).filter(|node| !node.is_null())
}

fn values_of(node: &Json, target: &Target) -> Vec<Value> {
    let one = std::slice::from_ref(node);
    // An array where one value is due, and one value where an array is due: both are seen.
    let elements = node.as_array().map_or(one, Vec::as_slice);
    elements.iter().flat_map(|element| value_of(element, target)).collect()
}

fn value_of(element: &Json, target: &Target) -> Vec<Value> {
    let Json::Object(object) = element else {
        let bare = target.part.as_deref().is_none_or(|part| part.eq_ignore_ascii_case("value"));
        return if bare { scalar(element, target.kind()).map(Value::new).into_iter().collect() } else { Vec::new() };
    };
    let Some(found) = member(object, target.part.as_deref().unwrap_or("value")) else { return Vec::new() };
    let label = target.definition.multi_valued.then(|| crate::resource::text(object, "type")).flatten();
    let primary = target.definition.multi_valued && member(object, "primary").and_then(boolean) == Some(true);
    let several = found.as_array().map_or(std::slice::from_ref(found), Vec::as_slice);
    let scalars = several.iter().filter_map(|value| scalar(value, target.kind()));
    scalars.map(|scalar| Value { scalar, label: label.clone(), primary }).collect()
}

/// A simple value; none for null and for the empty string, with which many servers mean the same.
fn scalar(value: &Json, kind: Kind) -> Option<Scalar> {
    let text = match value {
        Json::Null | Json::Array(_) => return None,
        Json::String(text) if text.is_empty() => return None,
        Json::Object(_) => return Some(Scalar::Text(value.to_string())),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(match (kind, value) {
        (Kind::Boolean, _) if boolean(value).is_some() => Scalar::Boolean(boolean(value)?),
        (Kind::String, Json::Bool(value)) => Scalar::Boolean(*value),
        (Kind::Integer, _) if text.parse::<i32>().is_ok() => Scalar::Integer(text.parse().ok()?),
        (Kind::Decimal, _) if text.parse::<f64>().is_ok_and(f64::is_finite) => Scalar::Decimal(text.parse().ok()?),
        (Kind::DateTime, Json::String(_)) => Scalar::DateTime(text),
        (Kind::Reference, Json::String(_)) => Scalar::Reference(text),
        _ => Scalar::Text(text),
    })
}

fn by_look(urn: Option<&str>, name: &str, value: &Json) -> Definition {
    let elements = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let mut parts: Vec<Definition> = Vec::new();
    for (part, value) in elements.iter().filter_map(Json::as_object).flatten() {
        if !is_beside(part) && !parts.iter().any(|known| known.name == *part) {
            parts.push(Definition { name: part.clone(), kind: kind_by_look(value), ..Definition::default() });
        }
    }
    Definition {
        extension: urn.map(str::to_owned),
        name: name.to_owned(),
        kind: if parts.is_empty() { elements.first().map_or(Kind::String, kind_by_look) } else { Kind::Complex },
        multi_valued: value.is_array(),
        sub_attributes: parts,
        ..Definition::default()
    }
}

fn kind_by_look(value: &Json) -> Kind {
    match value {
        Json::Bool(_) => Kind::Boolean,
        Json::Number(number) if number.is_f64() => Kind::Decimal,
        Json::Number(_) => Kind::Integer,
        _ => Kind::String,
    }
}
