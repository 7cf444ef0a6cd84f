//! Finding echoes of secrets in what a system answers.
//!
//! A server that repeats a request in its answer (debug endpoints, error pages, access logs) repeats the credential as well, often
//! encoded by whatever the text went through. This finds the encodings that such a text goes through by itself. It cannot find what
//! somebody encodes on purpose: a secret is only ever sent to the hosts that were granted.

use crate::needle::Needle;
use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};
use std::borrow::Cow;
use std::ops::Range;
use zeroize::Zeroizing;

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// Shorter secrets are not looked for: every body has their letters in it by chance.
const SHORTEST: usize = 4;
/// The same for pieces of base64, which are shorter than what they encode.
const SHORTEST_BASE64: usize = 6;

/// Replaces every echo of a set of secrets.
///
/// An echo is the secret as it is, or with any of its characters percent-encoded (also `+` for a space), escaped as in JSON or as an
/// HTML entity, in any mixture; or as base64 in either alphabet, also when it is in the middle of what was encoded, as the password
/// is in `Basic` authentication; or as hexadecimal in lower or upper case. Secrets of fewer than 4 bytes are not looked for.
pub struct Redactor(Vec<Needle>);

impl Redactor {
    /// A redactor for these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut texts: Vec<Zeroizing<String>> = Vec::new();
        for secret in secrets.into_iter().filter(|secret| secret.len() >= SHORTEST) {
            texts.push(Zeroizing::new(secret.to_owned()));
            texts.extend(base64_pieces(secret.as_bytes()));
            texts.extend(hexadecimal(secret.as_bytes()));
        }
        texts.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        texts.dedup();
        Self(texts.into_iter().map(Needle::new).collect())
    }

    /// The text without echoes; borrowed where there was none.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.replace(text.as_bytes()) {
            None => Cow::Borrowed(text),
            // A needle starts and ends on character boundaries, so cutting it out of UTF-8 leaves UTF-8.
            Some(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// The bytes without echoes; given back as they are where there was none.
    pub fn bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        self.replace(&bytes).unwrap_or(bytes)
    }

    /// Whether there is an echo.
    pub fn finds(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|needle| needle.find(bytes, 0).is_some())
    }

    fn replace(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut found: Vec<Range<usize>> = self.0.iter().flat_map(|needle| needle.find_all(bytes)).collect();
        if found.is_empty() {
            return None;
        }
        found.sort_by_key(|range| range.start);
        let mut clean = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for range in found {
            if range.start >= done {
                clean.extend_from_slice(&bytes[done..range.start]);
                clean.extend_from_slice(REDACTED.as_bytes());
            }
            done = done.max(range.end);
        }
        clean.extend_from_slice(&bytes[done..]);
        Some(clean)
    }
}

/// The characters that base64 makes of these bytes whatever stands before and after them.
///
/// Three bytes become four characters, so what the bytes look like depends on where they start, modulo three. The characters at the
/// edges mix with the neighbours and are left out.
fn base64_pieces(secret: &[u8]) -> Vec<Zeroizing<String>> {
    let mut pieces = Vec::new();
    for alphabet in [&STANDARD, &URL_SAFE] {
        for before in 0..3 {
            let encoded = encode(alphabet, &Zeroizing::new([&[0; 3][..before], secret].concat()));
            let start = (before * 8).div_ceil(6);
            let end = (before + secret.len()) * 8 / 6;
            if end >= start + SHORTEST_BASE64 {
                pieces.push(Zeroizing::new(encoded[start..end].to_owned()));
            }
        }
    }
    pieces
}

/// The bytes as dumps and digests are written.
fn hexadecimal(secret: &[u8]) -> [Zeroizing<String>; 2] {
    [b"0123456789abcdef", b"0123456789ABCDEF"].map(|digits: &[u8; 16]| {
        let digit = |value: u8| char::from(digits[usize::from(value)]);
        Zeroizing::new(secret.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
    })
}

fn encode(alphabet: &Alphabet, bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(GeneralPurpose::new(alphabet, NO_PAD).encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose;
    use proptest::prelude::*;

    fn redact(secret: &str, text: &str) -> String {
        Redactor::new([secret]).text(text).into_owned()
    }

    #[test]
    fn every_encoding_of_an_echo_is_found() {
        let secret = "p\u{e4}ss w\"rd/+%&<\u{1f511}\\";
        for echo in [
            secret,
            // Percent-encoded, in both cases of hexadecimal, whole and in part, and as a form does it.
            "p%C3%A4ss%20w%22rd%2F%2B%25%26%3C%F0%9F%94%91%5C",
            "p%c3%a4ss%20w%22rd/%2b%25%26%3c%f0%9f%94%91%5c",
            "p%C3%A4ss+w%22rd%2F%2B%25%26%3C%F0%9F%94%91%5C",
            // As JSON, plain and with everything escaped.
            "p\u{e4}ss w\\\"rd/+%&<\u{1f511}\\\\",
            r#"p\u00e4ss w\"rd\/+%\u0026\u003c\ud83d\udd11\\"#,
            r#"p\u00E4ss\u0020w\u0022rd\u002f\u002B%\u0026\u003C\uD83D\uDD11\u005c"#,
            // As HTML.
            "p&#228;ss w&quot;rd/+%&amp;&lt;&#x1F511;\\",
        ] {
            assert_eq!(redact(secret, &format!("<{echo}>")), "<[redacted]>", "{echo}");
        }
    }

    #[test]
    fn base64_is_found_wherever_the_secret_starts() {
        let secret = "s3cr3t-t0ken";
        for before in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "x", "xy"] {
                let text = format!("{before}{secret}{after}");
                for encoded in [general_purpose::STANDARD.encode(&text), general_purpose::URL_SAFE_NO_PAD.encode(&text)] {
                    let clean = redact(secret, &format!("Basic {encoded}"));
                    assert!(clean.contains(REDACTED), "{text} as {encoded} gave {clean}");
                    // At most the characters that mix with a neighbour are left, and the neighbours themselves.
                    let left = clean.len() - "Basic ".len() - REDACTED.len();
                    assert!(left <= (before.len() + after.len()) * 4 / 3 + 6, "{text} as {encoded} gave {clean}");
                }
            }
        }
    }

    #[test]
    fn hexadecimal_is_found_in_either_case() {
        let hex = |secret: &str| secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        for secret in ["s3cr3t/t0ken+1", "p\u{e4}ssword"] {
            let hex = hex(secret);
            assert_eq!(redact(secret, &format!("0x{hex}!")), "0x[redacted]!");
            assert_eq!(redact(secret, &hex.to_uppercase()), REDACTED);
        }
    }

    #[test]
    fn base64_that_was_percent_encoded_is_found() {
        let secret = "\u{3ff}\u{3fe}>>>???";
        let encoded = general_purpose::STANDARD.encode(secret);
        assert!(encoded.contains(['+', '/']), "{encoded}");
        let escaped = encoded.replace('+', "%2B").replace('/', "%2F");
        assert!(redact(secret, &escaped).starts_with(REDACTED), "{escaped}");
    }

    #[test]
    fn what_is_no_echo_stays() {
        let text = r#"{"id": "s3cr3t", "note": "s3cr3t-t0ke n"}"#;
        assert!(matches!(Redactor::new(["s3cr3t-t0ken"]).text(text), Cow::Borrowed(_)));
        assert_eq!(redact("abc", "abc is too short to look for"), "abc is too short to look for");
        assert_eq!(redact("", "nothing to find"), "nothing to find");
    }

    #[test]
    fn echoes_that_touch_or_overlap_are_all_replaced() {
        assert_eq!(redact("abab", "xabababy"), "x[redacted]y");
        assert_eq!(redact("token", "tokentoken"), "[redacted][redacted]");
        assert_eq!(Redactor::new(["secret-one", "one-more"]).text("secret-one-more"), "[redacted]");
    }

    proptest! {
        #[test]
        fn a_secret_never_survives(secret in "\\PC{4,40}", before in "\\PC{0,20}", after in "\\PC{0,20}") {
            let text = format!("{before}{secret}{after}");
            let redactor = Redactor::new([secret.as_str()]);
            // The replacement may by chance complete another copy only if the secret is part of it.
            prop_assume!(!REDACTED.contains(secret.as_str()));
            let clean = redactor.text(&text).into_owned();
            prop_assert!(clean.contains(REDACTED));
            let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
            prop_assert_eq!(redactor.text(&percent).into_owned(), REDACTED);
            let json = serde_json::to_string(&secret).expect("text is JSON");
            prop_assert_eq!(redactor.text(&json).into_owned(), format!("\"{REDACTED}\""));
        }

        #[test]
        fn any_bytes_are_survived(secret in "\\PC{0,12}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let redactor = Redactor::new([secret.as_str()]);
            let found = redactor.finds(&bytes);
            prop_assert_eq!(redactor.bytes(bytes.clone()) != bytes, found);
        }
    }
}
