//! Time that passes for the engine and for an emulator together, and only while the engine rests: an hour takes no longer than a second.

use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, Delta, Description, Effect, Entitlement, EntitlementKey, Failure, Grant,
    IntentId, Outcome, PersonRecord,
};
use innkeeper_engine::{
    Answer, Capabilities, Clock, ConnectError, Draft, Engine, Installed, Page, Parts, Patience, Scope, Systems, Target,
};
use innkeeper_policy::{App, Configuration, ConnectorSource};
use innkeeper_secrets::{KeySource, SecretStore};
use innkeeper_store::SqliteStore;
use innkeeper_tests::peer::Emulator;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest that the engine waits without being asked to, and more.
const BACKOFF: Duration = Duration::from_secs(5);

/// A runtime of its own, in which the engine for this configuration does the work. The connectors must be installed.
pub(crate) fn with_engine<T>(
    directory: &Path,
    emulator: &mut Emulator,
    time: &Arc<Time>,
    work: impl AsyncFnOnce(&Engine) -> T,
) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    // A clock that is paused moves by itself when tokio has nothing to do, as while it waits for an answer; but not while a thread works.
    let (ended, working) = std::sync::mpsc::channel::<()>();
    let result = runtime.block_on(async {
        tokio::task::spawn_blocking(move || working.recv());
        let engine = engine(directory, time);
        tokio::select! {
            biased;
            result = work(&engine) => result,
            never = time.pass(emulator) => match never {},
        }
    });
    drop(ended);
    result
}

fn engine(directory: &Path, time: &Arc<Time>) -> Engine {
    let configuration = Configuration::read(directory).expect("the configuration is right");
    let state = directory.join(configuration.state());
    let vault = SecretStore::open(&state.join("secrets"), KeySource::from_environment()).expect("a secret store");
    let store = SqliteStore::open(state.join("innkeeper.db")).expect("a store");
    let installed = Installed::new(directory, &state, &configuration, Arc::new(vault));
    let clock = time.clone();
    Engine::new(Parts {
        directory: directory.to_owned(),
        configuration,
        store: Arc::new(store),
        systems: Arc::new(Watched { inner: installed, time: time.clone() }),
        clock: Clock::new(move || clock.now()),
        patience: Patience::default(),
        who: "test".to_owned(),
    })
}

/// How much time has passed, and what keeps more of it from passing.
#[derive(Default)]
pub(crate) struct Time {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Calls of the connector that are under way: their requests have deadlines.
    calls: usize,
    /// When whoever rests the longest goes on.
    until: Option<Instant>,
    passed: Duration,
    rests: usize,
}

enum Never {}

impl Time {
    /// How often everything rested.
    pub(crate) fn rests(&self) -> usize {
        self.with(|state| state.rests)
    }

    /// How long all of that took.
    pub(crate) fn passed(&self) -> Duration {
        self.with(|state| state.passed)
    }

    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.passed()).expect("hours");
        Timestamp::now().checked_add(passed).expect("hours from now")
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().expect("nobody panicked with it"))
    }

    /// Lets time pass whenever nothing else can happen.
    async fn pass(&self, emulator: &mut Emulator) -> Never {
        loop {
            let rest = self.with(|state| {
                let until = state.until.filter(|_| state.calls == 0)?;
                state.until = None;
                Some(until.duration_since(Instant::now()))
            });
            let Some(rest) = rest.filter(|rest| !rest.is_zero()) else {
                self.changed.notified().await;
                continue;
            };
            let rest = Duration::from_secs(rest.as_secs() + 1);
            self.with(|state| (state.passed, state.rests) = (state.passed + rest, state.rests + 1));
            emulator.advance(rest.as_secs());
            tokio::time::advance(rest).await;
        }
    }

    async fn call<T>(&self, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        let call_under_way = CallUnderWay::begin(self);
        let answer = call.await;
        if let Some(rest) = answer.result.as_ref().err().and_then(rest_after) {
            let until = Instant::now() + rest;
            self.with(|state| state.until = Some(state.until.map_or(until, |other| other.max(until))));
        }
        drop(call_under_way);
        answer
    }
}

/// How long the engine rests after a failure, at most.
fn rest_after(failure: &Failure) -> Option<Duration> {
    let wish = failure.retry_after.map(|seconds| Duration::from_secs(seconds.into()));
    failure.code.is_transient().then(|| wish.unwrap_or_default().max(BACKOFF))
}

struct CallUnderWay<'a>(&'a Time);

impl<'a> CallUnderWay<'a> {
    fn begin(time: &'a Time) -> Self {
        time.with(|state| state.calls += 1);
        Self(time)
    }
}

impl Drop for CallUnderWay<'_> {
    fn drop(&mut self) {
        self.0.with(|state| state.calls -= 1);
        self.0.changed.notify_one();
    }
}

/// Installed connectors, or what is connected by one, whose calls are known.
struct Watched<T> {
    inner: T,
    time: Arc<Time>,
}

impl Watched<Installed> {
    fn watch(&self, inner: Arc<dyn Target>) -> Arc<dyn Target> {
        Arc::new(Watched { inner, time: self.time.clone() })
    }
}

impl Systems for Watched<Installed> {
    fn app(&self, app: &App) -> Result<Arc<dyn Target>, ConnectError> {
        self.inner.app(app).map(|target| self.watch(target))
    }
    fn source(&self, name: &str, source: &ConnectorSource) -> Result<Arc<dyn Target>, ConnectError> {
        self.inner.source(name, source).map(|target| self.watch(target))
    }
}

#[async_trait]
impl Target for Watched<Arc<dyn Target>> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }
    async fn describe(&self) -> Answer<Description> {
        self.time.call(self.inner.describe()).await
    }
    async fn probe(&self) -> Answer<String> {
        self.time.call(self.inner.probe()).await
    }
    async fn list_accounts(&self, cursor: Option<&str>) -> Answer<Page<Account>> {
        self.time.call(self.inner.list_accounts(cursor)).await
    }
    async fn get_account(&self, id: &AccountId) -> Answer<Account> {
        self.time.call(self.inner.get_account(id)).await
    }
    async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>> {
        self.time.call(self.inner.get_accounts(ids)).await
    }
    async fn find_accounts(&self, attribute: &AttributeName, value: &str) -> Answer<Vec<Account>> {
        self.time.call(self.inner.find_accounts(attribute, value)).await
    }
    async fn create_account(&self, draft: &Draft, intent: &IntentId) -> Answer<Outcome> {
        self.time.call(self.inner.create_account(draft, intent)).await
    }
    async fn update_account(
        &self,
        id: &AccountId,
        deltas: &[Delta],
        intent: &IntentId,
        version: Option<&str>,
    ) -> Answer<Outcome> {
        self.time.call(self.inner.update_account(id, deltas, intent, version)).await
    }
    async fn set_status(&self, id: &AccountId, status: AccountStatus, intent: &IntentId) -> Answer<Outcome> {
        self.time.call(self.inner.set_status(id, status, intent)).await
    }
    async fn delete_account(&self, id: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.time.call(self.inner.delete_account(id, intent)).await
    }
    async fn poll_account(&self, token: &str) -> Answer<Outcome> {
        self.time.call(self.inner.poll_account(token)).await
    }
    async fn list_entitlements(&self, cursor: Option<&str>) -> Answer<Page<Entitlement>> {
        self.time.call(self.inner.list_entitlements(cursor)).await
    }
    async fn list_grants(&self, scope: &Scope, cursor: Option<&str>) -> Answer<Page<Grant>> {
        self.time.call(self.inner.list_grants(scope, cursor)).await
    }
    async fn grant(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        self.time.call(self.inner.grant(account, entitlement, intent)).await
    }
    async fn revoke(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        self.time.call(self.inner.revoke(account, entitlement, intent)).await
    }
    async fn amend(
        &self,
        entitlement: &EntitlementKey,
        add: &[AccountId],
        remove: &[AccountId],
        intent: &IntentId,
    ) -> Answer<Effect> {
        self.time.call(self.inner.amend(entitlement, add, remove, intent)).await
    }
    async fn poll_grant(&self, token: &str) -> Answer<Effect> {
        self.time.call(self.inner.poll_grant(token)).await
    }
    async fn revoke_sessions(&self, account: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.time.call(self.inner.revoke_sessions(account, intent)).await
    }
    async fn transfer_ownership(&self, from: &AccountId, to: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.time.call(self.inner.transfer_ownership(from, to, intent)).await
    }
    async fn poll_transfer(&self, token: &str) -> Answer<Effect> {
        self.time.call(self.inner.poll_transfer(token)).await
    }
    async fn list_people(&self, cursor: Option<&str>) -> Answer<Page<PersonRecord>> {
        self.time.call(self.inner.list_people(cursor)).await
    }
}
