//! What can be wrong with a key.

use std::path::{Path, PathBuf};

/// Why a key cannot be made, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is no public key.
    #[error(
        "`{text}` is not a public key: it looks like ed25519:BASE64, with 32 bytes. Its publisher tells it, or `innkeeper connector keygen`"
    )]
    NotPublic {
        /// The text, in so far as it can be shown.
        text: String,
    },
    /// The text is no private key. It is not shown.
    #[error("this is not an ed25519 private key in PEM (PKCS#8). Make one with: innkeeper connector keygen FILE")]
    NotPrivate,
    /// The key could not be encoded.
    #[error("the key cannot be encoded")]
    Encoding,
    /// There is a file already, and a key is never written over.
    #[error("`{path}` exists already, and a key is never written over: name another file", path = .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner can use the file.
    #[error(
        "`{path}` can be used by others (its mode is {mode:03o}): close it with `chmod 600 {path}`, and make a new key if somebody else may \
         have read it",
        path = .path.display()
    )]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Something that is no plain file, or far too large, was named as a key.
    #[error("`{path}` is not a key file", path = .path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// The system has no randomness to make a key from.
    #[error("the system gives no randomness to make a key from: {0}")]
    Random(getrandom::Error),
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

/// Turns an error of the operating system into ours.
pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> KeyError {
    let path = path.to_owned();
    move |source| KeyError::Io { action, path, source }
}
