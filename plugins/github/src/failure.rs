//! GitHub's error answers as errors of the contract, in its own words.

use innkeeper_sdk::Error;
use innkeeper_sdk::http::Response;
use innkeeper_sdk::types::ErrorCode;
use serde::Deserialize;
use serde_json::Value;

/// How many characters of GitHub's words are passed on.
const LONGEST: usize = 500;
/// GitHub's advice where a secondary limit says nothing of when to come back ("Rate limits for the REST API").
const AFTER_SECONDARY_LIMIT: u32 = 60;

/// An error's body: `basic-error` and `validation-error` of the description.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    message: Option<String>,
    /// Texts, or records with `field`, `code` and `message`.
    #[serde(default)]
    errors: Vec<Value>,
}

/// The error that an answer means.
pub(crate) fn of_response(response: &Response) -> Error {
    let mut error = response.to_error();
    let body: Body = response.json().unwrap_or_default();
    let mut words: Vec<String> = body.message.into_iter().collect();
    for detail in &body.errors {
        let part = |name: &str| detail.get(name).and_then(Value::as_str);
        let said = detail.as_str().or(part("message")).map(str::to_owned);
        let said = said.or_else(|| part("code").map(|code| code.replace('_', " "))).unwrap_or_default();
        if let Some(name) = part("field").and_then(attribute) {
            error = error.with_field(name, &said);
        }
        words.push(said);
    }
    words.retain(|text| !text.is_empty());
    if !words.is_empty() {
        error.message = words.join(": ").chars().take(LONGEST).collect();
    }
    let said = error.message.to_lowercase();
    if matches!(response.status(), 403 | 429) && (said.contains("secondary rate limit") || said.contains("rate limit exceeded")) {
        error.code = ErrorCode::RateLimited;
        error.retry_after = error.retry_after.or(Some(AFTER_SECONDARY_LIMIT));
    }
    if matches!(error.code, ErrorCode::PermissionDenied | ErrorCode::NotFound)
        && let Some(wanted) = wanted(response)
    {
        error.message = format!("{}; {wanted}", error.message.trim_end_matches('.'));
    }
    error
}

/// What the credential lacks, as GitHub says in headers: it answers 404 as well as 403 to those who may not see something.
fn wanted(response: &Response) -> Option<String> {
    let text = |name: &str| response.header(name).map(str::trim).filter(|text| !text.is_empty());
    if text("x-github-sso").is_some_and(|sso| sso.starts_with("required")) {
        return Some("the token has to be authorised for the organisation's single sign-on".to_owned());
    }
    // Fine-grained tokens and GitHub Apps; only where they lack it.
    if response.status() == 403
        && let Some(permissions) = text("x-accepted-github-permissions")
    {
        return Some(format!("the request needs the permission {permissions}"));
    }
    // Classic tokens.
    let (needed, had) = (text("x-accepted-oauth-scopes")?, response.header("x-oauth-scopes")?);
    let has = |scope: &str| had.split(',').any(|one| one.trim() == scope);
    if needed.split(',').any(|scope| has(scope.trim())) {
        return None;
    }
    let had = if had.trim().is_empty() { "none" } else { had };
    Some(format!("the request needs one of the scopes {needed}, and the token has {had}"))
}

/// The attribute behind a field of a request. `data`, which GitHub says most often, stands for the whole of it.
fn attribute(field: &str) -> Option<&'static str> {
    match field {
        "email" => Some("emails"),
        "invitee_id" | "user" | "username" => Some("userName"),
        "role" => Some("role"),
        _ => None,
    }
}

/// Whether GitHub withholds something that not every organisation has and not every credential may see: organisation roles, Copilot.
pub(crate) fn is_absence(error: &Error) -> bool {
    matches!(error.code, ErrorCode::PermissionDenied | ErrorCode::NotFound | ErrorCode::Invalid)
}
