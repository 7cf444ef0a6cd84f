//! Step 7: the secret is fetched and put into a header, or exchanged for an access token that is.
//!
//! The secret is in memory from here until the answer has been redacted. The copy inside the HTTP library is marked as sensitive, so that
//! it is not logged and not indexed for header compression; it is not wiped.

mod client_authentication;
mod exchanged;
mod github_app;
mod injector;
mod jwt;
mod oauth_client;
mod oauth_refresh;
mod sent;
mod service_account;

pub use client_authentication::ClientAuthentication;
pub use github_app::GithubApp;
pub use oauth_client::OauthClient;
pub use oauth_refresh::OauthRefresh;
pub use service_account::ServiceAccount;

pub(crate) use exchanged::{Exchanged, Fingerprint, Material, TokenRequest};
pub(crate) use injector::Injector;

use crate::SetupError;
use http::header::HeaderName;
use innkeeper_secrets::{SecretRef, Vault};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// A service account's key, exchanged for access tokens.
    ServiceAccount(ServiceAccount),
    /// An OAuth client's own secret, exchanged for access tokens.
    OauthClient(OauthClient),
    /// A refresh token, exchanged for access tokens.
    OauthRefresh(OauthRefresh),
    /// A GitHub App's key, exchanged for access tokens of one installation.
    GithubApp(GithubApp),
}

impl Credential {
    /// The credential as one that is never sent to the system itself; none where it is sent.
    pub(crate) fn exchanged(&self) -> Option<&dyn Exchanged> {
        match self {
            Self::None | Self::Bearer { .. } | Self::Basic { .. } | Self::Header { .. } => None,
            Self::ServiceAccount(account) => Some(account),
            Self::OauthClient(client) => Some(client),
            Self::OauthRefresh(refresh) => Some(refresh),
            Self::GithubApp(app) => Some(app),
        }
    }
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
}

#[cfg(test)]
mod tests;
