//! Registries that give tokens.

use super::server::{Server, answer};
use super::*;
use axum::response::Response;
use std::sync::{Arc, OnceLock};

/// A registry that wants a token of its own `/token`, for which this is answered, and then this for everything else.
async fn server(token: impl Fn() -> Response + Clone + Send + Sync + 'static, then: u16) -> Server {
    let port = Arc::new(OnceLock::new());
    let own = port.clone();
    let server = Server::start(move |asked| match asked {
        "GET /v2/" => {
            let port: u16 = *own.get().expect("started");
            let challenge = format!(r#"Bearer realm="http://127.0.0.1:{port}/token",service="registry.example""#);
            answer(401, &[("www-authenticate", &challenge)], "")
        }
        asked if asked.starts_with("GET /token") => token(),
        _ => answer(then, &[("www-authenticate", "Bearer realm=\"http://127.0.0.1/token\"")], ""),
    })
    .await;
    port.set(server.port()).expect("once");
    server
}

#[tokio::test]
async fn a_token_is_fetched_with_the_login_and_used_without_it() {
    let server = server(|| answer(200, &[], r#"{"access_token":"t0ken"}"#), 404).await;
    let registry = with_login(&server.host(), "publisher", "hunter2");
    registry.pull(&reference(&server.host(), "1.0.0")).await.expect_err("nothing there");
    let seen = server.seen();
    let basic = "Basic cHVibGlzaGVyOmh1bnRlcjI=";
    let asked: Vec<_> = seen.iter().take(3).map(|seen| (seen.target.as_str(), seen.header("authorization"))).collect();
    assert_eq!(
        asked,
        [
            ("GET /v2/", None),
            ("GET /token?scope=repository%3Aacme%2Fcrm%3Apull&service=registry.example", Some(basic)),
            ("GET /v2/acme/crm/manifests/1.0.0", Some("Bearer t0ken")),
        ]
    );
    // The library that uploads uses the same one, and fetches none.
    registry.push(&reference(&server.host(), "1.0.0"), &artifact("http")).await.expect_err("not taken");
    let pushing = &server.seen()[seen.len()..];
    assert_eq!(pushing.iter().filter(|seen| seen.target.starts_with("GET /token")).count(), 1);
    let upload = pushing.iter().find(|seen| seen.target.starts_with("POST")).expect("an upload");
    assert_eq!(upload.header("authorization"), Some("Bearer t0ken"));
}

#[tokio::test]
async fn a_registry_that_never_lets_in_is_asked_once() {
    let server = server(|| answer(200, &[], r#"{"token":"t0ken"}"#), 401).await;
    let (host, there) = (server.host(), reference(&server.host(), "1.0.0"));
    let text = refusal(with_login(&host, "publisher", "hunter2").pull(&there).await, &host);
    assert_eq!(text, "HOST does not allow it (401). Check the secret of `publisher`, and what it may do there");
    assert_eq!(server.seen().len(), 3);
    let error = with_login(&host, "publisher", "hunter2").push(&there, &artifact("http")).await.expect_err("refused");
    assert!(matches!(error, RegistryError::Unauthorised { status: 401, .. }), "{error}");
    assert!(server.seen().len() < 3 + 5, "{}", server.seen().len());
}

#[tokio::test]
async fn tokens_that_are_none_are_told_and_no_secret_is_shown() {
    let mut texts = Vec::new();
    let endless = "x".repeat(1024 * 1024);
    for (status, body) in [
        (401, r#"{"errors":[{"code":"UNAUTHORIZED","message":"hunter2 is wrong"}]}"#),
        (500, "broken"),
        (200, "<html>"),
        (200, "{}"),
        (200, r#"{"token":""}"#),
        (200, r#"{"token":"two\r\nlines: hunter2"}"#),
        (200, &endless),
    ] {
        let body = body.to_owned();
        let server = server(move || answer(status, &[], body.clone()), 404).await;
        let registry = with_login(&server.host(), "publisher", "hunter2");
        texts.push(refusal(registry.pull(&reference(&server.host(), "1.0.0")).await, &server.host()));
    }
    let texts = texts.join("\n");
    assert!(!texts.contains("hunter2"), "{texts}");
    insta::assert_snapshot!(texts);
}

#[tokio::test]
async fn a_login_does_not_go_over_the_network_in_plain_text() {
    let server = Server::start(|_| answer(401, &[("www-authenticate", r#"Bearer realm="http://auth.example/token""#)], "")).await;
    let registry = with_login(&server.host(), "publisher", "hunter2");
    insta::assert_snapshot!(refusal(registry.pull(&reference(&server.host(), "1.0.0")).await, &server.host()));
}
