//! A bundle, from what was typed.

use super::desk::Desk;
use super::registry;
use crate::arguments::{General, Login};
use crate::error::CliError;
use innkeeper_bundle::{Bundle, ConnectorRef};
use std::path::Path;

/// Whether somebody means a bundle, and not an installed connector: what could be a connector's name is one, and a folder of that name is
/// written `./name`.
pub(super) fn is_bundle(typed: &str) -> bool {
    let a_name = typed.parse::<ConnectorRef>().is_ok();
    registry::is_reference(typed) || typed.contains('/') || (!a_name && Path::new(typed).exists())
}

/// Reads a folder or a file, or fetches from a registry. Nobody has vouched for it yet.
pub(super) fn bundle(general: &General, typed: &str, login: &Login) -> Result<Bundle, CliError> {
    match registry::is_reference(typed) {
        true => registry::fetch(general, typed, login),
        false => Ok(Bundle::open(Path::new(typed))?),
    }
}

/// The same, or an installed connector.
pub(super) fn bundle_or_installed(desk: &Desk<'_>, typed: &str) -> Result<Bundle, CliError> {
    if is_bundle(typed) {
        return bundle(desk.general, typed, &Login::default());
    }
    let reference: ConnectorRef = typed.parse().map_err(|reason| CliError::ConnectorName { asked: typed.to_owned(), reason })?;
    Ok(desk.connectors.read(&desk.meant(&reference)?)?)
}
