//! The engine, and how a bundle becomes a connector.

use crate::cache::Cache;
use crate::capability::{bind, read, speaks, unknown_imports};
use crate::configuration::Schema;
use crate::connector::Compiled;
use crate::guest::Guest;
use crate::ticker::Ticker;
use crate::{BreakerSettings, Clock, Connector, Random, SandboxError, Settings};
use innkeeper_bundle::VerifiedBundle;
use std::sync::Arc;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine};

/// The sandbox: one for a process.
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) breaker: BreakerSettings,
    linker: Linker<Guest>,
    cache: Option<Cache>,
    engine: Engine,
    // Made with the engine and never without: an engine that nobody ticks never stops a loop.
    _ticker: Ticker,
}

impl Runtime {
    /// Makes the engine, its ticker and the cache.
    ///
    /// # Errors
    /// The cache's folder cannot be used, or the system gives no thread.
    pub fn new(settings: Settings) -> Result<Self, SandboxError> {
        let start = |error: &dyn std::fmt::Display| SandboxError::Start { reason: format!("{error:#}") };
        let engine = Engine::new(&config()).map_err(|error| start(&error))?;
        let ticker = Ticker::start(engine.weak()).map_err(|error| start(&error))?;
        Ok(Self(Arc::new(Inner {
            linker: crate::host::linker(&engine).map_err(|error| start(&error))?,
            cache: settings.cache.as_ref().map(Cache::open).transpose()?,
            clock: settings.clock,
            random: settings.random,
            breaker: settings.breaker,
            engine,
            _ticker: ticker,
        })))
    }

    /// Compiles a connector, or takes its compiled form from the cache, and binds what it exports. Nothing of it runs yet.
    ///
    /// Compiling takes 0.2 s for a connector in Rust and up to 20 s for one in Python, and blocks the thread.
    ///
    /// # Errors
    /// The component is not a connector, was built for a contract that this host does not speak, or wants what no connector is given.
    pub fn load(&self, bundle: &VerifiedBundle) -> Result<Connector, SandboxError> {
        let manifest = bundle.manifest();
        let connector = format!("{} {}", manifest.name, manifest.version);
        speaks(&manifest.contract, &connector)?;
        let schema = Schema::new(&connector, &manifest.configuration)?;
        let engine = &self.0.engine;
        let component = self
            .compile(bundle.component())
            .map_err(|error| SandboxError::Compile { connector: connector.clone(), reason: format!("{error:#}") })?;
        let capabilities = read(engine, &component, &connector)?;
        let imports = unknown_imports(engine, &component);
        if !imports.is_empty() {
            return Err(SandboxError::UnknownImports { connector, imports });
        }
        let misfit = |error: wasmtime::Error| SandboxError::Misfit { connector: connector.clone(), reason: format!("{error:#}") };
        let instance = self.0.linker.instantiate_pre(&component).map_err(misfit)?;
        let exports = bind(&instance, &capabilities).map_err(misfit)?;
        Ok(Connector::new(Compiled {
            runtime: self.0.clone(),
            label: connector,
            capabilities,
            instance,
            exports,
            kinds: Some(manifest.entitlements.keys().cloned().collect()),
            schema,
        }))
    }

    fn compile(&self, wasm: &[u8]) -> wasmtime::Result<Component> {
        match &self.0.cache {
            Some(cache) => cache.load(&self.0.engine, wasm),
            None => Component::from_binary(&self.0.engine, wasm),
        }
    }
}

/// How connectors are compiled and run.
fn config() -> Config {
    let mut config = Config::new();
    // A third faster than fuel on parsing, and both stop any loop.
    config.epoch_interruption(true);
    // With the default of 512 KiB, JavaScript on QuickJS dies at a recursion of less than 1,000.
    config.max_wasm_stack(2 << 20);
    config.async_stack_size(4 << 20);
    // Only Linux says that memory that is given back and had again is zeros.
    #[cfg(target_os = "linux")]
    config.with_host_stack(Arc::new(crate::stack::Stacks::default()));
    config
}
