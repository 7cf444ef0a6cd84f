//! Bundles for tests.

use crate::{Bundle, Publisher, SigningKey, Trust, VerifiedBundle};
use jiff::civil::{Date, date};
use std::fs;
use tempfile::TempDir;

/// The smallest component: the head of one, with nothing in it.
pub(crate) const COMPONENT: &[u8] = &[0, b'a', b's', b'm', 13, 0, 1, 0];

pub(crate) const README: &str = "# A connector for tests\n";

/// The day on which the tests take place.
pub(crate) const TODAY: Date = date(2026, 11, 20);

pub(crate) fn manifest(name: &str, version: &str) -> String {
    format!(
        r#"manifest = 1
name = "{name}"
version = "{version}"
publisher = "acme"
description = "A connector for tests"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "https://api.example.com"
[[hosts]]
url = "https://api.example.com"
methods = ["GET", "POST"]
[configuration]
type = "object"
"#
    )
}

/// A folder with a good bundle in it, which nobody signed.
pub(crate) fn folder(name: &str, version: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("connector.toml"), manifest(name, version)).expect("written");
    fs::write(folder.path().join("connector.wasm"), COMPONENT).expect("written");
    fs::write(folder.path().join("README.md"), README).expect("written");
    folder
}

/// A good bundle that nobody signed.
pub(crate) fn unsigned(name: &str, version: &str) -> Bundle {
    Bundle::open(folder(name, version).path()).expect("a good bundle")
}

/// A good bundle that acme signed.
pub(crate) fn signed(name: &str, version: &str) -> Bundle {
    unsigned(name, version).sign(&key())
}

/// A good bundle that acme signed and that was verified.
pub(crate) fn verified(name: &str, version: &str) -> VerifiedBundle {
    signed(name, version).verify(&trust(), TODAY).expect("trusted")
}

/// Acme's key.
pub(crate) fn key() -> SigningKey {
    SigningKey::sample(1)
}

/// One of a publisher's keys, and what it may sign.
pub(crate) fn publisher(name: &str, key: &SigningKey, connectors: &[&str]) -> Publisher {
    Publisher {
        name: name.parse().expect("a name"),
        key: key.public(),
        connectors: connectors.iter().map(|pattern| pattern.parse().expect("a pattern")).collect(),
        expires: None,
        revoked: None,
        reason: None,
    }
}

/// Trusts acme with everything.
pub(crate) fn trust() -> Trust {
    trusting([publisher("acme", &key(), &["*"])])
}

pub(crate) fn trusting(publishers: impl IntoIterator<Item = Publisher>) -> Trust {
    let mut trust = Trust::default();
    for publisher in publishers {
        trust.add(publisher).expect("a key of its own");
    }
    trust
}
