//! One app: what its connector asks for and was granted, filled in with the app's settings.

use super::{Parts, credentials, rate};
use crate::error::ConnectError;
use innkeeper_bundle::{Grant, HostRequest, Method, VerifiedBundle};
use innkeeper_domain::AppName;
use innkeeper_egress::{Client, Credentials, HostRule, Options, Policy};
use innkeeper_policy::Connection;
use innkeeper_sandbox::{AppSettings, ConnectedApp, Connector, Limits};
use serde_json::Value;
use std::sync::Arc;

const MEBIBYTE: usize = 1 << 20;

/// Connects an app. Sends nothing.
pub(super) fn connect(
    parts: &Parts,
    name: &str,
    connection: &Connection,
    bundle: &VerifiedBundle,
    grant: &Grant,
    connector: &Connector,
) -> Result<ConnectedApp, ConnectError> {
    let manifest = bundle.manifest();
    let settings = &manifest.settings(&connection.config);
    let policy = Policy {
        app: name.to_owned(),
        connector: manifest.name.to_string(),
        base: manifest.base_url.fill(settings).map_err(mismatch)?,
        requested: rules(&manifest.hosts, settings)?,
        granted: rules(&grant.hosts, settings)?,
        networks: connection.networks.clone(),
    };
    let rate = rate::rate(manifest, connection.rate, settings)?;
    let asked = grant.limits(manifest);
    let limits = Limits::asked_for(&asked);
    let mut options = Options::default();
    if let Some(most) = asked.response_mb {
        options.response_bytes = options.response_bytes.min(most as usize * MEBIBYTE);
    }
    if let Some(ca) = &connection.ca {
        let path = parts.directory.join(ca);
        options.certificate_authorities = vec![std::fs::read(&path).map_err(|error| ConnectError::File { path, error })?];
    }
    let slots = credentials::credentials(name, &parts.directory, manifest, grant, connection, settings)?;
    let credentials = Credentials::new(slots, parts.vault.clone());
    let http = Arc::new(Client::new(policy, Some(rate), credentials, options)?);
    Ok(connector.connect(AppSettings { name: AppName::new(name), configuration: settings.clone(), http, limits })?)
}

fn rules(hosts: &[HostRequest], settings: &Value) -> Result<Vec<HostRule>, ConnectError> {
    hosts
        .iter()
        .map(|host| {
            let url = host.url.fill(settings).map_err(mismatch)?;
            HostRule::new(url, host.methods.iter().copied().map(method).collect()).map_err(mismatch)
        })
        .collect()
}

fn mismatch(error: impl std::fmt::Display) -> ConnectError {
    ConnectError::Mismatch(error.to_string())
}

pub(super) fn method(method: Method) -> innkeeper_egress::Method {
    match method {
        Method::Get => innkeeper_egress::Method::Get,
        Method::Head => innkeeper_egress::Method::Head,
        Method::Post => innkeeper_egress::Method::Post,
        Method::Put => innkeeper_egress::Method::Put,
        Method::Patch => innkeeper_egress::Method::Patch,
        Method::Delete => innkeeper_egress::Method::Delete,
        Method::Options => innkeeper_egress::Method::Options,
    }
}
