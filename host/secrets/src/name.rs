//! Names of secrets.

use crate::SecretError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The name of a secret: `github-token`.
///
/// Lower case, because it is also the name of a file and some file systems do not tell the cases apart: 1 to 64 of `a-z`, `0-9`, `-`,
/// `_` and `.`, starting with a letter or a digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(String);

impl SecretName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for SecretName {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let starts_well = text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
        let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte));
        match starts_well && plain && text.len() <= 64 {
            true => Ok(Self(text.to_owned())),
            false => Err(SecretError::Name { name: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for SecretName {
    type Error = SecretError;

    fn try_from(text: String) -> Result<Self, SecretError> {
        text.parse()
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_taken() {
        for name in ["github-token", "a", "0", "scim.default_2", &"x".repeat(64)] {
            assert!(name.parse::<SecretName>().is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_could_be_paths_or_collide_are_refused() {
        for name in ["", ".", "..", ".hidden", "-x", "a/b", "a\\b", "Token", "a b", "ä", "a\0", &"x".repeat(65)] {
            let error = name.parse::<SecretName>().expect_err(name);
            assert!(matches!(error, SecretError::Name { .. }));
        }
    }
}
