//! The durable record of every intent, attempt and outcome.

use crate::{AccountId, AppName, Change, ChangeId, Failure, IntentId, PlanId, RunId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a change of a run stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum ChangeState {
    /// In the plan; nothing has happened.
    Planned,
    /// Committed before the request leaves: from here on the app may have been written to.
    Intended,
    /// The request was handed to the connector.
    Sent,
    /// Carried out, or it was already so; read back where the app can be read.
    Done {
        /// Whether the app was already as the change wants it.
        already: bool,
        /// The account that was made, after a create.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
    },
    /// Not carried out, and known not to be.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Nobody knows whether it was carried out; read before writing again.
    Unknown {
        /// What happened.
        failure: Failure,
    },
    /// The app accepted the work and has not finished, or a try follows later.
    Waiting {
        /// The token to poll with, where the app gave one.
        token: Option<String>,
        /// When to look again.
        until: Timestamp,
    },
    /// A human has to do something.
    Manual {
        /// What.
        text: String,
    },
    /// The precondition no longer holds: refused, nothing was sent.
    Stale {
        /// What is different.
        text: String,
    },
    /// Not tried, because somebody or something else comes first: a person has to accept an invitation, an admin has to do by hand
    /// what the app has no API for, the app has not finished. A later plan has it again.
    Postponed {
        /// What it waits for.
        text: String,
    },
    /// Not tried, because a change that it depends on did not succeed or the run was stopped.
    Skipped {
        /// Why.
        text: String,
    },
}

impl ChangeState {
    /// Whether nothing more will happen in this run.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Planned | Self::Intended | Self::Sent | Self::Unknown { .. } | Self::Waiting { .. })
    }

    /// The state in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Intended => "intended",
            Self::Sent => "sent",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
            Self::Waiting { .. } => "waiting",
            Self::Manual { .. } => "manual",
            Self::Stale { .. } => "stale",
            Self::Postponed { .. } => "postponed",
            Self::Skipped { .. } => "skipped",
        }
    }
}

/// One request and its response, without bodies and secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exchange {
    /// The request method.
    pub method: String,
    /// The URL; values in the query are redacted.
    pub url: String,
    /// The status of the response; none where there was no response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// From sending to the last byte, in milliseconds.
    pub millis: u64,
}

/// One try at a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Attempt {
    /// When it ended.
    pub at: Timestamp,
    /// What was sent and answered.
    pub exchanges: Vec<Exchange>,
    /// The failure, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// A change in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChangeRecord {
    /// The run.
    pub run: RunId,
    /// The app.
    pub app: AppName,
    /// The change within the plan.
    pub id: ChangeId,
    /// The change itself.
    pub change: Change,
    /// The mark of its write.
    pub intent: IntentId,
    /// Where it stands.
    #[serde(flatten)]
    pub state: ChangeState,
    /// When it came to stand there.
    pub at: Timestamp,
    /// What was tried.
    pub attempts: Vec<Attempt>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Under way, or cut off: changes may be open.
    Running,
    /// Every change is final.
    Finished,
}

/// One execution of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunRecord {
    /// Its key.
    pub id: RunId,
    /// The plan.
    pub plan: PlanId,
    /// Who started it: the user name that the operating system gives.
    pub by: String,
    /// When it started.
    pub started: Timestamp,
    /// When every change was final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
    /// Where it stands.
    pub state: RunState,
}
