//! Connectors as they are shipped: manifest, component, digests, signature.
//!
//! A bundle is a folder or a `.tar.zst` file with `connector.toml`, the component that it names, `README.md`, perhaps `LICENSE`, the digest
//! list `SHA256SUMS` and its signature. A [`Bundle`] is whole, and nobody's word for it yet. [`Trust`] says which keys may sign which
//! connectors; a [`VerifiedBundle`] is signed by one of them, and can only be made by the code that checked that. Both hold the bytes that
//! were checked: nothing is read a second time. [`Connectors`] is the folder of installed bundles, [`Lock`] pins what an operator agreed to.

mod archive;
mod bundle;
mod component;
mod contract;
mod digest;
mod error;
mod files;
mod grant;
mod installed;
mod key;
mod layout;
mod lock;
mod manifest;
mod method;
mod name;
mod reference;
#[cfg(test)]
mod samples;
mod signature;
mod statement;
mod sums;
mod template;
mod trust;
mod verified;

pub use archive::ArchiveError;
pub use bundle::Bundle;
pub use contract::{ContractError, check_contract};
pub use digest::Digest;
pub use error::BundleError;
pub use grant::{Grant, GrantedCredential, Wish};
pub use installed::{Connectors, Installed};
pub use key::{KeyError, PublicKey, SigningKey};
pub use lock::{InUse, Lock, LockError, LockedConnector, Selection};
pub use manifest::{
    CredentialRequest, Feature, HostRequest, Interface, Limits, Manifest, ManifestError, Method, PublisherName, Rate, Scheme,
    ScopeRequest, json_schema, rate,
};
pub use name::{ComponentFile, ConnectorName};
pub use reference::ConnectorRef;
pub use signature::Signature;
pub use template::{Template, TemplateError};
pub use trust::{ConnectorPattern, Publisher, Trust, TrustError};
pub use verified::VerifiedBundle;
