//! Step 7, where a credential is exchanged: access tokens.
//!
//! The long-lived secret goes to the token endpoint and nowhere else; what goes to the system is an access token, which is kept in memory
//! until shortly before it ends. The endpoint is named by the manifest or the configuration and asked by the host alone: what a
//! connector may reach does not grow by it.

mod access;
mod answer;
mod refusal;
mod road;
mod slot;

pub(crate) use access::AccessToken;
pub(crate) use slot::TokenSlot;

use crate::Code;
use std::time::Duration;

/// Why there is no access token. Can be told to everybody who waits for it, and has no secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: String,
    /// [`Code::NoCredential`] where somebody has to do something; otherwise it may pass.
    pub(crate) code: Code,
    /// How long the endpoint wants to be left alone.
    pub(crate) rest: Option<Duration>,
}

impl Failure {
    /// A failure that stays until somebody does something.
    pub(crate) fn lasting(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), code: Code::NoCredential, rest: None }
    }

    /// A failure that may pass by itself.
    pub(crate) fn passing(reason: impl Into<String>, rest: Option<Duration>) -> Self {
        Self { reason: reason.into(), code: Code::Connection, rest }
    }
}
