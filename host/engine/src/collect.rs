//! Reading an app: its description, accounts, entitlements and grants.

use crate::listing::{self, Allowance, Expectation, Listing};
use crate::progress::{Event, Progress};
use crate::retry::{self, Patience};
use crate::target::{Answer, Page, Scope, Target};
use futures::{StreamExt, TryStreamExt};
use innkeeper_domain::{
    Account, AccountId, AppName, AppSnapshot, AttributeName, Completeness, Description, Entitlement, EntitlementKey, ErrorCode,
    Failure, Grant, Holder, Share, Sharing, Snapshot,
};
use jiff::Timestamp;
use std::sync::{Mutex, PoisonError};

/// How many entitlements' holders are listed at the same time, where the app cannot list all grants at once.
const GRANT_LISTINGS: usize = 8;

/// One app to read.
pub(crate) struct Reader<'a> {
    app: &'a AppName,
    target: &'a dyn Target,
    patience: Patience,
    progress: &'a dyn Progress,
    /// What people and all apps have in common is in memory once.
    sharing: &'a Mutex<Sharing>,
    /// For all that is read of it.
    allowance: Allowance,
}

/// What of an app concerns one person.
pub(crate) struct Whose {
    /// Their accounts.
    pub(crate) ids: Vec<AccountId>,
    /// Values by which an account would be recognised as theirs.
    pub(crate) values: Vec<(AttributeName, String)>,
    /// What the rules gave them.
    pub(crate) owned: Vec<EntitlementKey>,
    /// The accounts of whoever inherits from them.
    pub(crate) heirs: Vec<AccountId>,
    /// Whether an account that is not found does not exist.
    pub(crate) whole: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        app: &'a AppName,
        target: &'a dyn Target,
        patience: Patience,
        progress: &'a dyn Progress,
        sharing: &'a Mutex<Sharing>,
    ) -> Self {
        Self { app, target, patience, progress, sharing, allowance: Allowance::new() }
    }

    /// Lets the texts of a page be those that were there already.
    fn shared<T: Share>(&self, mut answer: Answer<Page<T>>) -> Answer<Page<T>> {
        if let Ok(page) = &mut answer.result {
            page.items.share(&mut self.sharing.lock().unwrap_or_else(PoisonError::into_inner));
        }
        answer
    }
}

impl Reader<'_> {
    /// What the app is like.
    pub(crate) async fn describe(&self) -> Result<Description, Failure> {
        retry::read(self.patience, || self.target.describe()).await.result
    }

    /// Reads everything. Whether it is less than there was the last time is for [`crate::shrink::doubt`] to say.
    pub(crate) async fn everything(&self, taken: Timestamp) -> Result<AppSnapshot, Failure> {
        let description = self.describe().await?;
        let accounts = self.accounts().await?;
        let capable = self.target.capabilities().entitlements;
        let entitlements = if capable { self.entitlements().await? } else { none() };
        let grants = if capable { self.grants(&description, &entitlements.items).await? } else { none() };
        Ok(AppSnapshot {
            description,
            accounts: snapshot(taken, accounts),
            entitlements: snapshot(taken, entitlements),
            grants: snapshot(taken, grants),
        })
    }

    /// Reads what concerns one person only: the accounts with these ids or values, and what they hold. The listings are
    /// incomplete by nature, so that nothing follows from what is not in them; but for the accounts, where the app was searched for all that
    /// would tell the person's: then there is none.
    pub(crate) async fn one_person(
        &self,
        taken: Timestamp,
        whose: &Whose,
        entitlements: Snapshot<Vec<Entitlement>>,
    ) -> Result<AppSnapshot, Failure> {
        let Whose { ids, values, owned, heirs, whole } = whose;
        let description = self.describe().await?;
        let mut accounts: Vec<Account> = Vec::new();
        for id in ids.iter().chain(heirs) {
            match retry::read(self.patience, || self.target.get_account(id)).await.result {
                Ok(account) => accounts.push(account),
                Err(failure) if failure.code == ErrorCode::NotFound => {}
                Err(failure) => return Err(failure),
            }
        }
        let mut searched = !values.is_empty();
        if !accounts.iter().any(|account| ids.contains(&account.id)) {
            for (attribute, value) in values {
                let is_name = attribute.as_str().eq_ignore_ascii_case("userName");
                let attribute = if is_name { &description.unique_name } else { attribute };
                let searchable = description.searchable.iter().any(|name| name.as_str().eq_ignore_ascii_case(attribute.as_str()));
                searched &= searchable;
                if searchable {
                    let found = retry::read(self.patience, || self.target.find_accounts(attribute, value)).await.result?;
                    if !found.is_empty() {
                        accounts.extend(found);
                        break;
                    }
                }
            }
        }
        let partial = || Completeness::Incomplete { why: "only one person was read".into() };
        let mut grants = Snapshot { taken, completeness: partial(), content: Vec::new() };
        // All that these accounts hold, or at least whether they hold what the rules gave; of others nothing is said, for none of
        // them is here.
        let scopes: Vec<Scope> = if description.grant_scopes.account {
            accounts.iter().map(|account| Scope::Account(account.id.clone())).collect()
        } else if description.grant_scopes.entitlement {
            owned.iter().cloned().map(Scope::Entitlement).collect()
        } else {
            Vec::new()
        };
        if description.grant_scopes.account || description.grant_scopes.entitlement {
            grants.completeness = Completeness::Complete;
        }
        for scope in &scopes {
            let held = self.grants_in(scope).await?;
            if held.completeness != Completeness::Complete {
                grants.completeness = held.completeness;
            }
            let theirs = |grant: &Grant| accounts.iter().any(|account| grant.holder == Holder::Account(account.id.clone()));
            grants.content.extend(held.items.into_iter().filter(theirs));
        }
        Ok(AppSnapshot {
            description,
            accounts: Snapshot {
                taken,
                completeness: if *whole && searched { Completeness::Complete } else { partial() },
                content: accounts,
            },
            entitlements,
            grants,
        })
    }

    async fn accounts(&self) -> Result<Listing<Account>, Failure> {
        let page = |cursor: Option<String>| async move { self.shared(self.target.list_accounts(cursor.as_deref()).await) };
        let key = |account: &Account| account.id.clone();
        let report = |read, total| self.report("accounts", read, total);
        listing::read_all("accounts", Expectation::NOTHING, self.patience, &self.allowance, key, page, report).await
    }

    async fn entitlements(&self) -> Result<Listing<Entitlement>, Failure> {
        let page = |cursor: Option<String>| async move { self.target.list_entitlements(cursor.as_deref()).await };
        let key = |entitlement: &Entitlement| entitlement.key.clone();
        let report = |read, total| self.report("entitlements", read, total);
        listing::read_all("entitlements", Expectation::NOTHING, self.patience, &self.allowance, key, page, report).await
    }

    async fn grants(&self, description: &Description, entitlements: &[Entitlement]) -> Result<Listing<Grant>, Failure> {
        if description.grant_scopes.all {
            return self.grants_in(&Scope::All).await;
        }
        let parts: Vec<Listing<Grant>> = futures::stream::iter(entitlements)
            .map(|entitlement| async move { self.grants_in(&Scope::Entitlement(entitlement.key.clone())).await })
            .buffered(GRANT_LISTINGS)
            .try_collect()
            .await?;
        let mut whole = none();
        for part in parts {
            if whole.completeness == Completeness::Complete {
                whole.completeness = part.completeness;
            }
            whole.items.extend(part.items);
        }
        Ok(whole)
    }

    async fn grants_in(&self, scope: &Scope) -> Result<Listing<Grant>, Failure> {
        let page = |cursor: Option<String>| async move { self.shared(self.target.list_grants(scope, cursor.as_deref()).await) };
        let report = |read, total| self.report("grants", read, total);
        listing::read_all("grants", Expectation::NOTHING, self.patience, &self.allowance, Grant::clone, page, report).await
    }

    fn report(&self, what: &'static str, read: usize, total: Option<u32>) {
        self.progress.event(Event::Read { from: self.app.as_str(), what, read, total });
    }
}

fn none<T>() -> Listing<T> {
    Listing { items: Vec::new(), completeness: Completeness::Complete }
}

fn snapshot<T>(taken: Timestamp, listing: Listing<T>) -> Snapshot<Vec<T>> {
    Snapshot { taken, completeness: listing.completeness, content: listing.items }
}
