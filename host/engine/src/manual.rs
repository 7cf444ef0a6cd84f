//! Apps without an API: what people confirmed is what is observed, and every write is a task for one of them.

mod confirmed;
mod target;

pub(crate) use confirmed::{confirm, given_with};

use crate::error::ConnectError;
use crate::systems::Systems;
use crate::target::Target;
use innkeeper_domain::{AppName, ConnectorPin};
use innkeeper_policy::{App, Configuration, ConnectorSource};
use innkeeper_store::Store;
use std::collections::BTreeMap;
use std::sync::Arc;
use target::ManualApp;

/// The apps that people look after, beside those that connectors do.
struct Beside {
    others: Arc<dyn Systems>,
    manual: BTreeMap<AppName, Arc<dyn Target>>,
}

/// Adds the configuration's apps without a connector.
pub(crate) fn beside(others: Arc<dyn Systems>, configuration: &Configuration, store: &Arc<dyn Store>) -> Arc<dyn Systems> {
    let target = |app: &App| -> Option<(AppName, Arc<dyn Target>)> {
        let description = configuration.manual_description(&app.name)?;
        let entitlements = configuration.manual_entitlements(&app.name);
        let target = ManualApp {
            app: app.name.clone(),
            description,
            entitlements,
            transfers: app.transfers_ownership(),
            store: store.clone(),
        };
        Some((app.name.clone(), Arc::new(target)))
    };
    let manual: BTreeMap<AppName, Arc<dyn Target>> = configuration.apps().filter_map(target).collect();
    if manual.is_empty() { others } else { Arc::new(Beside { others, manual }) }
}

impl Systems for Beside {
    fn app(&self, app: &App) -> Result<Arc<dyn Target>, ConnectError> {
        self.manual.get(&app.name).map_or_else(|| self.others.app(app), |target| Ok(target.clone()))
    }

    fn source(&self, name: &str, source: &ConnectorSource) -> Result<Arc<dyn Target>, ConnectError> {
        self.others.source(name, source)
    }

    fn held(&self, name: &str) -> Option<String> {
        self.others.held(name)
    }

    fn connector(&self, app: &App) -> Option<ConnectorPin> {
        self.others.connector(app).filter(|_| !self.manual.contains_key(&app.name))
    }
}
