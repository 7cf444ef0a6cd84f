//! Schemas of a description, each made to stand alone as JSON Schema 2020-12.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// In which dialect the schemas of a description are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// JSON Schema itself (OpenAPI 3.1).
    Standard,
    /// `nullable`, boolean `exclusiveMinimum` (OpenAPI 3.0), `x-nullable` (Swagger 2.0).
    Nullable,
    /// `$ref` by name, the type `any` (Google's Discovery documents).
    Discovery,
}

/// The schemas of one description.
#[derive(Clone, Debug)]
pub(crate) struct Schemas<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) document: &'a Value,
}

impl Schemas<'_> {
    /// What a reference points to.
    pub(crate) fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        let mut value = value;
        // A circle of references has no end.
        for _ in 0..16 {
            match value.get("$ref").and_then(Value::as_str).and_then(|reference| self.target(reference)) {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    fn target(&self, reference: &str) -> Option<&Value> {
        match self.dialect {
            Dialect::Discovery => self.document["schemas"].get(reference),
            _ => self.document.pointer(reference.strip_prefix('#')?),
        }
    }

    /// The schema with all that it refers to, directly or not, in its `$defs`.
    pub(crate) fn alone(&self, schema: &Value) -> Value {
        let mut found = BTreeMap::new();
        let mut whole = self.converted(schema, &mut found);
        let mut defs = Map::new();
        while let Some((reference, name)) =
            found.iter().find(|(_, name)| !defs.contains_key(*name)).map(|(a, b)| (a.clone(), b.clone()))
        {
            let target = self.target(&reference).cloned().unwrap_or(Value::Bool(true));
            // Put in first, for it may refer to itself.
            defs.insert(name.clone(), Value::Null);
            let converted = self.converted(&target, &mut found);
            defs.insert(name, converted);
        }
        if let Value::Object(whole) = &mut whole {
            whole.insert("$defs".to_owned(), Value::Object(defs));
        }
        whole
    }

    fn converted(&self, schema: &Value, found: &mut BTreeMap<String, String>) -> Value {
        let Value::Object(schema) = schema else { return schema.clone() };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let next = format!("d{}", found.len());
            let name = found.entry(reference.to_owned()).or_insert(next);
            let mut converted = Map::from_iter([("$ref".to_owned(), json!(format!("#/$defs/{name}")))]);
            let nullable = schema.get("nullable") == Some(&Value::Bool(true));
            if nullable {
                converted = Map::from_iter([("anyOf".to_owned(), json!([{ "type": "null" }, converted]))]);
            }
            return Value::Object(converted);
        }
        let mut converted = Map::new();
        for (key, value) in schema {
            let value = match (key.as_str(), value) {
                ("properties" | "patternProperties" | "dependentSchemas", Value::Object(members)) => {
                    let members = members.iter().map(|(name, member)| (name.clone(), self.converted(member, found)));
                    Value::Object(members.collect())
                }
                ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(members)) => {
                    Value::Array(members.iter().map(|member| self.converted(member, found)).collect())
                }
                // The form before draft 6: one schema a position.
                ("items", Value::Array(members)) => {
                    json!({ "anyOf": members.iter().map(|member| self.converted(member, found)).collect::<Vec<_>>() })
                }
                ("items" | "additionalProperties" | "not", member) => self.converted(member, found),
                ("type" | "enum" | "const" | "required" | "pattern" | "format", value) => value.clone(),
                ("minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems", value)
                    if self.dialect != Dialect::Discovery =>
                {
                    value.clone()
                }
                // Everything else describes and does not demand.
                _ => continue,
            };
            converted.insert(key.clone(), value);
        }
        match self.dialect {
            Dialect::Standard => {}
            Dialect::Nullable => allow_null(schema, &mut converted),
            Dialect::Discovery => of_discovery(&mut converted),
        }
        Value::Object(converted)
    }
}

fn allow_null(schema: &Map<String, Value>, converted: &mut Map<String, Value>) {
    let nullable = ["nullable", "x-nullable"].iter().any(|key| schema.get(*key) == Some(&Value::Bool(true)));
    if !nullable {
        return;
    }
    if let Some(Value::Array(values)) = converted.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    match converted.get_mut("type") {
        Some(Value::String(kind)) => {
            let kinds = json!([kind, "null"]);
            converted.insert("type".to_owned(), kinds);
        }
        Some(_) => {}
        None => {
            let rest = Value::Object(std::mem::take(converted));
            converted.insert("anyOf".to_owned(), json!([{ "type": "null" }, rest]));
        }
    }
}

/// `required` is a member's own property there, and `any` no type of JSON Schema.
fn of_discovery(converted: &mut Map<String, Value>) {
    if converted.get("type").and_then(Value::as_str) == Some("any") {
        converted.remove("type");
    }
    if !converted.get("required").is_none_or(Value::is_array) {
        converted.remove("required");
    }
    // `int64` and the like are formats of numbers in strings, which JSON Schema does not know.
    converted.remove("format");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(dialect: Dialect, document: Value, pointer: &str) -> Value {
        let schemas = Schemas { dialect, document: &document };
        schemas.alone(document.pointer(pointer).expect("the schema is there"))
    }

    #[test]
    fn a_schema_that_refers_to_itself_stands_alone() {
        let document = json!({ "components": { "schemas": {
            "team": { "type": "object", "properties": { "parent": { "$ref": "#/components/schemas/team" } } },
        } } });
        let schema = alone(Dialect::Standard, document, "/components/schemas/team");
        assert_eq!(schema["properties"]["parent"]["$ref"], "#/$defs/d0");
        assert_eq!(schema["$defs"]["d0"]["properties"]["parent"]["$ref"], "#/$defs/d0");
    }

    #[test]
    fn nullable_is_said_in_the_way_of_the_standard() {
        let document = json!({ "a": { "properties": {
            "name": { "type": "string", "nullable": true, "enum": ["x"] },
            "team": { "nullable": true, "allOf": [{ "type": "object" }] },
        } } });
        let schema = alone(Dialect::Nullable, document, "/a");
        assert_eq!(schema["properties"]["name"], json!({ "type": ["string", "null"], "enum": ["x", null] }));
        assert_eq!(schema["properties"]["team"], json!({ "anyOf": [{ "type": "null" }, { "allOf": [{ "type": "object" }] }] }));
    }
}
