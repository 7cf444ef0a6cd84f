//! Google's error answers as errors of the contract.
//!
//! An answer has `error.code`, `error.message` and, on the older APIs, `error.errors[].reason`. That too many requests came is
//! recognised by the host, as the manifest's `rate.signals` say.

use innkeeper_sdk::Error;
use innkeeper_sdk::http::Response;
use innkeeper_sdk::types::{ErrorCode, Extra};
use serde::Deserialize;

/// Under which name Google's `reason` stands in an error.
const REASON: &str = "reason";
/// How many characters of Google's words are passed on.
const LONGEST: usize = 500;
/// Seconds until a user that was just made is usually known everywhere at Google. Some take minutes: the host asks again.
pub(crate) const SETTLING: u32 = 10;

#[derive(Deserialize)]
struct Body {
    error: Details,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    errors: Vec<Item>,
    #[serde(default)]
    details: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    reason: Option<String>,
}

/// The error that an answer means, in Google's own words.
pub(crate) fn of_response(response: &Response) -> Error {
    let mut error = response.to_error();
    let Ok(Body { error: details }) = response.json::<Body>() else { return error };
    if !details.message.is_empty() {
        error.message = details.message.chars().take(LONGEST).collect();
    }
    let reason = details.details.into_iter().chain(details.errors).find_map(|item| item.reason).or(details.status);
    if let Some(reason) = reason {
        error.extra.push(Extra { name: REASON.to_owned(), value: reason });
    }
    if error.code == ErrorCode::RateLimited {
        return error;
    }
    match error.remote_status {
        // The only sign is the text (users.insert in the Discovery document).
        Some(412) if contains(&error, "creation is not complete") => not_settled(error),
        Some(412) if is(&error, "limitExceeded") || is(&error, "insufficientArchivedUserLicenses") => {
            Error { code: ErrorCode::SeatsExhausted, ..error }
        }
        // Trying again does not help, as it would with a conflict.
        Some(400 | 412) if is(&error, "cyclicMembershipsNotAllowed") || contains(&error, "cyclic memberships") => {
            Error { code: ErrorCode::Invalid, ..error }
        }
        _ => error,
    }
}

/// Nothing was done, because one part of Google does not know yet what another part has made.
pub(crate) fn not_settled(error: Error) -> Error {
    let message = format!("{} (Google needs some time until a new user is known everywhere)", error.message);
    Error { code: ErrorCode::Unavailable, message, retry_after: Some(SETTLING), ..error }
}

/// Whether Google gave this reason.
pub(crate) fn is(error: &Error, reason: &str) -> bool {
    error.extra.iter().any(|extra| extra.name == REASON && extra.value.eq_ignore_ascii_case(reason))
}

/// Whether Google's words have this in them, in any case.
pub(crate) fn contains(error: &Error, words: &str) -> bool {
    error.message.to_lowercase().contains(&words.to_lowercase())
}
