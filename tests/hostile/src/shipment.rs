//! Bundles as they are handed over.

use innkeeper_bundle::{BundleError, VerifiedBundle};
use std::fs;

/// A bundle that is being put together: good in everything that an attack does not alter.
#[derive(Clone)]
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
        Self { manifest: manifest("guest", "https://api.example.com"), component: component.into(), readme: b"# For tests\n".to_vec() }
    }

    /// The files of the bundle's folder.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let manifest = self.manifest.clone().into_bytes();
        vec![("README.md", self.readme.clone()), ("connector.toml", manifest), ("connector.wasm", self.component.clone())]
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

/// The one way from a shipment to what the host runs.
///
/// # Errors
/// When the bundle is not taken.
///
/// # Panics
/// When there is no room for a temporary folder.
pub fn verified(shipment: &Shipment) -> Result<VerifiedBundle, BundleError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in shipment.files() {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    VerifiedBundle::open(folder.path())
}
