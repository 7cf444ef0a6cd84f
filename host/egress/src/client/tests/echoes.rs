//! The credential as a system says it back: wherever it stands and however it is written, it does not come to the connector.

use super::*;
use axum::body::Body;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// The secret in everything that a text goes through by itself. What is left of it is found with [`traces`].
fn echoes() -> Vec<(&'static str, String)> {
    let alignments = ["", "a", "ab"].map(|before| format!("{before}{TOKEN}:x"));
    let mut echoes = vec![
        ("plain", TOKEN.to_owned()),
        ("with its scheme", format!("Bearer {TOKEN}")),
        ("JSON", TOKEN.replace('/', "\\/")),
        ("JSON, escaped", escaped(TOKEN)),
        ("a URL", TOKEN.replace('/', "%2F").replace('+', "%2B")),
        ("a URL, in lower case", TOKEN.replace('/', "%2f").replace('+', "%2b")),
        ("a URL, everything", percent(TOKEN)),
        ("HTML", TOKEN.replace('/', "&#x2F;").replace('+', "&#43;")),
        ("hexadecimal", hexadecimal(TOKEN)),
        ("hexadecimal, in upper case", hexadecimal(TOKEN).to_uppercase()),
    ];
    for text in &alignments {
        echoes.push(("base64", STANDARD.encode(text)));
        echoes.push(("base64 for URLs", URL_SAFE_NO_PAD.encode(text)));
        echoes.push(("base64 in a URL", STANDARD.encode(text).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")));
    }
    echoes
}

/// Whether the secret, or a good part of it, can be read out of the text.
fn traces(text: &str) -> bool {
    // The characters of base64 at the edges mix with their neighbours; from one within, three of four bytes follow.
    let middle = &TOKEN[4..10];
    let mut parts =
        vec![middle.to_owned(), hexadecimal(middle), hexadecimal(middle).to_uppercase(), percent(middle), escaped(middle)];
    parts.extend(["", "a", "ab"].map(|before| STANDARD.encode(format!("{before}{TOKEN}"))[8..16].to_owned()));
    parts.iter().any(|part| text.contains(part))
}

#[test]
fn the_search_for_traces_finds_every_echo() {
    for (how, echo) in echoes() {
        let plain = echo.replace("%2F", "/").replace("%2f", "/").replace("\\/", "/").replace("&#x2F;", "/");
        assert!(traces(&plain) || traces(&echo), "{how}: {echo}");
    }
}

#[tokio::test]
async fn no_echo_comes_back_in_a_body_or_a_header() {
    for (how, echo) in echoes() {
        let (body, header) = (format!("<{echo}>"), echo.clone());
        let answer = async move || ([("x-echo", header.clone()), ("etag", format!("\"{header}\""))], body.clone());
        let server = Server::start(Router::new().route("/", get(answer))).await;
        let response = client(&[&server.url("")]).send(get_request("/")).await.expect("an answer");
        let mut all = String::from_utf8(response.body).expect("text");
        assert!(all.starts_with('<') && all.ends_with('>') && all.contains("[redacted]"), "{how}: {all}");
        for (name, value) in response.headers {
            all.push_str(&format!("\n{name}: {value}"));
        }
        assert_eq!(all.matches("[redacted]").count(), 3, "{how}: {all}");
        assert!(!traces(&all), "{how}: {all}");
    }
}

#[tokio::test]
async fn an_echo_that_is_split_over_chunks_is_found() {
    for (how, echo) in echoes() {
        let pieces: Vec<Vec<u8>> = format!("<{echo}>").bytes().map(|byte| vec![byte]).collect();
        let answer = async move || Body::from_stream(server::Chunks(Box::new(pieces.clone().into_iter())));
        let server = Server::start(Router::new().route("/", get(answer))).await;
        let body = client(&[&server.url("")]).send(get_request("/")).await.expect("an answer").body;
        let text = String::from_utf8(body).expect("text");
        assert!(text.contains("[redacted]") && !traces(&text), "{how}: {text}");
    }
}

#[tokio::test]
async fn an_echo_that_is_a_headers_name_is_left_out() {
    struct Lower;

    impl Vault for Lower {
        fn fetch(&self, _: &SecretRef) -> Result<Secret, SecretError> {
            Ok(Secret::new("lower-case-token"))
        }
    }

    let answer = async || [("x-lower-case-token", "1"), ("x-other", "2")];
    let server = Server::start(Router::new().route("/", get(answer))).await;
    let credential = Credential::Bearer { secret: SecretRef::Env("TOKEN".into()) };
    let credentials = Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(Lower));
    let client = Client::new(policy(&[&server.url("")]), None, credentials, Options::default()).expect("a client");
    let headers = client.send(get_request("/")).await.expect("an answer").headers;
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("x-")).collect();
    assert_eq!(names, ["x-other"]);
}

#[tokio::test]
async fn a_password_and_its_pair_are_found_by_themselves() {
    let credential = Credential::Basic { username: Some("api-user".into()), secret: SecretRef::Env("TOKEN".into()) };
    let pair = STANDARD.encode(format!("api-user:{TOKEN}"));
    let body = format!("{TOKEN} {pair} Basic {pair} {}", STANDARD.encode(&pair));
    let server = Server::start(Router::new().route("/", get(async move || body.clone()))).await;
    let credentials = Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(OneToken));
    let client = Client::new(policy(&[&server.url("")]), None, credentials, Options::default()).expect("a client");
    let text = String::from_utf8(client.send(get_request("/")).await.expect("an answer").body).expect("text");
    assert!(text.starts_with("[redacted] [redacted] Basic [redacted] [redacted]"), "{text}");
    assert!(!text.contains(&pair) && !traces(&text), "{text}");
}

#[tokio::test]
async fn a_place_to_go_that_repeats_the_secret_is_not_gone_to_and_not_shown() {
    for (how, echo) in echoes() {
        // A URL encodes some of what others leave as it is.
        for location in [format!("/away/{echo}"), format!("/away?x={echo}"), format!("https://evil.example/{echo}")] {
            let to = location.clone();
            let answer = async move || (StatusCode::FOUND, [("location", to.clone())]);
            let server = Server::start(Router::new().fallback(any(answer))).await;
            let (exchange, result) = client(&[&server.url("")]).exchange(get_request("/")).await;
            let error = result.expect_err(how);
            let text = format!("{error} {error:?} {exchange:?}");
            assert!(!traces(&text), "{how}: {location}: {text}");
            assert_eq!((error.code(), server.seen().len()), (Code::Denied, 1), "{how}: {location}: {text}");
        }
    }
}

#[tokio::test]
async fn an_error_of_the_connection_after_the_secret_was_sent_does_not_show_it() {
    for answer in [
        &b"HTTP/1.1 s3cr3t/t0ken+1 OK\r\n\r\n"[..],
        b"Bearer s3cr3t/t0ken+1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ns3cr3t/t0ken+1: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: s3cr3t/t0ken+1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: s3cr3t/t0ken+1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\ns3cr3t/t0ken+1\r\n",
    ] {
        let server = Server::raw(answer).await;
        let (exchange, result) = client(&[&server.url("")]).exchange(get_request("/")).await;
        let error = result.expect_err("broken");
        let text = format!("{error} {error:?} {exchange:?}");
        assert_eq!((error.code(), traces(&text)), (Code::Protocol, false), "{text}");
    }
}
