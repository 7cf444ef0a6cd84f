//! Patterns over names.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A pattern over a whole name: `*` stands for any number of characters, `?` for one, and everything else for itself. Case does not
/// matter: most systems hold `Root` and `root` for the same, and a pattern that protects must not miss one of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Glob(String);

impl Glob {
    /// The pattern of this text. Every text is one.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern stands for the whole name. Takes at most the product of both lengths, whatever the pattern is.
    pub fn matches(&self, name: &str) -> bool {
        if self.0.is_ascii() && name.is_ascii() {
            return matches(self.0.as_bytes(), name.as_bytes(), (b'*', b'?'), u8::eq_ignore_ascii_case);
        }
        let fold = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
        matches(&fold(&self.0), &fold(name), ('*', '?'), char::eq)
    }
}

fn matches<T: Copy + PartialEq>(pattern: &[T], name: &[T], (any, one): (T, T), same: impl Fn(&T, &T) -> bool) -> bool {
    let (mut at, mut read) = (0, 0);
    // Behind the last star, and how far the name was read when it was met.
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match pattern.get(at) {
            Some(letter) if *letter == any => {
                at += 1;
                star = Some((at, read));
            }
            Some(letter) if *letter == one || same(letter, &name[read]) => {
                at += 1;
                read += 1;
            }
            _ => {
                // The star takes one character more.
                let Some((behind, taken)) = star else { return false };
                star = Some((behind, taken + 1));
                at = behind;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == any)
}

impl fmt::Display for Glob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_the_whole_name() {
        for (pattern, name, expected) in [
            ("root@acme.com", "root@acme.com", true),
            ("root@acme.com", "root@acme.com.evil", false),
            ("svc-*", "svc-backup", true),
            ("svc-*", "my-svc-backup", false),
            ("SVC-*", "svc-", true),
            ("group/*-admins", "group/all-db-admins", true),
            ("group/*-admins", "group/all-db-admins-2", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*ab*ab", "abab", true),
            ("*ab*ab", "ab", false),
            ("ÜBER*", "überall", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(name), expected, "{pattern} on {name}");
        }
    }

    #[test]
    fn a_pattern_full_of_stars_ends_soon() {
        let pattern = Glob::new("*a".repeat(50) + "b");
        assert!(!pattern.matches(&"a".repeat(2_000)));
    }
}
