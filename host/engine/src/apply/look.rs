//! Looking once whether a change has come about, for one that somebody says they did by hand.

use super::context::AppContext;
use super::observe::Goal;
use super::write::Traffic;
use super::{RunApp, prepare};
use crate::journal::Journal;
use crate::retry::Patience;
use innkeeper_domain::{Account, AccountId, AppMode, Attempt, Change};
use std::sync::Arc;

/// What an app shows of a change.
#[derive(Debug)]
pub(crate) enum Look {
    /// It has come about; the account, where it is shown.
    Seen(Option<Box<Account>>),
    /// It has not; what is different.
    Missed(String),
    /// Nothing on the app tells.
    Unreadable,
    /// The app did not answer; why.
    Unreachable(String),
}

/// Reads the app. Sends no write. Gives what it took, for the journal.
pub(crate) async fn look(
    app: &RunApp,
    change: &Change,
    account: Option<&AccountId>,
    journal: &Arc<Journal>,
    patience: Patience,
) -> (Look, Option<Attempt>) {
    let context: Arc<AppContext> = match prepare(Some(app), Some(&AppMode::Enforce), journal, patience).await {
        Ok((context, _)) => context,
        Err(why) => return (Look::Unreachable(why), None),
    };
    let mut traffic = Traffic::default();
    let goal = context.observer().goal(change, account, &mut traffic).await;
    let attempt = Attempt { at: journal.now(), exchanges: traffic.take(), failure: goal.as_ref().err().cloned() };
    let look = match goal {
        Ok(Goal::Reached(account)) => Look::Seen(account),
        Ok(Goal::Missed(text)) => Look::Missed(text),
        Ok(Goal::NotShown) => Look::Seen(None),
        Ok(Goal::Unreadable) => Look::Unreadable,
        Err(failure) => Look::Unreachable(failure.to_string()),
    };
    (look, Some(attempt))
}
