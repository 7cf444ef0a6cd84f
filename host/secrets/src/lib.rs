//! Secrets at rest, and how they are fetched and wiped.
//!
//! A [`Secret`] has no `Debug`, `Display` or `Serialize`, so that it cannot reach a log, a message or a file by accident, and its
//! memory is wiped when it goes. Configuration names secrets by reference ([`SecretRef`]); a [`Vault`] turns the reference into the
//! secret at the last moment. [`SecretStore`] keeps them encrypted on disk, under a key that lies
//! in a file, in the system's keyring or in the environment, and that can be changed at any time.

mod disk;
mod error;
mod key;
mod keyring;
mod keys;
mod name;
mod needle;
mod place;
mod redaction;
mod reference;
mod rotation;
mod sealed;
mod secret;
mod store;

pub use error::SecretError;
pub use key::KeySource;
pub use keys::KeyState;
pub use name::SecretName;
pub use place::KeyPlace;
pub use redaction::{REDACTED, Redactor};
pub use reference::{SecretRef, Vault};
pub use secret::Secret;
pub use store::SecretStore;
