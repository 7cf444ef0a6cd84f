//! One encrypted secret: a line of text that says what it is and which key encrypted it, a nonce of 24 bytes, and
//! XChaCha20-Poly1305's ciphertext. The line and the name are authenticated with it, so that a file that was renamed, swapped for
//! another or edited is refused.

use crate::key::Key;
use crate::{Secret, SecretError, SecretName};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const NONCE: usize = 24;
const FORMAT: &str = "innkeeper-secret 1 ";

/// Encrypts a secret.
pub(crate) fn seal(key: &Key, name: &SecretName, secret: &Secret) -> Result<Vec<u8>, SecretError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(SecretError::Random)?;
    let header = format!("{FORMAT}{}\n", key.id);
    let payload = Payload { msg: secret.expose().as_bytes(), aad: &associated(&header, name) };
    // XChaCha20-Poly1305 takes 256 GiB; a secret has 64 KiB at most.
    let ciphertext = cipher(key).encrypt(&XNonce::from(nonce), payload).expect("a secret is far below the cipher's limit");
    Ok([header.as_bytes(), &nonce, &ciphertext].concat())
}

/// A secret as it was written, of which only the first line was read.
pub(crate) struct Sealed<'a> {
    name: &'a SecretName,
    header: &'a str,
    rest: &'a [u8],
}

/// What is wrong with what was written.
pub(crate) struct Broken(pub(crate) &'static str);

impl<'a> Sealed<'a> {
    pub(crate) fn new(name: &'a SecretName, bytes: &'a [u8]) -> Result<Self, Broken> {
        let line = bytes.iter().position(|byte| *byte == b'\n').ok_or(Broken("it has no first line"))?;
        let (header, rest) = bytes.split_at(line + 1);
        let header = std::str::from_utf8(header).map_err(|_| Broken("its first line is not text"))?;
        match header.starts_with(FORMAT) {
            true => Ok(Self { name, header, rest }),
            false => Err(Broken("its first line is unknown")),
        }
    }

    /// The id of the key that it says it was encrypted with.
    pub(crate) fn key(&self) -> &'a str {
        self.header[FORMAT.len()..].trim_end()
    }

    /// Decrypts it.
    pub(crate) fn open(&self, key: &Key) -> Result<Secret, Broken> {
        let (nonce, ciphertext) = self.rest.split_first_chunk::<NONCE>().ok_or(Broken("it is cut short"))?;
        let payload = Payload { msg: ciphertext, aad: &associated(self.header, self.name) };
        let plain = cipher(key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| Broken("its seal is broken"))?;
        Secret::from_utf8(plain).ok_or(Broken("it is not text"))
    }
}

/// Wipes its copy of the key when it goes.
fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// What the seal covers beside the secret: the file's first line and the name that it is kept under.
fn associated(header: &str, name: &SecretName) -> Vec<u8> {
    format!("{header}{name}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does not compile where the cipher keeps its copy of the key in memory that was given back: it wipes it only when asked to, by a
    /// feature.
    #[test]
    fn the_cipher_wipes_its_copy_of_the_key() {
        fn wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        wiped(&XChaCha20Poly1305::new(&[7; 32].into()));
    }
}
