//! Secrets are never settings: a connector reads its settings, and never a secret.

use super::error::Fault;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keywords of JSON Schema whose tables have a schema for each name.
const SCHEMAS_BY_NAME: [&str; 5] = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

/// Keywords whose values are data, in which a `writeOnly` says nothing.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

/// What is wrong with `[configuration]`: a property in it that is marked as a secret, by `writeOnly = true` (JSON Schema validation
/// 2020-12, section 9.4).
pub(super) fn check(file: &DeTable<'_>) -> Result<(), Fault> {
    file.get("configuration").map_or(Ok(()), |schema| check_schema(schema, ""))
}

/// Whatever is no data counts as a schema, so that none is overlooked: a `$ref` can lead anywhere.
fn check_schema(schema: &Spanned<DeValue<'_>>, setting: &str) -> Result<(), Fault> {
    match schema.get_ref() {
        DeValue::Array(schemas) => schemas.iter().try_for_each(|schema| check_schema(schema, setting)),
        DeValue::Table(schema) => {
            schema.iter().try_for_each(|(keyword, value)| match (keyword.get_ref().as_ref(), value.get_ref()) {
                ("writeOnly", DeValue::Boolean(false)) => Ok(()),
                ("writeOnly", _) => Err((keyword.span(), secret(setting))),
                (keyword, _) if DATA.contains(&keyword) => Ok(()),
                (keyword, DeValue::Table(schemas)) if SCHEMAS_BY_NAME.contains(&keyword) => {
                    schemas.iter().try_for_each(|(name, schema)| check_schema(schema, name.get_ref()))
                }
                _ => check_schema(value, setting),
            })
        }
        _ => Ok(()),
    }
}

fn secret(setting: &str) -> String {
    let (what, slot) = match setting {
        "" => ("the configuration".to_owned(), "default"),
        setting => (format!("the setting `{setting}`"), setting),
    };
    format!(
        "{what} is marked as a secret (writeOnly), and a secret is never a setting, for a connector reads its settings. Ask for a \
         credential slot instead, such as [credentials.{slot}]: the host puts it into the requests"
    )
}

#[cfg(test)]
mod tests {
    use crate::Manifest;
    use crate::manifest::tests::GOOD;

    fn parse(more: &str) -> Result<Manifest, String> {
        Manifest::parse(&format!("{GOOD}{more}\n")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_setting_that_is_marked_as_a_secret_is_refused() {
        let mistakes = [
            "[configuration.properties.api-key]\ntype = \"string\"\nwriteOnly = true",
            "[configuration.properties.quirks.properties]\nkey = { type = \"string\", writeOnly = true }",
            "[configuration.properties.keys]\nitems.writeOnly = true",
            "[configuration.properties.keys]\nadditionalProperties = { writeOnly = true }",
            "[[configuration.allOf]]\n[[configuration.allOf]]\nthen.properties.key.writeOnly = true",
            "[configuration.\"$defs\".key]\nwriteOnly = true",
            "[configuration.properties.key]\nwriteOnly = \"yes\"",
            // Not a keyword, but something that a reference can lead to.
            "[configuration.more.key]\nwriteOnly = true",
        ];
        let messages: Vec<_> = mistakes.iter().map(|mistake| parse(mistake).expect_err(mistake)).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }

    #[test]
    fn what_only_looks_like_the_mark_is_let_be() {
        for good in [
            "writeOnly = false",
            "[configuration.properties.writeOnly]\ntype = \"boolean\"",
            "[configuration.properties]\nwriteOnly = true",
            "[configuration.properties.quirks]\ndefault = { writeOnly = true }\nenum = [{ writeOnly = true }]",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
    }
}
