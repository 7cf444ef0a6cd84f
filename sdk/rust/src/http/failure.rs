//! From HTTP to the errors of the contract.

use super::{HttpError, HttpErrorCode};
use crate::Error;
use crate::types::ErrorCode;

/// Why a request got no answer.
pub(super) fn of_transport(error: HttpError, writes: bool) -> Error {
    let code = if writes && error.sent {
        ErrorCode::OutcomeUnknown
    } else {
        match error.code {
            HttpErrorCode::InvalidRequest => ErrorCode::Internal,
            HttpErrorCode::Denied => ErrorCode::PermissionDenied,
            HttpErrorCode::NoCredential => ErrorCode::Unauthenticated,
            HttpErrorCode::Budget => ErrorCode::RateLimited,
            HttpErrorCode::TooLarge => ErrorCode::MalformedResponse,
            HttpErrorCode::Resolution | HttpErrorCode::Connection | HttpErrorCode::Timeout | HttpErrorCode::Protocol => {
                ErrorCode::Unavailable
            }
        }
    };
    Error::new(code, error.message).with_retry_after(error.retry_after)
}

/// What a status that is not 2xx means, where the system's own documentation does not say otherwise (RFC 9110, section 15). A
/// server error on a write may come from a proxy behind which the write was done, so nobody knows.
pub(super) fn of_status(status: u16, writes: bool) -> ErrorCode {
    match status {
        401 => ErrorCode::Unauthenticated,
        402 | 403 | 407 | 451 => ErrorCode::PermissionDenied,
        404 | 410 => ErrorCode::NotFound,
        405 | 501 => ErrorCode::Unsupported,
        409 | 412 | 423 => ErrorCode::Conflict,
        429 => ErrorCode::RateLimited,
        408 | 500..=599 if writes => ErrorCode::OutcomeUnknown,
        408 | 425 | 500..=599 => ErrorCode::Unavailable,
        400..=499 => ErrorCode::Invalid,
        _ => ErrorCode::MalformedResponse,
    }
}
