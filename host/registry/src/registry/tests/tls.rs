//! Registries that are not on this machine, as far as one on it can play them.

use super::server::{Authority, Server, answer};
use super::*;
use crate::wire::{Ask, Redirects};
use reqwest::header::HeaderValue;

fn trusting(authority: &Authority) -> Registry {
    registry(Access { certificate_authorities: vec![authority.pem()], tls_on_loopback: true, ..Access::default() })
}

#[tokio::test]
async fn a_registry_is_trusted_when_the_operators_authority_vouches_for_it() {
    let authority = Authority::new();
    let server = Server::tls(&authority, |asked| match asked {
        "GET /v2/" => answer(200, &[], ""),
        _ => answer(200, &[], r#"{"name":"acme/crm","tags":["1.0.0","1.0.0.bundle"]}"#),
    })
    .await;
    let there = reference(&server.host(), "1.0.0");
    assert_eq!(trusting(&authority).versions(&there).await.expect("listed"), [Version::new(1, 0, 0)]);

    let stranger = trusting(&Authority::new()).versions(&there).await.expect_err("a stranger");
    insta::assert_snapshot!(shown(&stranger, &server.host()));
    // The library that uploads trusts the same.
    let pushed = trusting(&authority).push(&there, &artifact("http")).await.expect_err("it only lists");
    assert!(!matches!(pushed, RegistryError::Connection { .. }), "{pushed}");
    assert!(server.seen().iter().any(|seen| seen.target.starts_with("PUT")), "it came as far as the manifest");
}

#[tokio::test]
async fn files_that_are_no_authorities_are_refused() {
    for pem in [&b""[..], b"hunter2", b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        let result = Registry::new(Access { certificate_authorities: vec![pem.to_vec()], ..Access::default() });
        assert!(matches!(result, Err(RegistryError::Setup { .. })), "{}", String::from_utf8_lossy(pem));
    }
}

#[tokio::test]
async fn a_blob_is_followed_to_its_store_over_https_and_without_the_credential() {
    let authority = Authority::new();
    let store = Server::tls(&authority, |_| answer(200, &[], "packed")).await;
    let to = format!("https://localhost:{}/blob?signature=x", store.port());
    let server = Server::tls(&authority, move |_| answer(307, &[("location", &to)], "")).await;
    let registry = trusting(&authority);
    let credential = HeaderValue::from_static("Bearer t0ken");
    let url: url::Url = format!("https://{}/v2/acme/crm/blobs/x", server.host()).parse().expect("a URL");
    let ask = |redirects| Ask { redirects, ..Ask::get(url.clone(), Some(&credential)) };
    let response = registry.wire.ask(ask(Redirects::Anywhere)).await.expect("followed");
    assert_eq!(response.status(), 200);
    assert_eq!(server.seen()[0].header("authorization"), Some("Bearer t0ken"));
    assert_eq!(store.seen()[0].header("authorization"), None);
    let error = registry.wire.ask(ask(Redirects::Within)).await.expect_err("not followed");
    assert!(matches!(error, RegistryError::Redirect { .. }), "{error}");
    assert_eq!(store.seen().len(), 1);
}
