//! Secrets that can be found again, however they were written down.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// A secret with a mark in it that nothing else has.
#[derive(Clone)]
pub struct Canary {
    /// The secret as it is stored.
    pub text: String,
    /// Every way in which its mark can stand in what came out.
    traces: Vec<(&'static str, Vec<u8>)>,
}

impl Canary {
    /// A new one. `kind` is in it, for whoever finds it.
    ///
    /// # Panics
    /// When the system has no randomness.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).expect("the system has randomness");
        let mark: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let each = |write: fn(u8) -> String| mark.bytes().map(write).collect::<String>().into_bytes();
        let mut traces = vec![
            ("plain", mark.clone().into_bytes()),
            ("in capitals", mark.to_uppercase().into_bytes()),
            ("backwards", mark.chars().rev().collect::<String>().into_bytes()),
            ("percent-encoded", each(|byte| format!("%{byte:02X}"))),
            ("percent-encoded", each(|byte| format!("%{byte:02x}"))),
            ("JSON-escaped", each(|byte| format!("\\u{byte:04x}"))),
            ("JSON-escaped", each(|byte| format!("\\u{byte:04X}"))),
            ("hexadecimal", each(|byte| format!("{byte:02x}"))),
            ("hexadecimal", each(|byte| format!("{byte:02X}"))),
            ("as numbers", each(|byte| format!("{byte}, "))),
        ];
        traces.extend((0..3).map(|before| ("base64", base64_piece(before, mark.as_bytes()))));
        // With characters that JSON, URLs and HTML write in their own way.
        Self { text: format!("{kind}+nest/\"{mark}\"&egg%"), traces }
    }

    /// How the secret stands in these bytes, if it does.
    #[must_use]
    pub fn found(&self, bytes: &[u8]) -> Option<&'static str> {
        let stands = |trace: &&(&'static str, Vec<u8>)| contains(bytes, &trace.1);
        self.traces.iter().find(stands).map(|(how, _)| *how)
    }
}

/// What base64 makes of these bytes wherever they start, without the characters at the edges, which mix with the neighbours.
fn base64_piece(before: usize, bytes: &[u8]) -> Vec<u8> {
    let encoded = STANDARD_NO_PAD.encode([&[0; 3][..before], bytes].concat());
    let (start, end) = ((before * 8).div_ceil(6), (before + bytes.len()) * 8 / 6);
    encoded.as_bytes()[start..end].to_vec()
}

/// Whether one is in the other.
pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    // Looking for the first byte alone is what the standard library does fast even in a build that is not optimised.
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == wanted[0]) {
        rest = &rest[at..];
        if rest.starts_with(wanted) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// Every byte percent-encoded.
#[must_use]
pub fn as_percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// In base64.
#[must_use]
pub fn as_base64(text: &str) -> String {
    STANDARD.encode(text)
}

/// In hexadecimal.
#[must_use]
pub fn as_hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_found_however_it_is_written() {
        let canary = Canary::new("token");
        let text = &canary.text;
        let basic = |user: &str| as_base64(&format!("{user}:{text}"));
        for written in [
            text.clone(),
            format!("Bearer {text}"),
            serde_json::to_string(text).expect("text"),
            format!("{text:?}"),
            as_percent(text),
            as_hexadecimal(text),
            format!("{:?}", text.as_bytes()),
            basic("a"),
            basic("ab"),
            basic("abc"),
        ] {
            assert!(canary.found(written.as_bytes()).is_some(), "{written}");
        }
        assert_eq!(canary.found(Canary::new("token").text.as_bytes()), None);
    }
}
