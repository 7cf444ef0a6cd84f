//! What the schemes have in common whose secret never goes to the system: it is exchanged for access tokens.

use http::HeaderMap;
use innkeeper_secrets::{Secret, SecretRef};
use ring::digest;
use std::time::SystemTime;
use url::Url;
use zeroize::Zeroizing;

/// A credential that is exchanged for access tokens at a token endpoint.
pub(crate) trait Exchanged: Send + Sync {
    /// The long-lived secret.
    fn secret(&self) -> &SecretRef;

    /// A second secret, which says who the client is.
    fn client_secret(&self) -> Option<&SecretRef> {
        None
    }

    /// The token endpoint, where configuration says it.
    fn token_url(&self) -> Option<&Url>;

    /// The request for an access token, or why the secrets cannot make one, without showing them. `base` is the app's base URL.
    fn request(&self, base: &Url, material: &Material, now: SystemTime) -> Result<TokenRequest, String>;

    /// What to do when the token endpoint refuses, from its status and the word that it gave (RFC 6749, section 5.2). `client` is the
    /// request's.
    fn advice(&self, status: u16, error: &str, client: &str) -> Option<String>;

    /// Whether the answer can have a new secret in the place of the old one (RFC 6749, section 6).
    fn rotates(&self) -> bool {
        false
    }
}

/// The secrets of a slot, in memory for one exchange.
pub(crate) struct Material {
    pub(crate) secret: Secret,
    pub(crate) client_secret: Option<Secret>,
}

/// Tells the secrets of which a token was made from others, without keeping them.
pub(crate) type Fingerprint = [u8; digest::SHA256_OUTPUT_LEN];

impl Material {
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut context = digest::Context::new(&digest::SHA256);
        for secret in self.texts() {
            // With the lengths, so that no two pairs of secrets are one text.
            context.update(&(secret.len() as u64).to_be_bytes());
            context.update(secret.as_bytes());
        }
        let mut fingerprint = [0; digest::SHA256_OUTPUT_LEN];
        fingerprint.copy_from_slice(context.finish().as_ref());
        fingerprint
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        [Some(&self.secret), self.client_secret.as_ref()].into_iter().flatten().map(Secret::expose)
    }
}

/// A POST to a token endpoint.
pub(crate) struct TokenRequest {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
    /// What the endpoint calls the client, for advice. No secret.
    pub(crate) client: String,
    /// Parts of the long-lived secret that are a secret by themselves.
    pub(crate) parts: Vec<Zeroizing<String>>,
    /// What is only good for this request.
    pub(crate) proofs: Vec<Zeroizing<String>>,
}
