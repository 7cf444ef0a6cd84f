//! What a token endpoint answers (RFC 6749, section 5; GitHub's form of it).

use super::Failure;
use super::refusal::Refusal;
use crate::Response;
use innkeeper_secrets::Secret;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

/// How long a token is kept that comes without an end; should it end before, the system says so.
const UNSAID: Duration = Duration::from_secs(10 * 60);

/// The longest that a token is kept, however long it may be used.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Kinds of tokens that nobody can use who only has the token (RFC 9449; the draft on MAC).
const BOUND: &[&str] = &["dpop", "mac", "pop"];

/// An answer with a token in it.
pub(super) struct Granted {
    pub(super) access: Secret,
    pub(super) refresh: Option<Secret>,
    pub(super) lifetime: Duration,
}

/// An answer without one.
#[derive(Debug, PartialEq)]
pub(super) enum Answered {
    Refused(Refusal),
    Failed(Failure),
}

/// No `Debug`: it holds tokens.
#[derive(Deserialize)]
struct Body {
    access_token: Option<Hidden>,
    token: Option<Hidden>,
    token_type: Option<String>,
    expires_in: Option<Value>,
    expires_at: Option<String>,
    refresh_token: Option<Hidden>,
    error: Option<Value>,
    error_description: Option<String>,
    message: Option<String>,
}

struct Hidden(Zeroizing<String>);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl Hidden {
    /// What it holds; none where that is nothing.
    fn secret(mut self) -> Option<Secret> {
        Some(Secret::new(std::mem::take(&mut *self.0))).filter(|secret| !secret.is_empty())
    }
}

/// Reads an answer. `host` is the endpoint's, for messages.
pub(super) fn read(response: Response, host: &str, now: SystemTime) -> Result<Granted, Answered> {
    let (status, headers) = (response.status, response.headers);
    let header = |name: &str| headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.trim());
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    // The endpoint's own clock, where it says it: the two are seldom the same.
    let theirs = header("date").and_then(date).unwrap_or(now);
    let rest = header("retry-after").and_then(|value| match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => date(value)?.duration_since(theirs).ok(),
    });
    let body = Zeroizing::new(response.body);
    let Ok(body) = serde_json::from_slice::<Body>(&body) else {
        return Err(match status {
            200..=299 => Answered::Failed(Failure::lasting(format!(
                "{host} answered {status} with something that is no token. Check that its address is a token endpoint's"
            ))),
            _ => Answered::Refused(Refusal { status, error: String::new(), description: None, rest }),
        });
    };
    let token = body.access_token.or(body.token).and_then(Hidden::secret);
    let Some(access) = token.filter(|_| (200..=299).contains(&status)) else {
        let (error, description) = match body.error {
            Some(Value::String(error)) => (error, None),
            // As Google's APIs write errors that are not OAuth's.
            Some(Value::Object(error)) => {
                let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
                (text("status").unwrap_or_default(), text("message"))
            }
            _ => (String::new(), None),
        };
        let description = body.error_description.or(description).or(body.message);
        return Err(Answered::Refused(Refusal { status, error, description, rest }));
    };
    if let Some(kind) = body.token_type.filter(|kind| BOUND.contains(&kind.to_ascii_lowercase().as_str())) {
        let reason =
            format!("{host} gives tokens of the kind `{kind}`, which are bound to a key: only bearer tokens can be sent");
        return Err(Answered::Failed(Failure::lasting(reason)));
    }
    let lifetime = body.expires_in.as_ref().and_then(seconds).or_else(|| {
        let until: jiff::Timestamp = body.expires_at?.parse().ok()?;
        Some(SystemTime::from(until).duration_since(theirs).unwrap_or_default())
    });
    let lifetime = lifetime.unwrap_or(UNSAID).min(LONGEST);
    Ok(Granted { access, refresh: body.refresh_token.and_then(Hidden::secret), lifetime })
}

/// Seconds, as a number or, as some write it, as text.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<(String, Option<String>, u64), Answered> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let response = Response { status, headers, body: body.as_bytes().to_vec(), rate_limited: None };
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 10:00:00 GMT").expect("a date");
        read(response, "idp.example", now).map(|granted| {
            let refresh = granted.refresh.map(|refresh| refresh.expose().to_owned());
            (granted.access.expose().to_owned(), refresh, granted.lifetime.as_secs())
        })
    }

    fn lifetime(body: &str) -> u64 {
        answer(200, &[], body).expect("a token").2
    }

    #[test]
    fn tokens_are_read_with_their_end() {
        let whole = r#"{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r","scope":"x"}"#;
        assert_eq!(answer(200, &[], whole), Ok(("a".to_owned(), Some("r".to_owned()), 3600)));
        assert_eq!(lifetime(r#"{"access_token":"a","expires_in":"120"}"#), 120);
        assert_eq!(lifetime(r#"{"access_token":"a","expires_in":1e300}"#), 600);
        assert_eq!(lifetime(r#"{"access_token":"a","expires_in":-1}"#), 600);
        assert_eq!(lifetime(r#"{"access_token":"a","expires_in":31536000}"#), 86_400);
        assert_eq!(lifetime(r#"{"access_token":"a"}"#), 600);
        assert_eq!(lifetime(r#"{"token":"ghs_1","expires_at":"2026-11-22T11:00:00Z"}"#), 3600);
        assert_eq!(lifetime(r#"{"token":"ghs_1","expires_at":"2026-11-22T09:00:00Z"}"#), 0);
    }

    #[test]
    fn an_end_that_is_a_date_counts_from_the_endpoints_own_clock() {
        let date = [("date", "Sun, 22 Nov 2026 10:30:00 GMT")];
        let granted = answer(201, &date, r#"{"token":"ghs_1","expires_at":"2026-11-22T11:30:00Z"}"#);
        assert_eq!(granted, Ok(("ghs_1".to_owned(), None, 3600)));
    }

    #[test]
    fn refusals_are_read_in_all_their_forms() {
        let refused = |status, headers: &[(&str, &str)], body: &str| match answer(status, headers, body) {
            Err(Answered::Refused(refusal)) => (refusal.error, refusal.description, refusal.rest.map(|rest| rest.as_secs())),
            other => panic!("{body}: {other:?}"),
        };
        let text = |text: &str| Some(text.to_owned());
        let oauth = r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#;
        assert_eq!(refused(400, &[], oauth), ("invalid_grant".to_owned(), text("Invalid JWT Signature."), None));
        // Slack's, with 200.
        assert_eq!(refused(200, &[], r#"{"ok":false,"error":"invalid_refresh_token"}"#).0, "invalid_refresh_token");
        assert_eq!(refused(404, &[], r#"{"message":"Not Found"}"#), (String::new(), text("Not Found"), None));
        let google = r#"{"error":{"code":403,"message":"API disabled","status":"PERMISSION_DENIED"}}"#;
        assert_eq!(refused(403, &[], google), ("PERMISSION_DENIED".to_owned(), text("API disabled"), None));
        assert_eq!(refused(503, &[("retry-after", "7")], "<html>"), (String::new(), None, Some(7)));
        let dated = [("retry-after", "Sun, 22 Nov 2026 10:00:30 GMT")];
        assert_eq!(refused(429, &dated, "{}"), (String::new(), None, Some(30)));
        // A token in an answer that is no success is none.
        assert_eq!(refused(400, &[], r#"{"access_token":"a","error":"x"}"#).0, "x");
        assert_eq!(refused(200, &[], r#"{"access_token":""}"#).0, "");
    }

    #[test]
    fn what_is_no_bearer_token_is_told() {
        for (body, part) in [
            (r#"{"access_token":"s3cr3t","token_type":"DPoP"}"#, "only bearer tokens"),
            ("<html>s3cr3t</html>", "no token"),
            (r#"{"access_token":7}"#, "no token"),
        ] {
            let Err(Answered::Failed(failure)) = answer(200, &[], body) else { panic!("{body}") };
            assert!(failure.reason.contains(part) && !failure.reason.contains("s3cr3t"), "{failure:?}");
            assert_eq!(failure.code, crate::Code::NoCredential);
        }
    }
}
