//! Connectors as signed bundles, and somebody who trusts them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use innkeeper_bundle::{Bundle, Publisher, SigningKey, Trust, VerifiedBundle};
use jiff::Zoned;

use crate::connector::connector_wasm;
use crate::{Trouble, cache};

/// The key that signs in this process.
///
/// # Panics
/// When the system has no randomness.
pub fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate().expect("the system has randomness"))
}

/// The key that signs what is built on this machine for the demo and for trying things out: made at first use, in the cache folder.
///
/// # Errors
/// When it cannot be read or made.
pub fn development_key() -> Result<SigningKey, Trouble> {
    let path = cache::folder().join("connector-key.pem");
    let trouble = |error| Trouble::Key { path: path.clone(), error };
    if !path.exists() {
        match SigningKey::generate().and_then(|key| key.write(&path)) {
            // Somebody else made it at the same moment: theirs is the key.
            Err(innkeeper_bundle::KeyError::Exists { .. }) => {}
            made => made.map_err(trouble)?,
        }
    }
    SigningKey::read(&path).map_err(trouble)
}

/// Trusts one key to sign this publisher's connectors.
///
/// # Panics
/// When the name is none.
#[must_use]
pub fn trusting(key: &SigningKey, publisher: &str) -> Trust {
    let mut trust = Trust::default();
    let publisher = Publisher {
        name: publisher.parse().expect("a publisher's name"),
        key: key.public(),
        connectors: vec!["*".parse().expect("a pattern")],
        expires: None,
        revoked: None,
        reason: None,
    };
    trust.add(publisher).expect("nobody else has the key");
    trust
}

/// Signs the bundle in a folder with a key, as its publisher would.
///
/// # Panics
/// When it is no bundle.
pub fn sign(folder: &Path, key: &SigningKey) {
    let bundle = Bundle::open(folder).unwrap_or_else(|error| panic!("{error}")).sign(key);
    for (name, bytes) in bundle.files().filter(|(name, _)| name.starts_with("SHA256SUMS")) {
        fs::write(folder.join(name), bytes).expect("a file can be written");
    }
}

/// The bundle in a folder, signed by its publisher and verified.
///
/// # Panics
/// When it is no bundle.
#[must_use]
pub fn verified(folder: &Path) -> VerifiedBundle {
    let bundle = Bundle::open(folder).unwrap_or_else(|error| panic!("{error}")).sign(key());
    let trust = trusting(key(), bundle.manifest().publisher.as_str());
    bundle.verify(&trust, Zoned::now().date()).unwrap_or_else(|error| panic!("{error}"))
}

/// Lays out and signs the connector in this folder of `plugins/`.
///
/// # Panics
/// When there is no such connector.
pub fn lay_out(connector: &str, folder: &Path) {
    let source = cache::repository().join("plugins").join(connector);
    fs::create_dir_all(folder).expect("a folder can be made");
    let copy = |from: PathBuf, name: &str| {
        fs::copy(&from, folder.join(name)).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    };
    copy(source.join("connector.toml"), "connector.toml");
    copy(source.join("README.md"), "README.md");
    copy(connector_wasm(&format!("innkeeper-connector-{connector}")), "connector.wasm");
    sign(folder, key());
}
