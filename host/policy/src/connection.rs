//! How a connector is reached: which one, with which settings and credentials.

use crate::limits::Limits;
use ipnet::IpNet;
use semver::VersionReq;
use std::collections::BTreeMap;
use std::fmt;
use url::Url;

/// A connector with its settings, for a source or an app.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Which connector.
    pub connector: ConnectorReference,
    /// The settings, as the connector's own schema wants them; an object.
    pub config: serde_json::Value,
    /// By the slots that the connector's manifest names.
    pub credentials: BTreeMap<String, Credential>,
    /// Networks that are refused by default and granted here.
    pub networks: Vec<IpNet>,
    /// A file with further certificate authorities, PEM, relative to the configuration directory.
    pub ca: Option<String>,
    /// How much its system may be sent, in the place of all that the connector says of it; none: as the connector says.
    pub rate: Option<Rate>,
    /// What one call may use at most; for what is not said here, the configuration's own [`limits`](crate::Configuration::limits) hold.
    pub limits: Limits,
}

/// How much a system may be sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Requests a second, in the long run.
    pub requests_per_second: f64,
    /// Requests at once after a rest.
    pub burst: u32,
}

/// `github` or `github@1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorReference {
    /// The connector's name.
    pub name: String,
    /// Which versions will do; none: any.
    pub requirement: Option<VersionReq>,
}

impl fmt::Display for ConnectorReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.requirement {
            Some(requirement) => write!(formatter, "{}@{}", self.name, requirement.to_string().trim_start_matches('^')),
            None => formatter.write_str(&self.name),
        }
    }
}

/// Where a credential is and how it is sent. It names the secret and never holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Where it is.
    pub reference: CredentialReference,
    /// How it is sent.
    pub scheme: CredentialScheme,
}

/// Where a credential is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialReference {
    /// In the secret store, under this name.
    Secret(String),
    /// In this environment variable.
    Environment(String),
    /// In this file, relative to the configuration directory.
    File(String),
}

impl fmt::Display for CredentialReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(name) => write!(formatter, "secret {name}"),
            Self::Environment(name) => write!(formatter, "environment variable {name}"),
            Self::File(path) => write!(formatter, "file {path}"),
        }
    }
}

/// How a credential is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialScheme {
    /// `Authorization: Bearer ...` (RFC 6750).
    Bearer,
    /// `Authorization: Basic ...` (RFC 7617).
    Basic {
        /// The user name, whose password the credential is. Without one the credential is `user:password`, for systems where the user
        /// name is the secret.
        username: Option<String>,
    },
    /// As the value of a header.
    Header {
        /// The header's name.
        header: String,
    },
    /// Not at all: it is a service account's key, and an access token for it is sent (RFC 7523).
    ServiceAccount {
        /// The user in whose name the service account acts.
        subject: Option<String>,
        /// The scopes; none: those that the connector asks for.
        scopes: Vec<String>,
        /// The token endpoint; none: as the connector says, or else the key.
        token_url: Option<Url>,
    },
    /// Not at all: it is an OAuth client's secret, and an access token for it is sent (RFC 6749, section 4.4).
    OauthClient {
        /// The client.
        client: OauthClient,
        /// The scopes; none: those that the connector asks for.
        scopes: Vec<String>,
        /// The token endpoint; none: as the connector says.
        token_url: Option<Url>,
    },
    /// Not at all: it is a refresh token, and an access token for it is sent (RFC 6749, section 6).
    OauthRefresh {
        /// The client.
        client: OauthClient,
        /// Where the client's own secret is; a public client has none.
        client_secret: Option<CredentialReference>,
        /// The scopes; none: all that were authorised.
        scopes: Vec<String>,
        /// The token endpoint; none: as the connector says.
        token_url: Option<Url>,
    },
    /// Not at all: it is a GitHub App's key, and an access token for an installation is sent.
    GithubApp {
        /// The App's id, or its client id.
        app_id: String,
        /// The installation.
        installation_id: u64,
    },
}

/// An OAuth client, as a token endpoint knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthClient {
    /// Its id.
    pub id: String,
    /// How its id and secret are sent.
    pub authentication: ClientAuthentication,
}

/// How an OAuth client says who it is (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// By `Authorization: Basic`.
    #[default]
    Basic,
    /// In the form.
    Body,
}
