//! Step 7: the secret is fetched and put into a header.
//!
//! The secret is in memory from here until the answer has been redacted. The copy inside the HTTP library is marked as sensitive, so that
//! it is not logged and not indexed for header compression; it is not wiped.

use crate::{CredentialSlot, EgressError, SetupError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use innkeeper_secrets::{Redactor, SecretRef, Vault};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// How a credential is put into a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scheme", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Credential {
    /// The slot is meant to have nothing: the system does not ask who calls.
    None,
    /// `Authorization: Bearer SECRET` (RFC 6750).
    Bearer {
        /// The token.
        secret: SecretRef,
    },
    /// `Authorization: Basic ...` (RFC 7617).
    Basic {
        /// The user; without it the secret is `user:password`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        /// The password.
        secret: SecretRef,
    },
    /// A header of its own.
    Header {
        /// The header's name: `X-Api-Key`.
        name: String,
        /// Its whole value.
        secret: SecretRef,
    },
}

/// The credentials of one app, by slot, and where their secrets are fetched.
#[derive(Clone)]
pub struct Credentials {
    slots: BTreeMap<String, Credential>,
    vault: Option<Arc<dyn Vault>>,
}

impl Credentials {
    /// These slots, fetched from this vault.
    pub fn new(slots: BTreeMap<String, Credential>, vault: Arc<dyn Vault>) -> Self {
        Self { slots, vault: Some(vault) }
    }

    /// The `default` slot is meant to have nothing: the system does not ask who calls.
    pub fn none() -> Self {
        Self { slots: BTreeMap::from([("default".to_owned(), Credential::None)]), vault: None }
    }

    /// The headers that the credentials use; a connector may set none of them in any request.
    pub(crate) fn headers(&self, app: &str) -> Result<Vec<HeaderName>, SetupError> {
        let named = self.slots.iter().filter_map(|(slot, credential)| match credential {
            Credential::Header { name, .. } => Some((slot, name)),
            _ => None,
        });
        let check = |(slot, name): (&String, &String)| {
            let error =
                |reason| SetupError::CredentialHeader { app: app.to_owned(), slot: slot.clone(), header: name.clone(), reason };
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| error("that is not a header name"))?;
            match crate::headers::belongs_to_connection(&header) {
                true => Err(error("it belongs to the connection, not to a credential")),
                false => Ok(header),
            }
        };
        named.map(check).collect()
    }

    /// Fetches the slot's secret and puts it in. What comes back finds its echoes in the answer.
    pub(crate) fn inject(
        &self,
        app: &str,
        slot: &CredentialSlot,
        headers: &mut HeaderMap,
    ) -> Result<Option<Redactor>, EgressError> {
        let Some(slot) = slot.name() else { return Ok(None) };
        let empty = || EgressError::EmptySlot {
            app: app.to_owned(),
            slot: slot.to_owned(),
            grant: format!("[app.{app}]\ncredential.{slot} = {{ secret = \"{app}-token\" }}"),
        };
        let (secret, username, header) = match self.slots.get(slot).ok_or_else(empty)? {
            Credential::None => return Ok(None),
            Credential::Bearer { secret } => (secret, None, None),
            Credential::Basic { username, secret } => (secret, Some(username.as_deref()), None),
            Credential::Header { name, secret } => (secret, None, HeaderName::from_bytes(name.as_bytes()).ok()),
        };
        let vault = self.vault.as_ref().ok_or_else(empty)?;
        let secret = vault.fetch(secret).map_err(|source| EgressError::Secret {
            app: app.to_owned(),
            slot: slot.to_owned(),
            source: Box::new(source),
        })?;
        let unusable = |reason| EgressError::Unusable { app: app.to_owned(), slot: slot.to_owned(), reason };
        let mut sensitive = vec![Zeroizing::new(secret.expose().to_owned())];
        let value = match (&header, username) {
            (Some(_), _) => Zeroizing::new(secret.expose().to_owned()),
            (None, None) => Zeroizing::new(format!("Bearer {}", secret.expose())),
            (None, Some(username)) => {
                let pair = match username {
                    Some(username) if username.contains(':') => {
                        return Err(unusable("a user name cannot have a colon (RFC 7617)"));
                    }
                    Some(username) => Zeroizing::new(format!("{username}:{}", secret.expose())),
                    None => {
                        let (_, password) = secret.expose().split_once(':').ok_or_else(|| {
                            unusable("for Basic without a username it must be `user:password`, and it has no colon")
                        })?;
                        sensitive.push(Zeroizing::new(password.to_owned()));
                        Zeroizing::new(secret.expose().to_owned())
                    }
                };
                let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
                let value = Zeroizing::new(format!("Basic {}", encoded.as_str()));
                sensitive.push(encoded);
                value
            }
        };
        // A line break in a secret would be a second header; a trailing one is what a file was saved with.
        let value = Some(value).filter(|value| value.is_ascii()).and_then(|value| HeaderValue::from_str(&value).ok());
        let mut value = value.ok_or_else(|| {
            unusable("it has a character that a header cannot have, such as a line break at its end or a letter beyond ASCII")
        })?;
        value.set_sensitive(true);
        headers.insert(header.unwrap_or(AUTHORIZATION), value);
        Ok(Some(Redactor::new(sensitive.iter().map(|text| text.as_str()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_secrets::{Secret, SecretError};

    /// Answers every reference to an environment variable with the variable's name.
    struct Names;

    impl Vault for Names {
        fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
            match reference {
                SecretRef::Env(name) => Ok(Secret::new(name.clone())),
                _ => Err(SecretError::MissingVariable { name: "GONE".into() }),
            }
        }
    }

    fn credentials(credential: Credential) -> Credentials {
        Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(Names))
    }

    fn inject(credential: Credential) -> Result<(HeaderMap, Option<Redactor>), EgressError> {
        let mut headers = HeaderMap::new();
        let redactor = credentials(credential).inject("app", &CredentialSlot::Default, &mut headers)?;
        Ok((headers, redactor))
    }

    fn env(text: &str) -> SecretRef {
        SecretRef::Env(text.into())
    }

    #[test]
    fn each_scheme_makes_its_header() {
        let basic = |username: Option<&str>, text| Credential::Basic { username: username.map(str::to_owned), secret: env(text) };
        for (credential, name, value) in [
            (Credential::Bearer { secret: env("t0ken") }, "authorization", "Bearer t0ken"),
            (basic(Some("Aladdin"), "open sesame"), "authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            (basic(None, "Aladdin:open sesame"), "authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            (Credential::Header { name: "X-Api-Key".into(), secret: env("k3y!") }, "x-api-key", "k3y!"),
        ] {
            let Ok((headers, redactor)) = inject(credential) else { panic!("{name}: {value}") };
            assert_eq!(headers.len(), 1);
            let header = headers.get(name).expect("injected");
            assert_eq!(header, value);
            assert!(header.is_sensitive());
            assert!(!format!("{headers:?}").contains(value));
            assert!(redactor.expect("a secret was used").finds(value.as_bytes()));
        }
    }

    #[test]
    fn a_password_is_redacted_by_itself_as_well() {
        let credential = Credential::Basic { username: None, secret: env("Aladdin:open sesame") };
        let Ok((_, Some(redactor))) = inject(credential) else { panic!("a good credential") };
        assert_eq!(redactor.text("password was open+sesame"), "password was [redacted]");
        assert_eq!(redactor.text("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Basic [redacted]");
    }

    #[test]
    fn what_cannot_be_a_header_is_refused_without_showing_it() {
        for (credential, part) in [
            (Credential::Bearer { secret: env("t0ken\nX-Evil: 1") }, "line break"),
            (Credential::Bearer { secret: env("t\u{f6}ken") }, "beyond ASCII"),
            (Credential::Basic { username: None, secret: env("s3cr3t") }, "no colon"),
            (Credential::Basic { username: Some("a:b".into()), secret: env("s3cr3t") }, "colon"),
        ] {
            let Err(error) = inject(credential) else { panic!("{part}: must be refused") };
            let text = error.to_string();
            assert!(text.contains(part), "{text}");
            assert!(!text.contains("s3cr3t") && !text.contains("Evil"), "{text}");
        }
    }

    #[test]
    fn an_empty_slot_says_what_to_add() {
        let Err(error) =
            credentials(Credential::None).inject("jira", &CredentialSlot::Slot("admin".into()), &mut HeaderMap::new())
        else {
            panic!("no such slot")
        };
        assert_eq!(
            error.to_string(),
            "jira has no credential `admin`. Add to innkeeper.toml:\n\n[app.jira]\ncredential.admin = { secret = \"jira-token\" }"
        );
    }

    #[test]
    fn a_slot_that_is_meant_to_be_empty_and_an_anonymous_request_carry_nothing() {
        let mut headers = HeaderMap::new();
        for (credentials, slot) in [
            (Credentials::none(), CredentialSlot::Default),
            (credentials(Credential::Bearer { secret: env("t0ken") }), CredentialSlot::Anonymous),
        ] {
            assert!(matches!(credentials.inject("app", &slot, &mut headers), Ok(None)));
        }
        assert!(headers.is_empty());
    }

    #[test]
    fn a_secret_that_is_not_there_is_no_credential() {
        let credential = Credential::Bearer { secret: SecretRef::File("/none".into()) };
        let Err(error) = inject(credential) else { panic!("the vault has none") };
        assert_eq!(error.code(), crate::Code::NoCredential);
        assert!(error.to_string().contains("GONE"), "{error}");
    }

    #[test]
    fn credentials_cannot_take_over_the_connections_headers() {
        for name in ["Host", "Content-Length", "Transfer-Encoding", "bad name", ""] {
            let credential = Credential::Header { name: name.into(), secret: env("x") };
            assert!(matches!(credentials(credential).headers("app"), Err(SetupError::CredentialHeader { .. })), "{name}");
        }
        let credential = Credential::Header { name: "X-Api-Key".into(), secret: env("x") };
        assert_eq!(credentials(credential).headers("app").expect("usable"), ["x-api-key"]);
    }

    #[test]
    fn configuration_is_read() {
        let text = "scheme = \"basic\"\nusername = \"innkeeper\"\nsecret = { env = \"PASSWORD\" }";
        let credential: Credential = toml::from_str(text).expect("readable");
        assert_eq!(credential, Credential::Basic { username: Some("innkeeper".into()), secret: env("PASSWORD") });
    }
}
