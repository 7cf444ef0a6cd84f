//! What a client sends, checked against the schemas and brought into one form: canonical names, no nulls, nothing read-only.

use serde_json::Value;

use super::answer::{Object, Refusal};
use super::schema::{Attribute, Kind, ResourceType, named};

/// Checks a whole resource. What comes back has neither `schemas`, `id` nor `meta`: the server makes those.
pub(super) fn read(kind: ResourceType, body: Value) -> Result<Object, Refusal> {
    let Value::Object(body) = body else { return Err(Refusal::bad("invalidSyntax", "a resource is a JSON object")) };
    let mut resource = Object::new();
    for (name, value) in body {
        if name.eq_ignore_ascii_case("schemas") {
            let listed = value.as_array().is_some_and(|urns| urns.iter().any(|urn| urn == kind.schema()));
            if !listed {
                return Err(Refusal::bad("invalidSyntax", format!("`schemas` lacks `{}`", kind.schema())));
            }
        } else if let Some(urn) = kind.extension().filter(|urn| urn.eq_ignore_ascii_case(&name)) {
            if let Some(object) = object(urn, kind.attributes(urn), value)? {
                resource.insert(urn.to_owned(), object);
            }
        } else if let Some(attribute) = kind.core(&name) {
            if !attribute.read_only
                && !attribute.write_only
                && let Some(value) = coerced(attribute, value)?
            {
                resource.insert(attribute.name.to_owned(), value);
            }
        } else {
            return Err(Refusal::bad("invalidSyntax", format!("there is no attribute `{name}`")));
        }
    }
    for attribute in kind.attributes(kind.schema()).iter().filter(|attribute| attribute.required) {
        if !resource.contains_key(attribute.name) {
            return Err(Refusal::invalid_value(format!("`{}` is required", attribute.name)));
        }
    }
    Ok(resource)
}

/// A value as the attribute's schema wants it; none for null and for what is empty.
pub(super) fn coerced(attribute: &Attribute, value: Value) -> Result<Option<Value>, Refusal> {
    match value {
        Value::Null => Ok(None),
        value if !attribute.multi_valued => one(attribute, value),
        Value::Array(values) => {
            let mut kept = Vec::with_capacity(values.len());
            for value in values {
                kept.extend(one(attribute, value)?);
            }
            if kept.iter().filter(|value| is_primary(value)).count() > 1 {
                return Err(Refusal::invalid_value(format!("`{}` has several primary values", attribute.name)));
            }
            Ok(if kept.is_empty() { None } else { Some(Value::Array(kept)) })
        }
        _ => Err(Refusal::invalid_value(format!("`{}` is an array", attribute.name))),
    }
}

/// One value of an attribute, multi-valued or not.
pub(super) fn one(attribute: &Attribute, value: Value) -> Result<Option<Value>, Refusal> {
    let wrong = |wanted: &str| Refusal::invalid_value(format!("`{}` is {wanted}", attribute.name));
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Complex(parts), value @ Value::Object(_)) => object(attribute.name, parts, value),
        (Kind::Complex(_), _) => Err(wrong("an object")),
        (Kind::Boolean, value @ Value::Bool(_)) => Ok(Some(value)),
        // `"True"` is sent by a well-known client and taken by most servers.
        (Kind::Boolean, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Some(Value::Bool(true))),
            "false" => Ok(Some(Value::Bool(false))),
            _ => Err(wrong("true or false")),
        },
        (Kind::Boolean, _) => Err(wrong("true or false")),
        (_, value @ Value::String(_)) => Ok(Some(value)),
        _ => Err(wrong("a string")),
    }
}

fn object(name: &str, parts: &'static [Attribute], value: Value) -> Result<Option<Value>, Refusal> {
    let object = match value {
        Value::Object(object) => object,
        Value::Null => return Ok(None),
        _ => return Err(Refusal::invalid_value(format!("`{name}` is an object"))),
    };
    let mut kept = Object::new();
    for (part, value) in object {
        let Some(part) = named(parts, &part) else {
            return Err(Refusal::bad("invalidSyntax", format!("`{name}` has no `{part}`")));
        };
        if !part.read_only
            && let Some(value) = coerced(part, value)?
        {
            kept.insert(part.name.to_owned(), value);
        }
    }
    Ok(if kept.is_empty() { None } else { Some(Value::Object(kept)) })
}

pub(super) fn is_primary(value: &Value) -> bool {
    value.get("primary") == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::read;
    use crate::scim::schema::{ResourceType, USER};

    fn user(body: Value) -> Result<Value, &'static str> {
        read(ResourceType::User, body).map(Value::Object).map_err(|refusal| refusal.scim_type.unwrap_or_default())
    }

    #[test]
    fn names_become_canonical_and_what_is_empty_or_read_only_goes() {
        let body = json!({
            "schemas": [USER], "USERNAME": "ada", "id": "mine", "groups": [{ "value": "g" }], "title": null,
            "emails": [], "name": {}, "active": "False", "password": "x",
        });
        assert_eq!(user(body), Ok(json!({ "userName": "ada", "active": false })));
    }

    #[test]
    fn each_mistake_has_its_word() {
        for (body, word) in [
            (json!([1]), "invalidSyntax"),
            (json!({ "schemas": [USER] }), "invalidValue"),
            (json!({ "schemas": ["urn:x"], "userName": "a" }), "invalidSyntax"),
            (json!({ "userName": "a", "nosuch": 1 }), "invalidSyntax"),
            (json!({ "userName": "a", "title": 5 }), "invalidValue"),
            (json!({ "userName": "a", "emails": { "value": "x" } }), "invalidValue"),
            (json!({ "userName": "a", "emails": [{ "primary": true }, { "primary": true }] }), "invalidValue"),
        ] {
            assert_eq!(user(body.clone()), Err(word), "{body}");
        }
    }
}
