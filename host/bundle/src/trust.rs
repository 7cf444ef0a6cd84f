//! `innkeeper.trust`: which keys may sign which connectors.

use crate::{ConnectorName, Manifest, PublicKey};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use cap_tempfile::TempFile;
use jiff::civil::Date;
use std::io::Write;
use std::path::Path;

mod error;
mod file;
mod pattern;

pub use error::TrustError;
pub use file::Publisher;
pub use pattern::ConnectorPattern;

const FILE: &str = "innkeeper.trust";

/// The publishers that an operator trusts, each with a key and the connectors that it may sign. Who is not in it is not trusted.
///
/// Where several patterns match a connector's name, the most specific one decides whose it is: where `acme` may sign `acme-*` and `vendor`
/// may sign `*`, `acme-crm` is acme's alone. It stays acme's when acme's key has expired or was revoked. A publisher may have several keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// By name and then by key; no key twice.
    publishers: Vec<Publisher>,
}

impl Trust {
    /// Reads `innkeeper.trust` in the folder of the configuration; where there is none, nobody is trusted.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is wrong; then with line and column.
    pub fn load(configuration: &Path) -> Result<Self, TrustError> {
        let path = configuration.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(TrustError::Io { action: "read", path, source }),
        };
        file::parse(&text).map(Self::of).map_err(|(span, message)| {
            let (line, column) = crate::manifest::place(&text, span);
            TrustError::Syntax { path, line, column, message }
        })
    }

    /// Writes it, beside its place and then into it.
    ///
    /// # Errors
    ///
    /// When the operating system refuses.
    pub fn save(&self, configuration: &Path) -> Result<(), TrustError> {
        let write = || {
            let text = file::text(&self.publishers)?;
            let dir = Dir::open_ambient_dir(configuration, ambient_authority())?;
            let mut file = TempFile::new(&dir)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.replace(FILE)
        };
        write().map_err(|source| TrustError::Io { action: "write", path: configuration.join(FILE), source })
    }

    /// Whom the operator trusts, or did: by name and then by key.
    pub fn publishers(&self) -> &[Publisher] {
        &self.publishers
    }

    /// Trusts a key. What the same publisher's same key might do before is replaced.
    ///
    /// # Errors
    ///
    /// When the key is another publisher's, or was revoked: it stays so.
    pub fn add(&mut self, publisher: Publisher) -> Result<(), TrustError> {
        match self.find(&publisher.key) {
            Some(known) if known.name != publisher.name => {
                return Err(TrustError::KeyOfAnother { key: known.key, publisher: known.name.clone() });
            }
            Some(known) => known.not_revoked()?,
            None => {}
        }
        let mut publishers = std::mem::take(&mut self.publishers);
        publishers.retain(|known| known.key != publisher.key);
        publishers.push(publisher);
        *self = Self::of(publishers);
        Ok(())
    }

    /// Trusts a key no more, from now on and whatever it signed before; says whether the key is there. A key that was revoked before keeps
    /// the day and the reason that it has.
    pub fn revoke(&mut self, key: &PublicKey, day: Date, reason: Option<String>) -> bool {
        let Some(publisher) = self.publishers.iter_mut().find(|publisher| publisher.key == *key) else { return false };
        if publisher.revoked.is_none() {
            publisher.revoked = Some(day);
            publisher.reason = reason;
        }
        true
    }

    /// The name of the publisher whose key may sign this connector. With a day, the key must not have expired on it.
    pub(crate) fn answers_for(&self, key: &PublicKey, manifest: &Manifest, today: Option<Date>) -> Result<&str, TrustError> {
        let name = &manifest.name;
        let publisher = self.find(key).ok_or_else(|| TrustError::Unknown {
            key: *key,
            publisher: manifest.publisher.clone(),
            name: name.clone(),
        })?;
        publisher.not_revoked()?;
        if let Some(expired) = publisher.expires.filter(|expires| today.is_some_and(|today| *expires < today)) {
            return Err(TrustError::Expired { key: *key, publisher: publisher.name.clone(), expired });
        }
        if publisher.name != manifest.publisher {
            return Err(TrustError::OtherPublisher {
                name: name.clone(),
                key: *key,
                publisher: publisher.name.clone(),
                claimed: manifest.publisher.clone(),
            });
        }
        if publisher.pattern(name).is_none() {
            return Err(TrustError::NotAllowed {
                name: name.clone(),
                key: *key,
                publisher: publisher.name.clone(),
                connectors: publisher.connectors.clone(),
            });
        }
        // Whose the name is counts, and not which of their keys says so: that is how keys are rotated.
        let theirs = self.most_specific(name, |other| other.name == publisher.name).map(|(_, pattern)| pattern);
        match self.most_specific(name, |_| true) {
            Some((owner, pattern)) if theirs < Some(pattern) => Err(TrustError::Reserved {
                name: name.clone(),
                publisher: publisher.name.clone(),
                owner: owner.name.clone(),
                reserved: pattern.clone(),
            }),
            _ => Ok(publisher.name.as_str()),
        }
    }

    fn most_specific(&self, name: &ConnectorName, whose: impl Fn(&Publisher) -> bool) -> Option<(&Publisher, &ConnectorPattern)> {
        let publishers = self.publishers.iter().filter(|publisher| whose(publisher));
        publishers.filter_map(|publisher| Some((publisher, publisher.pattern(name)?))).max_by_key(|(_, pattern)| *pattern)
    }

    fn find(&self, key: &PublicKey) -> Option<&Publisher> {
        self.publishers.iter().find(|publisher| publisher.key == *key)
    }

    fn of(mut publishers: Vec<Publisher>) -> Self {
        publishers.sort_by(|one, other| (&one.name, &one.key).cmp(&(&other.name, &other.key)));
        Self { publishers }
    }
}

#[cfg(test)]
mod tests;
