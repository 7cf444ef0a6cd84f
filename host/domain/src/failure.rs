//! How an operation on an app ended.

use crate::Account;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why an operation did not work: the host's form of `types.error-code` in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The credentials are missing, wrong or expired.
    Unauthenticated,
    /// The credentials are good and may not do this.
    PermissionDenied,
    /// The object does not exist.
    NotFound,
    /// A unique value is taken, or the version is not the expected one.
    Conflict,
    /// The system refuses the input.
    Invalid,
    /// Too many requests.
    RateLimited,
    /// No licence is left.
    SeatsExhausted,
    /// Down or overloaded; nothing was done.
    Unavailable,
    /// Sent, and nobody knows whether it was carried out.
    OutcomeUnknown,
    /// Cannot be done, ever.
    Unsupported,
    /// The answer is not of the protocol.
    MalformedResponse,
    /// A fault of the connector, or of its sandbox limits.
    Internal,
}

impl ErrorCode {
    /// Whether the same operation may work later without anybody doing anything.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Unauthenticated => "unauthenticated",
            Self::PermissionDenied => "permission denied",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::RateLimited => "rate limited",
            Self::SeatsExhausted => "seats exhausted",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome unknown",
            Self::Unsupported => "unsupported",
            Self::MalformedResponse => "malformed response",
            Self::Internal => "internal",
        })
    }
}

/// What is wrong with one input field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The attribute.
    pub name: String,
    /// What is wrong with it.
    pub message: String,
}

/// Why an operation did not work. Never carries a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
#[serde(rename_all = "kebab-case")]
pub struct Failure {
    /// For machines.
    pub code: ErrorCode,
    /// For a human.
    pub message: String,
    /// Seconds to wait before the next try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The HTTP status that the system answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_status: Option<u16>,
    /// Fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
}

impl Failure {
    /// A failure with nothing but a code and a message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None, remote_status: None, fields: Vec::new() }
    }
}

/// How a write to an account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Done; the account as it is now.
    Done(Account),
    /// It was already so; the account as it is now.
    Already(Account),
    /// Accepted, to be done later: poll with this token.
    Pending(String),
    /// The create became an invitation.
    Invited(Account),
    /// A human has to do what the text says.
    ActionRequired(String),
}

/// How a write that does not answer with an account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Done.
    Done,
    /// It was already so.
    Already,
    /// Accepted, to be done later: poll with this token.
    Pending(String),
    /// A human has to do what the text says.
    ActionRequired(String),
}
