//! `innkeeper doctor`

use crate::arguments::General;
use crate::context::{self, Access, Places};
use crate::error::CliError;
use crate::render::style::{bad, good};
use crate::reply::{Exit, Reply};
use innkeeper_bundle::{Connectors, Lock, Trust};
use innkeeper_policy::{Configuration, Connection, CredentialReference, SourceKind};
use innkeeper_secrets::{KeySource, SecretRef, SecretStore, Vault};
use std::fmt::Write;
use std::path::Path;

/// One thing that was looked at.
#[derive(Debug, serde::Serialize)]
struct Finding {
    what: String,
    /// What is wrong; none if nothing is.
    problem: Option<String>,
    /// What was found, where nothing is wrong.
    answer: String,
}

pub(crate) fn run(general: &General) -> Result<Reply, CliError> {
    let mut findings = Vec::new();
    let places = Places::of(general);
    let configuration = Configuration::read(&places.directory);
    findings.push(finding("configuration", configuration.as_ref().map(|_| places.directory.display().to_string())));
    findings.push(finding("state folder", context::make_private(&places.state).map(|()| places.state.display().to_string())));
    if let Ok(configuration) = &configuration {
        let secrets = SecretStore::open(&places.secrets(), KeySource::from_environment());
        findings.push(finding("secrets", secrets.as_ref().map(|_| "can be decrypted".to_owned())));
        if let Ok(secrets) = &secrets {
            for (name, connection) in connections(configuration) {
                credentials(&mut findings, &places.directory, &name, connection, secrets);
            }
        }
        connectors(&mut findings, &places);
        if places.store().exists() {
            let inspected = innkeeper_store::SqliteStore::inspect(places.store());
            findings.push(finding("store file", inspected.map(|()| "sound, every page of it".to_owned())));
        }
        findings.extend(apps(general));
    }
    let mut text = String::new();
    for finding in &findings {
        let _ = match &finding.problem {
            None => writeln!(text, "{}  {}: {}", good("well "), finding.what, finding.answer),
            Some(problem) => writeln!(text, "{}  {}: {problem}", bad("wrong"), finding.what),
        };
    }
    let exit = if findings.iter().all(|finding| finding.problem.is_none()) { Exit::Done } else { Exit::Failed };
    Ok(Reply::new(text, &findings, exit))
}

fn finding<E: std::fmt::Display>(what: impl Into<String>, result: Result<String, E>) -> Finding {
    match result {
        Ok(answer) => Finding { what: what.into(), problem: None, answer },
        Err(error) => Finding { what: what.into(), problem: Some(error.to_string()), answer: String::new() },
    }
}

/// Every connection of the configuration, with the name of its app or source.
fn connections(configuration: &Configuration) -> impl Iterator<Item = (String, &Connection)> {
    let sources = configuration.sources().filter_map(|source| match &source.kind {
        SourceKind::Connector(connector) => Some((source.name.to_string(), &connector.connection)),
        SourceKind::Csv(_) => None,
    });
    sources.chain(configuration.apps().filter_map(|app| Some((app.name.to_string(), app.connection()?))))
}

fn credentials(findings: &mut Vec<Finding>, directory: &Path, name: &str, connection: &Connection, vault: &dyn Vault) {
    for (slot, credential) in &connection.credentials {
        let reference = match &credential.reference {
            CredentialReference::Secret(secret) => match secret.parse() {
                Ok(secret) => SecretRef::Secret(secret),
                Err(error) => {
                    findings.push(finding(format!("credential {slot} of {name}"), Err(error)));
                    continue;
                }
            },
            CredentialReference::Environment(variable) => SecretRef::Env(variable.clone()),
            CredentialReference::File(path) => SecretRef::File(directory.join(path)),
        };
        let fetched = vault.fetch(&reference).map(|_| format!("{reference} is there"));
        findings.push(finding(format!("credential {slot} of {name}"), fetched));
    }
}

fn connectors(findings: &mut Vec<Finding>, places: &Places) {
    let known = Connectors::open(&places.state).and_then(|connectors| {
        Ok((connectors.list()?, Lock::load(&places.directory)?, Trust::load(&places.directory)?, connectors))
    });
    match known {
        Err(error) => findings.push(finding("connectors", Err(error))),
        Ok((installed, lock, trust, connectors)) => {
            for installed in installed {
                let checked = connectors.verified(&installed, &trust).and_then(|bundle| {
                    lock.check(&bundle)?;
                    Ok(format!("signed by {}, as pinned in innkeeper.lock", bundle.publisher()))
                });
                findings.push(finding(format!("connector {} {}", installed.name, installed.version), checked));
            }
        }
    }
}

fn apps(general: &General) -> Vec<Finding> {
    let asked = context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        let mut findings = vec![finding("store", engine.store().runs(1).await.map(|_| "can be read".to_owned()))];
        let verdict = engine.store().verify_audit().await;
        findings.push(finding(
            "audit log",
            match verdict {
                Ok(verdict) => match verdict.broken {
                    None => Ok(format!("{} entries, whole", verdict.entries)),
                    Some(broken) => Err(format!("altered at entry {}: {}", broken.seq, broken.why)),
                },
                Err(error) => Err(error.to_string()),
            },
        ));
        for app in engine.configuration().apps() {
            let probed = engine.probe(app).await.map_err(|failure| failure.message);
            findings.push(finding(format!("app {}", app.name), probed));
        }
        Ok(findings)
    });
    asked.unwrap_or_else(|error| vec![finding("engine", Err(error))])
}
