//! `innkeeper connector push` and `pull`

use super::author;
use crate::arguments::{General, Login};
use crate::context::{self, Places};
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_bundle::Bundle;
use innkeeper_registry::{Access, Annotations, Artifact, Pick, Reference, Registry};
use innkeeper_secrets::{KeySource, SecretName, SecretRef, SecretStore, Vault};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Whether somebody means a bundle in a registry.
pub(super) fn is_reference(typed: &str) -> bool {
    typed.starts_with("oci://")
}

/// Fetches a bundle. Nobody has vouched for it yet.
pub(super) fn fetch(general: &General, typed: &str, login: &Login) -> Result<Bundle, CliError> {
    let reference: Reference = typed.parse()?;
    let registry = Registry::new(access(general, &reference, login)?)?;
    let pulled = context::wait(async { Ok(registry.pull(&reference).await?) })?;
    let bundle = Bundle::from_archive(&pulled.bundle)?;
    // Whoever pulls the component alone, with other tools, gets the one of the bundle.
    if bundle.component_digest().as_bytes() != pulled.component_digest.as_bytes() {
        return Err(CliError::OtherComponent { reference: typed.to_owned() });
    }
    Ok(bundle)
}

pub(super) fn push(general: &General, path: &Path, typed: &str, login: &Login) -> Result<Reply, CliError> {
    let bundle = Bundle::open(path)?;
    let manifest = bundle.manifest();
    if bundle.signature().is_none() {
        let (name, version) = (manifest.name.clone(), manifest.version.clone());
        return Err(innkeeper_bundle::BundleError::NotSigned { name, version }.into());
    }
    // The version is the bundle's own: a tag that says another would be a lie.
    let tagged = match typed.rsplit_once('/').is_some_and(|(_, name)| name.contains(':')) {
        true => typed.to_owned(),
        false => format!("{typed}:{}", manifest.version),
    };
    let reference: Reference = tagged.parse()?;
    if reference.pick != Pick::Version(manifest.version.clone()) {
        return Err(CliError::OtherVersion { reference: tagged, version: manifest.version.clone() });
    }
    let artifact = Artifact {
        component: bundle.component().to_vec().into(),
        bundle: bundle.pack().into(),
        annotations: Annotations {
            title: Some(manifest.name.to_string()),
            description: Some(manifest.description.clone()),
            licenses: Some(manifest.licence.clone()),
            vendor: Some(manifest.publisher.to_string()),
            ..Annotations::default()
        },
    };
    let registry = Registry::new(access(general, &reference, login)?)?;
    let pushed = context::wait(async { Ok(registry.push(&reference, &artifact).await?) })?;
    let text = format!("Pushed {} {} to {tagged} ({}).\n", manifest.name, manifest.version, pushed.digest);
    Ok(Reply::done(text, &json!({ "reference": tagged, "digest": pushed.digest.to_string() })))
}

pub(super) fn pull(general: &General, typed: &str, out: Option<&Path>, login: &Login) -> Result<Reply, CliError> {
    let bundle = fetch(general, typed, login)?;
    let path: PathBuf = out.map_or_else(|| author::file_name(&bundle), Path::to_owned);
    author::write(&path, &bundle)?;
    let (manifest, digest) = (bundle.manifest(), bundle.digest().to_string());
    let text = format!("Pulled {} {} into {} (sha256 {digest}).\n", manifest.name, manifest.version, path.display());
    Ok(Reply::done(text, &json!({ "file": path, "name": manifest.name, "version": manifest.version, "sha256": digest })))
}

/// Who asks, and whose certificates count.
fn access(general: &General, reference: &Reference, login: &Login) -> Result<Access, CliError> {
    let mut access = Access::default();
    if let Some(path) = &login.ca {
        let failed = |error| CliError::File { what: "read", path: path.clone(), error };
        access.certificate_authorities.push(std::fs::read(path).map_err(failed)?);
        // Whoever brings an authority means TLS.
        access.tls_on_loopback = true;
    }
    if let (Some(user), Some(secret)) = (&login.user, &login.secret) {
        let places = Places::of(general);
        let store = SecretStore::open(&places.secrets(), KeySource::from_environment())?;
        let name: SecretName = secret.parse()?;
        let secret = store.fetch(&SecretRef::Secret(name))?;
        access.login = Some(innkeeper_registry::Login { host: reference.host.clone(), user: user.clone(), secret });
    }
    Ok(access)
}
