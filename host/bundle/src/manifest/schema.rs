//! The JSON Schema of `connector.toml`, for editors. It comes from the types that the file is read with; the parser knows more.

use super::PublisherName;
use super::file::File;
use crate::{ComponentFile, ConnectorName, Template};
use schemars::generate::SchemaSettings;
use schemars::transform::{RestrictFormats, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use std::borrow::Cow;

/// The JSON Schema of `connector.toml`. It is draft 7, which the editors of TOML know. What it refuses no host takes; what it lets pass
/// can still be wrong.
pub fn json_schema() -> Value {
    let settings =
        SchemaSettings::draft07().with_transform(RestrictFormats::default()).with_transform(without_null).with_transform(flowing);
    settings.into_generator().into_root_schema_for::<File>().to_value()
}

/// TOML has no null: what is optional is left out.
fn without_null(schema: &mut Schema) {
    transform_subschemas(&mut without_null, schema);
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
        any.retain(|schema| schema.get("type") != Some(&json!("null")));
        if any.len() == 1 {
            // A reference has no siblings in draft 7.
            let any = schema.remove("anyOf").unwrap_or_default();
            schema.insert("allOf".to_owned(), any);
        }
    }
}

/// An editor breaks the lines of a description where it wants to, and not where the source does.
fn flowing(schema: &mut Schema) {
    transform_subschemas(&mut flowing, schema);
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// Types that are texts of one form.
macro_rules! texts {
    ($($type:ident: $description:literal, $pattern:literal)*) => {
        $(
            impl JsonSchema for $type {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($type).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "string", "description": $description, "pattern": $pattern })
                }
            }
        )*
    };
}

texts! {
    ConnectorName: "1 to 40 of a-z, 0-9 and -, starting with a letter.", "^[a-z][a-z0-9-]{0,39}$"
    PublisherName: "1 to 40 of a-z, 0-9 and -, starting with a letter.", "^[a-z][a-z0-9-]{0,39}$"
    ComponentFile: "A plain file name that ends in .wasm.", "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,74}\\.wasm$"
    Template: "A URL that settings fill in: https://{site}.example.com/{tenant}, where a placeholder is one label of the host name or one segment of the path, or {base-url}/v1, where it is the whole beginning. No query, fragment, user info or encoding; http is for loopback hosts only.",
        "^(https?://[^/?#@\\\\%\\s]+|\\{[A-Za-z][A-Za-z0-9_-]*\\})(/[^?#@\\\\%\\s]*)?$"
}

/// The kinds of entitlements, each with a sentence.
pub(super) struct Kinds;

impl JsonSchema for Kinds {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Kinds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": "^([A-Za-z0-9_-]{1,40}|\\*)$" },
            "additionalProperties": { "type": "string", "pattern": "\\S" },
        })
    }
}

/// A JSON Schema, as far as this file is the place to check one.
pub(super) struct Configuration;

impl JsonSchema for Configuration {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Configuration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": { "const": "object" },
                "required": { "description": "The settings that have to be set.", "type": "array", "items": { "type": "string" } },
                "properties": {
                    "description": "The settings. Secrets are none: those are [credentials].",
                    "type": "object",
                    "additionalProperties": {
                        "type": ["object", "boolean"],
                        "properties": { "writeOnly": { "description": "A secret is never a setting.", "const": false } },
                    },
                },
                "additionalProperties": { "description": "false refuses settings that are not named.", "type": ["object", "boolean"] },
            },
        })
    }
}

#[cfg(test)]
mod tests;
