//! The key that encrypts the secrets.

use crate::{Secret, SecretError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What the caller knows of the key. Where it lies is written down beside the secrets (`secrets/key`).
pub enum KeySource {
    /// Nothing: the key is where it was left, and in a file made at first use.
    File,
    /// A value from outside: 32 bytes as base64. It has to be the key that is in use, wherever that lies otherwise.
    Given {
        /// The value.
        value: Secret,
        /// Where it came from, for messages: `INNKEEPER_KEY`.
        origin: String,
    },
}

impl KeySource {
    /// The variable that [`from_environment`](Self::from_environment) reads.
    pub const VARIABLE: &'static str = "INNKEEPER_KEY";
    /// The variable with the key that is moved to, while it is moved to.
    pub const NEW: &'static str = "INNKEEPER_NEW_KEY";

    /// `INNKEEPER_KEY` where it is set and not empty, otherwise what is written down beside the secrets.
    pub fn from_environment() -> Self {
        match std::env::var(Self::VARIABLE) {
            Ok(value) if !value.is_empty() => Self::Given { value: Secret::new(value), origin: Self::VARIABLE.to_owned() },
            _ => Self::File,
        }
    }
}

/// A key in memory; wiped when it goes.
#[derive(Clone)]
pub(crate) struct Key {
    bytes: Zeroizing<[u8; 32]>,
    /// Tells keys apart without telling anything about them.
    pub(crate) id: String,
    /// Where it came from, for messages.
    pub(crate) origin: String,
}

impl Key {
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    fn new(bytes: Zeroizing<[u8; 32]>, origin: &str) -> Self {
        let digest = Sha256::new().chain_update(b"innkeeper secrets key id\0").chain_update(bytes.as_slice()).finalize();
        let id = digest[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        Self { bytes, id, origin: origin.to_owned() }
    }

    /// A new one.
    pub(crate) fn generate(origin: &str) -> Result<Self, SecretError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(SecretError::Random)?;
        Ok(Self::new(bytes, origin))
    }

    /// Reads a key from its base64 form.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self, SecretError> {
        let bad = || SecretError::BadKey { place: origin.to_owned() };
        let decoded = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| bad())?);
        let mut bytes = Zeroizing::new([0; 32]);
        if decoded.len() != bytes.len() {
            return Err(bad());
        }
        bytes.copy_from_slice(&decoded);
        Ok(Self::new(bytes, origin))
    }

    /// The base64 form.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.bytes.as_slice()))
    }
}

/// Turns an error of the operating system into ours.
pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> SecretError {
    let path = PathBuf::from(path);
    move |source| SecretError::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_as_base64() {
        let good = STANDARD.encode([7; 32]);
        assert_eq!(
            Key::parse(&format!("{good}\n"), "here").map_err(|error| error.to_string()).map(|key| *key.bytes()),
            Ok([7; 32])
        );
        for bad in ["", "hunter2", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33])] {
            assert!(matches!(Key::parse(bad, "here"), Err(SecretError::BadKey { .. })), "{bad}");
        }
    }

    #[test]
    fn ids_tell_keys_apart() {
        let one = Key::parse(&STANDARD.encode([1; 32]), "here").map_err(|error| error.to_string()).map(|key| key.id);
        let two = Key::parse(&STANDARD.encode([2; 32]), "here").map_err(|error| error.to_string()).map(|key| key.id);
        assert_ne!(one, two);
    }
}
