//! What is known when there is no answer.

use super::*;
use crate::rate::Budget;
use axum::body::Body;

#[tokio::test]
async fn a_rest_that_the_system_asks_for_holds_for_the_whole_app() {
    for status in [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
        let server = Server::start(Router::new().fallback(any(async move || (status, [("retry-after", "3600")])))).await;
        let client = client(&[&server.url("")]);
        let response = client.send(get_request("/")).await.expect("an answer");
        assert_eq!(response.status, status.as_u16());
        let (exchange, result) = client.clone().exchange(get_request("/")).await;
        let error = result.expect_err("closed");
        assert_eq!((error.code(), error.sent(), exchange.sent), (Code::Budget, false, false));
        assert!(error.retry_after().is_some_and(|rest| rest > Duration::from_secs(3590)), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_spent_budget_is_said_at_once_when_the_caller_cannot_wait() {
    let server = ok().await;
    let budget = Some(Budget { requests_per_second: 0.01, burst: 2 });
    let client = client_at(&server, Rate { budget, ..Rate::default() });
    for _ in 0..2 {
        client.send(get_request("/")).await.expect("in the burst");
    }
    let error = client.send(get_request("/")).await.expect_err("spent");
    assert_eq!((error.code(), server.seen().len()), (Code::Budget, 2));
}

#[tokio::test]
async fn nobody_there_is_a_connection_error_and_nothing_was_sent() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let error = client(&[&format!("http://127.0.0.1:{port}")]).send(Request::new(Method::Post, "/")).await.expect_err("nobody");
    assert_eq!((error.code(), error.sent()), (Code::Connection, false));
    assert_eq!(error.to_string(), format!("no connection to 127.0.0.1:{port}: nothing listens there (connection refused)"));
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_and_the_outcome_is_unknown() {
    let router = Router::new()
        .route("/silent", any(async || std::future::pending::<&str>().await))
        .route("/stalls", any(async || Body::from_stream(server::Stall(Some(b"half".to_vec())))));
    let server = Server::start(router).await;
    let options = Options { timeout: Duration::from_millis(150), ..Options::default() };
    let client = client_with(policy(&[&server.url("")]), options);
    for (path, phase) in [("/silent", "waiting for the answer"), ("/stalls", "reading the answer")] {
        let error = client.send(Request::new(Method::Post, path)).await.expect_err(path);
        assert_eq!((error.code(), error.sent()), (Code::Timeout, true), "{path}");
        assert!(error.to_string().contains(phase), "{error}");
    }
    let patient = client_with(policy(&[&server.url("")]), Options::default());
    let request = Request { deadline: Some(Instant::now() + Duration::from_millis(150)), ..get_request("/silent") };
    assert_eq!(patient.send(request).await.expect_err("the caller's deadline").code(), Code::Timeout);
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_is_not_http_leaves_the_outcome_unknown() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 banana\r\n\r\n",
    ] {
        let server = Server::raw(answer).await;
        let error = client(&[&server.url("")]).send(Request::new(Method::Post, "/")).await.expect_err("broken");
        assert_eq!((error.code(), error.sent()), (Code::Protocol, true), "{:?}: {error}", String::from_utf8_lossy(answer));
    }
}
