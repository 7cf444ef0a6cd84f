//! Connectors as they are shipped: manifest, component, digests.
//!
//! A bundle is a folder with `connector.toml`, the component that it names, `README.md` and perhaps `LICENCE`. [`VerifiedBundle`] can
//! only be made by the code that checked one, and holds the bytes that were checked: nothing is read a second time. [`Connectors`] is
//! the folder of installed bundles, [`Lock`] pins what an operator agreed to.

mod contract;
mod digest;
mod error;
mod files;
mod installed;
mod lock;
mod manifest;
mod name;
mod reference;
mod template;
mod verified;

pub use contract::{ContractError, check_contract};
pub use digest::Digest;
pub use error::BundleError;
pub use installed::{Connectors, Installed};
pub use lock::{Lock, LockError, LockedConnector};
pub use manifest::{
    CredentialRequest, HostRequest, Interface, Limits, Manifest, ManifestError, Method, Rate, Scheme, ScopeRequest, rate,
};
pub use name::{ComponentFile, ConnectorName};
pub use reference::ConnectorRef;
pub use template::{Template, TemplateError};
pub use verified::VerifiedBundle;
