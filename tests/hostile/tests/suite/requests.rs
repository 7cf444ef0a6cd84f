//! Requests that say something else than they seem to, and credentials that are not the guest's to set.

use innkeeper_domain::ErrorCode;
use innkeeper_egress::Code;
use innkeeper_hostile::{Ground, Held, Reply, answer, attack};
use serde_json::{Value, json};

/// The intruder sends requests with these fields, of which none may leave.
async fn unsent(ground: &Ground, requests: Vec<Value>, code: Code) -> Held {
    let server = ground.server(|_| answer(200, &[], "ok")).await;
    let count = requests.len();
    let plot = ground.intruder(json!({ "deed": "send", "requests": requests })).at(&server, "");
    let app = plot.limited(|limits| limits.requests = 100).connect();
    let told = app.names().await;
    assert_eq!((told.len(), server.connections()), (count, 0), "nothing was sent: {told:?}");
    assert!(told.iter().all(|told| told.contains(&format!("{code:?}"))), "the guest is told why: {told:?}");
    Held::refused(&app, code)
}

fn with_headers(headers: &[(&str, &str)]) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({ "headers": [[name, value]] })).collect()
}

#[test]
fn a_line_break_in_a_header() {
    attack(async |ground| {
        let headers = [
            ("x-note", "a\r\nhost: example.org"),
            ("x-note", "a\nb"),
            ("x-note", "a\rb"),
            ("x-note", "a\0b"),
            ("x-note: a\r\nx-other", "b"),
            ("x note", "a"),
            (":authority", "example.org"),
            ("", "a"),
        ];
        unsent(ground, with_headers(&headers), Code::InvalidRequest).await
    });
}

#[test]
fn a_line_break_in_the_target() {
    attack(async |ground| {
        let targets =
            ["/a HTTP/1.1\r\nhost: example.org\r\n\r\n", "/a\nb", "/a b", "/a%0d%0ahost:%20example.org", "/a\tb", "/a#b"];
        let requests = targets.iter().map(|target| json!({ "target": target })).collect();
        unsent(ground, requests, Code::InvalidRequest).await
    });
}

#[test]
fn a_content_length_of_its_own() {
    attack(async |ground| {
        let headers =
            [("content-length", "0"), ("Content-Length", "999"), ("transfer-encoding", "chunked"), ("content_length", "1")];
        let mut requests = with_headers(&headers);
        requests.push(json!({ "method": "POST", "body": "x", "headers": [["content-length", "1"], ["content-length", "2"]] }));
        unsent(ground, requests, Code::InvalidRequest).await
    });
}

#[test]
fn an_authorization_of_its_own() {
    attack(async |ground| {
        let headers = [
            ("authorization", "Bearer stolen"),
            ("AUTHORIZATION", "Bearer stolen"),
            ("proxy-authorization", "Basic stolen"),
            ("cookie", "session=stolen"),
            ("Cookie", "session=stolen"),
        ];
        unsent(ground, with_headers(&headers), Code::InvalidRequest).await
    });
}

#[test]
fn headers_that_belong_to_the_connection() {
    attack(async |ground| {
        let headers = [
            ("host", "example.org"),
            ("connection", "upgrade"),
            ("upgrade", "h2c"),
            ("te", "trailers"),
            ("expect", "100-continue"),
        ];
        unsent(ground, with_headers(&headers), Code::InvalidRequest).await
    });
}

#[test]
fn a_request_in_disguise() {
    attack(async |ground| {
        let headers = [
            ("x-http-method-override", "DELETE"),
            ("x-original-url", "/admin"),
            ("x-rewrite-url", "/admin"),
            ("x-forwarded-for", "127.0.0.1"),
            ("X_Forwarded_Host", "example.org"),
            ("forwarded", "for=127.0.0.1"),
        ];
        unsent(ground, with_headers(&headers), Code::InvalidRequest).await
    });
}

#[test]
fn huge_headers() {
    attack(async |ground| {
        let many: Vec<Value> =
            (0..2_000).map(|number| json!([format!("x-{number}"), "a value that is not short at all"])).collect();
        let requests = vec![json!({ "headers": [["x-note", "x".repeat(40_000)]] }), json!({ "headers": many })];
        unsent(ground, requests, Code::InvalidRequest).await
    });
}

#[test]
fn a_huge_target() {
    attack(async |ground| {
        let requests = [20_000, 200_000].map(|length| json!({ "target": format!("/{}", "x".repeat(length)) }));
        unsent(ground, requests.to_vec(), Code::InvalidRequest).await
    });
}

#[test]
fn the_credential_of_another_app() {
    attack(async |ground| {
        let slots = ["neighbour-token", "neighbour", "admin", "../neighbour/default", "token", ""];
        let requests = slots.iter().map(|slot| json!({ "slot": slot })).collect();
        unsent(ground, requests, Code::NoCredential).await
    });
}

#[test]
fn a_denial_of_what_was_sent() {
    attack(async |ground| {
        let server = ground.server(|_| Reply::Last(Vec::new())).await;
        let deed = json!({ "deed": "send", "requests": [{ "method": "POST", "body": "x" }] });
        let app = ground.intruder(deed).at(&server, "").connect();
        let answer = app.create().await;
        assert_eq!(server.seen().len(), 1, "the write did arrive");
        Held::failure(&answer, ErrorCode::OutcomeUnknown)
    });
}
