//! What the engine asks of a memory.

use crate::{
    Absence, AuditEntry, AuditEvent, AuditFilter, Count, HeldAccount, Holding, KnownRecord, Link, Listing, Mutation, OwnedGrant,
    Pruned, StoreError, Verdict,
};
use async_trait::async_trait;
use innkeeper_domain::{
    AccountId, AppName, AppSnapshot, ChangeId, ChangeRecord, ChangeState, Entitlement, EntitlementKey, PeopleSnapshot, PersonId,
    PlanId, RunId, RunRecord, SourceName,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One step in the life of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Transition {
    /// When.
    pub at: Timestamp,
    /// Where it stood from then on.
    #[serde(flatten)]
    pub state: ChangeState,
}

/// What is remembered from one run of the program to the next.
///
/// A write that was answered with `Ok` survives a crash of the program and of the machine. A write whose future is dropped
/// before its answer may or may not have been made. A read sees every write that was answered before it began.
///
/// # Errors
/// Every method fails with [`StoreError`] when the store cannot be read or written; what else a method refuses is a
/// [`crate::Refusal`] and is said with the method.
#[async_trait]
pub trait Store: Send + Sync {
    // Snapshots

    /// Remembers what a source was seen to contain, its count, and who is missing.
    ///
    /// A complete snapshot counts everybody who was known and is not in it as absent, once more or for the first time. An
    /// incomplete one only makes those present who are in it. Records come back sorted by id.
    async fn save_people(&self, source: &SourceName, snapshot: &PeopleSnapshot) -> Result<(), StoreError>;

    /// What the source was last seen to contain, complete or not.
    async fn people(&self, source: &SourceName) -> Result<Option<PeopleSnapshot>, StoreError>;

    /// What the source contained in its last complete snapshot.
    async fn complete_people(&self, source: &SourceName) -> Result<Option<PeopleSnapshot>, StoreError>;

    /// Who was known and is missing from the last complete snapshots.
    async fn absent_people(&self, source: &SourceName) -> Result<BTreeMap<PersonId, Absence>, StoreError>;

    /// Forgets people who are absent: nothing of theirs is left to close.
    async fn forget_absent(&self, source: &SourceName, people: &[PersonId]) -> Result<(), StoreError>;

    /// What each source last said of one person, absent or not.
    async fn known_records(&self, person: &PersonId) -> Result<Vec<KnownRecord>, StoreError>;

    /// Remembers what an app was seen to contain, and its counts. Items come back sorted by key.
    async fn save_app(&self, app: &AppName, snapshot: &AppSnapshot) -> Result<(), StoreError>;

    /// What the app was last seen to contain.
    async fn app(&self, app: &AppName) -> Result<Option<AppSnapshot>, StoreError>;

    /// The newest counts of a listing, newest first.
    async fn counts(&self, listing: &Listing, limit: usize) -> Result<Vec<Count>, StoreError>;

    /// The newest count of the listing that was complete.
    async fn last_complete_count(&self, listing: &Listing) -> Result<Option<Count>, StoreError>;

    // Links and owned grants

    /// The managed accounts of an app.
    async fn links(&self, app: &AppName) -> Result<BTreeMap<AccountId, Link>, StoreError>;

    /// The grants on an app that the rules gave.
    async fn owned_grants(&self, app: &AppName) -> Result<Vec<OwnedGrant>, StoreError>;

    /// Who was offboarded by hand, and since when.
    async fn departures(&self) -> Result<BTreeMap<PersonId, Date>, StoreError>;

    /// What a collection of decisions holds, as JSON by key: see [`crate::Register`].
    async fn register(&self, name: &str) -> Result<BTreeMap<String, String>, StoreError>;

    /// Remembers or forgets all of these, or, when it fails, none.
    async fn apply(&self, mutations: &[Mutation]) -> Result<(), StoreError>;

    // Runs and the journal

    /// Begins a run with all its changes, in their order, at once, and writes `run.started` to the audit log.
    ///
    /// # Errors
    /// [`crate::Refusal::PlanApplied`] when a run of this plan exists, [`crate::Refusal::TwiceInJournal`].
    async fn begin_run(&self, run: &RunRecord, changes: &[ChangeRecord]) -> Result<(), StoreError>;

    /// Remembers where a change stands now, together with what follows from it: all of it or nothing. A final state also
    /// goes into the audit log. The change itself and its intent stay as they were when the run began.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownChange`], or [`crate::Refusal::AlreadyFinal`] when the change stands in another final state
    /// (`manual` may still be settled).
    async fn record_change(&self, record: &ChangeRecord, effects: &[Mutation]) -> Result<(), StoreError>;

    /// Ends a run and writes `run.finished` to the audit log. Ending it again changes nothing.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownRun`], [`crate::Refusal::StillOpen`].
    async fn finish_run(&self, run: &RunId, at: Timestamp) -> Result<(), StoreError>;

    /// The newest runs, newest first.
    async fn runs(&self, limit: usize) -> Result<Vec<RunRecord>, StoreError>;

    /// One run with its changes in the order of the plan.
    async fn run(&self, run: &RunId) -> Result<Option<(RunRecord, Vec<ChangeRecord>)>, StoreError>;

    /// The run that applied a plan.
    async fn run_of_plan(&self, plan: &PlanId) -> Result<Option<RunRecord>, StoreError>;

    /// The changes of all runs that are not final, oldest run first, in the order of the plan.
    async fn open_changes(&self) -> Result<Vec<ChangeRecord>, StoreError>;

    /// Changes that were begun and are not final: sent, unknown or waiting. In the order of their runs.
    async fn begun_changes(&self) -> Result<Vec<ChangeRecord>, StoreError>;

    /// Runs with changes that are not final, whether they were begun or not.
    async fn open_runs(&self) -> Result<Vec<RunId>, StoreError>;

    /// Changes with these operations, as a plan file names them, that were begun, and came to stand where they stand at `since` or later; in no order.
    async fn changes_since(&self, since: Timestamp, operations: &[&'static str]) -> Result<Vec<ChangeRecord>, StoreError>;

    /// The changes for a person, on one app or on all, newest first.
    async fn changes_for(&self, person: &PersonId, app: Option<&AppName>) -> Result<Vec<ChangeRecord>, StoreError>;

    /// Every state in which a change stood, oldest first.
    async fn history(&self, run: &RunId, change: &ChangeId) -> Result<Vec<Transition>, StoreError>;

    // Who has what

    /// The managed accounts of a person with what they hold, as last seen, by app.
    async fn accounts_of(&self, person: &PersonId) -> Result<Vec<HeldAccount>, StoreError>;

    /// The entitlements of an app, as last seen.
    async fn entitlements(&self, app: &AppName) -> Result<Vec<Entitlement>, StoreError>;

    /// Who holds an entitlement directly, as last seen.
    async fn holders_of(&self, app: &AppName, entitlement: &EntitlementKey) -> Result<Vec<Holding>, StoreError>;

    // The audit log

    /// Adds an entry to the chain.
    async fn append_audit(&self, event: &AuditEvent) -> Result<AuditEntry, StoreError>;

    /// The newest entries that fit, newest first.
    async fn audit(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>, StoreError>;

    /// Entries from this number on, oldest first, at most so many.
    async fn audit_from(&self, seq: u64, limit: usize) -> Result<Vec<AuditEntry>, StoreError>;

    /// The number of the entry with this hash.
    async fn audit_seq(&self, hash: &str) -> Result<Option<u64>, StoreError>;

    /// Takes the entries up to the one that `pruned` names away, and writes `audit.pruned`.
    ///
    /// # Errors
    /// [`crate::Refusal::NotPruned`] when that entry has another hash or there is another number of them.
    async fn prune_audit(&self, pruned: &Pruned, at: Timestamp, who: &str) -> Result<AuditEntry, StoreError>;

    /// Remembers or forgets all of these together with an entry of the audit log: a decision is never without its entry.
    async fn decide(&self, mutations: &[Mutation], event: &AuditEvent) -> Result<AuditEntry, StoreError>;

    /// Walks the whole chain.
    async fn verify_audit(&self) -> Result<Verdict, StoreError>;
}
