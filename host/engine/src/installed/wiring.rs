//! One app: what its connector asks for and was granted, filled in with the app's settings.

use super::{Parts, credentials, rate};
use crate::error::ConnectError;
use innkeeper_bundle::{Grant, HostRequest, Method, VerifiedBundle};
use innkeeper_domain::AppName;
use innkeeper_egress::{Client, Credentials, HostRule, Options, Policy, Proxy};
use innkeeper_policy::Connection;
use innkeeper_sandbox::{AppSettings, Ceiling, Ceilings, ConnectedApp, Connector, Limits};
use serde_json::Value;
use std::sync::Arc;

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
    let limits = Limits::of(&grant.limits(manifest), &ceilings(&connection.limits, &parts.limits));
    let proxy = parts.proxy.clone().map(Proxy::new).transpose().map_err(mismatch)?;
    let mut options = Options { response_bytes: limits.response_bytes, proxy, ..Options::default() };
    let (switch, whom) = (parts.switch.clone(), name.to_owned());
    options.hold = Some(Arc::new(move || switch.reason(&whom)));
    if let Some(ca) = &connection.ca {
        let path = parts.directory.join(ca);
        options.certificate_authorities = vec![std::fs::read(&path).map_err(|error| ConnectError::File { path, error })?];
    }
    let slots = credentials::credentials(name, &parts.directory, manifest, grant, connection, settings)?;
    let credentials = Credentials::new(slots, parts.vault.clone());
    let http = Arc::new(Client::new(policy, Some(rate), credentials, options)?);
    Ok(connector.connect(AppSettings { name: AppName::new(name), configuration: settings.clone(), http, limits })?)
}

/// What the operator lets the app have, or else every app.
fn ceilings(app: &innkeeper_policy::Limits, all: &innkeeper_policy::Limits) -> Ceilings {
    Ceilings {
        memory_mb: Ceiling::nearest(app.memory_mb, all.memory_mb),
        call_seconds: Ceiling::nearest(app.call_seconds, all.call_seconds),
        cpu_seconds: Ceiling::nearest(app.cpu_seconds, all.cpu_seconds),
        requests: Ceiling::nearest(app.requests, all.requests),
        response_mb: Ceiling::nearest(app.response_mb, all.response_mb),
        transfer_mb: Ceiling::nearest(app.transfer_mb, all.transfer_mb),
        log_lines: Ceiling::nearest(app.log_lines, all.log_lines),
        log_kb: Ceiling::nearest(app.log_kb, all.log_kb),
    }
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
