//! The store in one SQLite file.

mod apps;
mod chain;
mod copy;
mod fault;
mod format;
mod journal;
mod links;
mod lock;
mod packed;
mod people;
mod query;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use crate::{
    Absence, AuditEntry, AuditEvent, AuditFilter, Count, HeldAccount, Holding, KnownRecord, Link, Listing, Mutation, OwnedGrant,
    Pruned, Store, StoreError, Transition, Verdict,
};
use async_trait::async_trait;
use fault::Fault;
use innkeeper_domain::{
    AccountId, AppName, AppSnapshot, ChangeId, ChangeRecord, Entitlement, EntitlementKey, PeopleSnapshot, PersonId, PlanId,
    RunId, RunRecord, SourceName,
};
use jiff::Timestamp;
use jiff::civil::Date;
use lock::WriteLock;
use reader::Readers;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use writer::Writer;

/// The store in one SQLite file, with its log (`-wal`, `-shm`) and its lock (`.lock`) beside it.
///
/// One thread writes, and one process; any number read. Dropping the store waits until what was asked is written. Its
/// methods need a tokio runtime around them.
pub struct SqliteStore {
    path: PathBuf,
    readers: Arc<Readers>,
    writer: Option<Writer>,
    /// Whether what was seen is forgotten, because another process is the one that remembers.
    observes: bool,
    /// Who is missing is worked out before it is written: one source at a time.
    saving: tokio::sync::Mutex<()>,
}

/// That no other process writes to a store; see [`SqliteStore::hold`].
#[derive(Debug)]
pub struct StoreHold(#[expect(dead_code, reason = "dropping it is what lets go")] WriteLock);

impl SqliteStore {
    /// Opens the store to read and write; makes it, or brings it to the newest format, where that is needed.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another process has it open for writing, [`StoreError::Newer`], [`StoreError::NotAStore`],
    /// or what the operating system and SQLite say.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let lock = WriteLock::acquire(path)?;
        let connection = format::open_writer(path)?;
        let writer = Writer::start(connection, lock).map_err(|source| StoreError::File { path: path.to_owned(), source })?;
        Ok(Self::new(path, Some(writer)))
    }

    /// Opens the store to read, also while another process writes. Writes answer [`StoreError::ReadOnly`].
    ///
    /// # Errors
    /// [`StoreError::Missing`] when nothing was ever written, and as [`SqliteStore::open`]; a store of an older format is
    /// brought to the newest one, for which it must not be [`StoreError::Busy`].
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        if format::version(&format::open_reader(path)?, path)? < format::NEWEST {
            let _lock = WriteLock::acquire(path)?;
            format::open_writer(path)?;
        }
        Ok(Self::new(path, None))
    }

    /// Remembers what somebody decided together with its entry in the audit log: for what is done beside the engine, also while another
    /// process runs it and writes. The store is made where it is not there yet.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], but that it is [`StoreError::Busy`] only while another process makes the store.
    pub fn decide_beside(path: impl AsRef<Path>, mutations: &[Mutation], event: AuditEvent) -> Result<AuditEntry, StoreError> {
        Self::beside(path.as_ref(), event, |transaction| links::apply(transaction, mutations))
    }

    /// Writes many decisions down at once, each with its entry in the audit log: all of them or none.
    ///
    /// # Errors
    /// As [`SqliteStore::decide_beside`].
    pub fn decide_all_beside(path: impl AsRef<Path>, decisions: Vec<(Vec<Mutation>, AuditEvent)>) -> Result<(), StoreError> {
        Self::in_one(path.as_ref(), |transaction| {
            for (mutations, event) in decisions {
                links::apply(transaction, &mutations)?;
                chain::append(transaction, event)?;
            }
            Ok(())
        })
    }

    /// Settles a change that somebody did by hand, or will not do, as [`SqliteStore::decide_beside`] writes a decision down.
    ///
    /// # Errors
    /// As [`SqliteStore::decide_beside`] and [`Store::record_change`].
    pub fn settle_beside(
        path: impl AsRef<Path>,
        record: &ChangeRecord,
        effects: &[Mutation],
        event: AuditEvent,
    ) -> Result<AuditEntry, StoreError> {
        let path = path.as_ref();
        let state = journal::NewState::new(record, effects).map_err(|fault| fault.at(path))?;
        Self::beside(path, event, |transaction| journal::record(transaction, &state))
    }

    /// One transaction beside whoever writes, with its entry in the audit log.
    fn beside(
        path: &Path,
        event: AuditEvent,
        work: impl FnOnce(&Connection) -> Result<(), Fault>,
    ) -> Result<AuditEntry, StoreError> {
        Self::in_one(path, |transaction| {
            work(transaction)?;
            chain::append(transaction, event)
        })
    }

    /// One transaction beside whoever writes.
    fn in_one<T>(path: &Path, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        let ready = path.exists() && format::version(&format::open_reader(path)?, path)? == format::NEWEST;
        // Only who changes the format needs the lock; a single entry waits its turn as any transaction does.
        let _lock = if ready { None } else { Some(WriteLock::acquire(path)?) };
        let mut connection = format::open_writer(path)?;
        let append = || {
            let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        append().map_err(|fault: Fault| fault.at(path))
    }

    /// As [`SqliteStore::open_read_only`], for a look at apps and sources while another process has the store: what is seen is not
    /// remembered, and that is no error. Everything else that writes is.
    ///
    /// # Errors
    /// As [`SqliteStore::open_read_only`].
    pub fn open_to_observe(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Ok(Self { observes: true, ..Self::open_read_only(path)? })
    }

    /// Writes all of a store as of one moment into a new file, also while another process writes to the store.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Damaged`], or what the operating system and SQLite say.
    pub fn copy(path: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), StoreError> {
        copy::copy(path.as_ref(), to.as_ref())
    }

    /// Looks through the whole file.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the first thing that is wrong.
    pub fn inspect(path: impl AsRef<Path>) -> Result<(), StoreError> {
        copy::inspect(path.as_ref())
    }

    /// Keeps every other process from opening the store to write, as long as what comes back lives. The store need not be there.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another process has it.
    pub fn hold(path: impl AsRef<Path>) -> Result<StoreHold, StoreError> {
        WriteLock::acquire(path.as_ref()).map(StoreHold)
    }

    fn new(path: &Path, writer: Option<Writer>) -> Self {
        let (path, readers) = (path.to_owned(), Arc::new(Readers::new(path)));
        Self { path, readers, writer, observes: false, saving: tokio::sync::Mutex::new(()) }
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = Arc::clone(&self.readers);
        match tokio::task::spawn_blocking(move || readers.read(work)).await {
            Ok(result) => result,
            Err(_) => Err(StoreError::Stopped { path: self.path.clone() }),
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Some(writer) = &self.writer else { return Err(StoreError::ReadOnly { path: self.path.clone() }) };
        writer.write(work).await.map_err(|fault| fault.at(&self.path))
    }

    fn fault(&self) -> impl Fn(Fault) -> StoreError + '_ {
        |fault| fault.at(&self.path)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn save_people(&self, source: &SourceName, snapshot: &PeopleSnapshot) -> Result<(), StoreError> {
        if self.observes {
            return Ok(());
        }
        let packed = packed::pack(&snapshot.content, |record| record.id.as_str().to_owned()).await.map_err(self.fault())?;
        let (source, head) = (source.clone(), apps::head(snapshot));
        let present = snapshot.content.iter().map(|record| record.id.clone()).collect();
        let _one_at_a_time = self.saving.lock().await;
        let (asked, is_complete) = (source.clone(), head.is_complete());
        let presence = self.read(move |connection| people::presence(connection, &asked, &present, is_complete)).await?;
        self.write(move |connection| people::save(connection, &source, &head, &packed, &presence)).await
    }

    async fn people(&self, source: &SourceName) -> Result<Option<PeopleSnapshot>, StoreError> {
        let source = source.clone();
        self.read(move |connection| people::latest(connection, &source)).await
    }

    async fn complete_people(&self, source: &SourceName) -> Result<Option<PeopleSnapshot>, StoreError> {
        let source = source.clone();
        self.read(move |connection| people::last_complete(connection, &source)).await
    }

    async fn absent_people(&self, source: &SourceName) -> Result<BTreeMap<PersonId, Absence>, StoreError> {
        let source = source.clone();
        self.read(move |connection| people::absent(connection, &source)).await
    }

    async fn forget_absent(&self, source: &SourceName, people: &[PersonId]) -> Result<(), StoreError> {
        let (source, people) = (source.clone(), people.to_vec());
        self.write(move |connection| people::forget_absent(connection, &source, &people)).await
    }

    async fn known_records(&self, person: &PersonId) -> Result<Vec<KnownRecord>, StoreError> {
        let person = person.clone();
        self.read(move |connection| people::known_records(connection, &person)).await
    }

    async fn save_app(&self, app: &AppName, snapshot: &AppSnapshot) -> Result<(), StoreError> {
        if self.observes {
            return Ok(());
        }
        let packed = apps::pack(app, snapshot).await.map_err(self.fault())?;
        let app = app.clone();
        self.write(move |connection| apps::save(connection, &app, &packed)).await
    }

    async fn app(&self, app: &AppName) -> Result<Option<AppSnapshot>, StoreError> {
        let app = app.clone();
        self.read(move |connection| apps::load(connection, &app)).await
    }

    async fn counts(&self, listing: &Listing, limit: usize) -> Result<Vec<Count>, StoreError> {
        let listing = listing.clone();
        self.read(move |connection| people::counts(connection, &listing, limit)).await
    }

    async fn last_complete_count(&self, listing: &Listing) -> Result<Option<Count>, StoreError> {
        let listing = listing.clone();
        self.read(move |connection| people::last_complete_count(connection, &listing)).await
    }

    async fn links(&self, app: &AppName) -> Result<BTreeMap<AccountId, Link>, StoreError> {
        let app = app.clone();
        self.read(move |connection| links::links(connection, &app)).await
    }

    async fn owned_grants(&self, app: &AppName) -> Result<Vec<OwnedGrant>, StoreError> {
        let app = app.clone();
        self.read(move |connection| links::owned(connection, &app)).await
    }

    async fn departures(&self) -> Result<BTreeMap<PersonId, Date>, StoreError> {
        self.read(links::departures).await
    }

    async fn register(&self, name: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let name = name.to_owned();
        self.read(move |connection| links::register(connection, &name)).await
    }

    async fn apply(&self, mutations: &[Mutation]) -> Result<(), StoreError> {
        // A look has nothing to remember but what another process finds by itself.
        if self.observes {
            return Ok(());
        }
        let mutations = mutations.to_vec();
        self.write(move |connection| links::apply(connection, &mutations)).await
    }

    async fn begin_run(&self, run: &RunRecord, changes: &[ChangeRecord]) -> Result<(), StoreError> {
        let new = journal::NewRun::new(run, changes).map_err(self.fault())?;
        self.write(move |connection| journal::begin(connection, &new)).await
    }

    async fn record_change(&self, record: &ChangeRecord, effects: &[Mutation]) -> Result<(), StoreError> {
        let new = journal::NewState::new(record, effects).map_err(self.fault())?;
        self.write(move |connection| journal::record(connection, &new)).await
    }

    async fn finish_run(&self, run: &RunId, at: Timestamp) -> Result<(), StoreError> {
        let run = run.clone();
        self.write(move |connection| journal::finish(connection, &run, at)).await
    }

    async fn runs(&self, limit: usize) -> Result<Vec<RunRecord>, StoreError> {
        self.read(move |connection| journal::runs(connection, limit)).await
    }

    async fn run(&self, run: &RunId) -> Result<Option<(RunRecord, Vec<ChangeRecord>)>, StoreError> {
        let run = run.clone();
        self.read(move |connection| journal::run(connection, &run)).await
    }

    async fn run_of_plan(&self, plan: &PlanId) -> Result<Option<RunRecord>, StoreError> {
        let plan = plan.clone();
        self.read(move |connection| journal::run_of_plan(connection, &plan)).await
    }

    async fn open_changes(&self) -> Result<Vec<ChangeRecord>, StoreError> {
        self.read(journal::open_changes).await
    }

    async fn begun_changes(&self) -> Result<Vec<ChangeRecord>, StoreError> {
        self.read(journal::begun_changes).await
    }

    async fn open_runs(&self) -> Result<Vec<RunId>, StoreError> {
        self.read(journal::open_runs).await
    }

    async fn changes_since(&self, since: Timestamp, operations: &[&'static str]) -> Result<Vec<ChangeRecord>, StoreError> {
        let operations = serde_json::json!(operations).to_string();
        self.read(move |connection| journal::changes_since(connection, since, &operations)).await
    }

    async fn changes_for(&self, person: &PersonId, app: Option<&AppName>) -> Result<Vec<ChangeRecord>, StoreError> {
        let (person, app) = (person.clone(), app.cloned());
        self.read(move |connection| journal::changes_for(connection, &person, app.as_ref())).await
    }

    async fn history(&self, run: &RunId, change: &ChangeId) -> Result<Vec<Transition>, StoreError> {
        let (run, change) = (run.clone(), change.clone());
        self.read(move |connection| journal::history(connection, &run, &change)).await
    }

    async fn accounts_of(&self, person: &PersonId) -> Result<Vec<HeldAccount>, StoreError> {
        let person = person.clone();
        self.read(move |connection| apps::accounts_of(connection, &person)).await
    }

    async fn entitlements(&self, app: &AppName) -> Result<Vec<Entitlement>, StoreError> {
        let app = app.clone();
        self.read(move |connection| apps::entitlements(connection, &app)).await
    }

    async fn holders_of(&self, app: &AppName, entitlement: &EntitlementKey) -> Result<Vec<Holding>, StoreError> {
        let (app, entitlement) = (app.clone(), entitlement.clone());
        self.read(move |connection| apps::holders_of(connection, &app, &entitlement)).await
    }

    async fn append_audit(&self, event: &AuditEvent) -> Result<AuditEntry, StoreError> {
        let event = event.clone();
        self.write(move |connection| chain::append(connection, event)).await
    }

    async fn audit(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        let filter = filter.clone();
        self.read(move |connection| chain::list(connection, &filter, limit)).await
    }

    async fn audit_from(&self, seq: u64, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |connection| chain::from(connection, seq, limit)).await
    }

    async fn audit_seq(&self, hash: &str) -> Result<Option<u64>, StoreError> {
        let hash = hash.to_owned();
        self.read(move |connection| chain::seq_of(connection, &hash)).await
    }

    async fn prune_audit(&self, pruned: &Pruned, at: Timestamp, who: &str) -> Result<AuditEntry, StoreError> {
        let (pruned, who) = (pruned.clone(), who.to_owned());
        self.write(move |connection| chain::prune(connection, &pruned, at, who)).await
    }

    async fn decide(&self, mutations: &[Mutation], event: &AuditEvent) -> Result<AuditEntry, StoreError> {
        let (mutations, event) = (mutations.to_vec(), event.clone());
        let work = move |connection: &Connection| {
            links::apply(connection, &mutations)?;
            chain::append(connection, event)
        };
        self.write(work).await
    }

    async fn verify_audit(&self) -> Result<Verdict, StoreError> {
        self.read(chain::verify).await
    }
}
