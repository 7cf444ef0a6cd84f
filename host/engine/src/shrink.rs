//! Whether the listings of an app shrank more than is believed. What our own changes took out of them is expected to be missing; of what
//! is left, the same part as ever has to be there.

use crate::error::EngineError;
use crate::listing::Expectation;
use innkeeper_domain::{
    Account, AccountId, AccountTarget, AppName, AppSnapshot, ChangeId, ChangeRecord, ChangeState, Completeness, Description,
    EntitlementKey, Grant, Holder, Operation, PersonId, RunId,
};
use innkeeper_store::{Listing, Store};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// By how many percent an app's listing may shrink between two readings and still be believed.
const MAX_SHRINK_PERCENT: u8 = 30;

/// Marks the listings of a snapshot as incomplete that shrank more than our own changes explain.
pub(crate) async fn doubt(store: &dyn Store, app: &AppName, snapshot: &mut AppSnapshot) -> Result<(), EngineError> {
    for listing in [Listing::Accounts(app.clone()), Listing::Entitlements(app.clone()), Listing::Grants(app.clone())] {
        let (complete, count) = match &listing {
            Listing::Accounts(_) => (snapshot.accounts.is_complete(), snapshot.accounts.content.len()),
            Listing::Entitlements(_) => (snapshot.entitlements.is_complete(), snapshot.entitlements.content.len()),
            Listing::Grants(_) => (snapshot.grants.is_complete(), snapshot.grants.content.len()),
            Listing::People(_) => continue,
        };
        let Some(last) = store.last_complete_count(&listing).await?.filter(|_| complete) else { continue };
        let expectation = Expectation { last: Some(last.count), own: 0, max_shrink_percent: Some(MAX_SHRINK_PERCENT) };
        // The journal is asked only where the answer matters: a large one takes a while.
        if expectation.contradicts(count, listing.of()).is_none() {
            continue;
        }
        let history = history(store, app, last.taken).await?;
        let taken = Taken::of(&history, last.taken, &snapshot.description);
        let own = match &listing {
            Listing::Accounts(_) => taken.accounts_missing(&snapshot.accounts.content),
            Listing::Grants(_) => taken.grants_missing(&snapshot.grants.content),
            Listing::Entitlements(_) | Listing::People(_) => 0,
        };
        let Some(why) = (Expectation { own, ..expectation }).contradicts(count, listing.of()) else { continue };
        let incomplete = Completeness::Incomplete { why };
        match &listing {
            Listing::Accounts(_) => snapshot.accounts.completeness = incomplete,
            Listing::Entitlements(_) => snapshot.entitlements.completeness = incomplete,
            Listing::Grants(_) => snapshot.grants.completeness = incomplete,
            Listing::People(_) => {}
        }
    }
    Ok(())
}

/// Whether carrying it out can make a listing shorter.
fn shortens(operation: &Operation) -> bool {
    matches!(operation, Operation::DeleteAccount | Operation::Revoke { .. } | Operation::Suspend)
}

/// All that was ever done on the app for the people from whom something may have been taken away since, oldest first.
async fn history(store: &dyn Store, app: &AppName, since: Timestamp) -> Result<Vec<ChangeRecord>, EngineError> {
    let takes = |record: &ChangeRecord| shortens(&record.change.operation);
    let mut people: BTreeSet<PersonId> = BTreeSet::new();
    let runs = store.runs(usize::MAX).await?;
    for run in runs.into_iter().filter(|run| run.finished.is_none_or(|finished| finished >= since)) {
        let Some((_, records)) = store.run(&run.id).await? else { continue };
        let concerned = records.iter().filter(|record| record.app == *app && record.at >= since && takes(record));
        people.extend(concerned.map(|record| record.change.person.clone()));
    }
    let mut history = Vec::new();
    for person in &people {
        history.extend(store.changes_for(person, Some(app)).await?);
    }
    history.sort_by_key(|record| record.at);
    Ok(history)
}

/// What our own changes took out of the listings of an app since a moment.
#[derive(Debug, Default, PartialEq, Eq)]
struct Taken<'a> {
    /// Accounts that were listed then.
    accounts: BTreeSet<&'a AccountId>,
    /// Grants that were listed then.
    grants: BTreeSet<(&'a AccountId, &'a EntitlementKey)>,
}

/// One account between the two readings, as far as the journal knows it.
#[derive(Default)]
struct Known<'a> {
    /// Made since: it was not listed the last time.
    is_new: bool,
    /// Not listed any more.
    gone: bool,
    /// What it held when it was last listed and holds still.
    held: BTreeSet<&'a EntitlementKey>,
    /// What it got since.
    new: BTreeSet<&'a EntitlementKey>,
    /// What it held when it was last listed and does not hold any more.
    taken: BTreeSet<&'a EntitlementKey>,
}

impl<'a> Known<'a> {
    fn loses_all(&mut self) {
        self.taken.append(&mut self.held);
        self.new.clear();
    }

    fn takes_part(&mut self, record: &'a ChangeRecord, before: bool, description: &Description) {
        let suspension = description.suspend.as_ref();
        match &record.change.operation {
            Operation::CreateAccount { .. } if !before => self.is_new = true,
            Operation::AssumeGrant { entitlement, .. } => {
                self.held.insert(entitlement);
            }
            Operation::Grant { entitlement, .. } if before => {
                self.held.insert(entitlement);
            }
            Operation::Grant { entitlement, .. } => {
                if self.taken.remove(entitlement) {
                    self.held.insert(entitlement);
                } else if !self.held.contains(entitlement) {
                    self.new.insert(entitlement);
                }
            }
            Operation::Revoke { entitlement, .. } => {
                let was_listed = !self.new.remove(entitlement);
                self.held.remove(entitlement);
                if was_listed && !before {
                    self.taken.insert(entitlement);
                }
            }
            Operation::DeleteAccount if before => self.held.clear(),
            Operation::DeleteAccount => {
                self.gone = true;
                self.loses_all();
            }
            Operation::Suspend if !before => {
                self.gone |= description.quirks.hides_suspended;
                if suspension.is_some_and(|effect| !effect.keeps_grants) {
                    self.loses_all();
                }
            }
            Operation::Suspend if suspension.is_some_and(|effect| !effect.keeps_grants) => self.held.clear(),
            Operation::Reactivate if !before => self.gone = false,
            _ => {}
        }
    }
}

impl<'a> Taken<'a> {
    /// `history` has all changes of the people concerned on one app, oldest first. What was sent and of which nobody knows what became of it
    /// may have been carried out; what somebody else had taken away before us is not ours.
    fn of(history: &'a [ChangeRecord], since: Timestamp, description: &Description) -> Self {
        let made: BTreeMap<(&RunId, &ChangeId), &AccountId> = history
            .iter()
            .filter_map(|record| match &record.state {
                ChangeState::Done { account: Some(account), .. } => Some(((&record.run, &record.id), account)),
                _ => None,
            })
            .collect();
        let mut accounts: BTreeMap<&AccountId, Known<'_>> = BTreeMap::new();
        for record in history {
            let takes = shortens(&record.change.operation);
            match record.state {
                ChangeState::Done { already, .. } if !(already && takes) => {}
                ChangeState::Sent | ChangeState::Unknown { .. } if takes => {}
                _ => continue,
            }
            let id = match &record.change.account {
                AccountTarget::Existing { id, .. } => Some(id),
                AccountTarget::Created { by } => made.get(&(&record.run, by)).copied(),
                AccountTarget::New => made.get(&(&record.run, &record.id)).copied(),
            };
            if let Some(id) = id {
                accounts.entry(id).or_default().takes_part(record, record.at < since, description);
            }
        }
        let mut taken = Self::default();
        for (id, account) in accounts.into_iter().filter(|(_, account)| !account.is_new) {
            taken.accounts.extend(account.gone.then_some(id));
            taken.grants.extend(account.taken.into_iter().map(|entitlement| (id, entitlement)));
        }
        taken
    }

    /// How many of the accounts are indeed not listed.
    fn accounts_missing(&self, listed: &[Account]) -> usize {
        let there = listed.iter().filter(|account| self.accounts.contains(&account.id)).count();
        self.accounts.len().saturating_sub(there)
    }

    /// How many of the grants are indeed not listed.
    fn grants_missing(&self, listed: &[Grant]) -> usize {
        let is_there = |grant: &&Grant| match &grant.holder {
            Holder::Account(holder) => self.grants.contains(&(holder, &grant.entitlement)),
            Holder::Entitlement(_) => false,
        };
        self.grants.len().saturating_sub(listed.iter().filter(is_there).count())
    }
}

#[cfg(test)]
mod tests;
