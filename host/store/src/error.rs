//! Why something cannot be remembered or recalled.

use innkeeper_domain::{ChangeId, PlanId, RunId};
use std::io;
use std::path::PathBuf;

/// What the store refuses because it would make the journal untrue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A plan is applied once.
    #[error("plan {} was already applied, by run {run}: make a new plan", plan.short())]
    PlanApplied {
        /// The plan.
        plan: PlanId,
        /// The run that applied it.
        run: RunId,
    },
    /// There is no such run.
    #[error("there is no run {run}: `innkeeper status` lists them")]
    UnknownRun {
        /// As it was asked for.
        run: RunId,
    },
    /// The run has no such change.
    #[error("run {run} has no change {change}")]
    UnknownChange {
        /// The run.
        run: RunId,
        /// As it was asked for.
        change: ChangeId,
    },
    /// Two changes of a run have the same id, or two writes the same intent.
    #[error("run {run} has change {change} or its intent twice")]
    TwiceInJournal {
        /// The run.
        run: RunId,
        /// The second one.
        change: ChangeId,
    },
    /// A final state stays; only what waits for a human can still be settled.
    #[error("change {change} of run {run} is {state}, and that is final: it cannot become {wanted}")]
    AlreadyFinal {
        /// The run.
        run: RunId,
        /// The change.
        change: ChangeId,
        /// What it is.
        state: String,
        /// What it was to become.
        wanted: &'static str,
    },
    /// What is to be moved to an archive is not what the log has.
    #[error("the audit log is not what the archive has: nothing was taken away. Start again")]
    NotPruned,
    /// A run is finished when every change is final.
    #[error("run {run} still has {open} open changes")]
    StillOpen {
        /// The run.
        run: RunId,
        /// How many.
        open: usize,
    },
}

/// Why the store does not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What was asked would make the journal untrue.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nothing was ever written.
    #[error("nothing is remembered yet: {} does not exist; `innkeeper plan` makes it", path.display())]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// The file or its folder cannot be used.
    #[error("cannot open {}: {source}; check that its folder exists and that you may write to it", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Something else lies there.
    #[error("{} is not a store of Innkeeper: name another file, or move this one away", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// Written by a later version.
    #[error("{} was written by a newer Innkeeper (its format is {found}, this one knows up to {known}): use the newer one", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The last one that this program knows.
        known: i64,
    },
    /// One process writes at a time.
    #[error("another innkeeper ({holder}) is writing to {}: wait until it has finished, or stop it", path.display())]
    Busy {
        /// The database.
        path: PathBuf,
        /// `pid 4711`.
        holder: String,
    },
    /// A write was asked of a store that was opened for reading.
    #[error("{} was opened for reading only", path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
    },
    /// SQLite says no: the disk is full, the file is damaged.
    #[error("the store {} does not work: {source}; check the disk's free space, then `innkeeper doctor`", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The disk takes nothing more.
    #[error("the store {} could not be written: {source}. Nothing of this was remembered: free some space on its disk, and type the same again", path.display())]
    Full {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// Its folder or its files cannot be written.
    #[error("the store {} cannot be opened or written: {source}. Check who owns its folder and whether it is mounted read-only", path.display())]
    Unwritable {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The commit of a group of writes failed: none of them was made.
    #[error("the store {} could not be written: {message}. Nothing of this was remembered: free some space on its disk, and type the same again", path.display())]
    NotCommitted {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        message: String,
    },
    /// What was read cannot be understood.
    #[error("the store {} is damaged: {what}; restore a backup: innkeeper restore FILE. Without one: docs/recovery.md", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What cannot be understood.
        what: String,
    },
    /// What a collection of decisions holds cannot be understood.
    #[error(
        "the entry `{key}` of `{register}` in the store cannot be understood: {message}; a newer Innkeeper may have written it"
    )]
    Entry {
        /// The collection.
        register: &'static str,
        /// The key.
        key: String,
        /// What cannot be understood.
        message: String,
    },
    /// The thread that writes or reads is gone: a fault of this program.
    #[error("the store {} has stopped: start the command again", path.display())]
    Stopped {
        /// The database.
        path: PathBuf,
    },
}
