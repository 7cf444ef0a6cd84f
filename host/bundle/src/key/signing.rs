//! The private half of a publisher's key.

use super::error::io;
use super::{KeyError, PublicKey};
use ed25519_dalek::Signer;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// A key in PEM has some 120 bytes; what is much larger is something else.
const LARGEST_FILE: u64 = 16 * 1024;

/// What a publisher signs with. Its memory is wiped when it is dropped, and it cannot be printed:
///
/// ```compile_fail
/// let key = innkeeper_bundle::SigningKey::generate()?;
/// println!("{key:?}");
/// # Ok::<(), innkeeper_bundle::KeyError>(())
/// ```
///
/// What does compile, so that the failure above is known to fail for its reason:
///
/// ```
/// let key = innkeeper_bundle::SigningKey::generate()?;
/// println!("{:?}", key.public());
/// # Ok::<(), innkeeper_bundle::KeyError>(())
/// ```
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    ///
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(KeyError::Random)?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&seed)))
    }

    /// Reads a key that [`SigningKey::to_pem`] or `openssl genpkey -algorithm ed25519` wrote.
    ///
    /// # Errors
    ///
    /// When it is no such key; the message has nothing of the text.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(text).map(Self).map_err(|_| KeyError::NotPrivate)
    }

    /// The key as a PEM file (PKCS#8, RFC 8410), which `openssl pkey` reads.
    ///
    /// # Errors
    ///
    /// When it cannot be encoded, which no key is known to do.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        // Without the public key in it, which is in version 2 of the format alone, and that openssl does not read.
        let pair = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        pair.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Encoding)
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Reads the key in a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, others than its owner can use it, or it is no key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        // Asked before it is opened as well, for opening a pipe waits for somebody to write.
        if !std::fs::metadata(path).map_err(io("read the key", path))?.is_file() {
            return Err(KeyError::NotAFile { path: path.to_owned() });
        }
        let file = File::open(path).map_err(io("read the key", path))?;
        let metadata = file.metadata().map_err(io("read the key", path))?;
        if !metadata.is_file() || metadata.len() > LARGEST_FILE {
            return Err(KeyError::NotAFile { path: path.to_owned() });
        }
        only_ours(path, &metadata)?;
        // Of its size at once: a buffer that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST_FILE as usize));
        file.take(LARGEST_FILE).read_to_end(&mut bytes).map_err(io("read the key", path))?;
        Self::from_pem(std::str::from_utf8(&bytes).map_err(|_| KeyError::NotPrivate)?)
    }

    /// Writes the key to a new file that its owner alone can use.
    ///
    /// # Errors
    ///
    /// When there is such a file already, which is never written over, or the operating system refuses.
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        let text = self.to_pem()?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.to_owned() },
            _ => io("create", path)(error),
        })?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io("write the key", path))
    }

    /// Always the same key, so that what a person reads can be compared.
    #[cfg(test)]
    pub(crate) fn sample(number: u8) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&[number; 32]))
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> ed25519_dalek::Signature {
        self.0.sign(bytes)
    }
}

#[cfg(unix)]
fn only_ours(path: &Path, metadata: &std::fs::Metadata) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(KeyError::Permissions { path: path.to_owned(), mode }),
    }
}

/// Elsewhere, files of a user are closed to others by inheritance, and there is no mode to check.
#[cfg(not(unix))]
fn only_ours(_path: &Path, _metadata: &std::fs::Metadata) -> Result<(), KeyError> {
    Ok(())
}
