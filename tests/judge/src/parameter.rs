//! Parameters in paths and queries.

use crate::rule::Rule;
use serde_json::{Number, Value};

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) schema: Rule,
    /// Whether `name[member]` belongs to it (OpenAPI's style `deepObject`).
    pub(crate) deep: bool,
}

impl Parameter {
    /// Whether a name in a query means this parameter.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let base = name.split('[').next().unwrap_or(name);
        name == self.name || name.strip_suffix("[]") == Some(&self.name) || (self.deep && base == self.name)
    }

    /// What is wrong with its values, as they stand in a query or a path.
    pub(crate) fn check(&self, values: &[&str]) -> Option<String> {
        if self.deep {
            return None;
        }
        let validator = match self.schema.validator() {
            Ok(validator) => validator,
            Err(error) => return Some(format!("the description of {} cannot be read: {error}", self.name)),
        };
        let readings = readings(values);
        if readings.iter().any(|reading| validator.is_valid(reading)) {
            return None;
        }
        let error = readings.last().and_then(|reading| validator.iter_errors(reading).next().map(|error| error.to_string()));
        Some(format!("{}: {}", self.name, error.unwrap_or_else(|| "it is not as described".to_owned())))
    }
}

/// What the text of a parameter can mean: a list, a number, a boolean, itself.
fn readings(values: &[&str]) -> Vec<Value> {
    let mut readings = vec![Value::from(values.iter().map(|value| one(value)).collect::<Vec<_>>())];
    if let [value] = values {
        readings.push(Value::from(value.split(',').map(one).collect::<Vec<_>>()));
        readings.push(Value::from(value.split(',').collect::<Vec<_>>()));
        readings.push(one(value));
        readings.push(Value::from(*value));
    }
    readings
}

fn one(value: &str) -> Value {
    match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => value.parse::<Number>().map_or_else(|_| Value::from(value), Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parameter(schema: Value) -> Parameter {
        Parameter { name: "p".to_owned(), required: false, schema: Rule::new(schema), deep: false }
    }

    #[test]
    fn the_text_of_a_parameter_is_read_as_its_schema_wants_it() {
        for (schema, good, bad) in [
            (json!({ "type": "integer", "maximum": 100 }), "100", "101"),
            (json!({ "type": "boolean" }), "true", "yes"),
            (json!({ "type": "string" }), "7", ""),
            (json!({ "enum": ["admin", "member"] }), "admin", "owner"),
            (json!({ "type": "array", "items": { "enum": ["a", "b"] } }), "a,b", "a,c"),
        ] {
            assert_eq!(parameter(schema.clone()).check(&[good]), None, "{schema}");
            assert_eq!(parameter(schema.clone()).check(&[bad]).is_some(), !bad.is_empty(), "{schema}");
        }
    }

    #[test]
    fn deep_parameters_and_lists_are_known_by_their_names() {
        let page = Parameter { deep: true, ..parameter(json!({})) };
        assert!(page.is_named("p[limit]") && page.is_named("p") && !page.is_named("q[limit]"));
        assert!(parameter(json!({})).is_named("p[]") && !parameter(json!({})).is_named("p[limit]"));
    }
}
