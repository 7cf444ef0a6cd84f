//! Real connectors in the sandbox: `tests/connectors/hostile` does what its settings say, `directory` behaves.

mod abi;
mod ambient;
mod attack;
mod credential;
mod directory;
mod isolation;
mod lift;
mod limits;
mod loading;
mod log;
mod peer;
mod resources;
mod responsive;
mod wasi;
mod writes;

use crate::*;
use innkeeper_bundle::VerifiedBundle;
use innkeeper_domain::{AppName, Failure};
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;

/// Writes a bundle with this component, as its author would, and opens it.
fn bundle(wasm: &[u8]) -> VerifiedBundle {
    bundle_with(wasm, "group = \"Groups of people\"")
}

/// The same with other entitlements in its manifest.
fn bundle_with(wasm: &[u8], entitlements: &str) -> VerifiedBundle {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("connector.wasm"), wasm).expect("written");
    fs::write(folder.path().join("README.md"), "# For tests\n").expect("written");
    let manifest = r#"manifest = 1
name = "guest"
version = "1.2.3"
publisher = "acme"
description = "For tests"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "https://api.example.com"
[[hosts]]
url = "https://api.example.com"
methods = ["GET", "POST"]
[entitlements]
# ENTITLEMENTS
[configuration]
type = "object"
additionalProperties = false
[configuration.properties]
behaviour = { type = "string" }
title = { type = "string" }
note = { type = "string" }
bytes = { type = "integer" }
count = { type = "integer" }
lines = { type = "integer" }
millis = { type = "integer" }
"#;
    let manifest = manifest.replacen("# ENTITLEMENTS", entitlements, 1);
    fs::write(folder.path().join("connector.toml"), manifest).expect("written");
    innkeeper_tests::bundle::verified(folder.path())
}

fn component(package: &str) -> Vec<u8> {
    fs::read(innkeeper_tests::connector::connector_wasm(package)).expect("a component that was just built")
}

fn hostile() -> Vec<u8> {
    component("innkeeper-test-hostile")
}

fn load(settings: Settings, wasm: &[u8]) -> Connector {
    Runtime::new(settings).expect("a sandbox").load(&bundle(wasm)).expect("a connector")
}

fn connect(connector: &Connector, configuration: Value, http: impl Outgoing + 'static, limits: Limits) -> ConnectedApp {
    let app = AppSettings { name: AppName::new("acme"), configuration, http: Arc::new(http), limits };
    connector.connect(app).expect("good settings")
}

/// The hostile connector, behaving as the settings say, with nobody to send requests to.
fn misbehaving(configuration: Value, limits: Limits) -> ConnectedApp {
    connect(&load(Settings::default(), &hostile()), configuration, peer::Peer::silent(), limits)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio_runtime().expect("a runtime").block_on(work)
}

fn fault<T: std::fmt::Debug>(answer: Answer<T>) -> Fault {
    match answer.result {
        Err(CallError::Fault(fault)) => *fault,
        other => panic!("a fault was expected: {other:?}"),
    }
}

fn failure<T: std::fmt::Debug>(answer: Answer<T>) -> Failure {
    match answer.result {
        Err(CallError::Failure(failure)) => failure,
        other => panic!("a failure was expected: {other:?}"),
    }
}

/// The names on a page, which are how the hostile connector answers.
fn names(answer: Answer<Page<innkeeper_domain::Account>>) -> Vec<String> {
    answer.result.expect("an answer").items.into_iter().map(|account| account.unique_name.to_string()).collect()
}
