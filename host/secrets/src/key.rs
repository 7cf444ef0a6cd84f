//! The key that encrypts the secrets.

use crate::{Secret, SecretError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Where the key comes from.
pub enum KeySource {
    /// A file beside the secrets, made at first use.
    File,
    /// A value from outside: 32 bytes as base64.
    Given {
        /// The value.
        value: Secret,
        /// Where it came from, for messages: `INNKEEPER_KEY`.
        origin: String,
    },
}

impl KeySource {
    /// The variable that [`from_environment`](Self::from_environment) reads.
    pub const VARIABLE: &'static str = "INNKEEPER_KEY";

    /// `INNKEEPER_KEY` where it is set and not empty, otherwise the file.
    pub fn from_environment() -> Self {
        match std::env::var(Self::VARIABLE) {
            Ok(value) if !value.is_empty() => Self::Given { value: Secret::new(value), origin: Self::VARIABLE.to_owned() },
            _ => Self::File,
        }
    }
}

/// A key in memory; wiped when it goes.
pub(crate) struct Key {
    bytes: Zeroizing<[u8; 32]>,
    /// Tells keys apart without telling anything about them.
    pub(crate) id: String,
    /// Where it came from, for messages.
    pub(crate) origin: String,
}

impl Key {
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    fn new(bytes: Zeroizing<[u8; 32]>, origin: String) -> Self {
        let digest = Sha256::new().chain_update(b"innkeeper secrets key id\0").chain_update(bytes.as_slice()).finalize();
        let id = digest[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        Self { bytes, id, origin }
    }

    /// Reads a key from its base64 form.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self, SecretError> {
        let bad = || SecretError::BadKey { place: origin.to_owned() };
        let decoded = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| bad())?);
        let mut bytes = Zeroizing::new([0; 32]);
        if decoded.len() != bytes.len() {
            return Err(bad());
        }
        bytes.copy_from_slice(&decoded);
        Ok(Self::new(bytes, origin.to_owned()))
    }

    /// Reads the key file, or none where there is no such file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, SecretError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(io("read the key", path)(source)),
        };
        crate::store::only_ours(path, 0o600)?;
        Self::parse(&text, &format!("the key `{}`", path.display())).map(Some)
    }

    /// Makes the key file. When somebody else makes it at the same moment, theirs is the key.
    pub(crate) fn create(path: &Path) -> Result<Self, SecretError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(SecretError::Random)?;
        let text = Zeroizing::new(STANDARD.encode(bytes.as_slice()) + "\n");
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(io("create a file in", folder))?;
        file.write_all(text.as_bytes()).map_err(io("write the key", path))?;
        file.as_file().sync_all().map_err(io("write the key", path))?;
        match file.persist_noclobber(path) {
            Ok(_) => Ok(Self::new(bytes, format!("the key `{}`", path.display()))),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                Self::read(path)?.ok_or_else(|| SecretError::KeyGone { path: path.to_owned() })
            }
            Err(error) => Err(io("write the key", path)(error.error)),
        }
    }
}

/// Turns an error of the operating system into ours.
pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> SecretError {
    let path = PathBuf::from(path);
    move |source| SecretError::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_as_base64() {
        let good = STANDARD.encode([7; 32]);
        assert_eq!(
            Key::parse(&format!("{good}\n"), "here").map_err(|error| error.to_string()).map(|key| *key.bytes()),
            Ok([7; 32])
        );
        for bad in ["", "hunter2", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33])] {
            assert!(matches!(Key::parse(bad, "here"), Err(SecretError::BadKey { .. })), "{bad}");
        }
    }

    #[test]
    fn ids_tell_keys_apart() {
        let one = Key::parse(&STANDARD.encode([1; 32]), "here").map_err(|error| error.to_string()).map(|key| key.id);
        let two = Key::parse(&STANDARD.encode([2; 32]), "here").map_err(|error| error.to_string()).map(|key| key.id);
        assert_ne!(one, two);
    }
}
