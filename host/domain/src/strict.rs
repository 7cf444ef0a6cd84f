//! Reading a file of our own without passing anything over.

use serde_json::Value;

/// The path of the first field in `given` that is not in `understood`: what a reader passed over. A field that says `null` says nothing.
///
/// `understood` is what the reader would write of what it read. serde's `deny_unknown_fields` does not reach into enums and flattened
/// fields, and what a reader passes over must not look as if somebody had approved of it.
pub(crate) fn passed_over(given: &Value, understood: &Value) -> Option<String> {
    match (given, understood) {
        (Value::Object(given), Value::Object(understood)) => given.iter().find_map(|(name, value)| {
            let below = match understood.get(name) {
                Some(known) => passed_over(value, known)?,
                None if is_empty(value) => return None,
                None => String::new(),
            };
            Some(if below.is_empty() || below.starts_with('[') { format!("{name}{below}") } else { format!("{name}.{below}") })
        }),
        (Value::Array(given), Value::Array(understood)) => given.iter().enumerate().find_map(|(at, value)| {
            let below = match understood.get(at) {
                Some(known) => passed_over(value, known)?,
                None => String::new(),
            };
            Some(if below.is_empty() || below.starts_with('[') { format!("[{at}]{below}") } else { format!("[{at}].{below}") })
        }),
        // The long form of a value with nothing beside it: `{"value": "x"}` for `"x"`.
        (Value::Object(given), _) => {
            given.keys().find(|name| !matches!(name.as_str(), "value" | "type" | "primary")).map(|name| name.to_owned())
        }
        _ => None,
    }
}

/// Whether the value of a field means the same as no field: what is left out when it is written.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_that_was_passed_over_is_named_with_its_path() {
        let understood = json!({ "a": [{ "b": 1 }], "c": {} });
        assert_eq!(passed_over(&json!({ "a": [{ "b": 1, "x": 2 }] }), &understood).as_deref(), Some("a[0].x"));
        assert_eq!(passed_over(&json!({ "c": { "d": { "e": 1 } } }), &understood).as_deref(), Some("c.d"));
        assert_eq!(passed_over(&json!({ "c": {}, "a": [{ "b": 1 }], "z": null, "y": [] }), &understood), None);
    }

    #[test]
    fn the_long_form_of_a_value_is_no_other_value() {
        assert_eq!(passed_over(&json!([{ "value": "x" }]), &json!(["x"])), None);
        assert_eq!(passed_over(&json!([{ "value": "x", "display": "X" }]), &json!(["x"])).as_deref(), Some("[0].display"));
    }
}
