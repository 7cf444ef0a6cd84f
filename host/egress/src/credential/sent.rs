//! The schemes that send the secret itself: bearer, basic, header.

use super::Credential;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use innkeeper_secrets::{Redactor, Secret, SecretRef};
use zeroize::Zeroizing;

/// A shorter password is no secret: echoes of so few letters are not looked for either.
const SHORTEST_PASSWORD: usize = 4;

/// A header field with a secret in it, and what finds the secret's echoes.
pub(crate) struct Field {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    pub(crate) redactor: Redactor,
}

impl Credential {
    /// The secret that is sent; none where nothing is, or where it is exchanged.
    pub(super) fn sent(&self) -> Option<&SecretRef> {
        match self {
            Self::Bearer { secret } | Self::Basic { secret, .. } | Self::Header { secret, .. } => Some(secret),
            _ => None,
        }
    }

    /// The header field with this secret in it, or why there can be none.
    pub(super) fn field(&self, secret: &Secret) -> Result<Field, &'static str> {
        let mut sensitive = vec![Zeroizing::new(secret.expose().to_owned())];
        let (name, text) = match self {
            Self::Header { name, .. } => {
                let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| "its header's name is none")?;
                (name, Zeroizing::new(secret.expose().to_owned()))
            }
            Self::Basic { username, .. } => {
                let pair = match username {
                    Some(username) if username.contains(':') => return Err("a user name cannot have a colon (RFC 7617)"),
                    Some(username) => Zeroizing::new(format!("{username}:{}", secret.expose())),
                    None => {
                        let (username, password) = secret
                            .expose()
                            .split_once(':')
                            .ok_or("for Basic without a username it must be `user:password`, and it has no colon")?;
                        // Where any password will do, the user name is the secret: so some systems take an API key.
                        let alone = if password.len() < SHORTEST_PASSWORD { username } else { password };
                        sensitive.push(Zeroizing::new(alone.to_owned()));
                        Zeroizing::new(secret.expose().to_owned())
                    }
                };
                let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
                let text = Zeroizing::new(format!("Basic {}", encoded.as_str()));
                sensitive.push(encoded);
                (AUTHORIZATION, text)
            }
            _ => (AUTHORIZATION, bearer(secret)),
        };
        let redactor = Redactor::new(sensitive.iter().map(|text| text.as_str()));
        Ok(Field { name, value: value(&text)?, redactor })
    }
}

/// `Bearer` and the token (RFC 6750, section 2.1).
pub(crate) fn bearer(token: &Secret) -> Zeroizing<String> {
    Zeroizing::new(format!("Bearer {}", token.expose()))
}

/// A header's value that is not logged. A line break in a secret would be a second header; a trailing one is what a file was saved
/// with.
pub(crate) fn value(text: &str) -> Result<HeaderValue, &'static str> {
    let value = Some(text).filter(|text| text.is_ascii()).and_then(|text| HeaderValue::from_str(text).ok());
    let mut value =
        value.ok_or("it has a character that a header cannot have, such as a line break at its end or a letter beyond ASCII")?;
    value.set_sensitive(true);
    Ok(value)
}
