//! Assertions of service accounts: JSON Web Tokens signed with RS256 (RFC 7515, RFC 7523).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

/// An assertion in its three parts.
pub(super) struct Assertion {
    signed: String,
    signature: Vec<u8>,
    /// What it says.
    pub(super) claims: Value,
}

impl Assertion {
    /// None where it is no JSON Web Token of RS256.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let json = |part: &str| serde_json::from_slice::<Value>(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        if json(header)?["alg"] != "RS256" {
            return None;
        }
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { signed: signed.to_owned(), signature, claims: json(claims)? })
    }

    /// Whether the owner of this key signed it; the key is in the form of PKCS #1.
    pub(super) fn is_signed_by(&self, public_key: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key);
        key.verify(self.signed.as_bytes(), &self.signature).is_ok()
    }
}
