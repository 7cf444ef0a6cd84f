//! What the chains of one app share.

use super::concurrency::Concurrency;
use super::gather::Gathering;
use super::observe::{Listed, Observer};
use super::quarantine::Quarantine;
use super::write::{self, Written};
use super::{Hold, RunApp};
use crate::journal::Journal;
use crate::retry::Patience;
use crate::target::{Answer, Target};
use innkeeper_domain::{AccountId, ChangeRecord, Description, EntitlementKey, Failure, HolderWrites, Operation};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What the chains of one app share.
pub(crate) struct AppContext {
    pub(crate) target: Arc<dyn Target>,
    pub(crate) description: Description,
    pub(crate) patience: Patience,
    pub(crate) journal: Arc<Journal>,
    pub(crate) quarantine: Quarantine,
    pub(crate) concurrency: Arc<Concurrency>,
    hold: Hold,
    /// One for each entitlement whose holders are not written each by themselves.
    gatherings: Mutex<HashMap<EntitlementKey, Arc<Gathering>>>,
    /// All accounts as they were when the run began, where the app cannot search.
    listed: Listed,
}

impl AppContext {
    pub(crate) fn new(
        app: &RunApp,
        target: Arc<dyn Target>,
        description: Description,
        patience: Patience,
        journal: Arc<Journal>,
    ) -> Self {
        let (quarantine, gatherings, listed) = (Quarantine::default(), Mutex::default(), Listed::default());
        let (concurrency, hold) = (Concurrency::new(app.concurrency), app.hold.clone());
        Self { target, description, patience, journal, quarantine, concurrency, hold, gatherings, listed }
    }

    /// Why nothing new may be begun just now: the app is paused, or the engine stops.
    pub(crate) fn held(&self) -> Option<String> {
        (self.hold)()
    }

    /// Takes note of a failure, which may be the app's and not one change's.
    pub(crate) fn failed(&self, failure: &Failure) {
        self.quarantine.note(failure);
        self.concurrency.failed(failure);
    }

    /// Takes note that something worked.
    pub(crate) fn worked(&self) {
        self.quarantine.worked();
        self.concurrency.worked();
    }

    pub(crate) fn observer(&self) -> Observer<'_> {
        let (target, listed) = (self.target.as_ref(), &self.listed);
        Observer { target, description: &self.description, patience: self.patience, listed }
    }

    /// Sends a write; one at a time where two at once would undo each other, and together where one request can carry many. Takes note of
    /// how it went wrong, once a request: one that carried twenty writes and was lost is one failure of the app and not twenty.
    pub(crate) async fn write(
        &self,
        record: &ChangeRecord,
        account: Option<&AccountId>,
        version: Option<&str>,
    ) -> Answer<Written> {
        let target = self.target.as_ref();
        let mut alone = None;
        if let Operation::Grant { entitlement, .. } | Operation::Revoke { entitlement, .. } = &record.change.operation {
            let writes = self.description.kind(&entitlement.kind).map(|kind| kind.holder_writes).unwrap_or_default();
            let gathering = || self.gathering(entitlement);
            match account {
                Some(account) if writes != HolderWrites::Each => {
                    let adds = matches!(record.change.operation, Operation::Grant { .. });
                    let failed = |failure: &Failure| self.failed(failure);
                    return gathering().write(target, entitlement, account, adds, &record.intent, &failed).await;
                }
                _ if self.description.quirks.needs_full_object => alone = Some(gathering()),
                _ => {}
            }
        }
        let _alone = match &alone {
            Some(gathering) => Some(gathering.alone().await),
            None => None,
        };
        let answer = write::send(target, &record.change, account, version, &record.intent).await;
        if let Err(failure) = &answer.result {
            self.failed(failure);
        }
        answer
    }

    pub(super) fn gathering(&self, entitlement: &EntitlementKey) -> Arc<Gathering> {
        self.gatherings.lock().unwrap_or_else(PoisonError::into_inner).entry(entitlement.clone()).or_default().clone()
    }
}
