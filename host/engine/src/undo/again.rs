//! Whether the rules will do again what a reverse plan takes back: the next plan, made as if the reverse were carried out.

use super::delta::applied;
use crate::planning::Observed;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AccountTarget, AppPlan, Attributes, Change, ChangeId, Grant, Holder, Operation, Scalar,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Makes of what was seen what the changes will make of it.
pub(crate) fn carry_out(observed: &mut Observed<'_>, changes: &[Change], today: Date) {
    for change in changes {
        let AccountTarget::Existing { id, .. } = &change.account else { continue };
        match &change.operation {
            Operation::Suspend | Operation::Reactivate => {
                let suspended = change.operation == Operation::Suspend;
                let status = if suspended { AccountStatus::Suspended } else { AccountStatus::Active };
                set_status(observed, id, &change.label, status);
                if let Some(link) = observed.links.get_mut(id) {
                    link.suspended_on = suspended.then_some(today);
                    link.deleted_on = None;
                }
            }
            Operation::DeleteAccount => {
                observed.snapshot.accounts.content.retain(|account| account.id != *id);
                if let Some(link) = observed.links.get_mut(id) {
                    link.deleted_on = Some(today);
                }
            }
            Operation::Grant { entitlement, .. } => {
                let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(id.clone()) };
                observed.snapshot.grants.content.push(grant);
                observed.owned.insert((id.clone(), entitlement.clone()));
            }
            Operation::Revoke { entitlement, .. } => {
                let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(id.clone()) };
                observed.snapshot.grants.content.retain(|held| *held != grant);
                observed.owned.remove(&(id.clone(), entitlement.clone()));
            }
            Operation::UpdateAccount { deltas } => {
                let unique_name = observed.snapshot.description.unique_name.clone();
                let Some(account) = observed.snapshot.accounts.content.iter_mut().find(|account| account.id == *id) else {
                    continue;
                };
                for delta in deltas {
                    let values = applied(&delta.edit, &delta.before);
                    if delta.name == unique_name
                        && let Some(Scalar::Text(name)) = values.first().map(|value| &value.scalar)
                    {
                        account.unique_name.clone_from(name);
                    }
                    if delta.name != unique_name || account.attributes.contains_key(&delta.name) {
                        account.attributes.insert(delta.name.clone(), values);
                    }
                }
            }
            Operation::CreateAccount { .. }
            | Operation::RevokeSessions
            | Operation::TransferOwnership { .. }
            | Operation::Adopt
            | Operation::AssumeGrant { .. } => {}
        }
    }
}

fn set_status(observed: &mut Observed<'_>, id: &AccountId, name: &str, status: AccountStatus) {
    let accounts = &mut observed.snapshot.accounts.content;
    match accounts.iter_mut().find(|account| account.id == *id) {
        Some(account) => account.status = status,
        // Back from the dead: what it looks like is not known.
        None => accounts.push(Account {
            id: id.clone(),
            unique_name: name.into(),
            status,
            attributes: Attributes::new(),
            version: None,
            invitation: None,
        }),
    }
}

/// Which of the reverse changes the next plan takes back in turn.
pub(crate) fn done_again(reverse: &[Change], next: &AppPlan) -> BTreeSet<ChangeId> {
    let again = |change: &&Change| next.changes.iter().any(|other| opposes(change, other));
    reverse.iter().filter(again).map(|change| change.id.clone()).collect()
}

fn opposes(reverse: &Change, next: &Change) -> bool {
    use Operation::{CreateAccount, DeleteAccount, Grant, Reactivate, Revoke, Suspend, UpdateAccount};
    let same_person = reverse.person == next.person;
    match (&reverse.operation, &next.operation) {
        (Suspend, Reactivate) | (Reactivate, Suspend | DeleteAccount) => same_person,
        (DeleteAccount, CreateAccount { .. } | Reactivate) => same_person,
        (Suspend, CreateAccount { .. }) => same_person,
        (Grant { entitlement, .. }, Revoke { entitlement: other, .. })
        | (Revoke { entitlement, .. }, Grant { entitlement: other, .. }) => same_person && entitlement == other,
        (UpdateAccount { deltas }, UpdateAccount { deltas: others }) => {
            same_person && deltas.iter().any(|delta| others.iter().any(|other| other.name == delta.name))
        }
        _ => false,
    }
}
