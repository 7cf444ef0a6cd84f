//! A connector, compiled and not yet connected to anything.

use crate::app::ConnectedApp;
use crate::capability::Exports;
use crate::configuration::Schema;
use crate::error::ConfigurationProblem;
use crate::guest::{Guest, Surroundings};
use crate::kept::KeptAnswers;
use crate::runtime::Inner;
use crate::{Capabilities, Limits, Outgoing, SandboxError};
use innkeeper_domain::AppName;
use std::fmt;
use std::sync::Arc;
use wasmtime::component::InstancePre;

/// A connector, compiled. Cheap to clone.
#[derive(Clone)]
pub struct Connector(Arc<Compiled>);

pub(crate) struct Compiled {
    pub(crate) runtime: Arc<Inner>,
    pub(crate) label: String,
    pub(crate) capabilities: Capabilities,
    pub(crate) instance: InstancePre<Guest>,
    pub(crate) exports: Exports,
    /// The kinds of entitlements that the manifest names; none: it does not say.
    pub(crate) kinds: Option<Vec<String>>,
    pub(crate) schema: Schema,
}

/// The most bytes of an app's settings, as JSON: every call hands them to the guest.
const MOST_CONFIGURATION: usize = 1 << 20;

/// One app: what a connector is connected to.
pub struct AppSettings {
    /// Its name in the configuration; for a source, the source's.
    pub name: AppName,
    /// Its settings, without secrets and with the defaults of the manifest's schema: the connector sees them as they are here.
    pub configuration: serde_json::Value,
    /// What sends its requests: policy, budget and credentials are in there.
    pub http: Arc<dyn Outgoing>,
    /// What one call may use.
    pub limits: Limits,
}

impl Connector {
    pub(crate) fn new(compiled: Compiled) -> Self {
        Self(Arc::new(compiled))
    }

    /// Name and version: `github 1.2.0`.
    pub fn label(&self) -> &str {
        &self.0.label
    }

    /// What it exports, and so what it can do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    /// Connects to an app, once its settings are what the manifest's schema asks for. Sends nothing.
    ///
    /// # Errors
    /// The settings do not fit; every field is named.
    pub fn connect(&self, app: AppSettings) -> Result<ConnectedApp, SandboxError> {
        let configuration = app.configuration.to_string();
        let problems = match configuration.len() {
            // Before the schema's patterns look at it.
            bytes if bytes > MOST_CONFIGURATION => vec![ConfigurationProblem {
                field: "config".to_owned(),
                message: format!("has {bytes} bytes as JSON, and may have {MOST_CONFIGURATION}"),
            }],
            _ => self.0.schema.problems(&app.configuration),
        };
        if !problems.is_empty() {
            let (app, connector) = (app.name.as_str().to_owned(), self.0.label.clone());
            return Err(SandboxError::Configuration { app, connector, problems });
        }
        let surroundings = Surroundings {
            app: app.name.as_str().to_owned(),
            connector: self.0.label.clone(),
            configuration,
            http: app.http,
            kept: KeptAnswers::default(),
            clock: self.0.runtime.clock.clone(),
            random: self.0.runtime.random.clone(),
            limits: app.limits,
        };
        Ok(ConnectedApp::new(self.0.clone(), surroundings))
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Connector({}: {})", self.0.label, self.0.capabilities)
    }
}
