//! `service-account`: a signed assertion for an access token (RFC 7523, section 2.1), as Google's service accounts do it with
//! domain-wide delegation: <https://developers.google.com/identity/protocols/oauth2/service-account>.

use super::client_authentication::Form;
use super::jwt::{SigningKey, numeric_date};
use super::{Exchanged, Material, TokenRequest};
use innkeeper_secrets::SecretRef;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use std::time::{Duration, SystemTime};
use url::Url;
use zeroize::Zeroizing;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// As long as Google lets an assertion be good for.
const ASSERTION: Duration = Duration::from_secs(3600);

/// A service account's key, and for whom it acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServiceAccount {
    /// The key: the JSON file with `client_email`, `private_key`, `private_key_id` and `token_uri`.
    pub secret: SecretRef,
    /// The user in whose name it acts (domain-wide delegation); without one it acts in its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What the access tokens are to be good for.
    pub scopes: Vec<String>,
    /// The token endpoint; without it, the key's `token_uri`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_url: Option<Url>,
}

/// The file as Google hands it out. No `Debug`: it holds the key.
#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: Option<String>,
    client_email: Option<String>,
    client_id: Option<String>,
    #[serde(default, deserialize_with = "wiped")]
    private_key: Zeroizing<String>,
    private_key_id: Option<String>,
    token_uri: Option<Url>,
}

fn wiped<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}

impl Exchanged for ServiceAccount {
    fn secret(&self) -> &SecretRef {
        &self.secret
    }

    fn token_url(&self) -> Option<&Url> {
        self.token_url.as_ref()
    }

    fn request(&self, _: &Url, material: &Material, now: SystemTime) -> Result<TokenRequest, String> {
        let place = &self.secret;
        // What the parser says could have a piece of the key in it.
        let file: KeyFile = serde_json::from_str(material.secret.expose())
            .map_err(|_| format!("{place} is not the JSON file of a service account's key"))?;
        if let Some(kind) = file.kind.as_deref().filter(|kind| *kind != "service_account") {
            let kind: String = kind.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(40).collect();
            return Err(format!("{place} is a file of the type `{kind}`, and a service account's key is wanted"));
        }
        let missing = |field| format!("{place} has no `{field}`: it is not the JSON file of a service account's key");
        let email = file.client_email.as_deref().ok_or_else(|| missing("client_email"))?;
        if file.private_key.is_empty() {
            return Err(missing("private_key"));
        }
        let url = self.token_url.clone().or(file.token_uri).ok_or_else(|| missing("token_uri"))?;
        let unusable = |reason| format!("the `private_key` in {place} cannot be used: {reason}");
        let key = SigningKey::from_pem(&file.private_key).map_err(unusable)?;
        let mut claims = json!({
            "iss": email,
            "aud": url.as_str(),
            "iat": numeric_date(now),
            "exp": numeric_date(now + ASSERTION),
            "scope": self.scopes.join(" "),
        });
        if let Some(subject) = &self.subject {
            claims["sub"] = subject.as_str().into();
        }
        let assertion = key.sign(file.private_key_id.as_deref(), &claims).map_err(unusable)?;
        // Delegation is granted to the number; the address is what a key without one still has.
        let client = file.client_id.as_deref().unwrap_or(email).to_owned();
        let mut request = Form::new(GRANT_TYPE).with_proof("assertion", assertion).to(url, &client);
        request.parts.push(file.private_key);
        Ok(request)
    }

    fn advice(&self, _: u16, error: &str, client: &str) -> Option<String> {
        let scopes = self.scopes.join(",");
        let subject = self.subject.as_deref();
        Some(match (error, subject) {
            ("unauthorized_client" | "access_denied", Some(_)) => format!(
                "Domain-wide delegation is not granted to the client id {client} for these scopes. In Google's Admin console, Security > \
                 Access and data control > API controls > Domain-wide delegation, add the client id with exactly: {scopes}"
            ),
            ("unauthorized_client" | "access_denied", None) => format!(
                "The service account {client} may not act in its own name: give the credential subject = \"admin@example.com\", a user \
                 in whose name it acts, and grant it domain-wide delegation for: {scopes}"
            ),
            ("invalid_grant", Some(subject)) => format!(
                "Either {subject} is not an active user, or the key was deleted or its account disabled (make a new key and set the \
                 secret again), or this machine's clock is wrong"
            ),
            ("invalid_grant", None) => {
                "Either the key was deleted or its account disabled (make a new key and set the secret again), or \
                                        this machine's clock is wrong"
                    .to_owned()
            }
            ("invalid_scope", _) => format!("One of these scopes is not one, or is not granted to {client}: {scopes}"),
            ("invalid_client", _) => format!("The service account {client} was deleted, or the key is another project's"),
            _ => return None,
        })
    }
}
