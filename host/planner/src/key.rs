//! Values as keys of a hash map, so that equal keys mean equal values under the schema's case rule.

use innkeeper_domain::Scalar;
use std::borrow::Cow;

/// The key of a value. Nothing for blank text: two accounts without an e-mail address are not the same account.
pub(crate) fn key(scalar: &Scalar, case_exact: bool) -> Option<Cow<'_, str>> {
    match scalar {
        Scalar::Text(text) => text_key(text, case_exact),
        // The NUL keeps `true` and "true" apart, which `Scalar::same` does too.
        other => Some(Cow::Owned(format!("\0{other:?}"))),
    }
}

/// The key of a text.
pub(crate) fn text_key(text: &str, case_exact: bool) -> Option<Cow<'_, str>> {
    if text.trim().is_empty() {
        return None;
    }
    Some(if case_exact { Cow::Borrowed(text) } else { folded(text) })
}

/// The text in lower case, without a copy where it already is.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        Cow::Owned(text.to_lowercase())
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether there is nothing to see in a value.
pub(crate) fn is_blank(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Text(text) if text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_agree_with_the_comparison_of_values() {
        let scalars = [
            Scalar::from("Ada"),
            Scalar::from("ada"),
            Scalar::from("ÄDA"),
            Scalar::from("äda"),
            Scalar::from("true"),
            Scalar::from(true),
            Scalar::Integer(1),
            Scalar::from("1"),
        ];
        for case_exact in [false, true] {
            for left in &scalars {
                for right in &scalars {
                    let same = key(left, case_exact) == key(right, case_exact);
                    assert_eq!(same, left.same(right, case_exact), "{left:?} {right:?} {case_exact}");
                }
            }
        }
    }

    #[test]
    fn blank_text_has_no_key() {
        assert_eq!(key(&Scalar::from(" "), false), None);
    }
}
