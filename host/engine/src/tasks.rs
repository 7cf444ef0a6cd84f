//! Changes that people do by hand: what an app has no API for, and whole apps that have none.
//!
//! A change becomes a task when its state becomes `manual`, in the same write. While its task is open it is not planned again; what
//! becomes of the task becomes the state of the change, with everything that follows from it.

mod answer;
mod list;
mod planned;
pub(crate) mod words;

pub use answer::{Answered, Response};
pub use list::{Task, TaskFilter};

use crate::error::EngineError;
use innkeeper_domain::{AppName, ChangeId, ChangeRecord, PersonId, RunId};
use innkeeper_store::{Mutation, Register};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// All tasks, by id.
const TASKS: Register<Entry> = Register::new("tasks");

/// What is kept of a task; the rest is in its change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Entry {
    pub(crate) run: RunId,
    pub(crate) change: ChangeId,
    pub(crate) app: AppName,
    pub(crate) person: PersonId,
    pub(crate) opened: Timestamp,
    /// None while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<TaskAnswer>,
}

/// What became of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TaskAnswer {
    /// When.
    pub at: Timestamp,
    /// Who said so.
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// Somebody did it.
    Done {
        /// What shows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Evidence>,
    },
    /// Somebody will not do it.
    Refused {
        /// Why.
        reason: String,
    },
    /// Nobody said so, and the app shows that it is done.
    Seen,
    /// It was refused, and somebody wants it to be asked again.
    Reopened,
    /// The rules want it no longer.
    Withdrawn,
}

/// What shows that a task was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// In words: a ticket, a protocol.
    Text(String),
    /// A file, which stays where it is.
    #[serde(rename_all = "kebab-case")]
    File {
        /// Its name.
        name: String,
        /// The SHA-256 of its content, in hexadecimal: whether it is still the same.
        sha256: String,
    },
}

/// Eight digits: short enough to be read out, and enough for the tasks that a company has.
const ID_BYTES: usize = 4;

/// The id of the task that a change becomes: the same for ever.
pub fn task_id(run: &RunId, change: &ChangeId) -> String {
    let digest = Sha256::digest(format!("{run}/{change}"));
    digest.iter().take(ID_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// Opens the task for a change that a human has to do.
pub(crate) fn opened(record: &ChangeRecord, now: Timestamp) -> Result<Mutation, EngineError> {
    let entry = Entry {
        run: record.run.clone(),
        change: record.id.clone(),
        app: record.app.clone(),
        person: record.change.person.clone(),
        opened: now,
        answer: None,
    };
    Ok(TASKS.put(task_id(&record.run, &record.id), &entry)?)
}
