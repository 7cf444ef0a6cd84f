//! The steps of closing one account: which are open, since when, and why.

use crate::tasks::task_id;
use innkeeper_domain::{AccountStatus, ChangeRecord, ChangeState, Operation};
use innkeeper_store::HeldAccount;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// One step of closing an account, in the order in which they are taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
pub enum Step {
    /// The account cannot be used any more.
    Suspend,
    /// Nobody is signed in any more.
    EndSessions,
    /// The account holds nothing any more.
    Revoke {
        /// Kind and name of what it held.
        entitlement: String,
    },
    /// What it owns belongs to somebody else.
    TransferOwnership,
    /// It is gone.
    Delete,
}

impl Step {
    /// The step that an operation takes; none for what closes nothing.
    fn of(operation: &Operation) -> Option<Self> {
        Some(match operation {
            Operation::Suspend => Self::Suspend,
            Operation::RevokeSessions => Self::EndSessions,
            Operation::Revoke { entitlement, name } => Self::Revoke { entitlement: format!("{} {name}", entitlement.kind) },
            Operation::TransferOwnership { .. } => Self::TransferOwnership,
            Operation::DeleteAccount => Self::Delete,
            _ => return None,
        })
    }

    /// Whether an operation ends the use of an account.
    pub(super) fn is_suspension(operation: &Operation) -> bool {
        matches!(operation, Operation::Suspend | Operation::DeleteAccount)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suspend => formatter.write_str("suspend"),
            Self::EndSessions => formatter.write_str("end sessions"),
            Self::Revoke { entitlement } => write!(formatter, "revoke {entitlement}"),
            Self::TransferOwnership => formatter.write_str("transfer ownership"),
            Self::Delete => formatter.write_str("delete"),
        }
    }
}

/// Why a step is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum Why {
    /// It was tried and did not succeed.
    Failed {
        /// What happened.
        text: String,
    },
    /// A person has to do it.
    Manual {
        /// The task.
        task: String,
    },
    /// The app has accepted it and not finished, or something else comes first.
    Waiting {
        /// What for.
        text: String,
    },
    /// Nobody knows whether it was carried out.
    Unknown {
        /// What happened.
        text: String,
    },
    /// No run has tried it yet.
    NotPlanned,
    /// The app could not be read when the sources were, so that no plan has it.
    Unreachable {
        /// When it was last read.
        #[serde(skip_serializing_if = "Option::is_none")]
        seen: Option<Timestamp>,
    },
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { text } => write!(formatter, "failed: {text}"),
            Self::Manual { task } => write!(formatter, "with a person: innkeeper tasks show {task}"),
            Self::Waiting { text } => write!(formatter, "waiting: {text}"),
            Self::Unknown { text } => write!(formatter, "nobody knows whether it was done: {text}"),
            Self::NotPlanned => formatter.write_str("not carried out yet: innkeeper plan"),
            Self::Unreachable { seen: Some(seen) } => {
                write!(formatter, "the app was not read since {}: innkeeper doctor", seen.strftime("%Y-%m-%d %H:%M UTC"))
            }
            Self::Unreachable { seen: None } => formatter.write_str("the app was never read: innkeeper doctor"),
        }
    }
}

/// One step that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct OpenStep {
    /// Which.
    #[serde(flatten)]
    pub step: Step,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    #[serde(flatten)]
    pub why: Why,
}

impl OpenStep {
    pub(super) fn new(step: Step, (since, why): (Timestamp, Why)) -> Self {
        Self { step, since, why }
    }
}

/// What was done since the account was last made or opened again. Both are newest first.
pub(super) fn since_opened(history: &[ChangeRecord]) -> &[ChangeRecord] {
    let opens = |record: &ChangeRecord| {
        matches!(record.change.operation, Operation::CreateAccount { .. } | Operation::Reactivate)
            && matches!(record.state, ChangeState::Done { .. })
    };
    let end = history.iter().position(opens).unwrap_or(history.len());
    &history[..end]
}

/// Whether the account can still be used, as far as is known: as it was last seen, unless it was closed since then.
pub(super) fn usable(held: &HeldAccount, closing: Option<&ChangeRecord>) -> bool {
    let Some(account) = &held.account else { return false };
    let since_seen = closing.is_some_and(|closing| held.seen.is_none_or(|seen| seen <= closing.at));
    matches!(account.status, AccountStatus::Active | AccountStatus::Invited) && !since_seen
}

/// Since when and why the newest try at a step has not succeeded; none if there was no try, or it did.
pub(super) fn why(history: &[ChangeRecord], is_step: impl Fn(&Operation) -> bool) -> Option<(Timestamp, Why)> {
    let record = history.iter().find(|record| is_step(&record.change.operation))?;
    Some((first_asked(history, &record.change.operation), reason(record)?))
}

/// When the step was tried first.
fn first_asked(history: &[ChangeRecord], operation: &Operation) -> Timestamp {
    let step = Step::of(operation);
    let tries = history.iter().filter(|record| Step::of(&record.change.operation) == step);
    tries.map(|record| record.at).min().unwrap_or(Timestamp::MAX)
}

/// Why a change is not done; none if it is.
fn reason(record: &ChangeRecord) -> Option<Why> {
    Some(match &record.state {
        ChangeState::Done { .. } => return None,
        ChangeState::Failed { failure } => Why::Failed { text: failure.to_string() },
        ChangeState::Stale { text } | ChangeState::Skipped { text } => Why::Failed { text: text.clone() },
        ChangeState::Unknown { failure } => Why::Unknown { text: failure.to_string() },
        ChangeState::Sent | ChangeState::Intended => Why::Unknown { text: "the run was cut off".to_owned() },
        ChangeState::Waiting { .. } => Why::Waiting { text: "the app has not finished".to_owned() },
        ChangeState::Postponed { text } => Why::Waiting { text: text.clone() },
        ChangeState::Manual { .. } => Why::Manual { task: task_id(&record.run, &record.id) },
        ChangeState::Planned => Why::NotPlanned,
    })
}

/// Why nothing was tried.
pub(super) fn unplanned(unread: bool, seen: Option<Timestamp>) -> Why {
    if unread { Why::Unreachable { seen } } else { Why::NotPlanned }
}

/// What was tried besides ending the use of the account and has not succeeded yet.
pub(super) fn unfinished(history: &[ChangeRecord], held: &HeldAccount) -> Vec<OpenStep> {
    let mut looked: BTreeSet<Step> = BTreeSet::new();
    let mut open = Vec::new();
    for record in history {
        let Some(step) = Step::of(&record.change.operation) else { continue };
        if matches!(step, Step::Suspend | Step::Delete) || !looked.insert(step.clone()) {
            continue;
        }
        let gone = match &record.change.operation {
            Operation::Revoke { entitlement, .. } => !held.grants.iter().any(|grant| grant.entitlement == *entitlement),
            _ => held.link.deleted_on.is_some(),
        };
        if let Some(why) = reason(record).filter(|_| !gone) {
            open.push(OpenStep::new(step, (first_asked(history, &record.change.operation), why)));
        }
    }
    open.sort_by(|one, other| one.step.cmp(&other.step));
    open
}

/// Steps that are done and that nothing shows: on an app without a connector all of them, on any other what no reading tells.
pub(super) fn not_read_back(history: &[ChangeRecord], by_hand: bool) -> Vec<Step> {
    let done = history.iter().filter(|record| matches!(record.state, ChangeState::Done { .. }));
    let steps: BTreeSet<Step> = done.filter_map(|record| Step::of(&record.change.operation)).collect();
    steps.into_iter().filter(|step| by_hand || matches!(step, Step::EndSessions | Step::TransferOwnership)).collect()
}
