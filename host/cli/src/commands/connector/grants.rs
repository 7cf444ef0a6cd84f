//! `innkeeper connector grant` and `deny`

use super::desk::Desk;
use super::versions;
use crate::arguments::Allowed;
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_bundle::{BundleError, ConnectorName, Grant, GrantedCredential, HostRequest, LockError, Manifest, Method};
use innkeeper_policy::Configuration;
use semver::Version;
use serde_json::json;
use std::fmt::Write;

pub(super) fn grant(mut desk: Desk<'_>, asked: &Allowed) -> Result<Reply, CliError> {
    let (name, version, manifest) = connector(&desk, asked)?;
    let host = asked.url.as_deref().map(|url| host(&desk, &manifest, url)).transpose()?;
    let credentials = credentials(&manifest, &asked.credential)?;
    let grant = entry(&mut desk, &name, &version)?;
    if let Some(host) = &host {
        grant.allow(&host.url, if asked.methods.is_empty() { &host.methods } else { &asked.methods });
    }
    grant.credentials.extend(credentials);
    if asked.limits {
        grant.limits = manifest.limits;
    }
    finish(&desk, "connector.granted", &name, &version, &manifest)
}

pub(super) fn deny(mut desk: Desk<'_>, asked: &Allowed) -> Result<Reply, CliError> {
    let (name, version, manifest) = connector(&desk, asked)?;
    let host = asked.url.as_deref().map(|url| host(&desk, &manifest, url)).transpose()?;
    credentials(&manifest, &asked.credential)?;
    let grant = entry(&mut desk, &name, &version)?;
    if let Some(host) = &host {
        grant.deny(&host.url, if asked.methods.is_empty() { &Method::ALL } else { &asked.methods });
    }
    grant.credentials.retain(|slot, _| !asked.credential.contains(slot));
    if asked.limits {
        grant.limits = Default::default();
    }
    finish(&desk, "connector.denied", &name, &version, &manifest)
}

/// The version that is meant, with its manifest.
fn connector(desk: &Desk<'_>, asked: &Allowed) -> Result<(ConnectorName, Version, Manifest), CliError> {
    let installed = desk.meant(&asked.connector)?;
    let manifest = desk.connectors.verified(&installed, &desk.trust)?.manifest().clone();
    Ok((installed.name, installed.version, manifest))
}

fn entry<'a>(desk: &'a mut Desk<'_>, name: &ConnectorName, version: &Version) -> Result<&'a mut Grant, CliError> {
    let missing = || BundleError::from(LockError::NotLocked { name: name.clone(), version: version.clone() });
    Ok(desk.lock.grant_mut(name, version).ok_or_else(missing)?)
}

/// What the manifest asks for at this URL, which is typed as the manifest has it or as a refusal names it: with an app's settings in it.
fn host(desk: &Desk<'_>, manifest: &Manifest, typed: &str) -> Result<HostRequest, CliError> {
    let mut settings = vec![manifest.settings(&json!({}))];
    if let Ok(configuration) = Configuration::read(&desk.places.directory) {
        let connections = versions::connections(&configuration, &manifest.name);
        settings.extend(connections.iter().map(|(_, connection)| manifest.settings(&connection.config)));
    }
    let named = |host: &&HostRequest| {
        let filled =
            |settings| host.url.fill(settings).is_ok_and(|url| url.as_str().trim_end_matches('/') == typed.trim_end_matches('/'));
        host.url.as_str() == typed || settings.iter().any(filled)
    };
    manifest.hosts.iter().find(named).cloned().ok_or_else(|| CliError::NotAskedFor {
        connector: manifest.name.to_string(),
        typed: typed.to_owned(),
        asked: manifest.hosts.iter().map(|host| host.url.to_string()).collect(),
    })
}

fn credentials(manifest: &Manifest, slots: &[String]) -> Result<Vec<(String, GrantedCredential)>, CliError> {
    let all = Grant::all(manifest).credentials;
    slots
        .iter()
        .map(|slot| match all.get(slot) {
            Some(granted) => Ok((slot.clone(), granted.clone())),
            None => Err(CliError::NotAskedFor {
                connector: manifest.name.to_string(),
                typed: slot.clone(),
                asked: all.keys().cloned().collect(),
            }),
        })
        .collect()
}

fn finish(desk: &Desk<'_>, what: &str, name: &ConnectorName, version: &Version, manifest: &Manifest) -> Result<Reply, CliError> {
    let grant = desk.lock.entry(name, version).map(|entry| entry.grant.clone()).unwrap_or_default();
    let value = json!({ "name": name, "version": version, "grant": grant });
    desk.agree(what, value.clone())?;
    let mut text = format!("{name} {version} may do what it asks for");
    let missing = grant.missing(manifest);
    if missing.is_empty() {
        text += ".\n";
    } else {
        text += ", but not\n";
        for wish in missing {
            let _ = writeln!(text, "  {wish}");
        }
    }
    Ok(Reply::done(text, &value))
}
