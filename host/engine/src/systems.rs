//! Where the engine gets its targets from: installed connectors in the program, others in tests.

use crate::error::ConnectError;
use crate::target::Target;
use innkeeper_domain::ConnectorPin;
use innkeeper_policy::{App, ConnectorSource};
use std::sync::Arc;

/// Makes targets out of configuration.
pub trait Systems: Send + Sync {
    /// The target behind an app.
    ///
    /// # Errors
    /// When the connector is not there, may not be loaded, or does not fit the configuration.
    fn app(&self, app: &App) -> Result<Arc<dyn Target>, ConnectError>;

    /// Why nothing may be sent to an app just now; none while it may. A source is called `source.NAME`.
    fn held(&self, _name: &str) -> Option<String> {
        None
    }

    /// The target behind a source; `name` is the source's.
    ///
    /// # Errors
    /// As for an app, and when the connector is no source.
    fn source(&self, name: &str, source: &ConnectorSource) -> Result<Arc<dyn Target>, ConnectError>;

    /// The connector behind an app, as it is pinned; none where there is none that is pinned. For the plan, so that its reader knows what
    /// will carry it out.
    fn connector(&self, _app: &App) -> Option<ConnectorPin> {
        None
    }
}
