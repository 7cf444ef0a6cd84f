//! How configuration names a secret, and who turns the name into the secret.

use crate::{Secret, SecretError, SecretName};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// Where a secret is, as configuration says it: `{ secret = "github-token" }`, `{ env = "NAME" }` or `{ file = "path" }`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SecretRef {
    /// In Innkeeper's own store: `innkeeper secret set NAME`.
    Secret(SecretName),
    /// In an environment variable of the Innkeeper process.
    Env(String),
    /// In a file, as orchestrators mount them. One line break at its end is not part of the secret.
    File(PathBuf),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(name) => write!(formatter, "the secret `{name}`"),
            Self::Env(name) => write!(formatter, "the environment variable `{name}`"),
            Self::File(path) => write!(formatter, "the file `{}`", path.display()),
        }
    }
}

/// Turns references into secrets. Asked for every request, so that a rotated secret is used at once.
pub trait Vault: Send + Sync {
    /// The secret behind the reference.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read; the message says what to type.
    fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError>;

    /// Puts a secret that its issuer changed in the place of the one that it replaces, so that it is there after a crash. Where another
    /// one stands there by now, somebody set it on purpose: it stays, and the answer is that nothing was replaced.
    ///
    /// # Errors
    ///
    /// When the reference is none of a secret that this vault keeps, or it cannot be read or written.
    fn replace(&self, reference: &SecretRef, _old: &Secret, _new: &Secret) -> Result<bool, SecretError> {
        Err(SecretError::NotOurs { place: reference.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Configuration {
        credential: SecretRef,
    }

    fn parse(text: &str) -> Result<SecretRef, toml::de::Error> {
        toml::from_str::<Configuration>(text).map(|configuration| configuration.credential)
    }

    #[test]
    fn the_three_forms_are_read() {
        let name = "github-token".parse().expect("a good name");
        assert_eq!(parse(r#"credential = { secret = "github-token" }"#), Ok(SecretRef::Secret(name)));
        assert_eq!(parse(r#"credential = { env = "TOKEN" }"#), Ok(SecretRef::Env("TOKEN".into())));
        assert_eq!(parse(r#"credential = { file = "/run/t" }"#), Ok(SecretRef::File("/run/t".into())));
    }

    #[test]
    fn a_literal_secret_or_two_places_or_a_bad_name_is_refused() {
        for text in [
            r#"credential = "hunter2""#,
            r#"credential = { value = "hunter2" }"#,
            r#"credential = { secret = "a", env = "B" }"#,
            r#"credential = { secret = "../a" }"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
