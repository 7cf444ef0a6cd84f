//! JSON Web Tokens signed with RSA (RFC 7519; RS256 of RFC 7518, section 3.3).
//!
//! Written over `ring`, which TLS brings along: a library for tokens would bring a second cryptography library or more code than this,
//! most of it for verifying, which is never done here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// An RSA key that signs. It has no `Debug`, and lives for one signature: `ring` does not wipe it.
pub(super) struct SigningKey(KeyPair);

impl SigningKey {
    /// Reads a key from PEM: PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`).
    pub(super) fn from_pem(pem: &str) -> Result<Self, &'static str> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| "it is not an RSA key in PEM without a password, with its line breaks (-----BEGIN PRIVATE KEY-----)")?;
        let der = Zeroizing::new(der);
        let key = match &*der {
            PrivateKeyDer::Pkcs8(key) => KeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => KeyPair::from_der(key.secret_pkcs1_der()),
            _ => return Err("it is a key on an elliptic curve, and an RSA key is wanted"),
        };
        key.map(Self).map_err(|_| "it is damaged, or not an RSA key of 2048 to 4096 bits")
    }

    /// A token with these claims.
    pub(super) fn sign(&self, key_id: Option<&str>, claims: &Value) -> Result<Zeroizing<String>, &'static str> {
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(id) = key_id {
            header["kid"] = id.into();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = Zeroizing::new(format!("{}.{}", part(&header), part(claims)));
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).map_err(|_| "it cannot sign")?;
        Ok(Zeroizing::new(format!("{}.{}", signed.as_str(), URL_SAFE_NO_PAD.encode(signature))))
    }
}

/// A `NumericDate` (RFC 7519, section 2): whole seconds.
pub(super) fn numeric_date(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
