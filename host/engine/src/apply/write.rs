//! One write: from a change to the call that carries it out.

use crate::target::{Answer, Draft, Target};
use innkeeper_domain::{
    Account, AccountId, AccountStatus, Change, Effect, ErrorCode, Exchange, Failure, IntentId, Operation, Outcome,
};

/// What a write came to.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    /// It is so.
    Done {
        /// It was so before.
        already: bool,
        /// The account as the app showed it in its answer.
        account: Option<Account>,
    },
    /// It will be so later.
    Pending {
        /// What to poll with.
        token: String,
    },
    /// A human has to do something.
    Manual {
        /// What.
        text: String,
    },
}

impl From<Outcome> for Written {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done(account) | Outcome::Invited(account) => Self::Done { already: false, account: Some(account) },
            Outcome::Already(account) => Self::Done { already: true, account: Some(account) },
            Outcome::Pending(token) => Self::Pending { token },
            Outcome::ActionRequired(text) => Self::Manual { text },
        }
    }
}

impl From<Effect> for Written {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Done => Self::Done { already: false, account: None },
            Effect::Already => Self::Done { already: true, account: None },
            Effect::Pending(token) => Self::Pending { token },
            Effect::ActionRequired(text) => Self::Manual { text },
        }
    }
}

fn written<T: Into<Written>>(answer: Answer<T>) -> Answer<Written> {
    Answer { result: answer.result.map(Into::into), exchanges: answer.exchanges }
}

/// Sends the write. `account` is none for a create alone; `version` is what the app is asked to compare.
pub(crate) async fn send(
    target: &dyn Target,
    change: &Change,
    account: Option<&AccountId>,
    version: Option<&str>,
    intent: &IntentId,
) -> Answer<Written> {
    let operation = &change.operation;
    if let Operation::CreateAccount { unique_name, attributes, grants } = operation {
        let draft = Draft {
            unique_name: unique_name.clone(),
            attributes: attributes.clone(),
            grants: grants.iter().map(|grant| grant.entitlement.clone()).collect(),
        };
        return written(target.create_account(&draft, intent).await);
    }
    let Some(id) = account else {
        let message = format!("{} has no account to work on", change.id);
        return Answer::of(Err(Failure::new(ErrorCode::Internal, message)));
    };
    match operation {
        Operation::CreateAccount { .. } => unreachable!("handled above"),
        Operation::UpdateAccount { deltas } => written(target.update_account(id, deltas, intent, version).await),
        Operation::Suspend => written(target.set_status(id, AccountStatus::Suspended, intent).await),
        Operation::Reactivate => written(target.set_status(id, AccountStatus::Active, intent).await),
        Operation::RevokeSessions => written(target.revoke_sessions(id, intent).await),
        Operation::TransferOwnership { to } => written(target.transfer_ownership(id, to, intent).await),
        Operation::DeleteAccount => written(target.delete_account(id, intent).await),
        Operation::Grant { entitlement, .. } => written(target.grant(id, entitlement, intent).await),
        Operation::Revoke { entitlement, .. } => written(target.revoke(id, entitlement, intent).await),
        Operation::Adopt | Operation::AssumeGrant { .. } => Answer::of(Ok(Written::Done { already: true, account: None })),
    }
}

/// Asks for a write that was pending.
pub(crate) async fn poll(target: &dyn Target, operation: &Operation, token: &str) -> Answer<Written> {
    match operation {
        Operation::Grant { .. } | Operation::Revoke { .. } => written(target.poll_grant(token).await),
        Operation::TransferOwnership { .. } => written(target.poll_transfer(token).await),
        _ => written(target.poll_account(token).await),
    }
}

/// Everything that an attempt at a change sent, in order.
#[derive(Debug, Default)]
pub(crate) struct Traffic(Vec<Exchange>);

impl Traffic {
    /// Keeps the exchanges of an answer and gives its result.
    pub(crate) fn of<T>(&mut self, answer: Answer<T>) -> Result<T, Failure> {
        self.0.extend(answer.exchanges);
        answer.result
    }

    /// Hands over what was kept.
    pub(crate) fn take(&mut self) -> Vec<Exchange> {
        std::mem::take(&mut self.0)
    }
}
