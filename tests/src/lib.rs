//! What end to end tests share.
//!
//! | module | what it gives |
//! |---|---|
//! | [`cache`] | the folder outside the clone in which everything slow is kept |
//! | [`connector`] | a connector of this repository, compiled to WebAssembly |
//! | [`program`] | the built `innkeeper` program |
//! | [`venv`], [`peer`] | servers that other people wrote, installed into a private Python environment |
//! | [`fake`] | a SCIM server of our own that can misbehave on demand; the others are in `innkeeper-fakes` |
//! | [`client`] | a plain SCIM client, for what an admin of the other system does by hand |
//! | [`company`] | people: the same ones every time |
//! | [`setup`] | a configuration for that company on a SCIM server |
//! | [`workspace`] | a configuration folder and runs of the program in it |
//!
//! Everything here stops what it started when it is dropped.

pub mod cache;
#[cfg(feature = "fake")]
pub mod client;
pub mod company;
pub mod connector;
pub mod peer;
pub mod program;
pub mod setup;
mod token;
mod trouble;
pub mod venv;
pub mod workspace;

#[cfg(feature = "fake")]
pub use innkeeper_fakes::scim as fake;
pub use trouble::Trouble;
