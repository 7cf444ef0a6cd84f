//! Accounts that we manage and that a listing does not show, on apps whose listings may be older than what was written or may lose an item
//! between two pages unnoticed. Asked for by their ids, they say themselves whether they are there.

use crate::error::EngineError;
use crate::retry::{self, Patience};
use crate::target::Target;
use innkeeper_domain::{AccountId, AccountStatus, AppName, AppSnapshot, Failure};
use innkeeper_store::Store;
use std::collections::BTreeSet;

/// How many are asked for in one call.
const AT_ONCE: usize = 100;

/// Adds to a listing of accounts those that are managed, were not listed and are there all the same.
pub(crate) async fn add(
    store: &dyn Store,
    app: &AppName,
    target: &dyn Target,
    patience: Patience,
    snapshot: &mut AppSnapshot,
) -> Result<Result<(), Failure>, EngineError> {
    let quirks = snapshot.description.quirks;
    // A listing that is not complete proves no absence anyway.
    if !(quirks.eventually_consistent || quirks.no_total) || !snapshot.accounts.is_complete() {
        return Ok(Ok(()));
    }
    let listed: BTreeSet<&AccountId> = snapshot.accounts.content.iter().map(|account| &account.id).collect();
    let links = store.links(app).await?;
    let hidden = |link: &innkeeper_store::Link| quirks.hides_suspended && link.suspended_on.is_some();
    let unlisted: Vec<AccountId> = links
        .into_iter()
        .filter(|(id, link)| link.deleted_on.is_none() && !hidden(link) && !listed.contains(id))
        .map(|(id, _)| id)
        .collect();
    for ids in unlisted.chunks(AT_ONCE) {
        match retry::read(patience, || target.get_accounts(ids)).await.result {
            Ok(found) => {
                let there = found.into_iter().flatten().filter(|account| account.status != AccountStatus::Gone);
                snapshot.accounts.content.extend(there);
            }
            Err(failure) => return Ok(Err(failure)),
        }
    }
    Ok(Ok(()))
}
