//! `innkeeper.lock`: which connectors an operator agreed to, to the byte, and what they may reach.

use crate::{ConnectorName, Digest, HostRequest, Method, VerifiedBundle};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use cap_tempfile::TempFile;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

const FILE: &str = "innkeeper.lock";
const HEADER: &str = "# Written by `innkeeper connector`, to be kept under version control: which connectors were agreed to, to the byte, and what\n# they may reach.\n\n";

/// What `innkeeper.lock` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    lock: Format,
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
    /// The digest of the whole bundle.
    pub sha256: Digest,
    /// The digest of each file.
    pub files: BTreeMap<String, Digest>,
    /// What it may reach, of what it asks for.
    #[serde(default)]
    pub hosts: Vec<HostRequest>,
}

/// Why the lock cannot be used, or a connector is not what it says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Nobody agreed to this connector.
    #[error("{name} {version} is not in innkeeper.lock: nobody agreed to it. Agree with: innkeeper connector install FOLDER")]
    NotLocked {
        /// The connector.
        name: ConnectorName,
        /// Its version.
        version: Version,
    },
    /// The installed files are not those that were agreed to.
    #[error(
        "{name} {version} is not what was agreed to: {} not the same as in innkeeper.lock. Nothing of it was run. Install the bundle that \
         was agreed to again, or agree to this one with: innkeeper connector install FOLDER",
        files(.changed)
    )]
    Changed {
        /// The connector.
        name: ConnectorName,
        /// Its version.
        version: Version,
        /// The files that differ, are missing or are new.
        changed: Vec<String>,
    },
    /// The file is wrong.
    #[error("{path}:{line}:{column}: {message}", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// The operating system refused.
    #[error("cannot {action} `{path}`: {source}", path = .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

fn files(changed: &[String]) -> String {
    match changed {
        [one] => format!("{one} is"),
        several => format!("{} are", several.join(", ")),
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self { lock: Format, connectors: Vec::new() }
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

    /// Agrees to a bundle and to what it may reach, in place of what was agreed to for this version before.
    pub fn pin(&mut self, bundle: &VerifiedBundle, hosts: Vec<HostRequest>) {
        let (name, version) = (bundle.manifest().name.clone(), bundle.manifest().version.clone());
        self.unpin(&name, &version);
        let (sha256, files) = (bundle.digest(), bundle.digests().clone());
        self.connectors.push(LockedConnector { name, version, sha256, files, hosts });
        self.connectors.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    }

    /// Forgets a version; says whether it was there.
    pub fn unpin(&mut self, name: &ConnectorName, version: &Version) -> bool {
        let before = self.connectors.len();
        self.connectors.retain(|entry| entry.name != *name || entry.version != *version);
        self.connectors.len() < before
    }

    /// Whether a bundle is what was agreed to, to the byte.
    ///
    /// # Errors
    ///
    /// When nobody agreed to it, or to other files.
    pub fn check(&self, bundle: &VerifiedBundle) -> Result<&LockedConnector, LockError> {
        let (name, version) = (&bundle.manifest().name, &bundle.manifest().version);
        let entry =
            self.entry(name, version).ok_or_else(|| LockError::NotLocked { name: name.clone(), version: version.clone() })?;
        if entry.sha256 == bundle.digest() && entry.files == *bundle.digests() {
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

impl LockedConnector {
    /// What the bundle asks for and this does not grant: before an upgrade, what to ask the operator.
    pub fn not_granted<'a>(&self, bundle: &'a VerifiedBundle) -> Vec<&'a HostRequest> {
        let granted = |host: &HostRequest, method: &Method| {
            self.hosts.iter().any(|own| own.url == host.url && own.methods.contains(method))
        };
        let asks_more = |host: &&HostRequest| !host.methods.iter().all(|method| granted(host, method));
        bundle.manifest().hosts.iter().filter(asks_more).collect()
    }
}

#[cfg(test)]
mod tests;
