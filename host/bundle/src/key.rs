//! Keys of publishers: ed25519, RFC 8032.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{EncodePublicKey, PublicKeyBytes};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

mod error;
mod signing;

pub use error::KeyError;
pub use signing::SigningKey;

const ALGORITHM: &str = "ed25519:";

/// What a publisher's signatures are checked with; as text `ed25519:` and the 32 bytes in base64.
///
/// The bytes are known to be a key: they were one when they were read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key as a PEM file (SubjectPublicKeyInfo, RFC 8410), for `openssl pkeyutl -verify -pubin`.
    ///
    /// # Errors
    ///
    /// When it cannot be encoded, which no key is known to do.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        PublicKeyBytes(self.0).to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::Encoding)
    }

    /// Whether the signature is this key's over exactly these bytes. Strictly: one signature has one form, and no key of small order
    /// signs everything.
    pub(crate) fn signed(&self, bytes: &[u8], signature: &ed25519_dalek::Signature) -> bool {
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| key.verify_strict(bytes, signature).is_ok())
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError::NotPublic { text: text.escape_debug().take(100).collect() };
        let encoded = text.strip_prefix(ALGORITHM).ok_or_else(wrong)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| wrong())?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| wrong())?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| wrong())?;
        if key.is_weak() { Err(wrong()) } else { Ok(Self(bytes)) }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{ALGORITHM}{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests;
