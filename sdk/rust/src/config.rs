//! What the operator configured for this app.

use crate::{Error, Result, host};
use serde::de::DeserializeOwned;

/// The app's settings, already validated by the host against the schema in the manifest.
///
/// # Errors
/// `invalid` where the settings do not have the form of `T`: the message names the setting.
pub fn config<T: DeserializeOwned>() -> Result<T> {
    serde_json::from_str(&host::config()).map_err(|cause| {
        // serde's position counts in a text that the operator never sees.
        let cause = cause.to_string();
        let what = cause.split(" at line ").next().unwrap_or(&cause);
        Error::invalid(format!("the app's configuration does not fit this connector: {what}"))
    })
}
