//! Stateful fakes of the systems behind the connectors: real servers on loopback, in this process, that misbehave on demand.
//!
//! Written from the vendors' own descriptions, and judged against them in the end to end tests. What a vendor does that others do not
//! is a switch in the fake's quirks, so that a test can name it.

pub mod bamboohr;
pub mod direct;
pub mod github;
pub mod google;
mod plan;
pub mod scim;
pub mod slack;
mod token;
pub mod web;
mod wire;

pub use token::CANARY;
