//! Where a key lies, as it is written down beside the secrets.
//!
//! `key` has the key that is in use: the key itself in base64, or a line that says where it is and which. `key.next` has the same for
//! the key that is changed to, as long as there may be a secret that only the other one opens. A second line may say which key of the
//! environment was replaced, so that a variable that is still there is told from one that was meant to be used.

use crate::SecretError;
use crate::disk::{self, only_ours};
use crate::key::{Key, io};
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

const FORMAT: &str = "innkeeper-key 1 ";
const REPLACES: &str = "replaces ";
/// A key in base64 has 44 characters and a line that says where it is has fewer than 64, and so has the second.
const LONGEST: usize = 256;

/// Where the keys of secrets can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// In a file beside the secrets.
    File,
    /// In the system's keyring.
    Keyring,
    /// In the environment of every run.
    Environment,
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::File => "a file beside the secrets",
            Self::Keyring => "the system's keyring",
            Self::Environment => "the environment variable INNKEEPER_KEY",
        })
    }
}

/// What such a file says.
#[derive(Clone)]
pub(crate) struct Marker {
    pub(crate) written: Written,
    /// The id of the key of the environment that was replaced.
    pub(crate) replaces: Option<String>,
}

/// Where it says that the key is.
#[derive(Clone)]
pub(crate) enum Written {
    /// The key itself.
    Here(Key),
    /// The key of this id is in the system's keyring.
    Keyring(String),
    /// The key of this id comes with the environment.
    Environment(String),
}

impl Written {
    /// The key's id.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Here(key) => &key.id,
            Self::Keyring(id) | Self::Environment(id) => id,
        }
    }

    pub(crate) fn place(&self) -> KeyPlace {
        match self {
            Self::Here(_) => KeyPlace::File,
            Self::Keyring(_) => KeyPlace::Keyring,
            Self::Environment(_) => KeyPlace::Environment,
        }
    }
}

impl Marker {
    /// Reads the file, or none where there is no such file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, SecretError> {
        let origin = format!("the key `{}`", path.display());
        let bytes = match disk::read(path, LONGEST, || origin.clone()) {
            Err(SecretError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        only_ours(path, 0o600)?;
        let bad = || SecretError::BadKey { place: origin.clone() };
        let mut lines = std::str::from_utf8(&bytes).map_err(|_| bad())?.lines();
        let first = lines.next().unwrap_or_default();
        let written = match first.strip_prefix(FORMAT).map(|line| line.split_once(' ')) {
            None => Written::Here(Key::parse(first, &origin)?),
            Some(Some(("keyring", id))) => Written::Keyring(id.to_owned()),
            Some(Some(("environment", id))) => Written::Environment(id.to_owned()),
            Some(_) => return Err(bad()),
        };
        let replaces = lines.next().and_then(|line| line.strip_prefix(REPLACES)).map(str::to_owned);
        Ok(Some(Self { written, replaces }))
    }

    /// Writes the file in one step, in the place of the one that is there.
    pub(crate) fn write(&self, path: &Path) -> Result<(), SecretError> {
        let first = match &self.written {
            Written::Here(key) => key.text(),
            Written::Keyring(id) => Zeroizing::new(format!("{FORMAT}keyring {id}")),
            Written::Environment(id) => Zeroizing::new(format!("{FORMAT}environment {id}")),
        };
        // Of its full size from the start: growing would leave copies behind that nobody wipes.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST));
        text.push_str(&first);
        text.push('\n');
        if let Some(id) = &self.replaces {
            text.push_str(&format!("{REPLACES}{id}\n"));
        }
        disk::write(path, text.as_bytes())
    }

    /// Puts one such file in the place of the other, in one step.
    pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), SecretError> {
        std::fs::rename(from, to).map_err(io("write", to))?;
        disk::settle(to)
    }
}
