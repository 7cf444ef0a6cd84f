use super::*;
use crate::testing::{self, Exchange, Script};
use crate::types::ErrorCode;
use serde_json::{Value, json};

fn answer(exchange: Exchange, request: Request) -> Result<Response> {
    testing::run(json!({}), Script::new().then(exchange), || request.send())
}

fn status(request: Request, status: u16) -> Error {
    let transport = move |_: &testing::Request| Ok(testing::text(status, "text/plain", "no"));
    testing::run(json!({}), transport, || request.send().unwrap().error_for_status().unwrap_err())
}

#[test]
fn a_request_carries_query_headers_and_json() {
    let exchange = Exchange::post("/Users", json!({"a": 1}))
        .query("x", 2)
        .header("Content-Type", "application/json")
        .answers(201, json!({}));
    let response = answer(exchange, post("/Users").query("x", 2).query_if("y", None::<u32>).json(&json!({"a": 1}))).unwrap();
    assert_eq!(response.status(), 201);
}

#[test]
fn a_content_type_that_is_set_stays() {
    let request = put("/x").header("Content-Type", "application/scim+json").json(&json!({}));
    assert_eq!(request.wire.headers.len(), 1);
}

#[test]
fn statuses_become_typed_errors() {
    for (number, read, write) in [
        (400, ErrorCode::Invalid, ErrorCode::Invalid),
        (401, ErrorCode::Unauthenticated, ErrorCode::Unauthenticated),
        (403, ErrorCode::PermissionDenied, ErrorCode::PermissionDenied),
        (404, ErrorCode::NotFound, ErrorCode::NotFound),
        (409, ErrorCode::Conflict, ErrorCode::Conflict),
        (412, ErrorCode::Conflict, ErrorCode::Conflict),
        (422, ErrorCode::Invalid, ErrorCode::Invalid),
        (429, ErrorCode::RateLimited, ErrorCode::RateLimited),
        (500, ErrorCode::Unavailable, ErrorCode::OutcomeUnknown),
        (501, ErrorCode::Unsupported, ErrorCode::Unsupported),
        (503, ErrorCode::Unavailable, ErrorCode::OutcomeUnknown),
        (302, ErrorCode::MalformedResponse, ErrorCode::MalformedResponse),
    ] {
        assert_eq!(status(get("/x"), number).code, read, "GET {number}");
        assert_eq!(status(post("/x"), number).code, write, "POST {number}");
        assert_eq!(status(post("/x").reads(), number).code, read, "reading POST {number}");
        assert_eq!(status(get("/x"), number).remote_status, Some(number));
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let wait = |value: &str| {
        let exchange = Exchange::get("/x").answers(429, Value::Null).answer_header("retry-after", value);
        let script = Script::new().then(exchange);
        testing::run(json!({}), script, || get("/x").send().unwrap().error_for_status().unwrap_err().retry_after)
    };
    assert_eq!(wait("17"), Some(17));
    // The clock of the tests stands at midnight of that day.
    assert_eq!(wait("Mon, 23 Nov 2026 00:01:30 GMT"), Some(90));
    assert_eq!(wait("Mon, 23 Nov 2020 00:01:30 GMT"), Some(0));
    assert_eq!(wait("soon"), None);
}

#[test]
fn a_write_that_may_have_arrived_has_an_unknown_outcome() {
    let code = |request: Request, code, sent| {
        let transport = move |_: &testing::Request| Err(testing::failure(code, sent));
        testing::run(json!({}), transport, || request.send().unwrap_err().code)
    };
    assert_eq!(code(post("/x"), HttpErrorCode::Timeout, true), ErrorCode::OutcomeUnknown);
    assert_eq!(code(post("/x"), HttpErrorCode::TooLarge, true), ErrorCode::OutcomeUnknown);
    assert_eq!(code(post("/x"), HttpErrorCode::Connection, false), ErrorCode::Unavailable);
    assert_eq!(code(get("/x"), HttpErrorCode::Timeout, true), ErrorCode::Unavailable);
    assert_eq!(code(post("/x").reads(), HttpErrorCode::Timeout, true), ErrorCode::Unavailable);
    assert_eq!(code(get("/x"), HttpErrorCode::Denied, false), ErrorCode::PermissionDenied);
    assert_eq!(code(get("/x"), HttpErrorCode::NoCredential, false), ErrorCode::Unauthenticated);
    assert_eq!(code(get("/x"), HttpErrorCode::Budget, false), ErrorCode::RateLimited);
    assert_eq!(code(get("/x"), HttpErrorCode::InvalidRequest, false), ErrorCode::Internal);
}

#[test]
fn what_is_not_json_is_named_with_an_excerpt() {
    let message = |body: &str| {
        let exchange = Exchange::get("/Users?secret=1").answers_with(Ok(testing::text(200, "text/html", body)));
        let error = answer(exchange, get("/Users?secret=1")).unwrap().json::<Vec<u32>>().unwrap_err();
        assert_eq!(error.code, ErrorCode::MalformedResponse);
        error.message
    };
    assert_eq!(
        message("<html>\n<title>Sign in\u{7}</title>"),
        "GET /Users was answered with an HTML or XML page: <html> <title>Sign in </title>"
    );
    assert_eq!(message(""), "GET /Users was answered with an empty body where JSON was expected");
    assert_eq!(message("[1, 2"), "GET /Users was answered with JSON that breaks off: [1, 2");
    assert!(message("{\"a\": 1}").contains("JSON of another form"));
    assert!(message(&"x".repeat(5000)).len() < 220);
}

#[test]
fn a_link_header_gives_the_next_page() {
    let exchange = Exchange::get("/x").answers(200, json!([])).answer_header("Link", "<https://a.example/x?p=2>; rel=\"next\"");
    assert_eq!(answer(exchange, get("/x")).unwrap().link("next").as_deref(), Some("https://a.example/x?p=2"));
}

#[test]
fn an_id_is_encoded_for_a_path() {
    assert_eq!(segment("a/b?c=d é"), "a%2Fb%3Fc%3Dd%20%C3%A9");
    assert_eq!(segment("2819c223-7f76_~."), "2819c223-7f76_~.");
}
