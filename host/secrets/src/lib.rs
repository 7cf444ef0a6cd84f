//! Secrets at rest, and how they are fetched and wiped.
//!
//! A [`Secret`] has no `Debug`, `Display` or `Serialize`, so that it cannot reach a log, a message or a file by accident, and its
//! memory is wiped when it goes. Configuration names secrets by reference ([`SecretRef`]); a [`Vault`] turns the reference into the
//! secret at the last moment. [`SecretStore`] keeps them encrypted on disk.

mod error;
mod key;
mod name;
mod needle;
mod redaction;
mod reference;
mod secret;
mod store;

pub use error::SecretError;
pub use key::KeySource;
pub use name::SecretName;
pub use redaction::{REDACTED, Redactor};
pub use reference::{SecretRef, Vault};
pub use secret::Secret;
pub use store::SecretStore;
