//! By how much changes alter what an app costs.

use innkeeper_domain::{AccountId, AccountTarget, AppSnapshot, Change, Cost, Costs, EntitlementKey, Holder, Operation, Prices};
use std::collections::{BTreeSet, HashMap};

/// The difference that changes make, by currency. What an account holds and loses with its suspension or deletion counts as taken.
pub fn cost_difference(changes: &[Change], snapshot: &AppSnapshot, prices: &Prices) -> Vec<Cost> {
    if *prices == Prices::default() {
        return Vec::new();
    }
    let names: HashMap<&EntitlementKey, &str> =
        snapshot.entitlements.content.iter().map(|listed| (&listed.key, listed.name.as_str())).collect();
    let price = |key: &EntitlementKey| prices.of(&key.kind, names.get(key).copied().unwrap_or(&key.id), &key.id);
    let mut costs = Costs::default();
    let mut add = |price: Option<&Cost>, count| {
        if let Some(price) = price {
            costs.add(&price.times(count));
        }
    };
    let (suspend, delete) = (snapshot.description.suspend.as_ref(), snapshot.description.delete.as_ref());
    let mut closed: BTreeSet<&AccountId> = BTreeSet::new();
    let mut revoked: BTreeSet<(&AccountId, &EntitlementKey)> = BTreeSet::new();
    for change in changes {
        let existing = match &change.account {
            AccountTarget::Existing { id, .. } => Some(id),
            AccountTarget::New | AccountTarget::Created { .. } => None,
        };
        match (&change.operation, existing) {
            (Operation::CreateAccount { .. }, _) => add(prices.account.as_ref(), 1),
            (Operation::Reactivate, _) if suspend.is_some_and(|effect| effect.frees_seat) => add(prices.account.as_ref(), 1),
            (Operation::Suspend, Some(id)) if suspend.is_some_and(|effect| effect.frees_seat) => drop(closed.insert(id)),
            (Operation::DeleteAccount, Some(id)) if delete.is_some_and(|effect| effect.frees_seat) => {
                // One that was suspended before and cost nothing any more costs no less now.
                let was_free = suspend.is_some_and(|effect| effect.frees_seat)
                    && snapshot
                        .accounts
                        .content
                        .iter()
                        .any(|account| account.id == *id && account.status == innkeeper_domain::AccountStatus::Suspended);
                if !was_free {
                    closed.insert(id);
                }
            }
            (Operation::Grant { entitlement, .. }, _) => add(price(entitlement), 1),
            (Operation::Revoke { entitlement, .. }, Some(id)) => {
                revoked.insert((id, entitlement));
                add(price(entitlement), -1);
            }
            _ => {}
        }
    }
    add(prices.account.as_ref(), -i64::try_from(closed.len()).unwrap_or(i64::MAX));
    if !closed.is_empty() {
        for grant in &snapshot.grants.content {
            if let Holder::Account(id) = &grant.holder
                && closed.contains(id)
                && !revoked.contains(&(id, &grant.entitlement))
            {
                add(price(&grant.entitlement), -1);
            }
        }
    }
    costs.sums()
}
