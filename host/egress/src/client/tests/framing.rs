//! Answers that end where they do not say, or say that they end in two places.

use super::*;

async fn body_of(answer: &'static [u8]) -> Result<Vec<u8>, EgressError> {
    let server = Server::raw(answer).await;
    client(&[&server.url("")]).send(Request::new(Method::Post, "/")).await.map(|response| response.body)
}

#[tokio::test]
async fn an_answer_with_an_ambiguous_end_is_refused_or_read_as_it_must_be() {
    for answer in [
        // Two lengths that differ, in two fields and in one.
        &b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 4\r\n\r\nokok"[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 2, 4\r\n\r\nokok",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0x2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\nok",
        // A length that is too long.
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok",
        // Chunks that are none.
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
        // Folded lines and spaces where a request could be read differently.
        b"HTTP/1.1 200 OK\r\nx-a: 1\r\n folded\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nx-a: a\0b\r\ncontent-length: 2\r\n\r\nok",
    ] {
        let error = body_of(answer).await.expect_err("ambiguous");
        let shown = String::from_utf8_lossy(answer);
        assert_eq!((error.code(), error.sent()), (Code::Protocol, true), "{shown:?}: {error}");
    }
    for (answer, body) in [
        // The same length twice is one (RFC 9112, section 6.3).
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok"[..], &b"ok"[..]),
        // Chunks go before a length.
        (b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        // Without either the end is that of the connection.
        (b"HTTP/1.1 200 OK\r\n\r\nok", b"ok"),
        // What is behind the end is nobody's.
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok and more", b"ok"),
        (b"HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nok", b""),
    ] {
        assert_eq!(body_of(answer).await.expect("an answer"), body, "{:?}", String::from_utf8_lossy(answer));
    }
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one() {
    // The second one waits on the connection for the next request.
    let answers = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil";
    let server = Server::writing(answers, || std::iter::repeat_n(Vec::new(), 0)).await;
    let client = client(&[&server.url("")]);
    for _ in 0..3 {
        assert_eq!(client.send(get_request("/")).await.expect("an answer").body, b"first");
    }
    assert_eq!(server.connections(), 3);
}
