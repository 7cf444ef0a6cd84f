//! Targets from installed connectors: bundle, sandbox and outgoing side put together for each app.

use crate::connected::Connected;
use crate::error::ConnectError;
use crate::pause::Switch;
use crate::systems::Systems;
use crate::target::Target;
use innkeeper_bundle::{BundleError, ConnectorRef, Connectors, Digest, Grant, Lock, Trust, VerifiedBundle};
use innkeeper_domain::ConnectorPin;
use innkeeper_policy::{App, Configuration, Connection, ConnectorSource};
use innkeeper_sandbox::{CacheSettings, ConnectedApp, Connector, Runtime, Settings};
use innkeeper_secrets::Vault;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use url::Url;

mod agreement;
mod credentials;
mod rate;
mod wiring;

use agreement::{Agreement, Watched};

/// The connectors that are installed in a state folder, for the apps of one configuration directory.
pub struct Installed {
    parts: Arc<Parts>,
    /// One target for each app, so that its rate budget is one.
    targets: Mutex<HashMap<String, Arc<dyn Target>>>,
}

/// What all targets share.
pub(crate) struct Parts {
    directory: PathBuf,
    state: PathBuf,
    vault: Arc<dyn Vault>,
    /// What the configuration says for every app: the ceilings of a call, and the proxy.
    limits: innkeeper_policy::Limits,
    proxy: Option<Url>,
    agreement: Watched,
    pub(crate) switch: Arc<Switch>,
    /// Started when the first connector is needed: many commands need none.
    runtime: OnceLock<Runtime>,
    /// What was compiled, by the digest of its bundle.
    compiled: Mutex<HashMap<Digest, Connector>>,
}

/// An app, connected by what was agreed to at the time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Joined {
    agreement: Arc<Agreement>,
    by: Arc<By>,
    pub(crate) app: ConnectedApp,
}

/// The version and the grant that an app is connected by.
struct By {
    bundle: VerifiedBundle,
    grant: Grant,
}

impl Joined {
    /// Whether both are one connection.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.by, &other.by)
    }

    /// Name and version.
    pub(crate) fn label(&self) -> String {
        let manifest = self.by.bundle.manifest();
        format!("{} {}", manifest.name, manifest.version)
    }
}

impl Installed {
    /// `directory` is the configuration's, where `innkeeper.lock` lies; `state` is the state folder.
    pub fn new(directory: &Path, state: &Path, configuration: &Configuration, vault: Arc<dyn Vault>) -> Self {
        let parts = Parts {
            directory: directory.to_owned(),
            state: state.to_owned(),
            vault,
            limits: *configuration.limits(),
            proxy: configuration.egress().proxy.clone(),
            agreement: Watched::new(directory),
            switch: Arc::new(Switch::new(state)),
            runtime: OnceLock::new(),
            compiled: Mutex::default(),
        };
        Self { parts: Arc::new(parts), targets: Mutex::default() }
    }

    /// The sandbox, with compiled code kept in the state folder.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn runtime(state: &Path) -> Result<Runtime, ConnectError> {
        let settings = Settings { cache: Some(CacheSettings::new(state.join("compiled"))), ..Settings::default() };
        Ok(Runtime::new(settings)?)
    }

    /// Connects an app as it would be if this were agreed to, and sends nothing.
    ///
    /// # Errors
    /// As when it is connected: what does not fit.
    pub fn rehearse(&self, lock: &Lock, trust: &Trust, name: &str, connection: &Connection) -> Result<(), ConnectError> {
        let agreement = Arc::new(Agreement { lock: lock.clone(), trust: trust.clone() });
        self.parts.join_by(agreement, name, connection).map(drop)
    }

    fn target(&self, name: &str, connection: &Connection) -> Result<Arc<dyn Target>, ConnectError> {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = targets.get(name) {
            return Ok(known.clone());
        }
        let target: Arc<dyn Target> = Arc::new(Connected::new(self.parts.clone(), name, connection)?);
        targets.insert(name.to_owned(), target.clone());
        Ok(target)
    }
}

impl Parts {
    /// Connects an app with the version of its connector that is in use now.
    pub(crate) fn join(&self, name: &str, connection: &Connection) -> Result<Joined, ConnectError> {
        self.join_by(self.agreement.now()?, name, connection)
    }

    fn join_by(&self, agreement: Arc<Agreement>, name: &str, connection: &Connection) -> Result<Joined, ConnectError> {
        let reference: ConnectorRef = connection.connector.to_string().parse().map_err(ConnectError::Mismatch)?;
        let connectors = Connectors::open(&self.state)?;
        let (bundle, agreed) = connectors.load(&reference, name, &agreement.lock, &agreement.trust)?;
        let grant = agreed.grant.clone();
        let connector = self.compile(&bundle)?;
        let app = wiring::connect(self, name, connection, &bundle, &grant, &connector)?;
        Ok(Joined { agreement, by: Arc::new(By { bundle, grant }), app })
    }

    /// The app as it is connected, if nothing was agreed to since then.
    pub(crate) fn unchanged(&self, joined: &Joined) -> Result<Option<ConnectedApp>, ConnectError> {
        Ok(Arc::ptr_eq(&self.agreement.now()?, &joined.agreement).then(|| joined.app.clone()))
    }

    /// The same connection when what was agreed to since then is nothing to this app, otherwise another.
    pub(crate) fn rejoin(&self, joined: &Joined, name: &str, connection: &Connection) -> Result<Joined, ConnectError> {
        let now = self.agreement.now()?;
        let manifest = joined.by.bundle.manifest();
        let reference: ConnectorRef = connection.connector.to_string().parse().map_err(ConnectError::Mismatch)?;
        let version = now.lock.chosen(&reference, name).map_err(BundleError::from)?;
        let same = *version == manifest.version
            && now
                .lock
                .entry(&manifest.name, version)
                .is_some_and(|entry| entry.grant == joined.by.grant && entry.sha256 == joined.by.bundle.digest())
            && now.trust == joined.agreement.trust;
        match same {
            true => Ok(Joined { agreement: now, ..joined.clone() }),
            false => self.join(name, connection),
        }
    }

    fn compile(&self, bundle: &VerifiedBundle) -> Result<Connector, ConnectError> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.get(&bundle.digest()) {
            return Ok(known.clone());
        }
        let runtime = match self.runtime.get() {
            Some(runtime) => runtime,
            None => {
                let runtime = Installed::runtime(&self.state)?;
                self.runtime.get_or_init(|| runtime)
            }
        };
        let connector = runtime.load(bundle)?;
        Ok(compiled.entry(bundle.digest()).or_insert(connector).clone())
    }
}

impl Systems for Installed {
    fn app(&self, app: &App) -> Result<Arc<dyn Target>, ConnectError> {
        match app.connection() {
            Some(connection) => self.target(app.name.as_str(), connection),
            None => Err(ConnectError::Mismatch(format!("{} has no connector: people do it by hand", app.name))),
        }
    }

    fn held(&self, name: &str) -> Option<String> {
        self.parts.switch.reason(name)
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

    fn connector(&self, app: &App) -> Option<ConnectorPin> {
        let reference: ConnectorRef = app.connection()?.connector.to_string().parse().ok()?;
        let agreement = self.parts.agreement.now().ok()?;
        let version = agreement.lock.chosen(&reference, app.name.as_str()).ok()?;
        let entry = agreement.lock.entry(&reference.name, version)?;
        Some(ConnectorPin { name: entry.name.to_string(), version: version.to_string(), sha256: entry.sha256.to_string() })
    }
}
