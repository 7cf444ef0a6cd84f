//! Answers that are too much, come too slowly, or never end.

use super::*;
use axum::body::Body;
use axum::routing::get;
use std::io;
use std::iter::repeat;

/// A client that reads 10,000 bytes.
fn client_for(server: &Server, timeout: Duration) -> Client {
    let options = Options { response_bytes: 10_000, timeout, ..Options::default() };
    client_with(policy(&[&server.url("")]), options)
}

/// One whose time is not what ends the answer.
fn strict(server: &Server) -> Client {
    client_for(server, Duration::from_secs(20))
}

async fn refusal(server: &Server) -> Code {
    let error = strict(server).send(Request::new(Method::Post, "/")).await.expect_err("too much");
    assert!(error.sent(), "{error}");
    error.code()
}

/// The answer is given half a second and has no end in it.
async fn outlasts_half_a_second(server: &Server) {
    let (time, started) = (Duration::from_millis(500), std::time::Instant::now());
    let error = client_for(server, time).send(Request::new(Method::Post, "/")).await.expect_err("no end");
    assert_eq!((error.code(), error.sent()), (Code::Timeout, true), "{error}");
    let took = started.elapsed();
    assert!(took >= time && took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn a_head_is_read_to_its_limits_and_no_further() {
    let fields = |count: usize, size: usize| {
        let field = move |number| format!("x-{number}: {}\r\n", "v".repeat(size));
        let fields: String = (0..count).map(field).collect();
        move || std::iter::once(format!("{fields}content-length: 2\r\n\r\nok").into_bytes())
    };
    let status = b"HTTP/1.1 200 OK\r\n";
    for (count, size) in [(99, 10), (60, 1000)] {
        let server = Server::writing(status, fields(count, size)).await;
        let response = strict(&server).send(get_request("/")).await.expect("bearable");
        assert_eq!(response.headers.len(), count + 1);
    }
    for (count, size, code) in [
        // One too many, and many.
        (100, 1, Code::Protocol),
        (10_000, 1, Code::Protocol),
        // One that is too large, and some that are too large together.
        (1, 70_000, Code::TooLarge),
        (70, 1000, Code::TooLarge),
        // More than the library keeps of a head.
        (1, 1_000_000, Code::Protocol),
    ] {
        let server = Server::writing(status, fields(count, size)).await;
        assert_eq!(refusal(&server).await, code, "{count} fields of {size} bytes");
    }
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let server = Server::writing(b"HTTP/1.1 200 OK\r\nx-a: ", || repeat(vec![b'a'; 1000])).await;
    assert_eq!(refusal(&server).await, Code::Protocol);
    let server = Server::writing(b"HTTP/1.1 200 OK\r\n", || repeat(b"x-a: a\r\n".repeat(10))).await;
    assert_eq!(refusal(&server).await, Code::Protocol);
}

#[tokio::test]
async fn interim_answers_without_end_are_given_up_with_the_time() {
    for interim in [&b"HTTP/1.1 100 Continue\r\n\r\n"[..], b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"] {
        let server = Server::writing(b"", || repeat(interim.to_vec())).await;
        outlasts_half_a_second(&server).await;
    }
    // Some of them are what they are meant to be.
    let server = Server::raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok").await;
    assert_eq!(strict(&server).send(get_request("/")).await.expect("an answer").body, b"ok");
}

#[tokio::test]
async fn a_body_that_never_ends_is_read_to_the_limit() {
    let chunk = || repeat(b"4\r\nmore\r\n".repeat(100));
    let server = Server::writing(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunk).await;
    assert_eq!(refusal(&server).await, Code::TooLarge);
    let server = Server::writing(b"HTTP/1.1 200 OK\r\n\r\n", || repeat(b"more".repeat(100))).await;
    assert_eq!(refusal(&server).await, Code::TooLarge);
    // The name of a chunk that never comes to its end, and fields behind the last one.
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4;";
    let server = Server::writing(chunked, || repeat(b"extension".repeat(100))).await;
    assert_eq!(refusal(&server).await, Code::Protocol);
    let trailers = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n";
    let server = Server::writing(trailers, || repeat(b"x-a: a\r\n".repeat(10))).await;
    assert_eq!(refusal(&server).await, Code::Protocol);
}

/// A byte a tick, for ever.
fn drip() -> Body {
    let ticks = futures::stream::unfold((), async |()| {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Some((Ok::<_, io::Error>(vec![b'x']), ()))
    });
    Body::from_stream(ticks)
}

#[tokio::test]
async fn an_answer_in_drops_is_given_up_when_its_time_is_over_however_lively_it_is() {
    let server = Server::start(Router::new().fallback(any(async || drip()))).await;
    outlasts_half_a_second(&server).await;
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("compressed")
}

#[tokio::test]
async fn content_that_is_not_encoded_as_it_says_is_refused() {
    let echo = format!("you sent {TOKEN}");
    let packed = gzip(echo.as_bytes());
    let twice = gzip(&packed);
    let cut = packed[..packed.len() / 2].to_vec();
    for (encoding, body) in [
        ("gzip", echo.clone().into_bytes()),
        ("gzip", cut),
        // What was not asked for would not be searched for echoes.
        ("br", packed.clone()),
        ("deflate", packed.clone()),
        ("zstd", packed.clone()),
        ("gzip, gzip", twice.clone()),
        ("identity, gzip", packed.clone()),
        ("anything", packed.clone()),
    ] {
        let answer = async move || ([("content-encoding", encoding)], body.clone());
        let server = Server::start(Router::new().route("/", get(answer))).await;
        let error = strict(&server).send(get_request("/")).await.expect_err(encoding);
        assert_eq!((error.code(), error.sent()), (Code::Protocol, true), "{encoding}: {error}");
    }
    for (encoding, body) in [("gzip", packed), ("identity", echo.into_bytes())] {
        let answer = async move || ([("content-encoding", encoding)], body.clone());
        let server = Server::start(Router::new().route("/", get(answer))).await;
        let response = strict(&server).send(get_request("/")).await.expect(encoding);
        assert_eq!(response.body, b"you sent [redacted]", "{encoding}");
    }
    // A head without content has nothing that could hide.
    let server = Server::start(Router::new().route("/", get(async || ([("content-encoding", "br")], "")))).await;
    assert_eq!(strict(&server).send(Request::new(Method::Head, "/")).await.expect("an answer").status, 200);
}
