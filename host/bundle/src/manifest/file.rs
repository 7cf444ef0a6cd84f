//! The file as it is written, and what can only be said of several of its fields together.

use super::credential::CredentialFile;
use super::error::Fault;
use super::rate::RateFile;
use super::schema::Configuration;
use super::{Feature, HostRequest, Limits, Manifest, PublisherName, defaults, entitlement};
use crate::{ComponentFile, ConnectorName, Template};
use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;

/// Who a connector is and what it asks for: the `connector.toml` of its bundle.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "connector.toml")]
pub(super) struct File {
    // It was checked before the file is read as a whole.
    /// The format of this file: 1.
    #[serde(rename = "manifest")]
    #[schemars(extend("const" = 1))]
    _format: u32,
    /// The connector's name.
    name: ConnectorName,
    /// Its version. What was shipped under a version never changes.
    version: Version,
    /// Who publishes it.
    publisher: PublisherName,
    /// What it connects to, in a sentence.
    description: String,
    /// Its licence, as an SPDX expression.
    licence: String,
    /// The version of the contract that it was built for.
    contract: Version,
    /// What it cannot do without: a host that does not have it refuses the connector by that name.
    #[serde(default)]
    requires: BTreeSet<Feature>,
    /// The component's file in the bundle.
    component: ComponentFile,
    /// What the paths of its requests are joined to. One of the hosts has to ask for it.
    #[schemars(with = "Template")]
    base_url: Spanned<Template>,
    /// The requests that it asks to be let send; all others are refused.
    #[serde(default)]
    #[schemars(with = "Vec<HostRequest>")]
    hosts: Vec<Spanned<HostRequest>>,
    /// The credential slots that it uses. The host puts the credentials into its requests; it never sees them.
    #[serde(default)]
    credentials: BTreeMap<String, CredentialFile>,
    /// The kinds of entitlements that it can list or grant, each with a sentence that says what they are. "*" is whatever kinds there
    /// are, for a connector that only knows when it runs.
    #[serde(default)]
    #[schemars(with = "super::schema::Kinds")]
    entitlements: BTreeMap<Spanned<String>, Spanned<String>>,
    /// The rate that its system bears, and how it says that it was too much.
    #[schemars(with = "Option<RateFile>")]
    rate: Option<Spanned<RateFile>>,
    /// The limits that it asks for.
    #[serde(default)]
    limits: Limits,
    /// The JSON Schema (2020-12) of its settings.
    #[schemars(with = "Configuration")]
    configuration: Spanned<serde_json::Value>,
}

impl File {
    /// What is wrong with it, and where.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let schema = self.configuration.get_ref();
        if schema.get("type").and_then(|kind| kind.as_str()) != Some("object") {
            return Err((self.configuration.span(), "the schema of the configuration must have type = \"object\"".to_owned()));
        }
        self.check_hosts()?;
        for (slot, credential) in &self.credentials {
            credential.check(slot)?;
            if let Some((span, url)) = credential.token_url() {
                self.check_template(&span, url)?;
            }
        }
        entitlement::check(&self.entitlements)?;
        self.check_rate()
    }

    fn check_hosts(&self) -> Result<(), Fault> {
        self.check_template(&self.base_url.span(), self.base_url.get_ref())?;
        for host in &self.hosts {
            self.check_template(&host.span(), &host.get_ref().url)?;
            if host.get_ref().methods.is_empty() {
                return Err((host.span(), "name at least one method, such as methods = [\"GET\"]".to_owned()));
            }
        }
        let base = self.base_url.get_ref();
        match self.hosts.iter().any(|host| base.is_below(&host.get_ref().url)) {
            true => Ok(()),
            false => Err((self.base_url.span(), format!("no [[hosts]] asks for `{base}` itself: add one with url = \"{base}\""))),
        }
    }

    fn check_rate(&self) -> Result<(), Fault> {
        let Some(rate) = &self.rate else { return Ok(()) };
        rate.get_ref().check().map_err(|message| (rate.span(), message.to_owned()))?;
        for (span, url) in rate.get_ref().urls() {
            self.check_template(&span, url)?;
            let asked = |host: &Spanned<HostRequest>| url.is_below(&host.get_ref().url) || host.get_ref().url.is_below(url);
            if !self.hosts.iter().any(asked) {
                return Err((span, format!("no [[hosts]] asks for anything at `{url}`, so that the budget is never spent")));
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

impl From<File> for Manifest {
    fn from(file: File) -> Self {
        Self {
            name: file.name,
            version: file.version,
            publisher: file.publisher,
            description: file.description,
            licence: file.licence,
            contract: file.contract,
            requires: file.requires,
            component: file.component,
            base_url: file.base_url.into_inner(),
            hosts: file.hosts.into_iter().map(Spanned::into_inner).collect(),
            credentials: file.credentials.into_iter().map(|(slot, credential)| (slot, credential.into())).collect(),
            entitlements: file
                .entitlements
                .into_iter()
                .map(|(kind, sentence)| (kind.into_inner(), sentence.into_inner()))
                .collect(),
            rate: file.rate.map(|rate| rate.into_inner().into()),
            limits: file.limits,
            configuration: file.configuration.into_inner(),
        }
    }
}
