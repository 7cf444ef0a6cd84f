//! Steps of closing an account that leave no trace on the app and did not succeed. Nothing that is read would ever bring them back into
//! a plan, so that they are remembered.

use crate::error::EngineError;
use innkeeper_domain::{AccountId, AccountTarget, AppName, ChangeRecord, ChangeState, ErrorCode, Operation};
use innkeeper_planner::ClosingStep;
use innkeeper_store::{Mutation, Register, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// By app, account and step.
const UNFINISHED: Register<Entry> = Register::new("unfinished-closings");

/// One step of one account.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    app: AppName,
    account: AccountId,
    step: ClosingStep,
}

impl Entry {
    fn new(record: &ChangeRecord, account: &AccountId, step: ClosingStep) -> Self {
        Self { app: record.app.clone(), account: account.clone(), step }
    }

    fn key(&self) -> String {
        format!("{}/{:?}/{}", self.app, self.step, self.account)
    }
}

/// What is unfinished on one app.
pub(crate) async fn of(store: &dyn Store, app: &AppName) -> Result<BTreeSet<(AccountId, ClosingStep)>, StoreError> {
    let all = UNFINISHED.all(store).await?.into_values();
    Ok(all.filter(|entry| entry.app == *app).map(|entry| (entry.account, entry.step)).collect())
}

/// What to remember once a change has come to stand where it stands.
pub(crate) fn after(record: &ChangeRecord) -> Result<Vec<Mutation>, EngineError> {
    let AccountTarget::Existing { id, .. } = &record.change.account else { return Ok(Vec::new()) };
    if !record.state.is_final() {
        return Ok(Vec::new());
    }
    let steps: &[ClosingStep] = match &record.change.operation {
        Operation::RevokeSessions => &[ClosingStep::EndSessions],
        Operation::TransferOwnership { .. } => &[ClosingStep::TransferOwnership],
        // An account that is open again or gone needs neither.
        Operation::Reactivate | Operation::DeleteAccount if matches!(record.state, ChangeState::Done { .. }) => {
            let steps = [ClosingStep::EndSessions, ClosingStep::TransferOwnership];
            return Ok(steps.iter().map(|step| UNFINISHED.remove(Entry::new(record, id, *step).key())).collect());
        }
        _ => return Ok(Vec::new()),
    };
    let settled = is_settled(&record.state);
    let entries = steps.iter().map(|step| Entry::new(record, id, *step));
    entries
        .map(|entry| match settled {
            true => Ok(UNFINISHED.remove(entry.key())),
            false => Ok(UNFINISHED.put(entry.key(), &entry)?),
        })
        .collect()
}

/// Whether trying once more would come to nothing else: it is done, with a human, or can never be done on this app.
pub(crate) fn is_settled(state: &ChangeState) -> bool {
    match state {
        ChangeState::Done { .. } | ChangeState::Manual { .. } => true,
        ChangeState::Failed { failure } => failure.code == ErrorCode::Unsupported,
        _ => false,
    }
}
