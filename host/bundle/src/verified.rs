//! A bundle that somebody trusted answers for.

use crate::{Bundle, BundleError, PublicKey, Trust};
use jiff::civil::Date;
use std::ops::Deref;

/// A bundle that is signed by a key which the operator trusts for a connector of its name.
///
/// [`Bundle::verify`] and [`Bundle::verify_installed`] are the only ways to one, and what installs, compiles and runs connectors takes
/// nothing else.
///
/// ```compile_fail
/// fn forge(bundle: innkeeper_bundle::Bundle, key: innkeeper_bundle::PublicKey) -> innkeeper_bundle::VerifiedBundle {
///     innkeeper_bundle::VerifiedBundle { bundle, publisher: "acme".to_owned(), key }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct VerifiedBundle {
    bundle: Bundle,
    publisher: String,
    key: PublicKey,
}

impl VerifiedBundle {
    /// The one way to make one. With a day, the key must not have expired on it.
    pub(crate) fn check(bundle: Bundle, trust: &Trust, today: Option<Date>) -> Result<Self, BundleError> {
        let manifest = bundle.manifest();
        let (name, version) = (manifest.name.clone(), manifest.version.clone());
        let Some(signature) = bundle.signature() else {
            return Err(BundleError::NotSigned { name, version });
        };
        let key = *signature.key();
        // First of all: what follows is about the key that made the signature, not about one that is named beside it.
        if !signature.is_of(bundle.digest_list().as_bytes()) {
            return Err(BundleError::SignatureWrong { name, version, key });
        }
        let publisher = trust.answers_for(&key, manifest, today)?.to_owned();
        Ok(Self { bundle, publisher, key })
    }

    /// Who published it, as the trust store calls them.
    pub fn publisher(&self) -> &str {
        &self.publisher
    }

    /// The key that signed it.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}

impl Deref for VerifiedBundle {
    type Target = Bundle;

    fn deref(&self) -> &Bundle {
        &self.bundle
    }
}

#[cfg(test)]
mod tests;
