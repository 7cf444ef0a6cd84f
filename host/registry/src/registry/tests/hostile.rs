//! Registries that lie, stall and flood.

use super::server::{Server, answer};
use super::*;
use crate::interfaces::Interfaces;
use crate::layout::{self, MANIFEST, Upload};
use axum::body::Body;
use axum::response::Response;
use futures::stream;
use std::convert::Infallible;
use std::sync::Arc;

/// What an honest registry would have of `acme/crm:1.0.0`.
#[derive(Clone)]
struct Content {
    wasm: Arc<Upload>,
    bundle: Arc<Upload>,
}

impl Content {
    fn new() -> Self {
        let artifact = Artifact { bundle: Bytes::from_static(b"packed"), ..artifact("http") };
        let version = Version::new(1, 0, 0);
        let interfaces = Interfaces::of(&artifact.component).expect("a component");
        let wasm = layout::wasm(&artifact, interfaces, &version).expect("written");
        let bundle = layout::bundle(&artifact, &wasm, &version).expect("written");
        Self { wasm: Arc::new(wasm), bundle: Arc::new(bundle) }
    }

    /// What it would answer.
    fn answer(&self, target: &str) -> Response {
        let manifest = |upload: &Upload| answer(200, &[("content-type", MANIFEST)], upload.manifest.clone());
        match target {
            "GET /v2/" => answer(200, &[], "{}"),
            "GET /v2/acme/crm/manifests/1.0.0" => manifest(&self.wasm),
            "GET /v2/acme/crm/manifests/1.0.0.bundle" => manifest(&self.bundle),
            _ if target == self.blob() => answer(200, &[], self.bundle.blobs[1].clone()),
            _ => answer(404, &[], ""),
        }
    }

    fn blob(&self) -> String {
        format!("GET /v2/acme/crm/blobs/{}", Digest::of(&self.bundle.blobs[1]))
    }
}

/// What pulling says when this is answered differently.
async fn lie(target: &str, lie: impl Fn() -> Response + Clone + Send + Sync + 'static) -> String {
    let content = Content::new();
    let target = if target == "BLOB" { content.blob() } else { target.to_owned() };
    let server = Server::start(move |asked| if asked == target { lie() } else { content.answer(asked) }).await;
    let registry = registry(Access { limits: small(), ..Access::default() });
    refusal(registry.pull(&reference(&server.host(), "1.0.0")).await, &server.host())
}

fn endless() -> Body {
    Body::from_stream(stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 4096]))))
}

#[tokio::test]
async fn an_honest_one_is_believed() {
    let content = Content::new();
    let server = Server::start(move |asked| content.answer(asked)).await;
    assert_eq!(anonymous().pull(&reference(&server.host(), "1.0.0")).await.expect("pulled").bundle, &b"packed"[..]);
}

#[tokio::test]
async fn lies_are_called_by_their_name() {
    let mut texts = Vec::new();
    for (target, status, headers, body) in [
        ("BLOB", 200, &[][..], "Packed"),
        ("BLOB", 200, &[], "pack"),
        ("BLOB", 200, &[], "packed and more"),
        ("BLOB", 206, &[], "packed"),
        ("BLOB", 404, &[], r#"{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}"#),
        ("GET /v2/acme/crm/manifests/1.0.0", 200, &[], "<html>Welcome</html>"),
        ("GET /v2/acme/crm/manifests/1.0.0", 200, &[], r#"{"schemaVersion":2,"manifests":[]}"#),
        ("GET /v2/acme/crm/manifests/1.0.0", 200, &[("docker-content-digest", ZEROS)], "{}"),
        ("GET /v2/acme/crm/manifests/1.0.0", 500, &[], "\u{1b}[2Jout of\r\nmemory"),
        ("GET /v2/acme/crm/manifests/1.0.0.bundle", 503, &[], r#"{"errors":[{"code":"UNAVAILABLE"}]}"#),
        ("GET /v2/", 404, &[], "<html>"),
        ("GET /v2/", 500, &[], ""),
        ("GET /v2/", 401, &[("www-authenticate", "Negotiate")], ""),
    ] {
        texts.push(lie(target, move || answer(status, headers, body)).await);
    }
    insta::assert_snapshot!(texts.join("\n"));
}

const ZEROS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

#[tokio::test]
async fn bodies_without_an_end_are_left_at_the_limit() {
    for (target, status, part) in [
        ("GET /v2/acme/crm/manifests/1.0.0", 200, "the manifest from HOST has more than 16384 bytes"),
        ("GET /v2/acme/crm/manifests/1.0.0.bundle", 200, "the manifest from HOST has more than 16384 bytes"),
        ("BLOB", 200, "the bundle from HOST has more than 6 bytes"),
        ("GET /v2/acme/crm/manifests/1.0.0", 500, "HOST answered 500: xxx"),
        // It is not even read.
        ("GET /v2/", 500, "HOST answered 500: xxx"),
    ] {
        let text = lie(target, move || answer(status, &[], endless())).await;
        assert!(text.starts_with(part), "{target}: {text}");
    }
    let tags = "GET /v2/acme/crm/tags/list?n=1000";
    let server = Server::start(move |asked| answer(200, &[], if asked == tags { endless() } else { Body::empty() })).await;
    let error = anonymous().versions(&reference(&server.host(), "1.0.0")).await.expect_err("too many");
    assert!(matches!(error, RegistryError::TooLarge { what: "the list of tags", .. }), "{error}");
}

#[tokio::test]
async fn what_is_announced_as_too_large_is_not_asked_for() {
    let content = Content::new();
    let mut bundle = String::from_utf8(content.bundle.manifest.to_vec()).expect("text");
    bundle = bundle.replace(r#""size":6"#, r#""size":999999999999"#);
    let server = Server::start(move |asked| match asked {
        "GET /v2/acme/crm/manifests/1.0.0.bundle" => answer(200, &[], bundle.clone()),
        _ => content.answer(asked),
    })
    .await;
    let error = anonymous().pull(&reference(&server.host(), "1.0.0")).await.expect_err("too large");
    assert!(matches!(error, RegistryError::TooLarge { what: "the bundle", limit: 71_303_168, .. }), "{error}");
    assert!(server.seen().iter().all(|seen| !seen.target.contains("/blobs/")));
}

#[tokio::test]
async fn lists_of_tags_that_always_go_on_are_left_after_ten_pages() {
    let server = Server::start(|asked| match asked {
        "GET /v2/" => answer(200, &[], ""),
        _ => answer(200, &[("link", "</v2/acme/crm/tags/list?n=1>; rel=next")], r#"{"name":"acme/crm","tags":["1.0.0.bundle"]}"#),
    })
    .await;
    let versions = anonymous().versions(&reference(&server.host(), "1.0.0")).await.expect("listed");
    assert_eq!((versions, server.seen().len()), (vec![Version::new(1, 0, 0)], 1 + 10));
}

#[tokio::test]
async fn a_registry_that_stands_still_is_left() {
    let stall = || Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let content = Content::new();
    let server =
        Server::start(move |asked| if asked == content.blob() { answer(200, &[], stall()) } else { content.answer(asked) }).await;
    let there = reference(&server.host(), "1.0.0");
    let pull = async |idle, all| {
        let limits = Limits { idle_timeout: Duration::from_millis(idle), timeout: Duration::from_millis(all), ..small() };
        refusal(registry(Access { limits, ..Access::default() }).pull(&there).await, &server.host())
    };
    assert_eq!(pull(200, 20_000).await, "no answer from HOST: it did not answer in time");
    assert!(pull(20_000, 1_000).await.starts_with("oci://HOST/acme/crm:1.0.0 took longer than 1 s"));
}

#[tokio::test]
async fn nothing_is_followed_to_another_host_over_plain_http() {
    let elsewhere = Server::start(|_| answer(200, &[], "packed")).await;
    for (target, part) in [
        ("BLOB", "elsewhere only https is spoken"),
        ("GET /v2/acme/crm/manifests/1.0.0", "only what is checked by its digest may come from elsewhere"),
        ("GET /v2/", "only what is checked by its digest may come from elsewhere"),
    ] {
        let to = format!("http://{}/secret?key=hunter2", elsewhere.host());
        let text = lie(target, move || answer(307, &[("location", &to)], "")).await.replace(&elsewhere.host(), "ELSEWHERE");
        assert_eq!(text, format!("HOST sent the request on to http://ELSEWHERE/secret, which was not followed: {part}"));
    }
    assert!(elsewhere.seen().is_empty(), "nobody asked there");
}

#[tokio::test]
async fn redirects_within_the_registry_are_followed_and_circles_are_left() {
    let content = Content::new();
    let honest = content.clone();
    let server = Server::start(move |asked| match asked {
        "GET /store" => answer(200, &[], "packed"),
        asked if asked == content.blob() => answer(302, &[("location", "/store")], ""),
        asked => content.answer(asked),
    })
    .await;
    anonymous().pull(&reference(&server.host(), "1.0.0")).await.expect("pulled");

    let blob = honest.blob();
    let circle = blob.replace("GET ", "");
    let server = Server::start(move |asked| match asked {
        asked if asked == blob => answer(307, &[("location", &circle)], ""),
        asked => honest.answer(asked),
    })
    .await;
    let text = refusal(anonymous().pull(&reference(&server.host(), "1.0.0")).await, &server.host());
    assert!(text.contains("too many redirects"), "{text}");
}

#[tokio::test]
async fn a_push_that_is_turned_down_says_why() {
    let mut texts = Vec::new();
    for (post, put) in [
        (answer_of(500, "disk full"), answer_of(201, "")),
        (answer_of(403, r#"{"errors":[{"code":"DENIED","message":"read only"}]}"#), answer_of(201, "")),
        // No location, and one that is none.
        (answer_of(202, ""), answer_of(201, "")),
        (("uploads", 202, ""), answer_of(201, "")),
        (("/upload", 202, ""), answer_of(413, "too large")),
        // It takes everything and keeps nothing.
        (("/upload", 202, ""), ("/done", 201, "")),
    ] {
        let server = Server::start(move |asked| {
            let (location, status, body) = match asked.split(' ').next() {
                Some("POST") => post,
                Some("PUT") => put,
                Some("HEAD") => answer_of(404, ""),
                _ if asked == "GET /v2/" => answer_of(200, ""),
                _ => answer_of(404, ""),
            };
            let headers = [("location", location)];
            answer(status, if location.is_empty() { &[] } else { &headers }, body)
        })
        .await;
        let error = anonymous().push(&reference(&server.host(), "1.0.0"), &artifact("http")).await.expect_err("refused");
        texts.push(shown(&error, &server.host()));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

/// Without a location.
fn answer_of(status: u16, body: &'static str) -> (&'static str, u16, &'static str) {
    ("", status, body)
}
