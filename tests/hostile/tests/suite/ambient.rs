//! Guests that want something of the machine they run on.

use crate::guests::starting;
use innkeeper_hostile::{Held, answer, attack};
use innkeeper_sandbox::SandboxError;
use serde_json::json;
use std::path::Path;

#[test]
fn reading_files() {
    attack(async |ground| {
        let found = ground.intruder(json!({ "deed": "read-files" })).connect().names().await;
        Held::harmless(&found, found.is_empty())
    });
}

#[test]
fn writing_files() {
    attack(async |ground| {
        let found = ground.intruder(json!({ "deed": "write-files" })).connect().names().await;
        let left =
            ["/tmp/intruder", "/dev/shm/intruder", "intruder", "../intruder"].iter().any(|place| Path::new(place).exists());
        Held::harmless(&found, found.is_empty() && !left)
    });
}

#[test]
fn reading_the_environment() {
    attack(async |ground| {
        let found = ground.intruder(json!({ "deed": "environment" })).connect().names().await;
        Held::harmless(&found, found.is_empty())
    });
}

#[test]
fn a_connection_of_its_own() {
    attack(async |ground| {
        let server = ground.stranger(|_| answer(200, &[], "")).await;
        let deed = json!({ "deed": "tcp", "address": server.address().to_string() });
        let found = ground.intruder(deed).connect().names().await;
        Held::harmless(&found, found.is_empty() && server.connections() == 0)
    });
}

#[test]
fn a_datagram_of_its_own() {
    attack(async |ground| {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
        let deed = json!({ "deed": "udp", "address": socket.local_addr().expect("an address").to_string() });
        let found = ground.intruder(deed).connect().names().await;
        socket.set_nonblocking(true).expect("set");
        let got = socket.recv(&mut [0; 100]);
        Held::harmless(&(&found, &got), found.is_empty() && got.is_err())
    });
}

#[test]
fn looking_names_up() {
    attack(async |ground| {
        let found = ground.intruder(json!({ "deed": "names", "name": "localhost" })).connect().names().await;
        Held::harmless(&found, found.is_empty())
    });
}

#[test]
fn an_import_that_nobody_offers() {
    attack(async |ground| {
        let shell = r#"(import "example:machine/shell@1.0.0" (instance (export "run" (func (param "command" string)))))"#;
        let loaded = ground.guest(starting(shell, "", "")).load();
        Held::not_loaded(
            loaded,
            |error| matches!(error, SandboxError::UnknownImports { imports, .. } if *imports == ["example:machine/shell@1.0.0"]),
        )
    });
}

#[test]
fn an_http_client_of_its_own() {
    attack(async |ground| {
        let client = r#"(import "wasi:http/outgoing-handler@0.2.0" (instance))"#;
        let loaded = ground.guest(starting(client, "", "")).load();
        Held::not_loaded(loaded, |error| matches!(error, SandboxError::UnknownImports { .. }))
    });
}
