//! What people confirmed of an app without an API: its accounts and what they hold.

use crate::apply::effects;
use crate::error::EngineError;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AccountTarget, AppName, AttributeName, ChangeRecord, ChangeState, Edit, EntitlementKey,
    Operation, Values,
};
use innkeeper_store::{Mutation, Register, Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// All apps' accounts, by app and id: `badge/0198...`.
const CONFIRMED: Register<Confirmed> = Register::new("manual-accounts");

/// One account that somebody confirmed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Confirmed {
    pub(super) account: Account,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) holds: BTreeSet<EntitlementKey>,
}

/// The accounts of one app, by id.
pub(super) async fn accounts(store: &dyn Store, app: &AppName) -> Result<Vec<Confirmed>, StoreError> {
    let of_app = |key: &str| key.split_once('/').is_some_and(|(name, _)| name == app.as_str());
    let all = CONFIRMED.all(store).await?;
    Ok(all.into_iter().filter(|(key, _)| of_app(key)).map(|(_, confirmed)| confirmed).collect())
}

/// What is observed from now on, because somebody confirmed a change: the account afterwards, and what to write down beside what
/// follows from every change. `run` are all changes of its run;
/// `unique_name` is the attribute that names accounts.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn confirm(
    store: &dyn Store,
    record: &ChangeRecord,
    account: &AccountId,
    run: &[ChangeRecord],
    unique_name: &AttributeName,
    (now, today): (Timestamp, Date),
) -> Result<(Option<Account>, Vec<Mutation>), EngineError> {
    let key = format!("{}/{account}", record.app);
    let known = accounts(store, &record.app).await?.into_iter().find(|known| known.account.id == *account);
    let mut mutations = Vec::new();
    let confirmed = match (&record.change.operation, known) {
        (Operation::CreateAccount { unique_name, attributes, grants }, _) => {
            let mut holds: BTreeSet<EntitlementKey> = grants.iter().map(|grant| grant.entitlement.clone()).collect();
            // The task said what the account is to hold, too.
            for given in given_with(record, run) {
                if let Operation::Grant { entitlement, .. } = &given.change.operation {
                    holds.insert(entitlement.clone());
                }
                mutations.extend(effects(given, account, None, now, today));
            }
            let account = Account {
                id: account.clone(),
                unique_name: unique_name.as_str().into(),
                status: AccountStatus::Active,
                attributes: attributes.clone(),
                version: None,
                invitation: None,
            };
            Some(Confirmed { account, holds })
        }
        (Operation::DeleteAccount, _) => {
            mutations.push(CONFIRMED.remove(key.as_str()));
            return Ok((None, mutations));
        }
        (operation, Some(known)) => Some(after(operation, known, unique_name)),
        (_, None) => None,
    };
    match confirmed {
        Some(confirmed) => {
            mutations.push(CONFIRMED.put(key, &confirmed)?);
            Ok((Some(confirmed.account), mutations))
        }
        None => Ok((None, mutations)),
    }
}

/// The grants that the plan gives to an account that a change makes, and that wait for it.
pub(crate) fn given_with<'r>(create: &'r ChangeRecord, run: &'r [ChangeRecord]) -> impl Iterator<Item = &'r ChangeRecord> {
    run.iter().filter(|record| {
        record.change.account == AccountTarget::Created { by: create.id.clone() }
            && matches!(record.state, ChangeState::Postponed { .. })
            && matches!(record.change.operation, Operation::Grant { .. })
    })
}

/// An account after an operation on it.
fn after(operation: &Operation, mut known: Confirmed, unique_name: &AttributeName) -> Confirmed {
    match operation {
        Operation::UpdateAccount { deltas } => {
            for delta in deltas {
                if let (true, Edit::Replace(values)) = (delta.name == *unique_name, &delta.edit) {
                    known.account.unique_name = values.first().map(|value| value.scalar.to_string()).unwrap_or_default().into();
                    continue;
                }
                let now = known.account.attributes.remove(&delta.name).unwrap_or_default();
                known.account.attributes.insert(delta.name.clone(), edited(now, &delta.edit));
            }
        }
        Operation::Suspend => {
            known.account.status = AccountStatus::Suspended;
            known.holds.clear();
        }
        Operation::Reactivate => known.account.status = AccountStatus::Active,
        Operation::Grant { entitlement, .. } => drop(known.holds.insert(entitlement.clone())),
        Operation::Revoke { entitlement, .. } => drop(known.holds.remove(entitlement)),
        Operation::CreateAccount { .. }
        | Operation::DeleteAccount
        | Operation::RevokeSessions
        | Operation::TransferOwnership { .. }
        | Operation::Adopt
        | Operation::AssumeGrant { .. } => {}
    }
    known
}

fn edited(mut now: Values, edit: &Edit) -> Values {
    match edit {
        Edit::Replace(values) => values.clone(),
        Edit::Clear => Values::new(),
        Edit::Amend { add, remove } => {
            now.retain(|value| !remove.iter().any(|other| value.is_met_by(other, false)));
            now.extend(add.iter().cloned());
            now
        }
    }
}
