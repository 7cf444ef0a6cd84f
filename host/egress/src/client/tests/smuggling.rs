//! What a connector would put into a request so that somebody along the way takes it for another one, or for two.

use super::*;

/// A client whose credential is in `X-Api-Key`.
fn with_key(server: &Server) -> Client {
    let credential = Credential::Header { name: "X-Api-Key".into(), secret: SecretRef::Env("TOKEN".into()) };
    let credentials = Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(OneToken));
    Client::new(policy(&[&server.url("")]), None, credentials, Options::default()).expect("a client")
}

const NO_NAME: &str = "that is not a header name";
const BREAKS: &str = "its value has a line break or a control character";
const WIDE: &str = "its value has a letter beyond ASCII";
const CONNECTION: &str = "it belongs to the connection, which is the host's";
const DISGUISE: &str = "it would make the request pass for another one";
const CREDENTIAL: &str = "credentials are put in by the host";

#[tokio::test]
async fn a_header_that_could_smuggle_never_leaves_and_says_why() {
    let server = ok().await;
    let client = with_key(&server);
    for (name, value, reason) in [
        // A second header, a second request, half a line.
        ("X-A", "a\r\nX-Evil: b", BREAKS),
        ("X-A", "a\r\n\r\nGET /admin HTTP/1.1\r\nHost: evil.example", BREAKS),
        ("X-A", "a\nX-Evil: b", BREAKS),
        ("X-A", "a\rX-Evil: b", BREAKS),
        ("X-A", "a\0b", BREAKS),
        ("X-A", "a\u{7f}", BREAKS),
        ("X-A", "a\u{b}b", BREAKS),
        // A line that is folded (RFC 9112, section 5.2).
        ("X-A", "a\r\n folded", BREAKS),
        ("X-A", "a\r\n\tfolded", BREAKS),
        // Line breaks to those who read another encoding, or cut letters down to bytes.
        ("X-A", "a\u{85}b", WIDE),
        ("X-A", "a\u{2028}b", WIDE),
        ("X-A", "a\u{10d}\u{10a}b", WIDE),
        ("X-A", "caf\u{e9}", WIDE),
        ("X-A\r\nX-Evil", "a", NO_NAME),
        ("X-A\n", "a", NO_NAME),
        ("X-A\0", "a", NO_NAME),
        ("X-A: b\r\nX-B", "a", NO_NAME),
        ("X-A ", "a", NO_NAME),
        (" X-A", "a", NO_NAME),
        ("X-A:", "a", NO_NAME),
        ("X\u{2010}A", "a", NO_NAME),
        ("h\u{f6}st", "a", NO_NAME),
        ("", "a", NO_NAME),
        // The fields of HTTP/2 that are the request's first line in HTTP/1 (RFC 9113, section 8.3.1).
        (":authority", "evil.example", NO_NAME),
        (":path", "/admin", NO_NAME),
        (":method", "DELETE", NO_NAME),
        // Where the message ends, and to whom it goes.
        ("Content-Length", "0", CONNECTION),
        ("content_length", "0", CONNECTION),
        ("Transfer-Encoding", "chunked", CONNECTION),
        ("TRANSFER_ENCODING", "chunked", CONNECTION),
        ("Host", "evil.example", CONNECTION),
        ("Connection", "x-api-key", CONNECTION),
        ("Keep-Alive", "timeout=1", CONNECTION),
        ("Upgrade", "h2c", CONNECTION),
        ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA", CONNECTION),
        ("TE", "trailers", CONNECTION),
        ("Trailer", "x-api-key", CONNECTION),
        ("Expect", "100-continue", CONNECTION),
        ("Accept-Encoding", "br", CONNECTION),
        // Who asks, and for what.
        ("Proxy-Authorization", "Basic eA==", DISGUISE),
        ("Proxy-Connection", "keep-alive", DISGUISE),
        ("Forwarded", "for=127.0.0.1", DISGUISE),
        ("X-Forwarded-For", "127.0.0.1", DISGUISE),
        ("X-Forwarded-Host", "evil.example", DISGUISE),
        ("X_Forwarded_Proto", "http", DISGUISE),
        ("X-Real-IP", "127.0.0.1", DISGUISE),
        ("Via", "1.1 evil.example", DISGUISE),
        ("X-HTTP-Method-Override", "DELETE", DISGUISE),
        ("X-Original-URL", "/admin", DISGUISE),
        // Credentials of its own, and another one in the place of the host's.
        ("Authorization", "Bearer mine", CREDENTIAL),
        ("authorization", "Bearer mine", CREDENTIAL),
        ("Cookie", "session=1", CREDENTIAL),
        ("X-Api-Key", "mine", CREDENTIAL),
        ("X-API-KEY", "mine", CREDENTIAL),
        ("x_api_key", "mine", CREDENTIAL),
        ("X-Api_Key", "mine", CREDENTIAL),
    ] {
        let request = Request { headers: vec![(name.into(), value.into())], ..get_request("/") };
        let (exchange, result) = client.exchange(request).await;
        let error = result.expect_err(name);
        assert_eq!((error.code(), error.sent(), exchange.sent), (Code::InvalidRequest, false, false), "{name:?}: {value:?}");
        let text = error.to_string();
        assert!(text.contains(reason) && text.ends_with("No grant can allow it"), "{name:?}: {value:?}: {text}");
        assert!(!text.contains(['\r', '\n', '\0']), "{text:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_field_that_comes_twice_is_refused_where_one_alone_would_be() {
    let server = ok().await;
    for names in [["Content-Length", "content-length"], ["X-A", "Transfer-Encoding"], ["x-a", "X_API_KEY"]] {
        let headers = names.map(|name| (name.to_owned(), "1".to_owned())).into();
        let error = with_key(&server).send(Request { headers, ..get_request("/") }).await.expect_err("reserved");
        assert_eq!(error.code(), Code::InvalidRequest, "{names:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn what_passes_arrives_as_one_request_with_the_hosts_own_framing() {
    let server = ok().await;
    let mut request = Request::new(Method::Post, "/users?x=%0d%0aX-Evil:%201&y=%00");
    request.query = vec![("z".into(), "\r\nX-Evil: 2\r\n\r\nGET /admin HTTP/1.1".into())];
    request.headers = vec![("X-A".into(), "a\tb, \"c: d\"".into()), ("x-a".into(), "e".into()), ("X-B".into(), String::new())];
    request.body = Some(b"0\r\n\r\nGET /admin HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_vec());
    let length = request.body.as_ref().map(Vec::len);
    with_key(&server).send(request).await.expect("an answer");
    let seen = server.seen();
    assert_eq!((seen.len(), seen[0].method.as_str(), server.connections()), (1, "POST", 1));
    let z = "z=%0D%0AX-Evil%3A%202%0D%0A%0D%0AGET%20%2Fadmin%20HTTP%2F1.1";
    assert_eq!(seen[0].target, format!("/users?x=%0d%0aX-Evil:%201&y=%00&{z}"));
    assert_eq!(seen[0].header("content-length").and_then(|value| value.parse().ok()), length);
    assert_eq!((seen[0].header("x-api-key"), seen[0].header("x-b")), (Some(TOKEN), Some("")));
    assert_eq!((seen[0].header("x-evil"), seen[0].header("transfer-encoding")), (None, None));
}

#[tokio::test]
async fn a_secret_that_could_smuggle_is_not_sent() {
    struct Broken(&'static str);

    impl Vault for Broken {
        fn fetch(&self, _: &SecretRef) -> Result<Secret, SecretError> {
            Ok(Secret::new(self.0))
        }
    }

    let server = ok().await;
    for secret in ["hunter2\r\nX-Evil: 1", "hunter2\n", "hunter2\0", "hunter2\u{e9}"] {
        let credential = Credential::Bearer { secret: SecretRef::Env("TOKEN".into()) };
        let credentials = Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(Broken(secret)));
        let client = Client::new(policy(&[&server.url("")]), None, credentials, Options::default()).expect("a client");
        let error = client.send(get_request("/")).await.expect_err("broken");
        assert_eq!((error.code(), error.to_string().contains("hunter2")), (Code::NoCredential, false), "{error}");
    }
    assert_eq!(server.connections(), 0);
}
