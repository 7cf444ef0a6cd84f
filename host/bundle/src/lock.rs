//! `innkeeper.lock`: which connectors an operator agreed to, to the byte, what they may do, and which version is in use.

use crate::{ConnectorName, ConnectorRef, Digest, Grant, PublicKey, VerifiedBundle};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use cap_tempfile::TempFile;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

mod error;
mod selection;

pub use error::LockError;
pub use selection::{InUse, Selection};

const FILE: &str = "innkeeper.lock";
const HEADER: &str = "# Written by `innkeeper connector`, to be kept under version control: which connectors were agreed to, to the byte, what they\n# may do, and which version is in use.\n\n";

/// What `innkeeper.lock` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    lock: Format,
    /// The versions in use, by connector.
    #[serde(default, rename = "use", skip_serializing_if = "BTreeMap::is_empty")]
    used: BTreeMap<ConnectorName, Selection>,
    #[serde(default, rename = "connector", skip_serializing_if = "Vec::is_empty")]
    connectors: Vec<LockedConnector>,
}

/// The version of the file's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct Format;

impl TryFrom<u32> for Format {
    type Error = String;

    fn try_from(format: u32) -> Result<Self, String> {
        match format {
            1 => Ok(Self),
            other => Err(format!("lock format {other} is not known to this innkeeper, which knows 1")),
        }
    }
}

impl From<Format> for u32 {
    fn from(_: Format) -> Self {
        1
    }
}

/// One version of one connector, as it was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedConnector {
    /// The connector.
    pub name: ConnectorName,
    /// Its version.
    pub version: Version,
    /// Who published it, as the trust store calls them.
    pub publisher: String,
    /// The key that signed it.
    pub key: PublicKey,
    /// The digest of the whole bundle.
    pub sha256: Digest,
    /// The digest of each file.
    pub files: BTreeMap<String, Digest>,
    /// What it may do, of what it asks for.
    #[serde(default)]
    pub grant: Grant,
}

impl Default for Lock {
    fn default() -> Self {
        Self { lock: Format, used: BTreeMap::new(), connectors: Vec::new() }
    }
}

impl Lock {
    /// Reads `innkeeper.lock` in the folder of the configuration; empty where there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is wrong; then with line and column.
    pub fn load(configuration: &Path) -> Result<Self, LockError> {
        let path = configuration.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(LockError::Io { action: "read", path, source }),
        };
        toml::from_str(&text).map_err(|error| {
            let (line, column) = crate::manifest::place(&text, error.span());
            LockError::Syntax { path, line, column, message: error.message().to_owned() }
        })
    }

    /// Writes it, beside its place and then into it.
    ///
    /// # Errors
    ///
    /// When the operating system refuses.
    pub fn save(&self, configuration: &Path) -> Result<(), LockError> {
        let path = configuration.join(FILE);
        let write = || {
            let text = toml::to_string(self).map_err(std::io::Error::other)?;
            let dir = Dir::open_ambient_dir(configuration, ambient_authority())?;
            let mut file = TempFile::new(&dir)?;
            file.write_all(HEADER.as_bytes())?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.replace(FILE)
        };
        write().map_err(|source| LockError::Io { action: "write", path, source })
    }

    /// What was agreed to, by name and then by version.
    pub fn connectors(&self) -> &[LockedConnector] {
        &self.connectors
    }

    /// What was agreed to for this version.
    pub fn entry(&self, name: &ConnectorName, version: &Version) -> Option<&LockedConnector> {
        self.connectors.iter().find(|entry| entry.name == *name && entry.version == *version)
    }

    /// The grant of a version, to change it.
    pub fn grant_mut(&mut self, name: &ConnectorName, version: &Version) -> Option<&mut Grant> {
        self.connectors.iter_mut().find(|entry| entry.name == *name && entry.version == *version).map(|entry| &mut entry.grant)
    }

    /// The newest version of a connector that was agreed to.
    pub fn newest(&self, name: &ConnectorName) -> Option<&LockedConnector> {
        self.connectors.iter().filter(|entry| entry.name == *name).max_by_key(|entry| &entry.version)
    }

    /// Agrees to a bundle and to what it may do, in place of what was agreed to for this version before. The first version of a connector
    /// is in use from then on; a later one only when it is [chosen](Self::advance).
    pub fn pin(&mut self, bundle: &VerifiedBundle, grant: Grant) {
        let (name, version) = (bundle.manifest().name.clone(), bundle.manifest().version.clone());
        self.connectors.retain(|entry| entry.name != name || entry.version != version);
        self.used.entry(name.clone()).or_insert_with(|| Selection::new(version.clone()));
        self.connectors.push(LockedConnector {
            name,
            version,
            publisher: bundle.publisher().to_owned(),
            key: *bundle.key(),
            sha256: bundle.digest(),
            files: bundle.digests().clone(),
            grant,
        });
        self.connectors.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    }

    /// Forgets a version, which nobody may use any more; says whether it was there.
    pub fn unpin(&mut self, name: &ConnectorName, version: &Version) -> bool {
        let before = self.connectors.len();
        self.connectors.retain(|entry| entry.name != *name || entry.version != *version);
        if let Some(selection) = self.used.get_mut(name) {
            selection.forget(version);
        }
        if self.connectors.iter().all(|entry| entry.name != *name) {
            self.used.remove(name);
        }
        self.connectors.len() < before
    }

    /// Which versions of a connector are in use.
    pub fn selection(&self, name: &ConnectorName) -> Option<&Selection> {
        self.used.get(name)
    }

    /// Uses a version that was agreed to, for one app or for all.
    ///
    /// # Errors
    ///
    /// When nobody agreed to it.
    pub fn advance(&mut self, name: &ConnectorName, version: &Version, app: Option<&str>) -> Result<(), LockError> {
        if self.entry(name, version).is_none() {
            return Err(LockError::NotLocked { name: name.clone(), version: version.clone() });
        }
        let selection = self.used.entry(name.clone()).or_insert_with(|| Selection::new(version.clone()));
        match app {
            Some(app) => selection.advance_app(app, version.clone()),
            None => selection.advance(version.clone()),
        }
        Ok(())
    }

    /// Goes back to the version before, for one app or for all, and says which that is.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn back(&mut self, name: &ConnectorName, app: Option<&str>) -> Result<Version, LockError> {
        let selection = self.used.get_mut(name).ok_or_else(|| LockError::Unknown { name: name.clone() })?;
        let version = match app {
            Some(app) => selection.back_app(app),
            None => selection.back(),
        };
        version.ok_or_else(|| LockError::NothingBefore { name: name.clone(), app: app.map(str::to_owned) })
    }

    /// The version that an app uses: the one that was chosen for it, if the configuration wants it.
    ///
    /// # Errors
    ///
    /// When none was agreed to, or the one in use is not wanted.
    pub fn chosen(&self, reference: &ConnectorRef, app: &str) -> Result<&Version, LockError> {
        let selection = self.used.get(&reference.name).ok_or_else(|| LockError::Unknown { name: reference.name.clone() })?;
        let used = selection.version(app);
        match reference.matches(used) {
            true => Ok(used),
            false => Err(LockError::Unwanted { app: app.to_owned(), wanted: Box::new(reference.clone()), used: used.clone() }),
        }
    }

    /// Whether a bundle is what was agreed to, to the byte, and by whom it was.
    ///
    /// # Errors
    ///
    /// When nobody agreed to it, to other files, or to another signature.
    pub fn check(&self, bundle: &VerifiedBundle) -> Result<&LockedConnector, LockError> {
        let (name, version) = (&bundle.manifest().name, &bundle.manifest().version);
        let entry =
            self.entry(name, version).ok_or_else(|| LockError::NotLocked { name: name.clone(), version: version.clone() })?;
        if entry.sha256 == bundle.digest() && entry.files == *bundle.digests() {
            if entry.key != *bundle.key() {
                let (name, version) = (name.clone(), version.clone());
                return Err(LockError::OtherKey { name, version, found: Box::new(*bundle.key()) });
            }
            return Ok(entry);
        }
        let names = entry.files.keys().chain(bundle.digests().keys());
        let mut changed: Vec<String> =
            names.filter(|name| entry.files.get(*name) != bundle.digests().get(*name)).cloned().collect();
        changed.sort();
        changed.dedup();
        if changed.is_empty() {
            changed.push("sha256".to_owned());
        }
        Err(LockError::Changed { name: name.clone(), version: version.clone(), changed })
    }
}

#[cfg(test)]
mod tests;
