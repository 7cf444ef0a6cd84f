//! What end to end tests share.
//!
//! | module | what it gives |
//! |---|---|
//! | [`cache`] | the folder outside the clone in which everything slow is kept |
//! | [`canary`] | whether a secret was ever written down |
//! | [`bundle`] | connectors as signed bundles, and somebody who trusts them |
//! | [`connector`] | a connector of this repository, compiled to WebAssembly |
//! | [`program`] | the built `innkeeper` program |
//! | [`venv`], [`npm`], [`peer`] | servers that other people wrote, installed for the tests alone |
//! | [`registry`] | an OCI registry that other people wrote |
//! | [`fake`] | a SCIM server of our own that can misbehave on demand; the others are in `innkeeper-fakes` |
//! | [`client`] | a plain SCIM client, for what an admin of the other system does by hand |
//! | [`month`] | a company over a month: the HR system and four apps, played in this process |
//! | [`crash`] | the program killed again and again, and judged by the system that it worked on |
//! | [`company`] | people: the same ones every time |
//! | [`specs`], [`judged`] | what the vendors publish of their APIs, and every exchange with a fake judged by it |
//! | [`setup`] | a configuration for that company on a SCIM server |
//! | [`workspace`] | a configuration folder and runs of the program in it |
//!
//! Everything here stops what it started when it is dropped.

pub mod bundle;
pub mod cache;
pub mod canary;
#[cfg(feature = "fake")]
pub mod client;
pub mod company;
pub mod connector;
#[cfg(feature = "fake")]
pub mod crash;
pub mod dice;
#[cfg(feature = "fake")]
pub mod judged;
#[cfg(feature = "fake")]
pub mod month;
pub mod npm;
pub mod peer;
pub mod program;
pub mod registry;
pub mod setup;
#[cfg(feature = "fake")]
pub mod specs;
mod token;
mod trouble;
pub mod venv;
pub mod workspace;

#[cfg(feature = "fake")]
pub use innkeeper_fakes::scim as fake;
pub use trouble::Trouble;
