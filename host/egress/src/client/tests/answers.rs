//! What comes back, and what does not.

use super::*;
use axum::body::Body;
use axum::routing::get;

#[tokio::test]
async fn echoes_of_the_secret_and_cookies_do_not_come_back() {
    let echo = async |headers: axum::http::HeaderMap| {
        let authorization = headers["authorization"].to_str().expect("text").to_owned();
        let quoted = format!("{{\"you sent\": \"{}\", \"url\": \"/?t=s3cr3t%2Ft0ken%2B1\"}}", authorization.replace('/', "\\/"));
        ([("x-echo", authorization), ("set-cookie", "session=1".to_owned())], quoted)
    };
    let server = Server::start(Router::new().fallback(any(echo))).await;
    let response = client(&[&server.url("")]).send(get_request("/")).await.expect("an answer");
    assert_eq!(String::from_utf8_lossy(&response.body), r#"{"you sent": "Bearer [redacted]", "url": "/?t=[redacted]"}"#);
    let header = |name: &str| response.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    assert_eq!((header("x-echo"), header("set-cookie")), (Some("Bearer [redacted]"), None));
    assert!(server.seen()[0].header("authorization").is_some_and(|value| value.contains(TOKEN)));
}

fn small() -> Options {
    Options { response_bytes: 1000, ..Options::default() }
}

#[tokio::test]
async fn an_answer_is_read_to_the_limit_and_no_further() {
    let chunks = |size: usize| {
        let chunk = vec![b'x'; 100];
        Body::from_stream(server::Chunks(Box::new(std::iter::repeat_n(chunk, size / 100))))
    };
    let router = Router::new()
        .route("/fits", get(async || "x".repeat(1000)))
        .route("/long", get(async || "x".repeat(1001)))
        .route("/fits-chunked", get(async move || chunks(1000)))
        .route("/long-chunked", get(async move || chunks(1100)));
    let server = Server::start(router).await;
    let client = client_with(policy(&[&server.url("")]), small());
    for path in ["/fits", "/fits-chunked"] {
        assert_eq!(client.send(get_request(path)).await.expect(path).body.len(), 1000);
    }
    for path in ["/long", "/long-chunked"] {
        let error = client.send(get_request(path)).await.expect_err(path);
        assert_eq!((error.code(), error.sent()), (Code::TooLarge, true), "{path}");
    }
}

#[tokio::test]
async fn the_limit_counts_what_comes_and_not_what_is_said() {
    let ask = async |head: &'static [u8], piece: &'static [u8], count: usize| {
        let server = Server::writing(head, move || std::iter::repeat_n(piece.to_vec(), count)).await;
        let response = client_with(policy(&[&server.url("")]), small()).send(get_request("/")).await;
        response.map(|response| response.body.len()).map_err(|error| error.code())
    };
    let (bare, chunked) = (b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    // Without a length, to the end of the connection, in one piece and in crumbs.
    assert_eq!(ask(bare, b"x", 1000).await, Ok(1000));
    assert_eq!(ask(bare, b"x", 1001).await, Err(Code::TooLarge));
    assert_eq!(ask(bare, &[b'x'; 1001], 1).await, Err(Code::TooLarge));
    // In chunks of one byte, which are many times larger on the wire; without the last one, which says that it is whole.
    assert_eq!(ask(chunked, b"1\r\nx\r\n", 1001).await, Err(Code::TooLarge));
    assert_eq!(ask(chunked, b"1\r\nx\r\n", 1000).await, Err(Code::Protocol));
    assert_eq!(ask(chunked, b"3e8\r\n", 0).await, Err(Code::Protocol));
    // A length at the limit and above it; what is above it is not waited for.
    assert_eq!(ask(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"x", 1000).await, Ok(1000));
    assert_eq!(ask(b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n", b"x", 0).await, Err(Code::TooLarge));
    assert_eq!(ask(b"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\n", b"x", 10).await, Err(Code::Protocol));
    // A length that is wrong: too long, too short.
    assert_eq!(ask(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"x", 999).await, Err(Code::Protocol));
    assert_eq!(ask(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", b"x", 5000).await, Ok(10));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("compressed")
}

#[tokio::test]
async fn the_limit_holds_after_decompression() {
    let compressed = |bytes: Vec<u8>| async move || ([("content-encoding", "gzip")], gzip(&bytes));
    let router = Router::new()
        .route("/small", get(compressed(b"hello".to_vec())))
        .route("/fits", get(compressed(vec![0; 100_000])))
        .route("/over", get(compressed(vec![0; 100_001])))
        .route("/bomb", get(compressed(vec![0; 50_000_000])))
        .route("/broken", get(async || ([("content-encoding", "gzip")], "not gzip")));
    let server = Server::start(router).await;
    let client = client_with(policy(&[&server.url("")]), Options { response_bytes: 100_000, ..Options::default() });
    let response = client.send(get_request("/small")).await.expect("an answer");
    assert_eq!(response.body, b"hello");
    assert!(!response.headers.iter().any(|(name, _)| name == "content-encoding"));
    assert_eq!(client.send(get_request("/fits")).await.expect("at the limit").body.len(), 100_000);
    assert_eq!(client.send(get_request("/over")).await.expect_err("one above").code(), Code::TooLarge);
    // 50 MB come over the wire as less than the limit.
    assert!(gzip(&vec![0; 50_000_000]).len() < 100_000);
    assert_eq!(client.send(get_request("/bomb")).await.expect_err("a bomb").code(), Code::TooLarge);
    assert_eq!(client.send(get_request("/broken")).await.expect_err("broken").code(), Code::Protocol);
}

#[tokio::test]
async fn any_status_is_an_answer() {
    let router = Router::new().fallback(any(async |uri: axum::http::Uri| {
        StatusCode::from_bytes(uri.path().trim_start_matches('/').as_bytes()).expect("a status")
    }));
    let server = Server::start(router).await;
    for status in [200, 204, 304, 400, 401, 403, 404, 409, 412, 429, 500, 503] {
        // A client of its own for each: after a 429 the next request would have to wait.
        let client = client(&[&server.url("")]);
        assert_eq!(client.send(get_request(&format!("/{status}"))).await.expect("an answer").status, status);
    }
}
