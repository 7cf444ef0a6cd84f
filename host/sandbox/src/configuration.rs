//! An app's settings against the connector's schema.

use crate::SandboxError;
use crate::error::ConfigurationProblem;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// What a connector takes as settings: the JSON Schema of its manifest.
pub(crate) struct Schema(Validator);

impl Schema {
    pub(crate) fn new(connector: &str, schema: &Value) -> Result<Self, SandboxError> {
        // Without its features the library fetches no schema from anywhere: a `$ref` to another document is an error.
        match jsonschema::validator_for(schema) {
            Ok(validator) => Ok(Self(validator)),
            Err(error) => Err(SandboxError::Schema { connector: connector.to_owned(), reason: error.to_string() }),
        }
    }

    /// Everything that is wrong with the settings, each with the field's name.
    pub(crate) fn problems(&self, configuration: &Value) -> Vec<ConfigurationProblem> {
        self.0.iter_errors(configuration).flat_map(|error| problems(&error)).collect()
    }
}

/// The library says of a missing or unknown setting only in which table it is.
fn problems(error: &ValidationError<'_>) -> Vec<ConfigurationProblem> {
    let place = field(error.instance_path().as_str());
    let problem = |field: String, message: &str| ConfigurationProblem { field, message: message.to_owned() };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| problem(format!("{place}.{name}"), "is not a setting of this connector")).collect()
        }
        ValidationErrorKind::Required { property: Value::String(name) } => {
            vec![problem(format!("{place}.{name}"), "is missing, and the connector needs it")]
        }
        _ => vec![problem(place, &error.to_string())],
    }
}

/// `/hosts/0` as it is written in the configuration: `config.hosts.0`.
fn field(pointer: &str) -> String {
    let parts = pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"));
    std::iter::once("config".to_owned()).chain(parts).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(configuration: Value) -> Vec<String> {
        let schema = Schema::new("demo 1.0.0", &schema()).expect("a good schema");
        schema.problems(&configuration).into_iter().map(|problem| format!("{}: {}", problem.field, problem.message)).collect()
    }

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["organization"],
            "additionalProperties": false,
            "properties": {
                "organization": { "type": "string" },
                "teams": { "type": "array", "items": { "type": "string" } },
            },
        })
    }

    #[test]
    fn good_settings_have_no_problems() {
        assert!(problems(json!({ "organization": "acme", "teams": ["a"] })).is_empty());
    }

    #[test]
    fn every_problem_names_its_field() {
        insta::assert_snapshot!(
            problems(json!({ "teams": ["a", 2], "organisation": "acme" })).join("\n"),
            @r#"
        config.teams.1: 2 is not of type "string"
        config.organisation: is not a setting of this connector
        config.organization: is missing, and the connector needs it
        "#
        );
    }

    #[test]
    fn a_schema_that_is_none_is_refused_and_nothing_is_fetched() {
        for bad in [json!({ "type": "strin" }), json!({ "$ref": "https://schemas.example/x.json" })] {
            assert!(matches!(Schema::new("demo", &bad), Err(SandboxError::Schema { .. })));
        }
    }
}
