//! What connector authors build on: the contract `innkeeper:connector@0.1.0` as traits, with an HTTP client over the host's.
//!
//! A connector is a type that implements [`Connector`] and whichever of [`Accounts`], [`Entitlements`], [`Sessions`],
//! [`Ownership`] and [`People`] its system has, and one line of [`export!`]. See `examples/list_accounts.rs` for a whole one.
//! [`testing`] runs it natively, without a host.

#[doc(hidden)]
pub mod bindings;
mod config;
mod error;
mod export;
mod host;
pub mod http;
mod interfaces;
pub mod log;
// Natively the connectors' code only runs in tests, and there are threads.
#[cfg(any(test, target_arch = "wasm32"))]
mod memory;
pub mod paging;
pub mod system;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod types;

pub use config::config;
pub use error::{Error, Result};
#[doc(hidden)]
pub use export::Exported;
pub use interfaces::{Accounts, Connector, Entitlements, Ownership, People, Sessions};

// The generated code names this crate from outside and from inside alike.
extern crate self as innkeeper_sdk;

/// Everything that a connector usually needs, in one import.
pub mod prelude {
    pub use crate::types::*;
    pub use crate::{
        Accounts, Connector, Entitlements, Error, Ownership, People, Result, Sessions, config, export, http, log, paging,
    };
}
