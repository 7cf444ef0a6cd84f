//! What Debian's `docker-registry` keeps is what was pushed.

use super::*;
use innkeeper_tests::registry::{DockerRegistry, PASSWORD, USER};
use std::fs;

#[tokio::test]
async fn what_was_pushed_is_pulled_by_its_version_and_by_its_digest() {
    let server = DockerRegistry::start();
    let (registry, artifact) = (anonymous(), artifact("http"));
    let version = reference(server.host(), "1.2.3-rc.1+build.7");
    let pushed = registry.push(&version, &artifact).await.expect("pushed");
    for reference in [version, by_digest(server.host(), pushed.digest)] {
        let pulled = registry.pull(&reference).await.expect("pulled");
        assert_eq!(pulled.bundle, artifact.bundle);
        assert_eq!((pulled.digest, pulled.component_digest), (pushed.digest, Digest::of(&artifact.component)));
    }
}

#[tokio::test]
async fn the_same_again_is_the_same_artifact() {
    let server = DockerRegistry::start();
    let (registry, reference, artifact) = (anonymous(), reference(server.host(), "1.0.0"), artifact("http"));
    let first = registry.push(&reference, &artifact).await.expect("pushed");
    assert_eq!(registry.push(&reference, &artifact).await.expect("pushed again"), first);
}

#[tokio::test]
async fn versions_are_listed_in_their_order_and_those_without_a_bundle_are_none() {
    let server = DockerRegistry::start();
    let registry = anonymous();
    for version in ["1.10.0", "1.2.0", "1.2.0-rc.1", "1.2.0+build"] {
        registry.push(&reference(server.host(), version), &artifact("http")).await.expect("pushed");
    }
    readers::push_as_others_do(&server, "1.3.0", component("http")).await;
    let versions = registry.versions(&reference(server.host(), "9.9.9")).await.expect("a list");
    assert_eq!(versions.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1.2.0-rc.1", "1.2.0", "1.2.0+build", "1.10.0"]);
}

#[tokio::test]
async fn a_version_that_is_pushed_over_is_the_new_one_and_the_digest_still_the_old_one() {
    let server = DockerRegistry::start();
    let (registry, reference) = (anonymous(), reference(server.host(), "1.0.0"));
    let old = registry.push(&reference, &artifact("http")).await.expect("pushed");
    let new = registry.push(&reference, &artifact("log")).await.expect("pushed over");
    assert_ne!(old, new);
    assert_eq!(registry.pull(&reference).await.expect("pulled").bundle, artifact("log").bundle);
    let pinned = registry.pull(&by_digest(server.host(), old.digest)).await.expect("pulled");
    assert_eq!(pinned.bundle, artifact("http").bundle);
}

#[tokio::test]
async fn what_is_not_there_is_told_with_what_is() {
    let server = DockerRegistry::start();
    let (registry, host) = (anonymous(), server.host());
    let mut texts = vec![refusal(registry.pull(&reference(host, "1.0.0")).await, host)];
    for version in 0..12 {
        registry.push(&reference(host, &format!("1.{version}.0")), &artifact("http")).await.expect("pushed");
    }
    texts.push(refusal(registry.pull(&reference(host, "2.0.0")).await, host));
    texts.push(refusal(registry.pull(&by_digest(host, Digest::of(b"nothing"))).await, host));
    texts.push(
        registry
            .versions(&"oci://127.0.0.1:9/acme/crm:1.0.0".parse().expect("a reference"))
            .await
            .expect_err("nobody")
            .to_string(),
    );
    insta::assert_snapshot!(texts.join("\n"));
}

#[tokio::test]
async fn what_nobody_could_pull_is_not_pushed() {
    let registry = registry(Access { limits: small(), ..Access::default() });
    // Nothing listens there, and nothing is sent.
    let there = reference("127.0.0.1:9", "1.0.0");
    let module = wat::parse_str("(module)").expect("a module").into();
    let wordy = Annotations { description: Some("word ".repeat(10_000)), ..Annotations::default() };
    let small = Artifact { bundle: Bytes::from_static(b"packed"), ..artifact("http") };
    let mut texts = Vec::new();
    for (there, artifact) in [
        (&by_digest("127.0.0.1:9", Digest::of(b"")), small.clone()),
        (&there, Artifact { component: module, ..small.clone() }),
        (&there, Artifact { component: Bytes::from_static(b"#!/bin/sh"), ..small.clone() }),
        (&there, artifact("http")),
        (&there, Artifact { annotations: wordy, ..small }),
    ] {
        texts.push(shown(&registry.push(there, &artifact).await.expect_err("refused"), "127.0.0.1:9"));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

#[tokio::test]
async fn a_blob_that_was_altered_in_storage_is_refused() {
    let server = DockerRegistry::start();
    let (registry, reference, artifact) = (anonymous(), reference(server.host(), "1.0.0"), artifact("http"));
    registry.push(&reference, &artifact).await.expect("pushed");
    let file = server.file(&Digest::of(&artifact.bundle).to_string());
    let mut bytes = fs::read(&file).expect("the registry keeps it there");
    bytes[7] ^= 1;
    fs::write(&file, bytes).expect("altered");
    insta::assert_snapshot!(refusal(registry.pull(&reference).await, server.host()));
}

#[tokio::test]
async fn a_manifest_that_was_altered_in_storage_is_refused() {
    let server = DockerRegistry::start();
    let (registry, version) = (anonymous(), reference(server.host(), "1.0.0"));
    let pushed = registry.push(&version, &artifact("http")).await.expect("pushed");
    let file = server.file(&pushed.digest.to_string());
    let text = fs::read_to_string(&file).expect("the registry keeps it there");
    fs::write(&file, text.replace("Example CRM", "Example CRN")).expect("altered");
    for reference in [version, by_digest(server.host(), pushed.digest)] {
        let error = registry.pull(&reference).await.expect_err("refused");
        assert!(matches!(error, RegistryError::Digest { what: "the manifest", .. }), "{error}");
    }
}

#[tokio::test]
async fn a_login_opens_a_registry_and_a_wrong_one_or_none_does_not() {
    let server = DockerRegistry::start_with_login();
    let (host, artifact) = (server.host(), artifact("http"));
    let there = reference(host, "1.0.0");
    let right = with_login(host, USER, PASSWORD);
    right.push(&there, &artifact).await.expect("pushed");
    assert_eq!(right.pull(&there).await.expect("pulled").bundle, artifact.bundle);
    assert_eq!(right.versions(&there).await.expect("listed").len(), 1);

    let elsewhere = with_login("registry.example", USER, PASSWORD);
    let mut texts = Vec::new();
    for registry in [anonymous(), with_login(host, USER, "hunter2"), elsewhere] {
        texts.push(refusal(registry.pull(&there).await, host));
        texts.push(shown(&registry.push(&there, &artifact).await.expect_err("refused"), host));
        texts.push(shown(&registry.versions(&there).await.expect_err("refused"), host));
    }
    insta::assert_snapshot!(texts.join("\n"));
}
