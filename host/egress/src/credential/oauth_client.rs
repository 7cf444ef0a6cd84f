//! `oauth-client`: client credentials for an access token (RFC 6749, section 4.4).

use super::client_authentication::Form;
use super::{ClientAuthentication, Exchanged, Material, TokenRequest};
use innkeeper_secrets::SecretRef;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;
use url::Url;

/// An OAuth client that acts in its own name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OauthClient {
    /// The client secret.
    pub secret: SecretRef,
    /// The client's id.
    pub client_id: String,
    /// How both are sent.
    #[serde(default)]
    pub client_auth: ClientAuthentication,
    /// The token endpoint.
    pub token_url: Url,
    /// What the access tokens are to be good for; none: what the endpoint gives by itself.
    #[serde(default)]
    pub scopes: Vec<String>,
}

impl Exchanged for OauthClient {
    fn secret(&self) -> &SecretRef {
        &self.secret
    }

    fn token_url(&self) -> Option<&Url> {
        Some(&self.token_url)
    }

    fn request(&self, _: &Url, material: &Material, _: SystemTime) -> Result<TokenRequest, String> {
        let form = Form::new("client_credentials").with_scopes(&self.scopes);
        let form = form.by(&self.client_id, Some(&material.secret), self.client_auth)?;
        Ok(form.to(self.token_url.clone(), &self.client_id))
    }

    fn advice(&self, status: u16, error: &str, client: &str) -> Option<String> {
        Some(match (error, status) {
            ("invalid_client", _) | ("", 401) => refused_client(client, &self.secret, self.client_auth),
            ("unauthorized_client" | "unsupported_grant_type", _) => {
                format!("The client {client} may not use client credentials: allow it this grant type (client_credentials)")
            }
            ("invalid_scope", _) => format!("The client {client} may not have one of these scopes: {}", self.scopes.join(" ")),
            _ => return None,
        })
    }
}

/// What to do where the endpoint does not know the client.
pub(super) fn refused_client(client: &str, secret: &SecretRef, authentication: ClientAuthentication) -> String {
    let other = match authentication {
        ClientAuthentication::Basic => "body",
        ClientAuthentication::Body => "basic",
    };
    format!(
        "Check that {secret} is the secret of the client {client} and has not expired. Where both are right, the endpoint may want them \
         sent otherwise: client-auth = \"{other}\""
    )
}
