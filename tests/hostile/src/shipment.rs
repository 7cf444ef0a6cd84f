//! Bundles as they are handed over.

use innkeeper_bundle::{Bundle, BundleError, Publisher, SigningKey, Trust, VerifiedBundle};
use jiff::civil::{Date, date};
use std::fs;
use std::sync::LazyLock;

/// The day on which everything is installed.
pub const TODAY: Date = date(2026, 11, 20);

/// The publisher's key.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().expect("the system has randomness"));

/// The key of the publisher whom the operator trusts.
#[must_use]
pub fn key() -> &'static SigningKey {
    &KEY
}

/// Trusts the publisher with connectors of every name.
#[must_use]
pub fn trust() -> Trust {
    trusting([publisher("example", key(), &["*"])])
}

/// Trusts these.
///
/// # Panics
/// When two have the same key.
#[must_use]
pub fn trusting(publishers: impl IntoIterator<Item = Publisher>) -> Trust {
    let mut trust = Trust::default();
    for publisher in publishers {
        trust.add(publisher).expect("a key of its own");
    }
    trust
}

/// A publisher with a key and what it may sign.
///
/// # Panics
/// When a name is none.
#[must_use]
pub fn publisher(name: &str, key: &SigningKey, connectors: &[&str]) -> Publisher {
    Publisher {
        name: name.parse().expect("a name"),
        key: key.public(),
        connectors: connectors.iter().map(|pattern| pattern.parse().expect("a pattern")).collect(),
        expires: None,
        revoked: None,
        reason: None,
    }
}

/// A bundle that is being put together: good in everything that an attack does not alter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shipment {
    /// `connector.toml`.
    pub manifest: String,
    /// The component.
    pub component: Vec<u8>,
    /// `README.md`.
    pub readme: Vec<u8>,
}

impl Shipment {
    /// A bundle with this component and a manifest to match.
    #[must_use]
    pub fn new(component: impl Into<Vec<u8>>) -> Self {
        let manifest = manifest("guest", "https://api.example.com");
        Self { manifest, component: component.into(), readme: b"# For tests\n".to_vec() }
    }

    /// The bundle, which nobody signed yet.
    ///
    /// # Errors
    /// When it is not a good one.
    ///
    /// # Panics
    /// When there is no room for a temporary folder.
    pub fn bundle(&self) -> Result<Bundle, BundleError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = [
            ("README.md", self.readme.as_slice()),
            ("connector.toml", self.manifest.as_bytes()),
            ("connector.wasm", self.component.as_slice()),
        ];
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).expect("written");
        }
        Bundle::open(folder.path())
    }
}

/// A manifest that asks for everything below one URL.
#[must_use]
pub fn manifest(name: &str, base: &str) -> String {
    format!(
        r#"manifest = 1
name = "{name}"
version = "1.2.3"
publisher = "example"
description = "For tests"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "{base}"

[[hosts]]
url = "{base}"
methods = ["GET", "POST"]

[credentials.default]
schemes = ["bearer"]
description = "A token"

[configuration]
type = "object"
"#
    )
}

/// The one way from a shipment to what the host runs: signed by the publisher whom the operator trusts.
///
/// # Errors
/// When the bundle is not taken.
pub fn verified(shipment: &Shipment) -> Result<VerifiedBundle, BundleError> {
    shipment.bundle()?.sign(key()).verify(&trust(), TODAY)
}
