//! `innkeeper connector`

use crate::arguments::{Connector as Asked, General};
use crate::context::{self, Places};
use crate::error::CliError;
use crate::render::style::{faint, strong};
use crate::render::table::table;
use crate::reply::Reply;
use innkeeper_bundle::{BundleError, ConnectorRef, Connectors, Lock, Manifest, VerifiedBundle};
use innkeeper_engine::Installed;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(general: &General, asked: &Asked) -> Result<Reply, CliError> {
    let places = Places::of(general);
    match asked {
        Asked::Install { bundle, yes } => install(general, &places, bundle, *yes),
        Asked::List => list(&places),
        Asked::Inspect { connector } => inspect(&places, connector),
    }
}

fn install(general: &General, places: &Places, folder: &Path, yes: bool) -> Result<Reply, CliError> {
    let bundle = VerifiedBundle::open(folder)?;
    context::make_private(&places.state)?;
    let mut lock = Lock::load(&places.directory).map_err(BundleError::from)?;
    let manifest = bundle.manifest();
    // Whoever agreed to exactly this before is not asked again.
    let agreed = lock.check(&bundle).is_ok_and(|entry| entry.not_granted(&bundle).is_empty());
    if !agreed {
        if !yes {
            anstream::eprint!("{}", wants(&bundle));
        }
        let question = format!("Install {} {} and grant this?", manifest.name, manifest.version);
        context::confirm(general, yes, "installing a connector", &question)?;
    }
    // Compiled before it is installed: what does not load is not there.
    let connector = Installed::runtime(&places.state)?.load(&bundle)?;
    Connectors::open(&places.state)?.install(&bundle)?;
    lock.pin(&bundle, manifest.hosts.clone());
    lock.save(&places.directory).map_err(BundleError::from)?;
    let text =
        format!("Installed {} {} ({}), pinned in innkeeper.lock.\n", manifest.name, manifest.version, connector.capabilities());
    let value = serde_json::json!({
        "name": manifest.name.to_string(),
        "version": manifest.version,
        "sha256": bundle.digest().to_string(),
        "capabilities": connector.capabilities().names().collect::<Vec<_>>(),
    });
    Ok(Reply::done(text, &value))
}

fn list(places: &Places) -> Result<Reply, CliError> {
    context::make_private(&places.state)?;
    let connectors = Connectors::open(&places.state)?;
    let lock = Lock::load(&places.directory).map_err(BundleError::from)?;
    let mut rows = Vec::new();
    let mut values = Vec::new();
    for installed in connectors.list()? {
        let (state, description) = match connectors.read(&installed) {
            Err(error) => (error.to_string(), String::new()),
            Ok(bundle) => {
                let state = match lock.check(&bundle) {
                    Ok(_) => "pinned".to_owned(),
                    Err(error) => error.to_string(),
                };
                (state, bundle.manifest().description.clone())
            }
        };
        values.push(serde_json::json!({
            "name": installed.name.to_string(), "version": installed.version, "state": state, "description": description,
        }));
        rows.push([installed.name.to_string(), installed.version.to_string(), state, description]);
    }
    if rows.is_empty() {
        let text = "No connector is installed. Install one: innkeeper connector install FOLDER\n";
        return Ok(Reply::done(text, &values));
    }
    Ok(Reply::done(table(["CONNECTOR", "VERSION", "STATE", "WHAT IT IS"], rows), &values))
}

fn inspect(places: &Places, asked: &str) -> Result<Reply, CliError> {
    let path = Path::new(asked);
    let bundle = if path.join("connector.toml").is_file() {
        VerifiedBundle::open(path)?
    } else {
        let reference: ConnectorRef =
            asked.parse().map_err(|reason| CliError::ConnectorName { asked: asked.to_owned(), reason })?;
        context::make_private(&places.state)?;
        let connectors = Connectors::open(&places.state)?;
        connectors.read(&connectors.resolve(&reference)?)?
    };
    let connector = Installed::runtime(&places.state)?.load(&bundle)?;
    let manifest = bundle.manifest();
    let capabilities: Vec<&str> = connector.capabilities().names().collect();
    let text = format!("{}It exports: {}\n", wants(&bundle), capabilities.join(", "));
    let value = serde_json::json!({
        "name": manifest.name.to_string(),
        "version": manifest.version,
        "publisher": manifest.publisher,
        "description": manifest.description,
        "licence": manifest.licence,
        "contract": manifest.contract,
        "hosts": manifest.hosts,
        "credentials": manifest.credentials,
        "rate": manifest.rate,
        "limits": manifest.limits,
        "configuration": manifest.configuration,
        "capabilities": capabilities,
        "sha256": bundle.digest().to_string(),
        "files": bundle.digests().iter().map(|(name, digest)| (name.clone(), digest.to_string())).collect::<std::collections::BTreeMap<_, _>>(),
    });
    Ok(Reply::done(text, &value))
}

/// What a bundle is and wants, in plain words.
fn wants(bundle: &VerifiedBundle) -> String {
    let manifest = bundle.manifest();
    let mut text = String::new();
    let _ = writeln!(text, "{} {} by {}: {}", strong(&manifest.name), manifest.version, manifest.publisher, manifest.description);
    let _ = writeln!(text, "  licence {}, contract {}, sha256 {}", manifest.licence, manifest.contract, bundle.digest());
    let _ = writeln!(text, "It may reach, and nothing else:");
    let defaults = manifest.settings(&serde_json::json!({}));
    for host in &manifest.hosts {
        let methods: Vec<String> = host.methods.iter().map(|method| format!("{method:?}").to_uppercase()).collect();
        let unless_set = match host.url.fill(&defaults) {
            Ok(url) if host.url.settings().next().is_some() => format!(" ({url} unless set otherwise)"),
            _ => String::new(),
        };
        let _ = writeln!(text, "  {}{} with {}", host.url.as_str(), faint(unless_set), methods.join(", "));
    }
    text += &credentials(manifest);
    if let Some(rate) = &manifest.rate {
        let _ = write!(text, "{rate}");
    }
    let _ = writeln!(text, "{}", faint("It has no files, no network of its own, no environment and no arguments."));
    text
}

/// The credentials that a connector uses, with what they must be good for.
fn credentials(manifest: &Manifest) -> String {
    let mut text = String::new();
    if !manifest.credentials.is_empty() {
        let _ = writeln!(text, "The host puts these credentials into its requests; it never sees them:");
    }
    for (slot, credential) in &manifest.credentials {
        let schemes: Vec<String> = credential.schemes.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "  {slot} ({}): {}", schemes.join(" or "), credential.description);
        if let Some(url) = &credential.token_url {
            let _ = writeln!(text, "    exchanged for access tokens at {url}");
        }
        for (interface, scopes) in credential.scopes_by_interface() {
            let _ = writeln!(text, "    {interface} needs {}", scopes.join(", "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_shown_with_the_scopes_of_each_capability() {
        let manifest = Manifest::parse(
            r#"manifest = 1
name = "crm"
version = "0.1.0"
publisher = "innkeeper"
description = "A CRM"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "https://crm.example"
hosts = [{ url = "https://crm.example", methods = ["GET"] }]
[credentials.default]
schemes = ["service-account", "bearer"]
description = "A service account's key, with domain-wide delegation"
token-url = "https://token.crm.example"
[[credentials.default.scopes]]
scope = "crm.users"
for = ["accounts", "sessions"]
[[credentials.default.scopes]]
scope = "crm.groups"
for = ["entitlements"]
[[credentials.default.scopes]]
scope = "crm.members"
for = ["entitlements"]
[credentials.export]
schemes = ["bearer"]
description = "A token for the export"
[configuration]
type = "object"
"#,
        );
        insta::assert_snapshot!(credentials(&manifest.expect("a manifest")));
    }
}
