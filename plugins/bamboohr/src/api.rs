//! Requests, and what BambooHR's refusals mean.

use innkeeper_sdk::http::{self, Request, Response};
use innkeeper_sdk::types::ErrorCode;
use innkeeper_sdk::{Error, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// How many characters of BambooHR's words are passed on.
const LONGEST: usize = 300;

/// The body of a refusal by `GET /employees`; other endpoints have none.
#[derive(Deserialize)]
struct Refusal {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    code: String,
    message: String,
}

/// Reads. BambooHR answers in XML unless JSON is asked for.
pub(crate) fn get(path: impl Into<String>) -> Request {
    http::get(path).header("accept", "application/json")
}

/// Sends, and reads the answer as JSON.
///
/// # Errors
/// What BambooHR refuses, in its words; `malformed-response` for XML and any other JSON.
pub(crate) fn read<T: DeserializeOwned>(request: Request) -> Result<T> {
    let response = request.send()?;
    if !response.is_success() {
        return Err(refusal(&response));
    }
    if response.header("content-type").is_some_and(|kind| kind.to_lowercase().contains("xml")) {
        let message =
            "BambooHR answered in XML although JSON was asked for: does something between here and there change requests?";
        return Err(Error::malformed(message).with_status(response.status()));
    }
    response.json()
}

/// Whether these credentials may not do this.
pub(crate) fn is_refused(error: &Error) -> bool {
    matches!(error.code, ErrorCode::Unauthenticated | ErrorCode::PermissionDenied)
}

fn refusal(response: &Response) -> Error {
    let error = response.to_error();
    let reason = response.json::<Refusal>().ok().map(|refusal| refusal.error);
    let words = response.header("x-bamboohr-error-message").map(str::to_owned);
    if let Some(Reason { code, message }) = &reason
        && code == "BadPage"
    {
        let words = shortened(message);
        return Error {
            code: ErrorCode::Invalid,
            message: format!("BambooHR knows the page no more, because an employee changed meanwhile ({words}): list again"),
            ..error
        };
    }
    match reason.map(|reason| reason.message).or(words).filter(|words| !words.is_empty()) {
        Some(words) => Error { message: format!("{}: {}", error.message, shortened(&words)), ..error },
        None => error,
    }
}

fn shortened(words: &str) -> String {
    words.chars().take(LONGEST).collect()
}
