//! The secret itself.

use crate::{Redactor, disk};
use std::io::{Error, ErrorKind, Read};
use zeroize::{Zeroize, Zeroizing};

/// A password, a token, a key: text that must not leave by accident.
///
/// Its memory is wiped when it is dropped. It cannot be printed:
///
/// ```compile_fail
/// let secret = innkeeper_secrets::Secret::new("hunter2");
/// println!("{secret}");
/// ```
///
/// ```compile_fail
/// let secret = innkeeper_secrets::Secret::new("hunter2");
/// println!("{secret:?}");
/// ```
///
/// nor serialised:
///
/// ```compile_fail
/// fn wants<T: serde::Serialize>(_: T) {}
/// wants(innkeeper_secrets::Secret::new("hunter2"));
/// ```
///
/// nor copied:
///
/// ```compile_fail
/// let secret = innkeeper_secrets::Secret::new("hunter2");
/// let second = secret.clone();
/// ```
///
/// What does compile, so that the failures above are known to fail for their reason:
///
/// ```
/// let secret = innkeeper_secrets::Secret::new("hunter2");
/// assert_eq!(secret.expose(), "hunter2");
/// ```
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over. Whoever made a copy of it before is responsible for that copy.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// Takes bytes over that are UTF-8; wipes them and answers none where they are not.
    pub fn from_utf8(bytes: Vec<u8>) -> Option<Self> {
        String::from_utf8(bytes).map_err(|error| error.into_bytes().zeroize()).ok().map(Self::new)
    }

    /// Reads a secret to its end, from standard input for example, and leaves no copy in buffers. The line's end is not part of it.
    ///
    /// # Errors
    ///
    /// When it cannot be read, has more than a mebibyte, or is not UTF-8.
    pub fn read(source: &mut impl Read) -> std::io::Result<Self> {
        // More than any secret has: what goes on is none.
        let bytes = disk::read_wiped(source, 1 << 20)?.ok_or_else(|| Error::new(ErrorKind::FileTooLarge, "that is no secret"))?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Self::new(text.trim_end_matches(['\r', '\n']))),
            Err(_) => Err(Error::new(ErrorKind::InvalidData, "it is not UTF-8 text")),
        }
    }

    /// The text. Keep the borrow short, and never format it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What finds echoes of this secret.
    pub fn redactor(&self) -> Redactor {
        Redactor::new([self.expose()])
    }

    /// The text with every echo of this secret replaced; see [`Redactor`] for the encodings that are known.
    pub fn redact(&self, text: &str) -> String {
        self.redactor().text(text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        assert!(Secret::from_utf8(vec![0xff, 0xfe]).is_none());
        assert_eq!(Secret::from_utf8(b"abc".to_vec()).expect("valid").expose(), "abc");
    }

    #[test]
    fn what_is_read_is_text_without_the_lines_end() {
        let read =
            |bytes: &[u8]| Secret::read(&mut &*bytes).map(|secret| secret.expose().to_owned()).map_err(|error| error.kind());
        assert_eq!(read(b"abc\r\n"), Ok("abc".to_owned()));
        assert_eq!(read(b" a b "), Ok(" a b ".to_owned()));
        assert_eq!(read(&[0xff]), Err(ErrorKind::InvalidData));
        assert_eq!(read(&vec![b'x'; (1 << 20) + 1]), Err(ErrorKind::FileTooLarge));
    }

    #[test]
    fn redacting_replaces_the_secret() {
        assert_eq!(Secret::new("hunter2").redact("it was hunter2!"), "it was [redacted]!");
    }
}
