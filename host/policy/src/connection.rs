//! How a connector is reached: which one, with which settings and credentials.

use ipnet::IpNet;
use semver::VersionReq;
use std::collections::BTreeMap;
use std::fmt;

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
    /// `Authorization: Basic ...` (RFC 7617); the credential is the password.
    Basic {
        /// The user name.
        username: String,
    },
    /// As the value of a header.
    Header {
        /// The header's name.
        header: String,
    },
}
