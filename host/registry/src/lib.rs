//! Bundles in OCI registries: pushed and pulled.
//!
//! A version in a registry is two artifacts, because tools such as `wkg` accept exactly one layer:
//!
//! | tag | what it is | who reads it |
//! |---|---|---|
//! | `1.2.3` | the component alone, in the CNCF's layout for Wasm artifacts | every tool that knows Wasm in registries |
//! | `1.2.3.bundle` | the signed bundle, whose `subject` (OCI 1.1) is the first | this host |
//!
//! What is in a bundle is nobody's business here: it is bytes that arrive as they were sent. Whoever pulled them verifies the
//! signature. A registry is not trusted: everything has a limit, and every digest is checked.
//!
//! | module | job |
//! |---|---|
//! | `reference`, `host`, `digest` | what to push and pull, as a person writes it |
//! | `access` | with which credential, authorities and limits |
//! | `artifact`, `interfaces`, `layout` | what the two artifacts look like, written and read |
//! | `wire`, `body` | one bounded request, and where it may be redirected to |
//! | `session`, `token` | being let in |
//! | `registry`, `pull`, `push` | the operations |
//!
//! The crate `oci-client` uploads. It does not download: it reads manifests, tokens and errors whole, however long they are, follows
//! redirects to wherever they lead, and panics on a token that is no header's value. That is well with one's own registry and not with
//! a stranger's.

mod access;
mod artifact;
mod body;
mod digest;
mod error;
mod host;
mod interfaces;
mod layout;
mod pull;
mod push;
mod reference;
mod registry;
mod session;
mod token;
mod wire;

pub use access::{Access, Limits, Login};
pub use artifact::{Annotations, Artifact};
pub use digest::Digest;
pub use error::RegistryError;
pub use host::RegistryHost;
pub use pull::Pulled;
pub use push::Pushed;
pub use reference::{Pick, Reference, ReferenceError};
pub use registry::Registry;
