//! The secret itself.

use crate::Redactor;
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
    fn redacting_replaces_the_secret() {
        assert_eq!(Secret::new("hunter2").redact("it was hunter2!"), "it was [redacted]!");
    }
}
