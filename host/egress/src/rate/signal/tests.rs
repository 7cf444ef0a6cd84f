use super::*;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::time::{SystemTime, UNIX_EPOCH};

/// The client's clock in these tests, in seconds since 1970.
const NOW: u64 = 1_795_341_600;

fn header(name: &str) -> Place {
    Place::Header(name.to_owned())
}

fn json(pointer: &str) -> Place {
    Place::Json(pointer.to_owned())
}

fn is(place: Place, values: &[&str]) -> Option<Condition> {
    let expected = Expectation::OneOf(values.iter().map(|value| (*value).to_owned()).collect());
    Some(Condition { place, expected })
}

fn signal(status: u16, when: Option<Condition>, wait: &[(Place, Form)]) -> Signal {
    let wait = wait.iter().map(|(place, form)| Wait { place: place.clone(), form: *form }).collect();
    Signal { status: vec![status], when, wait, otherwise: Some(Duration::from_secs(60)) }
}

fn rate(signals: Vec<Signal>) -> Rate {
    Rate { signals, ..Rate::default() }
}

fn ask(rate: &Rate, status: u16, fields: &[(&'static str, &'static str)], body: &str) -> Verdict {
    let field = |(name, value): &(&'static str, &'static str)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let headers: HeaderMap = fields.iter().map(field).collect();
    let now: SystemTime = UNIX_EPOCH + Duration::from_secs(NOW);
    verdict(rate, &Reading::new(status, &headers, Some(body.as_bytes()), now))
}

fn said(seconds: u64) -> Verdict {
    Verdict::TooMany(Rest::Said(Duration::from_secs(seconds)))
}

fn unsaid(seconds: u64) -> Verdict {
    Verdict::TooMany(Rest::Unsaid(Duration::from_secs(seconds)))
}

#[test]
fn a_429_is_a_rate_limit_with_seconds_with_a_date_and_with_nothing() {
    let usual = Rate::default();
    assert_eq!(ask(&usual, 429, &[("retry-after", "7")], ""), said(7));
    assert_eq!(ask(&usual, 429, &[("retry-after", "Sun, 22 Nov 2026 10:00:30 GMT")], ""), said(30));
    assert_eq!(ask(&usual, 429, &[], ""), unsaid(10));
    assert_eq!(ask(&usual, 429, &[("retry-after", "soon")], ""), unsaid(10));
}

#[test]
fn a_503_asks_for_a_rest_only_with_retry_after() {
    assert_eq!(ask(&Rate::default(), 503, &[("retry-after", "7")], ""), Verdict::Busy(Duration::from_secs(7)));
    assert_eq!(ask(&Rate::default(), 503, &[], ""), Verdict::Unclear);
    assert_eq!(ask(&Rate::default(), 503, &[("retry-after", "soon")], ""), Verdict::Unclear);
}

#[test]
fn a_503_is_a_rate_limit_where_the_connector_says_so() {
    let rate = rate(vec![signal(503, None, &[(header("retry-after"), Form::RetryAfter)])]);
    assert_eq!(ask(&rate, 503, &[("retry-after", "7")], ""), said(7));
    assert_eq!(ask(&rate, 503, &[], ""), unsaid(60));
}

#[test]
fn no_other_status_is_a_rate_limit_by_itself() {
    for status in [200, 204, 301, 400, 401, 403, 404] {
        assert_eq!(ask(&Rate::default(), status, &[("retry-after", "7")], ""), Verdict::Served(None), "{status}");
    }
    assert_eq!(ask(&Rate::default(), 500, &[("retry-after", "7")], ""), Verdict::Unclear);
}

#[test]
fn a_403_with_nothing_remaining_is_a_rate_limit_until_the_reset() {
    let reset = [(header("retry-after"), Form::RetryAfter), (header("x-ratelimit-reset"), Form::EpochSeconds)];
    let rate = rate(vec![signal(403, is(header("x-ratelimit-remaining"), &["0"]), &reset)]);
    let fields = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795341690")];
    assert_eq!(ask(&rate, 403, &fields, ""), said(90));
    assert_eq!(ask(&rate, 403, &[("x-ratelimit-remaining", "0"), ("retry-after", "5"), fields[1]], ""), said(5));
    assert_eq!(ask(&rate, 403, &fields[..1], ""), unsaid(60));
    assert_eq!(ask(&rate, 403, &[("x-ratelimit-remaining", "10"), fields[1]], ""), Verdict::Served(None));
    assert_eq!(ask(&rate, 403, &[], ""), Verdict::Served(None));
    assert_eq!(ask(&rate, 200, &fields, ""), Verdict::Served(None));
}

#[test]
fn a_403_with_retry_after_is_a_rate_limit_where_the_connector_says_so() {
    let when = Condition { place: header("retry-after"), expected: Expectation::Present };
    let rate = rate(vec![signal(403, Some(when), &[(header("retry-after"), Form::RetryAfter)])]);
    assert_eq!(ask(&rate, 403, &[("retry-after", "60")], ""), said(60));
    assert_eq!(ask(&rate, 403, &[], ""), Verdict::Served(None));
}

#[test]
fn a_403_with_a_reason_in_its_body_is_a_rate_limit() {
    let reasons = ["userRateLimitExceeded", "rateLimitExceeded"];
    let rate = rate(vec![signal(403, is(json("/error/errors/0/reason"), &reasons), &[])]);
    let body =
        |reason: &str| format!(r#"{{"error": {{"code": 403, "errors": [{{"domain": "usageLimits", "reason": "{reason}"}}]}}}}"#);
    assert_eq!(ask(&rate, 403, &[], &body("userRateLimitExceeded")), unsaid(60));
    assert_eq!(ask(&rate, 403, &[], &body("rateLimitExceeded")), unsaid(60));
    assert_eq!(ask(&rate, 403, &[], &body("forbidden")), Verdict::Served(None));
    assert_eq!(ask(&rate, 403, &[], "<html>"), Verdict::Served(None));
}

#[test]
fn a_403_with_a_sentence_in_its_body_is_a_rate_limit() {
    let when = Condition { place: json("/message"), expected: Expectation::Contains("secondary rate limit".to_owned()) };
    let rate = rate(vec![signal(403, Some(when), &[])]);
    assert_eq!(ask(&rate, 403, &[], r#"{"message": "You have exceeded a Secondary Rate Limit."}"#), unsaid(60));
    assert_eq!(ask(&rate, 403, &[], r#"{"message": "Resource not accessible"}"#), Verdict::Served(None));
}

#[test]
fn a_200_with_an_error_in_its_body_is_a_rate_limit() {
    let rate = rate(vec![signal(200, is(json("/error"), &["ratelimited"]), &[(header("retry-after"), Form::RetryAfter)])]);
    assert_eq!(ask(&rate, 200, &[("retry-after", "30")], r#"{"ok":false,"error":"ratelimited"}"#), said(30));
    assert_eq!(ask(&rate, 200, &[], r#"{"ok":false,"error":"ratelimited"}"#), unsaid(60));
    assert_eq!(ask(&rate, 200, &[], r#"{"ok":false,"error":"user_not_found"}"#), Verdict::Served(None));
    assert_eq!(ask(&rate, 200, &[], r#"{"ok":true}"#), Verdict::Served(None));
}

#[test]
fn a_fraction_of_a_second_in_a_body_is_heeded() {
    let rate = rate(vec![signal(429, None, &[(json("/retry_after"), Form::Seconds)])]);
    let wanted = Verdict::TooMany(Rest::Said(Duration::from_secs_f64(64.57)));
    assert_eq!(ask(&rate, 429, &[("retry-after", "65")], r#"{"message": "You are limited", "retry_after": 64.57}"#), wanted);
}

#[test]
fn the_first_signal_that_matches_counts_and_the_usual_ones_come_last() {
    let short = signal(429, is(header("x-scope"), &["user"]), &[(header("x-user-reset"), Form::Seconds)]);
    let long = signal(429, is(header("x-scope"), &["user", "shared"]), &[(header("x-reset"), Form::EpochMilliseconds)]);
    let rate = rate(vec![short, long]);
    let fields = |scope| [("x-scope", scope), ("x-user-reset", "3"), ("x-reset", "1795341690000"), ("retry-after", "7")];
    assert_eq!(ask(&rate, 429, &fields("user"), ""), said(3));
    assert_eq!(ask(&rate, 429, &fields("shared"), ""), said(90));
    assert_eq!(ask(&rate, 429, &fields("other"), ""), said(7));
}

#[test]
fn an_answer_after_which_nothing_remains_was_served() {
    let exhausted = Exhausted {
        when: is(header("x-ratelimit-remaining"), &["0"]).expect("a condition"),
        wait: vec![Wait { place: header("x-ratelimit-reset"), form: Form::EpochSeconds }],
    };
    let rate = Rate { exhausted: vec![exhausted], ..Rate::default() };
    let fields = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795341690")];
    assert_eq!(ask(&rate, 200, &fields, ""), Verdict::Served(Some(Duration::from_secs(90))));
    assert_eq!(ask(&rate, 404, &fields, ""), Verdict::Served(Some(Duration::from_secs(90))));
    // Without a time there is nothing to wait for.
    assert_eq!(ask(&rate, 200, &fields[..1], ""), Verdict::Served(None));
    assert_eq!(ask(&rate, 200, &[("x-ratelimit-remaining", "1"), fields[1]], ""), Verdict::Served(None));
    assert_eq!(ask(&rate, 502, &fields, ""), Verdict::Unclear);
}
