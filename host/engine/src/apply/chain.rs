//! One person's changes on one app, in their order.
//!
//! `intended` and `sent` are durable before the request leaves, so that after a crash nobody has to guess: an `intended` change was
//! certainly not sent, a `sent` one is read back before anything is sent again. How it ended is durable before the next write of the
//! chain leaves, and before the chain is over.

mod resolve;

use super::concurrency::Place;
use super::context::AppContext;
use super::effects::effects;
use super::observe::{Goal, Verdict};
use super::undone::Undone;
use super::write::{self, Traffic, Written};
use crate::drift;
use crate::error::EngineError;
use crate::journal::Behind;
use crate::retry;
use crate::tasks;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AccountTarget, Attempt, ChangeId, ChangeRecord, ChangeState, ErrorCode, Failure, Operation,
};
use resolve::Resolved;
pub(crate) use resolve::SHOWN_WITHIN;
use std::collections::HashMap;

/// How long a write that the app accepted and has not finished is asked for within one run.
const POLLS: usize = 5;

/// Carries the changes of one chain out, one after the other.
pub(crate) struct Chain<'a> {
    context: &'a AppContext,
    /// Accounts that changes of this run made.
    created: HashMap<ChangeId, AccountId>,
    /// Changes that are not done, of this chain and of those that came before it.
    undone: HashMap<ChangeId, Undone>,
    /// The account as it was last seen, so that it is not read again for every change.
    seen: Option<Account>,
    /// The status that this run gave to the account.
    status: Option<AccountStatus>,
    /// What is written down while something else goes on.
    behind: Behind,
    /// Had while the app may be asked, and given to others while the disk is waited for.
    place: Option<Place>,
}

impl<'a> Chain<'a> {
    /// `undone` are changes of other chains that have ended and are not done.
    pub(crate) fn new(context: &'a AppContext, undone: HashMap<ChangeId, Undone>) -> Self {
        Self { context, created: HashMap::new(), undone, seen: None, status: None, behind: Behind::default(), place: None }
    }

    /// Carries all of them out. Calls `each` with every record that became final.
    pub(crate) async fn run(
        &mut self,
        records: &mut [ChangeRecord],
        mut each: impl FnMut(&ChangeRecord),
    ) -> Result<(), EngineError> {
        self.place = Some(self.context.concurrency.place().await);
        for record in records {
            if !record.state.is_final() {
                self.carry_out(record).await?;
            } else if let ChangeState::Done { account: Some(account), .. } = &record.state {
                self.created.insert(record.id.clone(), account.clone());
            }
            if let Some(undone) = Undone::of(record) {
                // What follows meets the account as it was.
                if let Undone::Suspending(status) = undone {
                    self.status = Some(status);
                }
                self.undone.insert(record.id.clone(), undone);
            }
            each(record);
        }
        self.place = None;
        Ok(())
    }

    /// Waits until all that was carried out is durable.
    pub(crate) async fn durable(&mut self) -> Result<(), EngineError> {
        self.behind.durable().await
    }

    async fn carry_out(&mut self, record: &mut ChangeRecord) -> Result<(), EngineError> {
        let journal = &self.context.journal;
        if let Some(failed) = record.change.after.iter().find(|before| self.undone.get(*before) == Some(&Undone::Failed)) {
            let text = format!("{failed}, which has to come before, did not succeed");
            return journal.record(record, ChangeState::Skipped { text }, Vec::new()).await;
        }
        let mut waits_for = record.change.after.iter().filter_map(|before| self.undone.get(before));
        if waits_for.any(|undone| undone.holds_up(&record.change.operation)) {
            let text = "what has to come before is not finished".to_owned();
            return journal.record(record, ChangeState::Postponed { text }, Vec::new()).await;
        }
        if let Some(text) = self.context.quarantine.reason() {
            return journal.record(record, ChangeState::Skipped { text }, Vec::new()).await;
        }
        let left = matches!(record.state, ChangeState::Sent | ChangeState::Unknown { .. } | ChangeState::Waiting { .. });
        if let Some(text) = self.context.held().filter(|_| !left) {
            return journal.record(record, ChangeState::Postponed { text }, Vec::new()).await;
        }
        let account = self.account(record);
        if self.waits_for_acceptance(record, account.as_ref()) {
            let text = "the invitation has to be accepted first".to_owned();
            return journal.record(record, ChangeState::Postponed { text }, Vec::new()).await;
        }
        if !record.change.operation.writes_to_app() {
            // Whose account it is decides who loses it one day, so an adoption is checked like a write. A grant that is assumed and gone
            // is given again by the next plan.
            if record.change.operation == Operation::Adopt && !self.may_proceed(record, account.as_ref()).await? {
                return Ok(());
            }
            return self.done(record, true, account, None).await;
        }
        if let ChangeState::Waiting { token: Some(token), .. } = &record.state {
            let written = Written::Pending { token: token.clone() };
            return self.settle(record, account, written).await;
        }
        let was_sent = matches!(record.state, ChangeState::Sent | ChangeState::Unknown { .. });
        if was_sent {
            match self.resolve(record, account.as_ref()).await? {
                Resolved::Settled => return Ok(()),
                Resolved::NotShown if !may_be_repeated(&record.change.operation) => return self.wait_for_sight(record).await,
                Resolved::NotShown | Resolved::NotThere => {}
            }
        } else {
            journal.record_behind(record, ChangeState::Intended, Vec::new(), &mut self.behind).await?;
            if !self.may_proceed(record, account.as_ref()).await? {
                return Ok(());
            }
        }
        self.send(record, account).await
    }

    /// Whether the account is an invitation of this run that can hold nothing yet.
    fn waits_for_acceptance(&self, record: &ChangeRecord, account: Option<&AccountId>) -> bool {
        let invited = |seen: &Account| Some(&seen.id) == account && seen.status == AccountStatus::Invited;
        matches!(record.change.operation, Operation::Grant { .. })
            && self.context.description.quirks.invited_holds_nothing
            && self.seen.as_ref().is_some_and(invited)
    }

    /// Checks the precondition. Ends the change if it does not hold.
    async fn may_proceed(&mut self, record: &mut ChangeRecord, account: Option<&AccountId>) -> Result<bool, EngineError> {
        let mut traffic = Traffic::default();
        let seen = self.seen.take();
        let verdict = self.context.observer().precondition(&record.change, account, seen, self.status, &mut traffic).await;
        match verdict {
            Ok(Verdict::Holds(seen)) => {
                self.seen = seen.map(|account| *account);
                Ok(true)
            }
            Ok(Verdict::Stale(different)) => {
                self.attempt(record, &mut traffic, None);
                let text = format!("{different}; make a new plan");
                self.context.journal.record(record, ChangeState::Stale { text }, Vec::new()).await?;
                Ok(false)
            }
            Err(failure) => {
                self.context.failed(&failure);
                self.attempt(record, &mut traffic, Some(&failure));
                self.give_up(record, failure).await?;
                Ok(false)
            }
        }
    }

    /// Sends the write until it is settled or patience ends.
    async fn send(&mut self, record: &mut ChangeRecord, account: Option<AccountId>) -> Result<(), EngineError> {
        let context = self.context;
        let mut tries = context.patience.tries();
        let (mut compared_again, mut doubtful) = (false, false);
        loop {
            self.place = None;
            context.journal.record(record, ChangeState::Sent, Vec::new()).await?;
            self.behind.durable().await?;
            self.place = Some(context.concurrency.place().await);
            // While the disk and the place were waited for.
            let skipped = context.quarantine.reason().map(|text| ChangeState::Skipped { text });
            let stopped = skipped.or_else(|| context.held().map(|text| ChangeState::Postponed { text }));
            if let Some(stopped) = stopped.filter(|_| !doubtful) {
                return context.journal.record(record, stopped, Vec::new()).await;
            }
            let version = match record.change.operation {
                Operation::UpdateAccount { .. } => self.seen.as_ref().and_then(|account| account.version.clone()),
                _ => None,
            };
            let mut traffic = Traffic::default();
            let result = traffic.of(context.write(record, account.as_ref(), version.as_deref()).await);
            self.attempt(record, &mut traffic, result.as_ref().err());
            let failure = match result {
                Ok(written) => return self.settle(record, account, written).await,
                Err(failure) => failure,
            };
            match failure.code {
                ErrorCode::OutcomeUnknown => {
                    context.journal.record(record, ChangeState::Unknown { failure: failure.clone() }, Vec::new()).await?;
                    match self.resolve(record, account.as_ref()).await? {
                        Resolved::Settled => return Ok(()),
                        Resolved::NotShown if !may_be_repeated(&record.change.operation) => {
                            return self.wait_for_sight(record).await;
                        }
                        Resolved::NotShown => doubtful = true,
                        Resolved::NotThere => {}
                    }
                }
                ErrorCode::NotFound if takes_away(&record.change.operation) => {
                    return self.see_it_gone(record, account.as_ref(), failure).await;
                }
                ErrorCode::Conflict if version.is_some() && !compared_again => {
                    // Somebody edited the account between our look and our write. If they did not touch what the change
                    // touches, the precondition still holds and the new version is as good.
                    compared_again = true;
                    self.seen = None;
                    if !self.may_proceed(record, account.as_ref()).await? {
                        return Ok(());
                    }
                    continue;
                }
                // Without a way to edit a part, members are written as a whole, and whoever came second has to read again.
                ErrorCode::Conflict if matches!(record.change.operation, Operation::Grant { .. } | Operation::Revoke { .. }) => {}
                code if code.is_transient() => {}
                _ if doubtful => return self.wait_for_sight(record).await,
                _ => return self.give_up(record, failure).await,
            }
            if context.held().is_some() || !tries.wait_after(&failure).await {
                match doubtful {
                    true => return self.wait_for_sight(record).await,
                    false => return self.give_up(record, failure).await,
                }
            }
            if let Some(text) = context.quarantine.reason() {
                if doubtful {
                    return self.wait_for_sight(record).await;
                }
                let failure = Failure { message: format!("{} ({text})", failure.message), ..failure };
                return context.journal.record(record, ChangeState::Failed { failure }, Vec::new()).await;
            }
        }
    }

    /// Ends a change that was not carried out. One that the kill switch stopped did not fail: a later plan has it again.
    async fn give_up(&self, record: &mut ChangeRecord, failure: Failure) -> Result<(), EngineError> {
        let state = match self.context.held() {
            Some(text) => ChangeState::Postponed { text },
            None => ChangeState::Failed { failure },
        };
        self.context.journal.record(record, state, Vec::new()).await
    }

    /// Writes down what a write came to, polling what is pending.
    async fn settle(
        &mut self,
        record: &mut ChangeRecord,
        account: Option<AccountId>,
        mut written: Written,
    ) -> Result<(), EngineError> {
        let context = self.context;
        let mut waits = context.patience.waits().take(POLLS);
        loop {
            match written {
                Written::Done { already, account: shown } => {
                    context.worked();
                    let id = shown.as_ref().map(|account| account.id.clone()).or(account);
                    if matches!(record.change.operation, Operation::Suspend | Operation::DeleteAccount)
                        && !self.is_closed(record, id.as_ref()).await?
                    {
                        return Ok(());
                    }
                    return self.done(record, already, id, shown).await;
                }
                Written::Manual { text } => {
                    let task = tasks::opened(record, context.journal.now())?;
                    return context.journal.record(record, ChangeState::Manual { text }, vec![task]).await;
                }
                Written::Pending { token } => {
                    let wait = waits.next();
                    // Beyond what is waited for at once, it is looked at less and less often.
                    let rest = || retry::rest_since(record, context.journal.now()).unsigned_abs();
                    let until = context.journal.later(wait.unwrap_or_else(rest));
                    let waiting = ChangeState::Waiting { token: Some(token.clone()), until };
                    context.journal.record(record, waiting, Vec::new()).await?;
                    let Some(wait) = wait else { return Ok(()) };
                    tokio::time::sleep(wait).await;
                    let mut traffic = Traffic::default();
                    let polled = traffic.of(write::poll(context.target.as_ref(), &record.change.operation, &token).await);
                    self.attempt(record, &mut traffic, polled.as_ref().err());
                    written = match polled {
                        Ok(written) => written,
                        Err(failure) if failure.code.is_transient() => Written::Pending { token },
                        Err(failure) => {
                            return context.journal.record(record, ChangeState::Unknown { failure }, Vec::new()).await;
                        }
                    };
                }
            }
        }
    }

    /// Reads back that an account is closed; the app's word alone is not enough. If it is still open, the change stays open, too.
    async fn is_closed(&mut self, record: &mut ChangeRecord, account: Option<&AccountId>) -> Result<bool, EngineError> {
        let context = self.context;
        let mut waits = context.patience.waits().take(POLLS);
        loop {
            let mut traffic = Traffic::default();
            let goal = context.observer().goal(&record.change, account, &mut traffic).await;
            self.attempt(record, &mut traffic, goal.as_ref().err());
            let failure = match goal {
                Ok(Goal::Reached(_) | Goal::NotShown | Goal::Unreadable) => return Ok(true),
                Ok(Goal::Missed(text)) => {
                    Failure::new(ErrorCode::OutcomeUnknown, format!("the app answered that it is done, and reading back, {text}"))
                }
                Err(failure) => failure,
            };
            // With an eventually consistent app the read may be older than the write.
            match waits.next().filter(|_| context.description.quirks.eventually_consistent) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => {
                    context.journal.record(record, ChangeState::Unknown { failure }, Vec::new()).await?;
                    return Ok(false);
                }
            }
        }
    }

    /// Ends what a run that was cut off left open, without sending a write: what was sent is read back, the rest is given up.
    pub(crate) async fn close_cut_off(&mut self, records: &mut [ChangeRecord]) -> Result<(), EngineError> {
        for record in records {
            if let ChangeState::Done { account: Some(account), .. } = &record.state {
                self.created.insert(record.id.clone(), account.clone());
            }
            match record.state {
                ChangeState::Planned | ChangeState::Intended => {
                    let text = "the run was cut off before this was sent".to_owned();
                    self.context.journal.record(record, ChangeState::Skipped { text }, Vec::new()).await?;
                }
                ChangeState::Sent | ChangeState::Unknown { .. } => {
                    let account = self.account(record);
                    match self.resolve(record, account.as_ref()).await? {
                        Resolved::Settled => {}
                        Resolved::NotShown => self.wait_for_sight(record).await?,
                        Resolved::NotThere => {
                            let text = "the run was cut off, and reading back shows that this was not carried out";
                            let failure = Failure::new(ErrorCode::Unavailable, text);
                            self.context.journal.record(record, ChangeState::Failed { failure }, Vec::new()).await?;
                        }
                    }
                }
                ChangeState::Waiting { token: Some(ref token), .. } => {
                    let (token, account) = (token.clone(), self.account(record));
                    self.settle(record, account, Written::Pending { token }).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The account that a change is about, once it is known.
    fn account(&self, record: &ChangeRecord) -> Option<AccountId> {
        match &record.change.account {
            AccountTarget::New => None,
            AccountTarget::Created { by } => self.created.get(by).cloned(),
            AccountTarget::Existing { id, .. } => Some(id.clone()),
        }
    }

    /// Records success, and in the same transaction what Innkeeper now manages.
    async fn done(
        &mut self,
        record: &mut ChangeRecord,
        already: bool,
        account: Option<AccountId>,
        shown: Option<Account>,
    ) -> Result<(), EngineError> {
        match record.change.operation {
            Operation::Suspend => self.status = Some(AccountStatus::Suspended),
            Operation::Reactivate => self.status = Some(AccountStatus::Active),
            _ => {}
        }
        if let Some(id) = &account {
            self.created.insert(record.id.clone(), id.clone());
        }
        let journal = &self.context.journal;
        let mut mutations = match &account {
            Some(account) => effects(record, account, shown.as_ref(), journal.now(), journal.today()),
            None => Vec::new(),
        };
        mutations.extend(drift::keep(record, account.as_ref(), journal.now())?);
        if shown.is_some() {
            self.seen = shown;
        }
        self.context.journal.record_behind(record, ChangeState::Done { already, account }, mutations, &mut self.behind).await
    }

    /// Adds a try to the record; it becomes durable with the next state.
    fn attempt(&self, record: &mut ChangeRecord, traffic: &mut Traffic, failure: Option<&Failure>) {
        let exchanges = traffic.take();
        if !exchanges.is_empty() || failure.is_some() {
            record.attempts.push(Attempt { at: self.context.journal.now(), exchanges, failure: failure.cloned() });
        }
    }
}

/// Whether sending it a second time does the same as sending it once.
fn may_be_repeated(operation: &Operation) -> bool {
    !matches!(operation, Operation::CreateAccount { .. })
}

/// Whether it has come about when there is nothing to do it to.
fn takes_away(operation: &Operation) -> bool {
    matches!(operation, Operation::DeleteAccount | Operation::Suspend | Operation::Revoke { .. })
}
