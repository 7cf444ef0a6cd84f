//! Targets from installed connectors: bundle, sandbox and outgoing side put together for each app.

use crate::connected::Connected;
use crate::error::ConnectError;
use crate::systems::Systems;
use crate::target::Target;
use innkeeper_bundle::{ConnectorRef, Connectors, HostRequest, Lock, Method, VerifiedBundle};
use innkeeper_domain::AppName;
use innkeeper_egress::{Client, Credentials, HostRule, Options, Policy};
use innkeeper_policy::{App, Connection, ConnectorSource};
use innkeeper_sandbox::{AppSettings, CacheSettings, ConnectedApp, Connector, Limits, Runtime, Settings};
use innkeeper_secrets::Vault;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

mod credentials;
mod rate;

const MEBIBYTE: usize = 1 << 20;

/// The connectors that are installed in a state folder, for the apps of one configuration directory.
pub struct Installed {
    directory: PathBuf,
    state: PathBuf,
    vault: Arc<dyn Vault>,
    /// Started when the first connector is needed: many commands need none.
    runtime: OnceLock<Runtime>,
    /// One target for each app, so that its rate budget is one.
    targets: Mutex<HashMap<String, Arc<dyn Target>>>,
    connectors: Mutex<HashMap<String, Loaded>>,
}

/// A connector that was loaded.
#[derive(Clone)]
struct Loaded {
    bundle: VerifiedBundle,
    /// What the operator let it reach.
    granted: Vec<HostRequest>,
    connector: Connector,
}

impl Installed {
    /// `directory` is the configuration's, where `innkeeper.lock` lies; `state` is the state folder.
    pub fn new(directory: &Path, state: &Path, vault: Arc<dyn Vault>) -> Self {
        Self {
            directory: directory.to_owned(),
            state: state.to_owned(),
            vault,
            runtime: OnceLock::new(),
            targets: Mutex::default(),
            connectors: Mutex::default(),
        }
    }

    /// The sandbox, with compiled code kept in the state folder.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn runtime(state: &Path) -> Result<Runtime, ConnectError> {
        let settings = Settings { cache: Some(CacheSettings::new(state.join("compiled"))), ..Settings::default() };
        Ok(Runtime::new(settings)?)
    }

    /// The connector, loaded once, with what it may reach.
    fn connector(&self, wanted: &str) -> Result<Loaded, ConnectError> {
        let mut loaded = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = loaded.get(wanted) {
            return Ok(known.clone());
        }
        let reference: ConnectorRef = wanted.parse().map_err(ConnectError::Mismatch)?;
        let lock = Lock::load(&self.directory).map_err(innkeeper_bundle::BundleError::from)?;
        let bundle = Connectors::open(&self.state)?.load(&reference, &lock)?;
        let granted = lock.check(&bundle).map_err(innkeeper_bundle::BundleError::from)?.hosts.clone();
        let runtime = match self.runtime.get() {
            Some(runtime) => runtime,
            None => {
                let runtime = Self::runtime(&self.state)?;
                self.runtime.get_or_init(|| runtime)
            }
        };
        let connector = runtime.load(&bundle)?;
        Ok(loaded.entry(wanted.to_owned()).or_insert(Loaded { bundle, granted, connector }).clone())
    }

    fn target(&self, name: &str, connection: &Connection) -> Result<Arc<dyn Target>, ConnectError> {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = targets.get(name) {
            return Ok(known.clone());
        }
        let target: Arc<dyn Target> = Arc::new(Connected(self.connect(name, connection)?));
        targets.insert(name.to_owned(), target.clone());
        Ok(target)
    }

    fn connect(&self, name: &str, connection: &Connection) -> Result<ConnectedApp, ConnectError> {
        let Loaded { bundle, granted, connector } = self.connector(&connection.connector.to_string())?;
        let manifest = bundle.manifest();
        let config = &manifest.settings(&connection.config);
        let mismatch = |error: &dyn std::fmt::Display| ConnectError::Mismatch(error.to_string());
        let rules = |hosts: &[HostRequest]| -> Result<Vec<HostRule>, ConnectError> {
            hosts
                .iter()
                .map(|host| {
                    let url = host.url.fill(config).map_err(|error| mismatch(&error))?;
                    HostRule::new(url, host.methods.iter().copied().map(method).collect()).map_err(|error| mismatch(&error))
                })
                .collect()
        };
        let policy = Policy {
            app: name.to_owned(),
            connector: manifest.name.to_string(),
            base: manifest.base_url.fill(config).map_err(|error| mismatch(&error))?,
            requested: rules(&manifest.hosts)?,
            granted: rules(&granted)?,
            networks: connection.networks.clone(),
        };
        let rate = rate::rate(manifest, connection.rate, config)?;
        let limits = Limits::asked_for(&manifest.limits);
        let mut options = Options::default();
        if let Some(most) = manifest.limits.response_mb {
            options.response_bytes = options.response_bytes.min(most as usize * MEBIBYTE);
        }
        if let Some(ca) = &connection.ca {
            let path = self.directory.join(ca);
            options.certificate_authorities = vec![std::fs::read(&path).map_err(|error| ConnectError::File { path, error })?];
        }
        let slots = credentials::credentials(name, &self.directory, manifest, connection, config)?;
        let credentials = Credentials::new(slots, self.vault.clone());
        let http = Arc::new(Client::new(policy, Some(rate), credentials, options)?);
        let settings = AppSettings { name: AppName::new(name), configuration: config.clone(), http, limits };
        Ok(connector.connect(settings)?)
    }
}

impl Systems for Installed {
    fn app(&self, app: &App) -> Result<Arc<dyn Target>, ConnectError> {
        self.target(app.name.as_str(), &app.connection)
    }

    fn source(&self, name: &str, source: &ConnectorSource) -> Result<Arc<dyn Target>, ConnectError> {
        // A source and an app may have the same name and are two systems all the same.
        let target = self.target(&format!("source.{name}"), &source.connection)?;
        if target.capabilities().people {
            return Ok(target);
        }
        let connector = &source.connection.connector;
        Err(ConnectError::Mismatch(format!("the connector {connector} is no source: it does not export `people`")))
    }
}

fn method(method: Method) -> innkeeper_egress::Method {
    match method {
        Method::Get => innkeeper_egress::Method::Get,
        Method::Head => innkeeper_egress::Method::Head,
        Method::Post => innkeeper_egress::Method::Post,
        Method::Put => innkeeper_egress::Method::Put,
        Method::Patch => innkeeper_egress::Method::Patch,
        Method::Delete => innkeeper_egress::Method::Delete,
        Method::Options => innkeeper_egress::Method::Options,
    }
}
