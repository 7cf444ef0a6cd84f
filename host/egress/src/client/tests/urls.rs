//! What a connector would write so that a URL is read in two ways, through the whole client: it is refused, or it arrives where it was
//! granted.

use super::*;
use crate::Resolve;
use std::io;
use std::net::IpAddr;

/// Everything is at 127.0.0.1, so that what slips through arrives somewhere.
struct Everywhere;

#[async_trait::async_trait]
impl Resolve for Everywhere {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![[127, 0, 0, 1].into()])
    }
}

/// What becomes of a target.
enum Fate {
    /// It is no target: the text has this reason.
    Invalid(&'static str),
    /// It is one, and nobody granted it.
    Denied,
    /// It arrives as this.
    Arrives(&'static str),
}

use Fate::{Arrives, Denied, Invalid};

const SPACE: &str = "a space or a control character";
const BACKSLASH: &str = "a backslash";
const EMPTY: &str = "an empty path segment";
const DOTS: &str = "a `.` or `..` segment";
const SEPARATOR: &str = "an encoded slash or backslash";
const PLAIN: &str = "plain http is for loopback";
const NEITHER: &str = "neither a path that starts with `/` nor an absolute URL";

#[tokio::test]
async fn a_url_that_is_read_in_two_ways_is_refused_or_arrives_where_it_was_granted() {
    let authority = server::authority();
    let server = Server::tls(&authority, "api.example.com").await;
    let port = server.port().to_string();
    let options =
        Options { resolver: Arc::new(Everywhere), certificate_authorities: vec![authority.pem()], ..Options::default() };
    let client = client_with(policy(&[&format!("https://api.example.com:{port}/scim/v2")]), options);
    for (target, fate) in [
        // Paths.
        ("/Users", Arrives("/scim/v2/Users")),
        ("/", Arrives("/scim/v2/")),
        ("/Users;v=1/x;y", Arrives("/scim/v2/Users;v=1/x;y")),
        ("/@evil.example", Arrives("/scim/v2/@evil.example")),
        ("/...", Arrives("/scim/v2/...")),
        ("/?next=https://evil.example/", Arrives("/scim/v2/?next=https://evil.example/")),
        ("/?x=../../admin", Arrives("/scim/v2/?x=../../admin")),
        ("//evil.example", Invalid(EMPTY)),
        ("//evil.example/scim/v2", Invalid(EMPTY)),
        ("///evil.example", Invalid(EMPTY)),
        ("/https://evil.example/", Invalid(EMPTY)),
        ("/Users//1", Invalid(EMPTY)),
        ("/..", Invalid(DOTS)),
        ("/../../admin", Invalid(DOTS)),
        ("/Users/./1", Invalid(DOTS)),
        ("/%2e%2e/admin", Invalid(DOTS)),
        ("/%2E./admin", Invalid(DOTS)),
        ("/%252e%252e/admin", Invalid(DOTS)),
        ("/%25252e%25252e/admin", Invalid(DOTS)),
        ("/..;/admin", Invalid(DOTS)),
        ("/..;v=1/admin", Invalid(DOTS)),
        ("/..%3bv=1/admin", Invalid(DOTS)),
        ("/..%2fadmin", Invalid(SEPARATOR)),
        ("/Users%2F..%2F..%2Fadmin", Invalid(SEPARATOR)),
        ("/Users%252f1", Invalid(SEPARATOR)),
        ("/Users%5c..%5cadmin", Invalid(SEPARATOR)),
        ("/Users%255c1", Invalid(SEPARATOR)),
        ("/\\evil.example", Invalid(BACKSLASH)),
        ("\\\\evil.example", Invalid(BACKSLASH)),
        ("/Users\\..\\admin", Invalid(BACKSLASH)),
        ("/\t/evil.example", Invalid(SPACE)),
        ("/Use\nrs", Invalid(SPACE)),
        ("/Users HTTP/1.1\r\nHost: evil.example", Invalid(SPACE)),
        ("/Users\0", Invalid(SPACE)),
        ("\t/Users", Invalid(SPACE)),
        ("/Users%00", Invalid("an encoded control character")),
        ("/Users%0d%0aX-Evil:%201", Invalid("an encoded control character")),
        ("/Users%", Invalid("a percent sign that is no encoding")),
        ("/Users%u002e", Invalid("a percent sign that is no encoding")),
        ("/Users#/../admin", Invalid("a fragment")),
        ("Users", Invalid(NEITHER)),
        (".evil.example/", Invalid(NEITHER)),
        ("@evil.example/", Invalid(NEITHER)),
        (":80@evil.example/", Invalid(NEITHER)),
        ("", Invalid(NEITHER)),
        ("https:/api.example.com/", Invalid(NEITHER)),
        // The granted host, spelt otherwise.
        ("https://api.example.com:PORT/scim/v2/x", Arrives("/scim/v2/x")),
        ("HTTPS://API.Example.COM:PORT/scim/v2/x", Arrives("/scim/v2/x")),
        ("https://\u{ff41}pi.example.com:PORT/scim/v2/x", Arrives("/scim/v2/x")),
        ("https://api\u{3002}example.com:PORT/scim/v2/x", Arrives("/scim/v2/x")),
        ("https://api.example.com:0PORT/scim/v2/x", Arrives("/scim/v2/x")),
        ("https://api.example.com.:PORT/scim/v2", Denied),
        ("https://%61pi.example.com:PORT/scim/v2", Invalid("its host is percent-encoded")),
        ("https://api.example.com%2eevil.example:PORT/scim/v2", Invalid("its host is percent-encoded")),
        // Another host that looks like it.
        ("https://\u{430}pi.example.com:PORT/scim/v2", Denied),
        ("https://api.ex\u{e4}mple.com:PORT/scim/v2", Denied),
        ("https://api.example.com.evil.example:PORT/scim/v2", Denied),
        ("https://api-example.com:PORT/scim/v2", Denied),
        ("https://example.com:PORT/scim/v2", Denied),
        ("https://x.api.example.com:PORT/scim/v2", Denied),
        ("https://evil.example/https://api.example.com:PORT/scim/v2", Invalid(EMPTY)),
        ("https://evil.example?https://api.example.com:PORT/scim/v2", Denied),
        // User info, and what one parser takes for it.
        ("https://user@api.example.com:PORT/scim/v2", Invalid("user info")),
        ("https://user:word@api.example.com:PORT/scim/v2", Invalid("user info")),
        ("https://api.example.com:PORT@evil.example/scim/v2", Invalid("user info")),
        ("https://@api.example.com:PORT/scim/v2", Invalid("user info")),
        ("https://evil.example\\@api.example.com:PORT/scim/v2", Invalid(BACKSLASH)),
        ("https://evil.example#@api.example.com:PORT/scim/v2", Invalid("a fragment")),
        ("https://evil.example?@api.example.com:PORT/scim/v2", Denied),
        // Other ports and schemes.
        ("https://api.example.com/scim/v2", Denied),
        ("https://api.example.com:443/scim/v2", Denied),
        ("https://api.example.com:0/scim/v2", Invalid("port 0")),
        ("https://api.example.com:65536/scim/v2", Invalid("not a URL")),
        ("https://api.example.com:PORT:443/scim/v2", Invalid("not a URL")),
        ("http://api.example.com:PORT/scim/v2", Invalid(PLAIN)),
        ("ftp://api.example.com:PORT/scim/v2", Invalid("only https")),
        ("file:///scim/v2", Invalid("it has no host")),
        ("ws://api.example.com:PORT/scim/v2", Invalid("only https")),
        // Paths beside the granted one.
        ("https://api.example.com:PORT/scim/v2", Arrives("/scim/v2")),
        ("https://api.example.com:PORT/scim/v20", Denied),
        ("https://api.example.com:PORT/scim/v2.1/x", Denied),
        ("https://api.example.com:PORT/scim/v2;x", Denied),
        ("https://api.example.com:PORT/scim/V2", Denied),
        ("https://api.example.com:PORT/scim/%762", Denied),
        ("https://api.example.com:PORT/scim", Denied),
        ("https://api.example.com:PORT", Denied),
        ("https://api.example.com:PORT/scim/v2/../v3", Invalid(DOTS)),
        // This machine and its neighbours, as names and as addresses in every spelling.
        ("https://localhost:PORT/scim/v2", Denied),
        ("https://127.0.0.1:PORT/scim/v2", Denied),
        ("https://127.1:PORT/scim/v2", Denied),
        ("https://2130706433:PORT/scim/v2", Denied),
        ("https://0177.0.0.1:PORT/scim/v2", Denied),
        ("https://0x7f000001:PORT/scim/v2", Denied),
        ("https://0x7f.1:PORT/scim/v2", Denied),
        ("https://[::1]:PORT/scim/v2", Denied),
        ("https://[::ffff:127.0.0.1]:PORT/scim/v2", Denied),
        ("https://[::ffff:7f00:1]:PORT/scim/v2", Denied),
        ("https://0:PORT/scim/v2", Denied),
        ("https://169.254.169.254/latest/meta-data", Denied),
        ("http://169.254.169.254/latest/meta-data", Invalid(PLAIN)),
        ("http://2852039166/latest/meta-data", Invalid(PLAIN)),
        ("https://256.0.0.1/", Invalid("not a URL")),
        ("https://127.0.0.1.1/", Invalid("not a URL")),
        ("https://[fe80::1%25eth0]:PORT/scim/v2", Invalid("its host is percent-encoded")),
        ("https://[fe80::1%eth0]:PORT/scim/v2", Invalid("its host is percent-encoded")),
        ("https://[::1/scim/v2", Invalid("not a URL")),
    ] {
        let target = target.replace("PORT", &port);
        let before = (server.connections(), server.seen().len());
        let (exchange, result) = client.exchange(get_request(&target)).await;
        match (fate, result) {
            (Arrives(path), Ok(_)) => {
                let seen = server.seen();
                let last = seen.last().expect("it arrived");
                assert_eq!((last.target.as_str(), seen.len()), (path, before.1 + 1), "{target:?}");
                assert_eq!(last.header("host"), Some(&*format!("api.example.com:{port}")), "{target:?}");
                continue;
            }
            (Invalid(reason), Err(error)) => {
                assert_eq!(error.code(), Code::InvalidRequest, "{target:?}: {error}");
                assert!(error.to_string().contains(reason), "{target:?}: {error}");
            }
            (Denied, Err(error)) => assert_eq!(error.code(), Code::Denied, "{target:?}: {error}"),
            (_, result) => panic!("{target:?} became {result:?}"),
        }
        assert!(!exchange.sent, "{target:?}");
        assert_eq!((server.connections(), server.seen().len()), before, "{target:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_granted_is_the_same_in_every_spelling() {
    let server = ok().await;
    let client = client(&[&server.url("/api")]);
    for host in ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "127.1", "017700000001", "127.0.0.1."] {
        client.send(get_request(&format!("http://{host}:{}/api/x", server.port()))).await.expect(host);
        let seen = server.seen();
        let last = seen.last().expect("it arrived");
        assert_eq!(last.header("host"), Some(&*format!("127.0.0.1:{}", server.port())), "{host}");
    }
    // What is the same address to the system is another one to the grant.
    for host in ["[::ffff:127.0.0.1]", "[::1]", "localhost", "0.0.0.0", "127.0.0.2"] {
        let error = client.send(get_request(&format!("http://{host}:{}/api/x", server.port()))).await.expect_err(host);
        assert!(matches!(error.code(), Code::Denied | Code::InvalidRequest), "{host}: {error}");
    }
    assert_eq!(server.seen().len(), 7);
}

#[tokio::test]
async fn an_address_that_was_granted_as_a_url_is_still_closed_as_a_network() {
    for url in [
        "https://127.0.0.1",
        "https://2130706433",
        "https://0177.0.0.1",
        "https://127.1",
        "https://[::ffff:127.0.0.1]",
        "https://[::1]",
        "https://[64:ff9b::7f00:1]",
        "https://[2002:7f00:1::]",
        "https://169.254.169.254",
        "http://127.0.0.1",
        "http://2130706433",
        "http://localhost",
    ] {
        let policy = Policy { networks: vec![], ..policy(&[url]) };
        let error = client_with(policy, Options { resolver: Arc::new(Everywhere), ..Options::default() })
            .send(get_request("/"))
            .await
            .expect_err(url);
        assert_eq!((error.code(), error.sent()), (Code::Resolution, false), "{url}: {error}");
    }
}
