//! Errors in Google's shape: a code, a message, and a list of reasons.

use serde_json::{Value, json};

use super::quirks::Limit;
use crate::web::Answer;

/// An answer, or a refusal.
pub(super) type Outcome = Result<Answer, Answer>;

fn refusal(code: u16, domain: &str, reason: &str, message: &str) -> Answer {
    let error = json!({"message": message, "domain": domain, "reason": reason});
    Answer::json(code, &json!({"error": {"code": code, "message": message, "errors": [error]}}))
}

/// 400: the input is wrong.
pub(super) fn invalid(message: &str) -> Answer {
    refusal(400, "global", "invalid", message)
}

/// 400: something is missing.
pub(super) fn required(field: &str) -> Answer {
    refusal(400, "global", "required", &format!("Missing required field: {field}"))
}

/// 400: the request cannot be understood.
pub(super) fn bad_request() -> Answer {
    refusal(400, "global", "badRequest", "Bad Request")
}

/// 400: a number outside its range.
pub(super) fn out_of_range(name: &str, value: &str, range: (usize, usize)) -> Answer {
    let message = format!("Invalid value '{value}'. Values must be within the range: [{}, {}]", range.0, range.1);
    let error = json!({
        "message": message, "domain": "global", "reason": "invalidParameter", "locationType": "parameter", "location": name
    });
    Answer::json(400, &json!({"error": {"code": 400, "message": message, "errors": [error]}}))
}

/// 404: this parameter names nothing.
pub(super) fn not_found(parameter: &str) -> Answer {
    refusal(404, "global", "notFound", &format!("Resource Not Found: {parameter}"))
}

/// 404 with a sentence of its own.
pub(super) fn missing(message: &str) -> Answer {
    refusal(404, "global", "notFound", message)
}

/// 409: the address is taken.
pub(super) fn duplicate(message: &str) -> Answer {
    refusal(409, "global", "duplicate", message)
}

/// 409: something else is happening to it.
pub(super) fn conflict() -> Answer {
    refusal(409, "global", "conflict", "Conflict")
}

/// 412: not now, or not so.
pub(super) fn condition(message: &str) -> Answer {
    refusal(412, "global", "conditionNotMet", message)
}

/// 403: the user that the token is for may not.
pub(super) fn forbidden() -> Answer {
    refusal(403, "global", "forbidden", "Not Authorized to access this resource/api")
}

pub(super) fn limited(limit: Limit) -> Answer {
    match limit {
        Limit::UserRate => refusal(403, "usageLimits", "userRateLimitExceeded", "User Rate Limit Exceeded"),
        Limit::Quota => refusal(403, "usageLimits", "quotaExceeded", "Quota exceeded for the current request"),
        Limit::Rate => refusal(403, "usageLimits", "rateLimitExceeded", "Rate Limit Exceeded"),
        Limit::TooMany => refusal(429, "usageLimits", "rateLimitExceeded", "Too many requests"),
        Limit::Backend => refusal(503, "global", "backendError", "Service unavailable. Please try again"),
    }
}

/// 401: no token, an unknown one, or one that has expired.
pub(super) fn unauthenticated() -> Answer {
    let error = json!({
        "message": "Invalid Credentials", "domain": "global", "reason": "authError", "location": "Authorization",
        "locationType": "header"
    });
    let body = json!({"error": {
        "code": 401, "message": "Request had invalid authentication credentials.", "errors": [error], "status": "UNAUTHENTICATED"
    }});
    Answer::json(401, &body).header("www-authenticate", r#"Bearer realm="https://accounts.google.com/", error="invalid_token""#)
}

/// 403: the token lacks the scopes.
pub(super) fn insufficient_scope(scopes: &[&str]) -> Answer {
    let error = json!({"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"});
    let detail = json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"
    });
    let body = json!({"error": {
        "code": 403, "message": "Request had insufficient authentication scopes.", "errors": [error],
        "status": "PERMISSION_DENIED", "details": [detail]
    }});
    let scopes = scopes.join(" ");
    let challenge = format!(r#"Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="{scopes}""#);
    Answer::json(403, &body).header("www-authenticate", challenge)
}

/// 200 with a body that has an ETag.
pub(super) fn found(body: &Value) -> Answer {
    let etag = body.get("etag").or_else(|| body.get("etags")).and_then(Value::as_str).map(str::to_owned);
    let answer = Answer::json(200, body);
    match etag {
        Some(etag) => answer.header("etag", etag),
        None => answer,
    }
}

/// With the ETag of its own content.
pub(super) fn tagged(mut body: Value, name: &str) -> Value {
    body[name] = json!(format!("\"{}\"", crate::token::digest([body.to_string().as_str()])));
    body
}
