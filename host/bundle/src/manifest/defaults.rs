//! What a setting is when nobody sets it.

use super::Manifest;
use serde_json::{Map, Value};

impl Manifest {
    /// The settings of an app with the defaults of the schema in the places of those that are missing: what templates are filled with and
    /// what the connector sees. A table that is missing stays so, unless the schema has a default for the whole of it.
    pub fn settings(&self, given: &Value) -> Value {
        let mut settings = given.clone();
        add_defaults(&self.configuration, &mut settings);
        settings
    }
}

/// The defaults of the settings at the top.
pub(super) fn of_schema(schema: &Value) -> Value {
    let mut settings = Value::Object(Map::new());
    add_defaults(schema, &mut settings);
    settings
}

fn add_defaults(schema: &Value, settings: &mut Value) {
    let (Some(properties), Some(settings)) = (schema.get("properties").and_then(Value::as_object), settings.as_object_mut())
    else {
        return;
    };
    for (name, schema) in properties {
        if let Some(value) = settings.get_mut(name) {
            add_defaults(schema, value);
        } else if let Some(default) = schema.get("default") {
            settings.insert(name.clone(), default.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_missing_gets_its_default_and_what_is_set_stays() {
        let schema = json!({
            "type": "object",
            "properties": {
                "site": { "type": "string", "default": "https://api.example.com" },
                "size": { "type": "integer", "default": 100 },
                "name": { "type": "string" },
                "quirks": { "type": "object", "properties": { "users": { "default": "/Users" }, "groups": { "default": "/Groups" } } },
                "more": { "type": "object", "properties": { "deep": { "default": true } } },
            },
        });
        let mut settings = json!({ "size": 5, "other": 1, "quirks": { "users": "/People" } });
        add_defaults(&schema, &mut settings);
        let wanted = json!({
            "site": "https://api.example.com", "size": 5, "other": 1, "quirks": { "users": "/People", "groups": "/Groups" },
        });
        assert_eq!(settings, wanted);
    }

    #[test]
    fn settings_that_are_no_table_stay_for_the_schema_to_refuse() {
        let mut settings = json!("x");
        add_defaults(&json!({ "properties": { "a": { "default": 1 } } }), &mut settings);
        assert_eq!(settings, json!("x"));
    }
}
