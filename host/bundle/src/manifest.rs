//! `connector.toml`: who a connector is and what it asks for, readable without running it.

use crate::{ComponentFile, ConnectorName, Template};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use toml::Spanned;

mod credential;
mod defaults;
pub mod rate;

use credential::CredentialFile;
pub use credential::{CredentialRequest, Interface, Scheme, ScopeRequest};
pub use rate::Rate;
use rate::RateFile;

/// A connector's manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The connector's name.
    pub name: ConnectorName,
    /// Its version.
    pub version: Version,
    /// Who publishes it.
    pub publisher: String,
    /// What it connects to, in a sentence.
    pub description: String,
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// The version of the contract that it was built for.
    pub contract: Version,
    /// The component's file in the bundle.
    pub component: ComponentFile,
    /// What the paths of its requests are joined to.
    pub base_url: Template,
    /// The requests that it asks to be let send.
    pub hosts: Vec<HostRequest>,
    /// The credential slots that it uses.
    pub credentials: BTreeMap<String, CredentialRequest>,
    /// The rate that its system bears and how it says that it was too much, if that is known.
    pub rate: Option<Rate>,
    /// The limits that it asks for.
    pub limits: Limits,
    /// The JSON Schema (2020-12) of its settings.
    pub configuration: serde_json::Value,
}

/// Requests to one host, at and below a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostRequest {
    /// Scheme, host, port and the paths' beginning.
    pub url: Template,
    /// The methods.
    pub methods: Vec<Method>,
}

/// The request methods that a connector can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

/// The limits that a connector asks for; the host has defaults and maxima.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// Linear memory, in mebibytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u32>,
    /// The time of one call, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_seconds: Option<u32>,
    /// The requests of one call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u32>,
    /// One response's content, in mebibytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_mb: Option<u32>,
}

/// What is wrong with a manifest, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ManifestError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "connector.toml:{}:{}: {}", self.line, self.column, self.message)
    }
}

/// The file as it is written; what can only be said of several fields together is said with their places in it.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    manifest: Spanned<u32>,
    name: ConnectorName,
    version: Version,
    publisher: String,
    description: String,
    licence: String,
    contract: Version,
    component: ComponentFile,
    base_url: Spanned<Template>,
    #[serde(default)]
    hosts: Vec<Spanned<HostRequest>>,
    #[serde(default)]
    credentials: BTreeMap<String, CredentialFile>,
    rate: Option<Spanned<RateFile>>,
    #[serde(default)]
    limits: Limits,
    configuration: Spanned<serde_json::Value>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, with its line and column.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let file: File = toml::from_str(text).map_err(|error| at(text, error.span(), error.message().to_owned()))?;
        file.check().map_err(|(span, message)| at(text, Some(span), message))?;
        Ok(Self {
            name: file.name,
            version: file.version,
            publisher: file.publisher,
            description: file.description,
            licence: file.licence,
            contract: file.contract,
            component: file.component,
            base_url: file.base_url.into_inner(),
            hosts: file.hosts.into_iter().map(Spanned::into_inner).collect(),
            credentials: file.credentials.into_iter().map(|(slot, credential)| (slot, credential.into())).collect(),
            rate: file.rate.map(|rate| rate.into_inner().into()),
            limits: file.limits,
            configuration: file.configuration.into_inner(),
        })
    }
}

type Fault = (Range<usize>, String);

impl File {
    fn check(&self) -> Result<(), Fault> {
        let fault = |span: Range<usize>, message: String| Err((span, message));
        if *self.manifest.get_ref() != 1 {
            let message = format!("manifest format {} is not known to this innkeeper, which knows 1", self.manifest.get_ref());
            return fault(self.manifest.span(), message);
        }
        let schema = self.configuration.get_ref();
        if schema.get("type").and_then(|kind| kind.as_str()) != Some("object") {
            return fault(self.configuration.span(), "the schema of the configuration must have type = \"object\"".to_owned());
        }
        self.check_template(&self.base_url.span(), self.base_url.get_ref())?;
        for host in &self.hosts {
            self.check_template(&host.span(), &host.get_ref().url)?;
            if host.get_ref().methods.is_empty() {
                return fault(host.span(), "name at least one method, such as methods = [\"GET\"]".to_owned());
            }
        }
        let base = self.base_url.get_ref();
        if !self.hosts.iter().any(|host| base.is_below(&host.get_ref().url)) {
            return fault(self.base_url.span(), format!("no [[hosts]] asks for `{base}` itself: add one with url = \"{base}\""));
        }
        for (slot, credential) in &self.credentials {
            credential.check(slot)?;
            if let Some((span, url)) = credential.token_url() {
                self.check_template(&span, url)?;
            }
        }
        if let Some(rate) = &self.rate {
            rate.get_ref().check().map_err(|message| (rate.span(), message.to_owned()))?;
            for (span, url) in rate.get_ref().urls() {
                self.check_template(&span, url)?;
                let asked = |host: &Spanned<HostRequest>| url.is_below(&host.get_ref().url) || host.get_ref().url.is_below(url);
                if !self.hosts.iter().any(asked) {
                    return fault(span, format!("no [[hosts]] asks for anything at `{url}`, so that the budget is never spent"));
                }
            }
        }
        Ok(())
    }

    /// A template can only be filled with settings that every configuration has.
    fn check_template(&self, span: &Range<usize>, template: &Template) -> Result<(), Fault> {
        let schema = self.configuration.get_ref();
        let defaults = defaults::of_schema(schema);
        for setting in template.settings() {
            let required = schema.get("required").and_then(|required| required.as_array());
            let required = required.is_some_and(|required| required.iter().any(|name| name.as_str() == Some(setting)));
            let kind = schema.get("properties").and_then(|all| all.get(setting)).and_then(|schema| schema.get("type"));
            if !(required || defaults.get(setting).is_some()) || kind.and_then(|kind| kind.as_str()) != Some("string") {
                let message = format!(
                    "`{template}` uses the setting `{setting}`, so [configuration] must have it in `properties` with type = \"string\", \
                     and either list it in `required` or give it a `default`"
                );
                return Err((span.clone(), message));
            }
        }
        let by_default = template.settings().all(|setting| defaults.get(setting).is_some());
        match by_default.then(|| template.fill(&defaults)) {
            Some(Err(error)) => Err((span.clone(), format!("with the defaults of [configuration], {error}"))),
            _ => Ok(()),
        }
    }
}

fn at(text: &str, span: Option<Range<usize>>, message: String) -> ManifestError {
    let (line, column) = place(text, span);
    ManifestError { line, column, message: message.trim_end().replace('\n', ", ") }
}

/// Line and column, from 1, of a place in a file.
pub(crate) fn place(text: &str, span: Option<Range<usize>>) -> (usize, usize) {
    let before = text.get(..span.map_or(0, |span| span.start)).unwrap_or(text);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

#[cfg(test)]
mod tests;
