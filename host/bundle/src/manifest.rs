//! `connector.toml`: who a connector is and what it asks for, readable without running it.

use crate::{ComponentFile, ConnectorName, Template};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::{DeTable, Deserializer};

mod credential;
mod defaults;
mod entitlement;
mod error;
mod feature;
mod file;
mod host;
mod limits;
mod publisher;
pub mod rate;
mod schema;
mod secret;

pub use credential::{CredentialRequest, Interface, Scheme, ScopeRequest};
pub use error::ManifestError;
pub(crate) use error::place;
pub use feature::Feature;
use file::File;
pub use host::{HostRequest, Method};
pub use limits::Limits;
pub use publisher::PublisherName;
pub use rate::Rate;
pub use schema::json_schema;

/// A connector's manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The connector's name.
    pub name: ConnectorName,
    /// Its version.
    pub version: Version,
    /// Who publishes it.
    pub publisher: PublisherName,
    /// What it connects to, in a sentence.
    pub description: String,
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// The version of the contract that it was built for.
    pub contract: Version,
    /// What it cannot do without, and this host has.
    pub requires: BTreeSet<Feature>,
    /// The component's file in the bundle.
    pub component: ComponentFile,
    /// What the paths of its requests are joined to.
    pub base_url: Template,
    /// The requests that it asks to be let send.
    pub hosts: Vec<HostRequest>,
    /// The credential slots that it uses.
    pub credentials: BTreeMap<String, CredentialRequest>,
    /// The kinds of entitlements that it may have, each with a sentence; see [`Manifest::allows_kind`].
    pub entitlements: BTreeMap<String, String>,
    /// The rate that its system bears and how it says that it was too much, if that is known.
    pub rate: Option<Rate>,
    /// The limits that it asks for.
    pub limits: Limits,
    /// The JSON Schema (2020-12) of its settings. No setting in it is marked as a secret.
    pub configuration: serde_json::Value,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, with its line and column. What says that only a newer host can read it is told before
    /// everything else.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let of_toml = |error| ManifestError::of_toml(text, &error);
        let of_fault = |(span, message): error::Fault| ManifestError::new(text, Some(span), &message);
        let table = DeTable::parse(text).map_err(of_toml)?;
        feature::check(table.get_ref()).map_err(of_fault)?;
        secret::check(table.get_ref()).map_err(of_fault)?;
        let file: File = serde::Deserialize::deserialize(Deserializer::from(table)).map_err(of_toml)?;
        file.check().map_err(of_fault)?;
        Ok(file.into())
    }
}

#[cfg(test)]
mod tests;
