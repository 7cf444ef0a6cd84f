//! What undoing leaves alone, as every plan does: accounts that are protected, the engine's own, and the last administrator.

use innkeeper_domain::{AccountId, AccountStatus, AppSnapshot, AttributeName, EntitlementKey, Holder, Operation};
use innkeeper_planner::{Shield, Ward, is_privileged};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The active holders of a privileged entitlement that are left.
#[derive(Debug)]
struct Privileged {
    name: String,
    holders: BTreeSet<AccountId>,
}

/// What is left alone on one app.
#[derive(Debug, Default)]
pub(crate) struct Wards {
    wards: HashMap<AccountId, (String, Ward)>,
    privileged: BTreeMap<EntitlementKey, Privileged>,
}

impl Wards {
    /// Of an app as it is now, read as a whole.
    pub(crate) fn of(shield: &Shield<'_>, matchers: &[AttributeName], snapshot: &AppSnapshot) -> Self {
        let mut wards = HashMap::new();
        for account in &snapshot.accounts.content {
            if let Some(ward) = shield.ward(matchers, Some(&account.id), &account.unique_name, &account.attributes) {
                wards.insert(account.id.clone(), (account.unique_name.to_string(), ward));
            }
        }
        let mut privileged: BTreeMap<EntitlementKey, Privileged> = BTreeMap::new();
        for known in &snapshot.entitlements.content {
            if is_privileged(shield.privileged, &known.key, &known.name) {
                privileged.insert(known.key.clone(), Privileged { name: known.name.clone(), holders: BTreeSet::new() });
            }
        }
        if !privileged.is_empty() {
            let serves = |id: &AccountId| wards.get(id).is_some_and(|(_, ward)| *ward == Ward::Service);
            let usable = snapshot.accounts.content.iter().filter(|account| account.status == AccountStatus::Active);
            let usable: BTreeSet<&AccountId> = usable.map(|account| &account.id).filter(|id| !serves(id)).collect();
            for grant in &snapshot.grants.content {
                let (Holder::Account(holder), Some(known)) = (&grant.holder, privileged.get_mut(&grant.entitlement)) else {
                    continue;
                };
                if usable.contains(holder) {
                    known.holders.insert(holder.clone());
                }
            }
        }
        Self { wards, privileged }
    }

    /// Takes note of what is to be done to an account.
    ///
    /// # Errors
    /// Why it may not be.
    pub(crate) fn admit<'o>(&mut self, id: &AccountId, operations: impl Iterator<Item = &'o Operation>) -> Result<(), String> {
        if let Some((name, ward)) = self.wards.get(id) {
            return Err(format!("the account {name} {}: do it on the app, or change `{}`", ward.is(), ward.key()));
        }
        let mut lost: BTreeSet<EntitlementKey> = BTreeSet::new();
        for operation in operations {
            match operation {
                Operation::Suspend | Operation::DeleteAccount => lost.extend(self.privileged.keys().cloned()),
                Operation::Revoke { entitlement, .. } => drop(lost.insert(entitlement.clone())),
                _ => {}
            }
        }
        for key in &lost {
            let Some(known) = self.privileged.get(key) else { continue };
            if known.holders.len() == 1 && known.holders.contains(id) {
                let name = &known.name;
                return Err(format!(
                    "it is the last account that can be used and holds {} {name}, which is privileged",
                    key.kind
                ));
            }
        }
        for key in &lost {
            if let Some(known) = self.privileged.get_mut(key) {
                known.holders.remove(id);
            }
        }
        Ok(())
    }
}
