//! Reading back after a run: is the app as its answers said?

use super::observe::{Goal, reached};
use innkeeper_domain::{
    Account, AccountId, AccountTarget, AppName, AppSnapshot, ChangeId, ChangeRecord, ChangeState, Grant, Holder, Operation,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A change that an app answered as done, and that reading back does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// The app.
    pub app: AppName,
    /// The change.
    pub change: ChangeId,
    /// Whose account.
    pub label: String,
    /// What reading back shows.
    pub text: String,
}

/// Compares every change that is done with what the app shows after the run. What an incomplete listing does not show proves
/// nothing.
pub(crate) fn verify(records: &[ChangeRecord], snapshot: &AppSnapshot) -> Vec<Finding> {
    let accounts: HashMap<&AccountId, &Account> =
        snapshot.accounts.content.iter().map(|account| (&account.id, account)).collect();
    let grants: HashSet<&Grant> = snapshot.grants.content.iter().collect();
    let created: HashMap<&ChangeId, &AccountId> = records
        .iter()
        .filter_map(|record| match &record.state {
            ChangeState::Done { account: Some(account), .. } => Some((&record.id, account)),
            _ => None,
        })
        .collect();
    let mut findings = Vec::new();
    for record in records.iter().filter(|record| matches!(record.state, ChangeState::Done { .. })) {
        let id = match &record.change.account {
            AccountTarget::New => created.get(&record.id).copied(),
            AccountTarget::Created { by } => created.get(by).copied(),
            AccountTarget::Existing { id, .. } => Some(id),
        };
        let Some(id) = id else { continue };
        let account = accounts.get(id).copied();
        let held =
            |entitlement| grants.contains(&Grant { entitlement: Clone::clone(entitlement), holder: Holder::Account(id.clone()) });
        let missed = match &record.change.operation {
            _ if account.is_none() && !snapshot.accounts.is_complete() => None,
            Operation::CreateAccount { .. } => account.is_none().then(|| "the account does not exist".to_owned()),
            Operation::Grant { entitlement, .. } if snapshot.grants.is_complete() && !held(entitlement) => {
                Some("the account does not hold it".to_owned())
            }
            Operation::Revoke { entitlement, .. } if held(entitlement) => Some("the account still holds it".to_owned()),
            operation => match reached(&snapshot.description, operation, account) {
                Goal::Missed(text) => Some(text),
                Goal::Reached(_) | Goal::NotShown | Goal::Unreadable => None,
            },
        };
        findings.extend(missed.map(|text| Finding {
            app: record.app.clone(),
            change: record.id.clone(),
            label: record.change.label.clone(),
            text,
        }));
    }
    findings
}
