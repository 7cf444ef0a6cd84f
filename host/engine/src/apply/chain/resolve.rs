//! Finding out what became of a write of which nobody knows.

use super::{Chain, POLLS};
use crate::apply::observe::Goal;
use crate::apply::write::Traffic;
use crate::error::EngineError;
use innkeeper_domain::{AccountId, ChangeRecord, ChangeState, ErrorCode, Failure};
use jiff::SignedDuration;

/// How long an app that is eventually consistent may take to show what was written. Such apps speak of seconds to a few minutes; until then
/// that something is not shown says nothing.
pub(crate) const SHOWN_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// What reading back came to.
pub(super) enum Resolved {
    /// The change has its state: it was carried out, or it cannot be read just now.
    Settled,
    /// It was not carried out, or it cannot be read and repeating it is harmless.
    NotThere,
    /// The app does not show it, and may show it later.
    NotShown,
}

impl Chain<'_> {
    /// Finds out what became of a write that left and whose outcome nobody knows.
    pub(super) async fn resolve(
        &mut self,
        record: &mut ChangeRecord,
        account: Option<&AccountId>,
    ) -> Result<Resolved, EngineError> {
        let context = self.context;
        let shows_late = context.description.quirks.eventually_consistent;
        let young = context.journal.now().duration_since(record.at) < SHOWN_WITHIN;
        let mut waits = context.patience.waits().take(POLLS);
        loop {
            let mut traffic = Traffic::default();
            let goal = context.observer().goal(&record.change, account, &mut traffic).await;
            self.attempt(record, &mut traffic, goal.as_ref().err());
            match goal {
                Ok(Goal::Reached(made)) => {
                    let id = made.as_ref().map(|account| account.id.clone()).or_else(|| account.cloned());
                    self.done(record, false, id, made.map(|account| *account)).await?;
                    return Ok(Resolved::Settled);
                }
                Ok(Goal::Missed(_)) if shows_late && young => match waits.next() {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Ok(Resolved::NotShown),
                },
                // An empty listing proves nothing where nothing says how long it should be, and revoking twice is harmless.
                Ok(Goal::Missed(_) | Goal::NotShown | Goal::Unreadable) => return Ok(Resolved::NotThere),
                Err(failure) => {
                    context.failed(&failure);
                    // That it could not be read again makes it no younger.
                    if !matches!(record.state, ChangeState::Unknown { .. }) {
                        context.journal.record(record, ChangeState::Unknown { failure }, Vec::new()).await?;
                    }
                    return Ok(Resolved::Settled);
                }
            }
        }
    }

    /// Leaves a change open until the app shows what became of it. A later run looks again; [`SHOWN_WITHIN`] counts from when it first
    /// was so.
    pub(super) async fn wait_for_sight(&self, record: &mut ChangeRecord) -> Result<(), EngineError> {
        if matches!(record.state, ChangeState::Unknown { .. }) {
            return Ok(());
        }
        let text = "the app does not show whether it was carried out, and shows what is new with a delay";
        let failure = Failure::new(ErrorCode::OutcomeUnknown, text);
        self.context.journal.record(record, ChangeState::Unknown { failure }, Vec::new()).await
    }

    /// What was to be taken away was not found: if the app shows that it is gone, somebody else was quicker, and it is done.
    pub(super) async fn see_it_gone(
        &mut self,
        record: &mut ChangeRecord,
        account: Option<&AccountId>,
        failure: Failure,
    ) -> Result<(), EngineError> {
        let mut traffic = Traffic::default();
        let goal = self.context.observer().goal(&record.change, account, &mut traffic).await;
        self.attempt(record, &mut traffic, goal.as_ref().err());
        match goal {
            Ok(Goal::Reached(_) | Goal::NotShown) => self.done(record, true, account.cloned(), None).await,
            _ => self.give_up(record, failure).await,
        }
    }
}
