//! From a configuration directory to an engine.

use crate::arguments::{General, Output};
use crate::error::CliError;
use innkeeper_domain::Plan;
use innkeeper_engine::{Clock, Engine, EngineError, Installed, Parts, Patience};
use innkeeper_policy::Configuration;
use innkeeper_secrets::{KeySource, SecretStore};
use innkeeper_store::{AuditEvent, Mutation, SqliteStore, Store, StoreError};
use jiff::Timestamp;
use std::future::Future;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Where everything of one configuration lies.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The configuration directory.
    pub(crate) directory: PathBuf,
    /// What the program keeps: the store, secrets, connectors, compiled code.
    pub(crate) state: PathBuf,
}

impl Places {
    /// For a configuration that can be read, or the default places for one that cannot.
    pub(crate) fn of(general: &General) -> Self {
        let directory = general.directory.clone();
        let state = match Configuration::read(&directory) {
            Ok(configuration) => directory.join(configuration.state()),
            Err(_) => directory.join(".innkeeper"),
        };
        Self { directory, state }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.state.join("innkeeper.db")
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.state.join("secrets")
    }

    pub(crate) fn plans(&self) -> PathBuf {
        // As a person would type it: `plans/7f3a91c.json`, not `./plans/7f3a91c.json`.
        if self.directory == Path::new(".") { "plans".into() } else { self.directory.join("plans") }
    }

    /// The file of the last plan that was made.
    pub(crate) fn last_plan(&self) -> PathBuf {
        self.state.join("last-plan.json")
    }

    /// The last plan that was made.
    pub(crate) fn recall(&self) -> Result<Plan, CliError> {
        let path = self.last_plan();
        match std::fs::read(&path) {
            Ok(bytes) => Plan::read(&bytes).map_err(|error| CliError::Engine(error.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(CliError::NoPlan),
            Err(error) => Err(CliError::File { what: "read", path, error }),
        }
    }
}

/// Whether a command writes to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It does: one such command runs at a time.
    Write,
    /// It does not.
    Read,
    /// It looks at apps and sources, and another process remembers.
    Look,
}

/// The engine for a look at apps and sources, also while another process has the store. What is seen is remembered only where none has.
pub(crate) fn engine_to_look(general: &General) -> Result<(Engine, Places), CliError> {
    match engine_unless_busy(general)? {
        Some(found) => Ok(found),
        None => engine(general, Access::Look),
    }
}

/// The engine that writes; none while another process has the store.
pub(crate) fn engine_unless_busy(general: &General) -> Result<Option<(Engine, Places)>, CliError> {
    match engine(general, Access::Write) {
        Err(CliError::Store(StoreError::Busy { .. })) => Ok(None),
        other => other.map(Some),
    }
}

/// Does the work and, all the while, what other processes ask for. The first signal to stop lets the engine end what is under way, the
/// second ends the program.
pub(crate) async fn serving<T>(engine: &Engine, work: impl Future<Output = T>) -> Result<T, CliError> {
    stopping(engine, engine.serving(work)).await
}

/// As [`serving`], for work that sees to errands by itself.
pub(crate) async fn stopping<T>(engine: &Engine, work: impl Future<Output = Result<T, EngineError>>) -> Result<T, CliError> {
    let (mut interrupt, mut terminate) = signals().map_err(CliError::Start)?;
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done?),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if engine.is_stopping() {
            return Err(CliError::Interrupted);
        }
        engine.stop();
        anstream::eprintln!("Stopping: what is under way ends, nothing new begins. Once more to end at once.");
    }
}

fn signals() -> std::io::Result<(Signal, Signal)> {
    Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
}

/// The engine for a configuration directory.
pub(crate) fn engine(general: &General, access: Access) -> Result<(Engine, Places), CliError> {
    let directory = general.directory.clone();
    let configuration = Configuration::read(&directory)?;
    let places = Places { state: directory.join(configuration.state()), directory };
    make_private(&places.state)?;
    let path = places.store();
    let store = match access {
        Access::Read if path.exists() => SqliteStore::open_read_only(&path)?,
        Access::Look => SqliteStore::open_to_observe(&path)?,
        _ => SqliteStore::open(&path)?,
    };
    let store: Arc<dyn Store> = Arc::new(store);
    let vault = SecretStore::open(&places.secrets(), KeySource::from_environment())?;
    let systems = Installed::new(&places.directory, &places.state, &configuration, Arc::new(vault));
    let engine = Engine::new(Parts {
        directory: places.directory.clone(),
        configuration,
        store,
        systems: Arc::new(systems),
        clock: Clock::system(),
        patience: Patience::default(),
        who: user(),
    });
    Ok((engine, places))
}

/// Writes a decision down together with its entry in the audit log, also while another process runs the engine.
pub(crate) fn decide(places: &Places, mutations: &[Mutation], what: &str, subject: serde_json::Value) -> Result<(), CliError> {
    make_private(&places.state)?;
    let event = AuditEvent { at: Timestamp::now(), who: user(), what: what.to_owned(), subject };
    SqliteStore::decide_beside(places.store(), mutations, event)?;
    Ok(())
}

/// Makes the state folder, for its owner alone.
pub(crate) fn make_private(folder: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::DirBuilderExt;
    let failed = |error| CliError::File { what: "make", path: folder.to_owned(), error };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)
}

/// The user name that the operating system gives, for the journal.
pub(crate) fn user() -> String {
    whoami::username().unwrap_or_else(|_| "unknown".into())
}

/// Runs what waits, with the runtime that guests need.
pub(crate) fn wait<T>(future: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    innkeeper_sandbox::tokio_runtime().map_err(CliError::Start)?.block_on(future)
}

/// Asks before something is done. `what` starts the sentence: `applying the plan`.
pub(crate) fn confirm(general: &General, yes: bool, what: &str, question: &str) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if general.output == Output::Json || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(CliError::NobodyToAsk { what: what.to_owned() });
    }
    match dialoguer::Confirm::new().with_prompt(question).default(false).interact() {
        Ok(true) => Ok(()),
        _ => Err(CliError::Declined),
    }
}
