//! `innkeeper connector list`

use super::desk::Desk;
use crate::error::CliError;
use crate::render::table::table;
use crate::reply::Reply;
use innkeeper_bundle::{BundleError, Installed, VerifiedBundle};
use serde_json::json;

pub(super) fn run(desk: &Desk<'_>) -> Result<Reply, CliError> {
    let mut rows = Vec::new();
    let mut values = Vec::new();
    for installed in desk.connectors.list()? {
        let (name, version) = (installed.name.to_string(), installed.version.to_string());
        let (publisher, state, description) = match checked(desk, &installed) {
            Err(error) => (String::new(), error.to_string(), String::new()),
            Ok(bundle) => (bundle.publisher().to_owned(), state(desk, &installed), bundle.manifest().description.clone()),
        };
        values.push(json!({
            "name": name, "version": version, "publisher": publisher, "state": state, "description": description,
        }));
        rows.push([name, version, publisher, state, description]);
    }
    if rows.is_empty() {
        let text = "No connector is installed. Install one: innkeeper connector install BUNDLE\n";
        return Ok(Reply::done(text, &values));
    }
    Ok(Reply::done(table(["CONNECTOR", "VERSION", "PUBLISHER", "STATE", "WHAT IT IS"], rows), &values))
}

/// As it would be loaded.
fn checked(desk: &Desk<'_>, installed: &Installed) -> Result<VerifiedBundle, BundleError> {
    let bundle = desk.connectors.verified(installed, &desk.trust)?;
    desk.lock.check(&bundle)?;
    Ok(bundle)
}

fn state(desk: &Desk<'_>, installed: &Installed) -> String {
    let Some(selection) = desk.lock.selection(&installed.name) else { return "not in use".to_owned() };
    let apps: Vec<&str> =
        selection.apps.iter().filter(|(_, used)| used.version == installed.version).map(|(app, _)| app.as_str()).collect();
    match (selection.all.version == installed.version, apps.as_slice()) {
        (true, _) => "in use".to_owned(),
        (false, []) => "not in use".to_owned(),
        (false, apps) => format!("in use for {}", apps.join(", ")),
    }
}
