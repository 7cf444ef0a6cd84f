//! `innkeeper connector upgrade`, `rollback` and `remove`

use super::desk::Desk;
use super::install::{self, Consent};
use super::offered;
use crate::arguments::Upgrade;
use crate::context;
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_bundle::{BundleError, ConnectorName, ConnectorRef, LockError};
use innkeeper_engine::Installed;
use innkeeper_policy::{Configuration, Connection, SourceKind};
use innkeeper_secrets::{KeySource, SecretStore};
use semver::Version;
use serde_json::json;
use std::sync::Arc;

pub(super) fn upgrade(mut desk: Desk<'_>, asked: &Upgrade) -> Result<Reply, CliError> {
    let (name, version) = match offered::is_bundle(&asked.to) {
        true => {
            let bundle = offered::bundle(desk.general, &asked.to, &asked.login)?;
            let consent = Consent { yes: asked.yes, more: asked.grant, question: "Upgrade to", only: None };
            let placed = install::place(&mut desk, bundle, &consent, asked.downgrade)?;
            (placed.bundle.manifest().name.clone(), placed.bundle.manifest().version.clone())
        }
        false => agreed(&desk, &asked.to)?,
    };
    let app = asked.app.as_deref();
    let before = used(&desk, &name, app)?;
    if version < before && !asked.downgrade {
        return Err(CliError::OlderThanUsed { name: name.to_string(), used: before, version });
    }
    desk.lock.advance(&name, &version, app).map_err(BundleError::from)?;
    rehearse(&desk, &name, app)?;
    desk.agree("connector.upgraded", json!({ "name": name, "version": version, "before": before, "app": app }))?;
    let back = match app {
        Some(app) => format!("innkeeper connector rollback {name} --app {app}"),
        None => format!("innkeeper connector rollback {name}"),
    };
    let text = match version == before {
        true => format!("{name} {version} is in use for {} already.\n", whom(app)),
        false => format!("{name} {version} is in use for {}, and {before} no longer. Back at once: {back}\n", whom(app)),
    };
    Ok(Reply::done(text, &json!({ "name": name, "version": version, "before": before, "app": app })))
}

pub(super) fn rollback(mut desk: Desk<'_>, connector: &ConnectorRef, app: Option<&str>) -> Result<Reply, CliError> {
    let name = &connector.name;
    let left = used(&desk, name, app)?;
    let version = desk.lock.back(name, app).map_err(BundleError::from)?;
    let value = json!({ "name": name, "version": version, "left": left, "app": app });
    desk.agree("connector.rolled-back", value.clone())?;
    Ok(Reply::done(format!("{name} {version} is in use for {} again, and {left} no longer.\n", whom(app)), &value))
}

pub(super) fn remove(mut desk: Desk<'_>, connector: &ConnectorRef, yes: bool) -> Result<Reply, CliError> {
    let installed = desk.connectors.resolve(connector)?;
    let (name, version) = (&installed.name, &installed.version);
    let last = desk.lock.connectors().iter().filter(|entry| entry.name == *name).all(|entry| entry.version == *version);
    let used_by_all = desk.lock.selection(name).filter(|selection| selection.uses(version));
    let apps = users(&desk, name);
    if let Some(selection) = used_by_all {
        // The last version goes when no app is left that uses the connector.
        if !last || !apps.is_empty() {
            let by = match selection.all.version == *version {
                true => apps,
                false => selection.apps.iter().filter(|(_, used)| used.version == *version).map(|(app, _)| app.clone()).collect(),
            };
            return Err(CliError::InUse { name: name.to_string(), version: version.clone(), by });
        }
    }
    context::confirm(desk.general, yes, "removing a connector", &format!("Remove {name} {version}?"))?;
    // First nobody is let use it; what is left of it after a crash is not loaded.
    desk.lock.unpin(name, version);
    let value = json!({ "name": name, "version": version });
    desk.agree("connector.removed", value.clone())?;
    desk.connectors.remove(&installed)?;
    Ok(Reply::done(format!("Removed {name} {version}.\n"), &value))
}

/// The newest version that was agreed to, of those that were typed.
fn agreed(desk: &Desk<'_>, typed: &str) -> Result<(ConnectorName, Version), CliError> {
    let reference: ConnectorRef = typed.parse().map_err(|reason| CliError::ConnectorName { asked: typed.to_owned(), reason })?;
    let versions = desk.lock.connectors().iter().filter(|entry| entry.name == reference.name).map(|entry| &entry.version);
    let newest = versions.filter(|version| reference.matches(version)).max().cloned();
    match newest {
        Some(version) => Ok((reference.name, version)),
        // Says what is installed, or else that nobody agreed to it.
        None => {
            let installed = desk.connectors.resolve(&reference)?;
            Err(BundleError::from(LockError::NotLocked { name: installed.name, version: installed.version }).into())
        }
    }
}

fn used(desk: &Desk<'_>, name: &ConnectorName, app: Option<&str>) -> Result<Version, CliError> {
    let selection = desk.lock.selection(name).ok_or_else(|| BundleError::from(LockError::Unknown { name: name.clone() }))?;
    Ok(app.map_or(&selection.all.version, |app| selection.version(app)).clone())
}

fn whom(app: Option<&str>) -> String {
    app.map_or("all".to_owned(), |app| format!("`{app}`"))
}

/// Connects what would use the new version, without sending anything: settings that do not fit are told before they hurt.
fn rehearse(desk: &Desk<'_>, name: &ConnectorName, app: Option<&str>) -> Result<(), CliError> {
    let Ok(configuration) = Configuration::read(&desk.places.directory) else { return Ok(()) };
    let connections = connections(&configuration, name);
    if let Some(app) = app.filter(|app| connections.iter().all(|(name, _)| name != app)) {
        let known = connections.into_iter().map(|(name, _)| name).collect();
        return Err(CliError::NotOfConnector { app: app.to_owned(), connector: name.to_string(), known });
    }
    let vault = Arc::new(SecretStore::open(&desk.places.secrets(), KeySource::from_environment())?);
    let installed = Installed::new(&desk.places.directory, &desk.places.state, &configuration, vault);
    for (user, connection) in connections.iter().filter(|(user, _)| app.is_none_or(|app| app == user)) {
        installed
            .rehearse(&desk.lock, &desk.trust, user, connection)
            .map_err(|error| CliError::DoesNotFit { app: user.clone(), error: Box::new(error) })?;
    }
    Ok(())
}

/// The apps and sources of the configuration that use a connector.
fn users(desk: &Desk<'_>, name: &ConnectorName) -> Vec<String> {
    match Configuration::read(&desk.places.directory) {
        Ok(configuration) => connections(&configuration, name).into_iter().map(|(name, _)| name).collect(),
        Err(_) => Vec::new(),
    }
}

/// The connections with this connector, as `innkeeper.lock` calls them: `github`, `source.hr`.
pub(super) fn connections(configuration: &Configuration, name: &ConnectorName) -> Vec<(String, Connection)> {
    let sources = configuration.sources().filter_map(|source| match &source.kind {
        SourceKind::Connector(connector) => Some((format!("source.{}", source.name), &connector.connection)),
        SourceKind::Csv(_) => None,
    });
    let apps = configuration.apps().filter_map(|app| Some((app.name.to_string(), app.connection()?)));
    let same = |connection: &Connection| {
        connection.connector.to_string().parse().is_ok_and(|reference: ConnectorRef| reference.name == *name)
    };
    sources.chain(apps).filter(|(_, connection)| same(connection)).map(|(name, connection)| (name, connection.clone())).collect()
}
