//! Why an operation did not work.

use crate::types::{ErrorCode, FieldError};

pub use crate::bindings::base::innkeeper::connector::types::Error;

/// What every operation answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of this kind. The message is for a human and must not carry a secret.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None, remote_status: None, fields: Vec::new(), extra: Vec::new() }
    }

    /// The object does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// Another object has the unique value, or the expected version is not the one there.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    /// The input is refused.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Invalid, message)
    }

    /// The system, its plan or this connector cannot do this, ever.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unsupported, message)
    }

    /// The system answered something that is not of its protocol.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::MalformedResponse, message)
    }

    /// A fault of the connector.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Internal, message)
    }

    /// The same error with the HTTP status that the system answered.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.remote_status = Some(status);
        self
    }

    /// The same error with one more field that is wrong.
    #[must_use]
    pub fn with_field(mut self, name: impl Into<String>, message: impl Into<String>) -> Self {
        self.fields.push(FieldError { name: name.into(), message: message.into() });
        self
    }

    /// The same error with the seconds to wait before the next try.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: Option<u32>) -> Self {
        self.retry_after = seconds;
        self
    }
}
