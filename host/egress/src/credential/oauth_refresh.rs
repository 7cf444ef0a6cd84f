//! `oauth-refresh`: a refresh token for an access token (RFC 6749, section 6).

use super::client_authentication::Form;
use super::oauth_client::refused_client;
use super::{ClientAuthentication, Exchanged, Material, TokenRequest};
use innkeeper_secrets::SecretRef;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;
use url::Url;

/// What somebody authorised once, and may change with every use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OauthRefresh {
    /// The refresh token. It is in the secret store, so that a new one can be kept in its place.
    pub secret: SecretRef,
    /// The client's id.
    pub client_id: String,
    /// The client's secret; a public client has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretRef>,
    /// How both are sent.
    #[serde(default)]
    pub client_auth: ClientAuthentication,
    /// The token endpoint.
    pub token_url: Url,
    /// Fewer scopes than were authorised; none: all of them.
    #[serde(default)]
    pub scopes: Vec<String>,
}

impl Exchanged for OauthRefresh {
    fn secret(&self) -> &SecretRef {
        &self.secret
    }

    fn client_secret(&self) -> Option<&SecretRef> {
        self.client_secret.as_ref()
    }

    fn token_url(&self) -> Option<&Url> {
        Some(&self.token_url)
    }

    fn request(&self, _: &Url, material: &Material, _: SystemTime) -> Result<TokenRequest, String> {
        let form = Form::new("refresh_token").with("refresh_token", material.secret.expose()).with_scopes(&self.scopes);
        let form = form.by(&self.client_id, material.client_secret.as_ref(), self.client_auth)?;
        Ok(form.to(self.token_url.clone(), &self.client_id))
    }

    fn advice(&self, status: u16, error: &str, client: &str) -> Option<String> {
        Some(match (error, status) {
            // The second and third are Slack's words for it.
            ("invalid_grant" | "invalid_refresh_token" | "token_revoked", _) => {
                let again = match &self.secret {
                    SecretRef::Secret(name) => format!("innkeeper secret set {name}"),
                    _ => "innkeeper secret set NAME".to_owned(),
                };
                format!(
                    "The refresh token was revoked, has expired, was used elsewhere or is another client's: authorise innkeeper again and \
                     keep the new one with: {again}"
                )
            }
            ("invalid_client" | "invalid_client_id" | "bad_client_secret", _) | ("", 401) => match &self.client_secret {
                Some(secret) => refused_client(client, secret, self.client_auth),
                None => format!("The client {client} is not known, or has a secret: client-secret = {{ secret = \"NAME\" }}"),
            },
            ("unauthorized_client" | "unsupported_grant_type", _) => {
                format!("The client {client} may not use refresh tokens: allow it this grant type (refresh_token)")
            }
            ("invalid_scope", _) => format!("These scopes are more than what was authorised: {}", self.scopes.join(" ")),
            _ => return None,
        })
    }

    fn rotates(&self) -> bool {
        true
    }
}
