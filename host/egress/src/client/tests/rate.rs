//! What a system says of its rate, and what becomes of the next request.

use super::*;
use crate::rate::{Budget, Condition, Exhausted, Expectation, Form, Place, RequestBudget, Signal, Wait};

const DATE: &str = "Sun, 22 Nov 2026 10:00:00 GMT";
/// An hour after [`DATE`].
const RESET: &str = "1795345200";

fn header(name: &str, value: &str) -> Condition {
    Condition { place: Place::Header(name.to_owned()), expected: Expectation::OneOf(vec![value.to_owned()]) }
}

fn json(pointer: &str, value: &str) -> Condition {
    Condition { place: Place::Json(pointer.to_owned()), expected: Expectation::OneOf(vec![value.to_owned()]) }
}

fn reset() -> Wait {
    Wait { place: Place::Header("x-ratelimit-reset".to_owned()), form: Form::EpochSeconds }
}

fn signal(status: u16, when: Option<Condition>, wait: Wait) -> Rate {
    Rate { signals: vec![Signal { status: vec![status], when, wait: vec![wait], otherwise: None }], ..Rate::default() }
}

/// A server whose quota is used up.
async fn used_up(status: StatusCode, body: &'static str) -> Server {
    let fields = [("date", DATE), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", RESET)];
    Server::start(Router::new().fallback(any(async move || (status, fields, body)))).await
}

/// The next request does not leave and says how long to wait, within a few seconds of what is wanted.
async fn assert_closed_for(client: &Client, server: &Server, seconds: u64) {
    let before = server.seen().len();
    // A wait beyond what the client waits at most, so that it is refused at once.
    let error = client.send(get_request("/next")).await.expect_err("closed");
    let rest = error.retry_after().expect("a time").as_secs();
    assert!((seconds - 10..=seconds).contains(&rest), "{rest} for {seconds}");
    assert_eq!((error.code(), error.sent(), server.seen().len()), (Code::Budget, false, before));
}

#[tokio::test]
async fn a_403_with_nothing_remaining_closes_the_gate_until_the_reset() {
    let server = used_up(StatusCode::FORBIDDEN, "{}").await;
    let client = client_at(&server, signal(403, Some(header("x-ratelimit-remaining", "0")), reset()));
    let response = client.send(get_request("/")).await.expect("an answer");
    assert_eq!((response.status, response.rate_limited), (403, Some(Duration::from_secs(3600))));
    assert_closed_for(&client, &server, 3600).await;
}

#[tokio::test]
async fn an_answer_after_which_nothing_remains_is_a_good_one_and_closes_the_gate() {
    let server = used_up(StatusCode::OK, "[1]").await;
    let exhausted = Exhausted { when: header("x-ratelimit-remaining", "0"), wait: vec![reset()] };
    let client = client_at(&server, Rate { exhausted: vec![exhausted], ..Rate::default() });
    let response = client.send(get_request("/")).await.expect("an answer");
    assert_eq!((response.status, response.rate_limited, &*response.body), (200, None, &b"[1]"[..]));
    assert_closed_for(&client, &server, 3600).await;
}

#[tokio::test]
async fn a_200_with_an_error_in_its_body_closes_the_gate() {
    let limited = async || ([("retry-after", "300")], r#"{"ok":false,"error":"ratelimited"}"#);
    let router = Router::new().route("/limited", any(limited)).fallback(any(async || r#"{"ok":true}"#));
    let server = Server::start(router).await;
    let retry_after = Wait { place: Place::Header("retry-after".to_owned()), form: Form::RetryAfter };
    let client = client_at(&server, signal(200, Some(json("/error", "ratelimited")), retry_after));
    let response = client.send(get_request("/other")).await.expect("an answer");
    assert_eq!(response.rate_limited, None);
    let response = client.send(get_request("/limited")).await.expect("an answer");
    assert_eq!((response.status, response.rate_limited), (200, Some(Duration::from_secs(300))));
    assert_closed_for(&client, &server, 300).await;
}

#[tokio::test]
async fn a_fraction_in_a_body_is_how_long_the_gate_is_closed() {
    let limited = async || (StatusCode::TOO_MANY_REQUESTS, r#"{"message": "Slow down", "retry_after": 164.57, "global": false}"#);
    let server = Server::start(Router::new().fallback(any(limited))).await;
    let wait = Wait { place: Place::Json("/retry_after".to_owned()), form: Form::Seconds };
    let client = client_at(&server, signal(429, None, wait));
    let response = client.send(get_request("/")).await.expect("an answer");
    assert_eq!(response.rate_limited, Some(Duration::from_secs_f64(164.57)));
    assert_closed_for(&client, &server, 165).await;
}

#[tokio::test]
async fn the_headers_of_an_answer_that_is_too_large_are_heeded() {
    let answer = async || (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "300")], "x".repeat(1001));
    let server = Server::start(Router::new().fallback(any(answer))).await;
    let client = client_with(policy(&[&server.url("")]), Options { response_bytes: 1000, ..Options::default() });
    assert_eq!(client.send(get_request("/")).await.expect_err("too large").code(), Code::TooLarge);
    assert_closed_for(&client, &server, 300).await;
}

#[tokio::test]
async fn a_budget_for_some_requests_leaves_the_others_alone() {
    let server = ok().await;
    let users = server.url("/users").parse().expect("a URL");
    let requests = HostRule::new(users, vec![Method::Post]).expect("a rule");
    let budget = Budget { requests_per_second: 0.001, burst: 1 };
    let client = client_at(&server, Rate { budgets: vec![RequestBudget { requests, budget }], ..Rate::default() });
    let create = || Request::new(Method::Post, "/users");
    client.send(create()).await.expect("in the burst");
    assert_eq!(client.send(create()).await.expect_err("spent").code(), Code::Budget);
    client.send(get_request("/users")).await.expect("another method");
    client.send(Request::new(Method::Post, "/groups")).await.expect("another path");
    assert_eq!(server.seen().len(), 3);
}
