//! `innkeeper connector inspect`

use super::desk::Desk;
use super::{offered, wants};
use crate::error::CliError;
use crate::render::style::{bad, good};
use crate::reply::Reply;
use innkeeper_bundle::Bundle;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Nothing of it is compiled or run: it may be anybody's.
pub(super) fn run(desk: &Desk<'_>, typed: &str) -> Result<Reply, CliError> {
    let bundle = offered::bundle_or_installed(desk, typed)?;
    let manifest = bundle.manifest();
    let exports = bundle.exports()?;
    let capabilities: Vec<&str> = exports.iter().filter_map(|name| interface(name)).collect();
    let signature = signature(desk, &bundle);
    let mut text = wants::identity(&bundle) + &wants::everything(manifest);
    let _ = writeln!(text, "It exports: {}", capabilities.join(", "));
    let _ = match &signature {
        Ok(trusted) => writeln!(text, "{} {trusted}", good("Signature:")),
        Err(problem) => writeln!(text, "{} {problem}", bad("Signature:")),
    };
    let agreed = desk.lock.entry(&manifest.name, &manifest.version).filter(|entry| entry.sha256 == bundle.digest());
    let denied: Vec<String> =
        agreed.map(|entry| entry.grant.missing(manifest)).unwrap_or_default().iter().map(ToString::to_string).collect();
    if !denied.is_empty() {
        let _ = writeln!(text, "Of this it may not, because it was not granted:\n  {}", denied.join("\n  "));
    }
    let value = json!({
        "name": manifest.name.to_string(),
        "version": manifest.version,
        "publisher": manifest.publisher,
        "description": manifest.description,
        "licence": manifest.licence,
        "contract": manifest.contract,
        "requires": manifest.requires,
        "hosts": manifest.hosts,
        "credentials": manifest.credentials,
        "entitlements": manifest.entitlements,
        "rate": manifest.rate,
        "limits": manifest.limits,
        "configuration": manifest.configuration,
        "capabilities": capabilities,
        "sha256": bundle.digest().to_string(),
        "files": bundle.digests().iter().map(|(name, digest)| (name.clone(), digest.to_string())).collect::<BTreeMap<_, _>>(),
        "key": bundle.signature().map(|signature| signature.key().to_string()),
        "trusted": signature.is_ok(),
        "denied": denied,
    });
    Ok(Reply::done(text, &value))
}

/// Whose signature it is, or why it cannot be installed.
fn signature(desk: &Desk<'_>, bundle: &Bundle) -> Result<String, String> {
    match bundle.clone().verify(&desk.trust, desk.today()) {
        Ok(verified) => Ok(format!("by {} ({}), who is trusted to sign this", verified.publisher(), verified.key())),
        Err(error) => Err(error.to_string()),
    }
}

/// `accounts`, of `innkeeper:connector/accounts@0.1.0`.
fn interface(export: &str) -> Option<&str> {
    export.strip_prefix("innkeeper:connector/")?.split('@').next()
}
