//! Other people's programs: `oci-wasm` is what `wkg` pushes and pulls with.

use super::*;
use innkeeper_tests::registry::DockerRegistry;
use oci_client_of_wasm::client::{ClientConfig, ClientProtocol};
use oci_client_of_wasm::secrets::RegistryAuth;
use oci_client_of_wasm::{Client, Reference as Theirs};
use oci_wasm::{WasmClient, WasmConfig};

fn client() -> WasmClient {
    // It asks for the process's cryptography, which ours chooses.
    drop(anonymous());
    WasmClient::new(Client::new(ClientConfig {
        protocol: ClientProtocol::Http,
        // A proxy of the environment has no way to loopback.
        http_proxy: Some("http://127.0.0.1".to_owned()),
        no_proxy: Some("*,0.0.0.0/0,::/0".to_owned()),
        ..ClientConfig::default()
    }))
}

fn theirs(server: &DockerRegistry, tag: &str) -> Theirs {
    Theirs::with_tag(server.host().to_owned(), "acme/crm".to_owned(), tag.to_owned())
}

/// Pushes a component alone.
pub(super) async fn push_as_others_do(server: &DockerRegistry, tag: &str, component: Bytes) {
    let (config, layer) = WasmConfig::from_raw_component(component.to_vec(), None).expect("a component");
    client().push(&theirs(server, tag), &RegistryAuth::Anonymous, layer, config, None).await.expect("pushed");
}

#[tokio::test]
async fn others_pull_the_component_that_we_pushed_and_read_what_it_is() {
    let server = DockerRegistry::start();
    let artifact = artifact("http");
    let pushed = anonymous().push(&reference(server.host(), "1.0.0+build"), &artifact).await.expect("pushed");

    let theirs = theirs(&server, "1.0.0_build");
    let pulled = client().pull(&theirs, &RegistryAuth::Anonymous).await.expect("pulled");
    assert_eq!(pulled.layers.iter().map(|layer| &layer.data).collect::<Vec<_>>(), [&artifact.component]);

    let (manifest, config, digest) =
        client().pull_manifest_and_config(&theirs, &RegistryAuth::Anonymous).await.expect("a configuration");
    assert_eq!(digest, pushed.component_artifact.to_string());
    let annotations = manifest.annotations.expect("annotations");
    assert_eq!(annotations["org.opencontainers.image.version"], "1.0.0+build");
    // What they read out of the component themselves.
    let (own, _) = WasmConfig::from_raw_component(artifact.component.to_vec(), None).expect("a component");
    let facts = |config: WasmConfig| {
        let component = config.component.expect("of a component");
        (config.os, config.architecture, config.layer_digests, component.imports, component.exports)
    };
    assert_eq!(facts(config), facts(own));
}

#[tokio::test]
async fn what_others_pushed_is_a_component_without_a_bundle_and_is_called_so() {
    let server = DockerRegistry::start();
    push_as_others_do(&server, "1.0.0", component("http")).await;
    insta::assert_snapshot!(refusal(anonymous().pull(&reference(server.host(), "1.0.0")).await, server.host()));
}

#[tokio::test]
async fn a_component_that_others_pushed_over_ours_does_not_get_our_bundle() {
    let server = DockerRegistry::start();
    let reference = reference(server.host(), "1.0.0");
    anonymous().push(&reference, &artifact("http")).await.expect("pushed");
    push_as_others_do(&server, "1.0.0", component("log")).await;
    insta::assert_snapshot!(refusal(anonymous().pull(&reference).await, server.host()));
}

#[tokio::test]
async fn a_digest_of_the_component_alone_is_told_from_that_of_the_bundle() {
    let server = DockerRegistry::start();
    let pushed = anonymous().push(&reference(server.host(), "1.0.0"), &artifact("http")).await.expect("pushed");
    let error = anonymous().pull(&by_digest(server.host(), pushed.component_artifact)).await.expect_err("no bundle");
    assert!(matches!(error, RegistryError::NoBundle { .. }), "{error}");
}
