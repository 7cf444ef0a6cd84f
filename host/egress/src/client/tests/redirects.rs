//! What becomes of a request that is sent on.

use super::*;
use axum::routing::get;

fn redirecting(status: StatusCode, to: String) -> Router {
    Router::new().fallback(any(async move || (status, [("location", to)])))
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed_even_when_that_host_is_granted() {
    let other = ok().await;
    for status in [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ] {
        let server = Server::start(redirecting(status, other.url("/take?token=1"))).await;
        let client = client(&[&server.url(""), &other.url("")]);
        let (exchange, result) = client.exchange(get_request("/")).await;
        let error = result.expect_err("a redirect");
        assert_eq!((error.code(), error.sent(), exchange.status), (Code::Denied, true, Some(status.as_u16())));
        assert!(error.to_string().contains(&format!("sent the request on to {}", other.url("/take, "))), "{error}");
    }
    assert_eq!((other.seen().len(), other.connections()), (0, 0));
}

#[tokio::test]
async fn a_redirect_that_repeats_the_secret_does_not_show_it() {
    let server = Server::start(redirecting(StatusCode::FOUND, format!("https://evil.example/{TOKEN}"))).await;
    let error = client(&[&server.url("")]).send(get_request("/")).await.expect_err("a redirect").to_string();
    assert!(error.contains("https://evil.example/[redacted]"), "{error}");
}

#[tokio::test]
async fn a_read_is_followed_on_the_same_host_with_the_credential() {
    let router = Router::new()
        .route("/old", get(async || (StatusCode::FOUND, [("location", "/new?x=1")])))
        .route("/new", get(async || "here"))
        .route("/outside", get(async || (StatusCode::FOUND, [("location", "/admin")])))
        .route("/loop", get(async || (StatusCode::FOUND, [("location", "/loop")])));
    let server = Server::start(router).await;
    let urls = [server.url("/old"), server.url("/new"), server.url("/outside"), server.url("/loop")];
    let mut policy = policy(&urls.each_ref().map(String::as_str));
    policy.base = server.url("").parse().expect("a URL");
    let client = client_with(policy, Options::default());
    let (exchange, response) = client.exchange(get_request("/old")).await;
    assert_eq!(response.expect("an answer").body, b"here");
    assert_eq!((exchange.status, exchange.url), (Some(200), server.url("/old")));
    let seen = server.seen();
    assert_eq!(seen.iter().map(|seen| seen.target.as_str()).collect::<Vec<_>>(), ["/old", "/new?x=1"]);
    assert!(seen.iter().all(|seen| seen.header("authorization").is_some()));

    let error = client.send(get_request("/outside")).await.expect_err("not granted");
    assert_eq!((error.code(), error.sent()), (Code::Denied, true));
    let before = server.seen().len();
    let error = client.send(get_request("/loop")).await.expect_err("a loop").to_string();
    assert!(error.contains("fourth in a row"), "{error}");
    assert_eq!(server.seen().len() - before, 4);
}

#[tokio::test]
async fn a_write_is_never_sent_again() {
    let server = Server::start(redirecting(StatusCode::TEMPORARY_REDIRECT, "/elsewhere".into())).await;
    let client = client(&[&server.url("")]);
    for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
        let error = client.send(Request::new(method, "/users")).await.expect_err("a redirect");
        assert!(error.sent(), "{method}: {error}");
    }
    assert_eq!(server.seen().len(), 4);
}
