//! `SHA256SUMS.sig`: who signed a bundle's digest list.

use crate::{PublicKey, SigningKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;

/// Names the format and its version.
const HEAD: &str = "innkeeper-signature 1";

/// A signature over a bundle's digest list, with the key that is said to have made it. By itself it is nobody's word: anybody can make a
/// key.
///
/// As text it has three lines: the format and its version, the key, and the signature in base64. It is made over exactly the bytes of
/// `SHA256SUMS`, so that other programs can check it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    key: PublicKey,
    signature: ed25519_dalek::Signature,
}

impl Signature {
    pub(crate) fn make(list: &[u8], key: &SigningKey) -> Self {
        Self { key: key.public(), signature: key.sign(list) }
    }

    /// The key that is said to have made it.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The 64 bytes of it (RFC 8032).
    pub fn to_bytes(&self) -> [u8; 64] {
        self.signature.to_bytes()
    }

    /// Signs something that is no bundle. The purpose stands before it, so that nothing signed for one purpose is of use for another, or is
    /// a bundle's digest list.
    pub fn attest(purpose: &str, bytes: &[u8], key: &SigningKey) -> Self {
        Self::make(&statement(purpose, bytes), key)
    }

    /// Whether the key that it names signed these bytes for this purpose.
    pub fn attests(&self, purpose: &str, bytes: &[u8]) -> bool {
        self.is_of(&statement(purpose, bytes))
    }

    /// Whether the key that it names did make it over these bytes.
    pub(crate) fn is_of(&self, list: &[u8]) -> bool {
        self.key.signed(list, &self.signature)
    }
}

/// What is signed that is no bundle.
fn statement(purpose: &str, bytes: &[u8]) -> Vec<u8> {
    [b"innkeeper ", purpose.as_bytes(), b"\n", bytes].concat()
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{HEAD}\nkey {}\nsignature {}\n", self.key, STANDARD.encode(self.to_bytes()))
    }
}

impl FromStr for Signature {
    type Err = &'static str;

    /// One signature has one text: nothing more, nothing in another order, no other way to write it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lines = text.split('\n');
        match lines.next() {
            Some(HEAD) => {}
            Some(head) if head.starts_with("innkeeper-signature ") => return Err("its format is not known to this innkeeper"),
            _ => return Err("its first line must be `innkeeper-signature 1`"),
        }
        let key = lines.next().and_then(|line| line.strip_prefix("key ")).and_then(|key| key.parse().ok());
        let key = key.ok_or("its second line must be `key ed25519:BASE64`")?;
        let bytes = lines.next().and_then(|line| line.strip_prefix("signature ")).and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let bytes = bytes.ok_or("its third line must be `signature BASE64`, with 64 bytes")?;
        match (lines.next(), lines.next()) {
            (Some(""), None) => Ok(Self { key, signature: ed25519_dalek::Signature::from_bytes(&bytes) }),
            _ => Err("it must end after its third line"),
        }
    }
}

#[cfg(test)]
mod tests;
