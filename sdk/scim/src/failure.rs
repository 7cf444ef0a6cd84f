//! SCIM's error answers (RFC 7644, section 3.12) as errors of the contract.

use crate::resource::{Object, member, text};
use innkeeper_sdk::Error;
use innkeeper_sdk::http::Response;
use innkeeper_sdk::types::{ErrorCode, Extra};

/// Under which name the `scimType` stands in an error.
const SCIM_TYPE: &str = "scim-type";
/// How many characters of the server's words are passed on.
const LONGEST: usize = 500;

/// The error that an answer means, in the server's own words. `names` are attributes that were sent: those that the server
/// mentions are the fields that are wrong. `taken` are words that mean a duplicate.
pub(crate) fn of_response(response: &Response, names: &[String], taken: &[String]) -> Error {
    let mut error = response.to_error();
    let Ok(body) = response.json::<Object>() else { return error };
    let scim_type = text(&body, "scimType");
    if let Some(detail) = text(&body, "detail").or_else(|| described(&body)) {
        if error.code == ErrorCode::Invalid && taken.iter().any(|word| has_word(&detail, word)) {
            error.code = ErrorCode::Conflict;
        }
        error.message = detail.chars().take(LONGEST).collect();
        for name in names.iter().filter(|name| mentions(&detail, name)) {
            error = error.with_field(name, detail.chars().take(LONGEST).collect::<String>());
        }
    }
    if let Some(scim_type) = scim_type {
        // Some servers answer 400 to a duplicate.
        if scim_type.eq_ignore_ascii_case("uniqueness") && error.code == ErrorCode::Invalid {
            error.code = ErrorCode::Conflict;
        }
        error.extra.push(Extra { name: SCIM_TYPE.to_owned(), value: scim_type });
    }
    error
}

/// What servers that kept the errors of SCIM 1.1 say: `Errors` with a `description`.
fn described(body: &Object) -> Option<String> {
    let errors = member(body, "Errors")?;
    let one = errors.as_array().map_or(Some(errors), |errors| errors.first())?;
    text(one.as_object()?, "description")
}

/// Whether the error is of this `scimType`.
pub(crate) fn is(error: &Error, scim_type: &str) -> bool {
    error.extra.iter().any(|extra| extra.name == SCIM_TYPE && extra.value.eq_ignore_ascii_case(scim_type))
}

/// Whether the error says that the server does not understand this kind of request, so that another way is worth a try.
pub(crate) fn refuses(error: &Error) -> bool {
    matches!(error.remote_status, Some(400 | 404 | 405 | 414 | 422 | 501))
}

/// What an error means that came while reading back a write that was carried out.
pub(crate) fn after_write(mut error: Error) -> Error {
    error.code = ErrorCode::OutcomeUnknown;
    error.message = format!("the server took the change, and reading it back failed: {}", error.message);
    error
}

/// Whether a text has the last part of an attribute's name as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    let short = name.rsplit([':', '.']).next().unwrap_or(name);
    text.split(|character: char| !character.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case(short))
}

/// Whether a text has this code as a word of its own.
fn has_word(text: &str, code: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric() && character != '_').any(|word| word.eq_ignore_ascii_case(code))
}
