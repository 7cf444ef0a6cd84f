//! Whether a secret shows: found by other means than those of the redactor that is tested.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// Whether a text has the secret in it: as it is, percent-encoded, as base64, or in a JSON string.
pub fn shows(bytes: &[u8], secret: &str) -> bool {
    let encoded = [STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
    contains(bytes, secret)
        || contains(&percent_decoded(bytes), secret)
        || encoded.iter().any(|encoded| contains(bytes, encoded))
        || serde_json::from_slice(bytes).is_ok_and(|json| in_json(&json, secret))
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        match (bytes[index], digit(bytes.get(index + 1)), digit(bytes.get(index + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.extend(u8::try_from(high * 16 + low));
                index += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                index += 1;
            }
        }
    }
    decoded
}

fn in_json(json: &Value, secret: &str) -> bool {
    match json {
        Value::String(text) => text.contains(secret),
        Value::Array(items) => items.iter().any(|item| in_json(item, secret)),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains(secret) || in_json(value, secret)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
