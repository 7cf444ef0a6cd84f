//! What becomes of a task, and with it of its change.

use super::list::{Runs, Task};
use super::{Entry, Evidence, TASKS, TaskAnswer, Verdict};
use crate::apply::{Look, effects, look};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::manual;
use crate::progress::Quiet;
use innkeeper_domain::{Account, AccountId, AccountTarget, AppName, ChangeRecord, ChangeState, ErrorCode, Failure, Operation};
use innkeeper_store::{AuditEvent, Mutation};
use std::collections::BTreeSet;

/// What somebody says of a task.
#[derive(Clone, Debug)]
pub enum Response {
    /// It is done.
    Done {
        /// What shows it.
        evidence: Option<Evidence>,
        /// Whether to believe it although the app does not show it, or does not answer.
        unchecked: bool,
    },
    /// It will not be done.
    Refused {
        /// Why.
        reason: String,
    },
    /// It was refused, and is to be asked again.
    Reopened,
}

/// A task that was answered: all of this is to be written down at once.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The task, with its answer.
    pub task: Task,
    /// Its change in its new state; none where the change stays as it is.
    pub record: Option<ChangeRecord>,
    /// What follows.
    pub effects: Vec<Mutation>,
    /// For the audit log.
    pub event: AuditEvent,
}

impl Engine {
    /// What follows from somebody's word on a task. Reads the app, where it can be read, and writes nothing.
    ///
    /// # Errors
    /// When there is no such task, it was answered before, or the app shows that it is not done.
    pub async fn answer(&self, asked: &str, by: Option<String>, response: Response) -> Result<Answered, EngineError> {
        let mut task = self.task(asked).await?;
        let (at, who) = (self.now(), self.parts.who.clone());
        let by = by.unwrap_or_else(|| who.clone());
        let fits = match response {
            Response::Reopened => task.is_refused(),
            Response::Done { .. } | Response::Refused { .. } => task.is_open(),
        };
        if !fits {
            return Err(EngineError::TaskSettled { task: task.id, how: how(task.answer.as_ref()) });
        }
        let mut runs = Runs::default();
        runs.read(self, &task.run).await?;
        let Some(record) = runs.change(&task.run, &task.change.id).cloned() else {
            return Err(EngineError::UnknownTask { asked: asked.to_owned() });
        };
        let (verdict, record, mut effects) = match response {
            Response::Done { evidence, unchecked } => {
                let (record, effects) = self.done(&task, record, runs.of(&task.run), unchecked).await?;
                (Verdict::Done { evidence }, Some(record), effects)
            }
            Response::Refused { reason } => {
                let failure = Failure::new(ErrorCode::PermissionDenied, format!("{by} refused: {reason}"));
                let record = ChangeRecord { state: ChangeState::Failed { failure }, at, ..record };
                (Verdict::Refused { reason }, Some(record), Vec::new())
            }
            Response::Reopened => (Verdict::Reopened, None, Vec::new()),
        };
        let what = match verdict {
            Verdict::Done { .. } => "task.done",
            Verdict::Refused { .. } => "task.refused",
            Verdict::Reopened | Verdict::Seen | Verdict::Withdrawn => "task.reopened",
        };
        let answer = TaskAnswer { at, by, verdict };
        let subject = serde_json::json!({
            "task": task.id, "run": task.run, "change": task.change.id, "app": task.app, "person": task.person,
            "label": task.account, "operation": task.change.operation, "answer": answer,
        });
        task.answer = Some(answer.clone());
        task.overdue = false;
        effects.push(TASKS.put(task.id.as_str(), &self.entry(&task))?);
        Ok(Answered { task, record, effects, event: AuditEvent { at, who, what: what.to_owned(), subject } })
    }

    /// Remembers an app without a connector as it is now, after a task. What another kind of app shows, its next reading tells.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn look_again(&self, app: &AppName) -> Result<(), EngineError> {
        let nothing = BTreeSet::new();
        if let Some(app) = self.configuration().app(app).filter(|app| app.manual().is_some()) {
            // It is read from the store, which answers or is an error.
            let _ = self.collector(&Quiet, &nothing).app(app).await?;
        }
        Ok(())
    }

    fn entry(&self, task: &Task) -> Entry {
        Entry {
            run: task.run.clone(),
            change: task.change.id.clone(),
            app: task.app.clone(),
            person: task.person.clone(),
            opened: task.opened,
            answer: task.answer.clone(),
        }
    }

    /// The change of a task that was done, and what follows from it, as if the app had answered.
    async fn done(
        &self,
        task: &Task,
        mut record: ChangeRecord,
        run: &[ChangeRecord],
        unchecked: bool,
    ) -> Result<(ChangeRecord, Vec<Mutation>), EngineError> {
        let open = |text: String| EngineError::TaskNotSeen { task: task.id.clone(), text };
        let now = (self.now(), self.today());
        let mut account = account(&record, run);
        let mut shown: Option<Account> = None;
        let mut follows = Vec::new();
        if let Some(description) = self.configuration().manual_description(&task.app) {
            // Nobody else gives it an id.
            let id = match record.change.operation {
                Operation::CreateAccount { .. } => Some(AccountId::new(record.intent.as_str())),
                _ => account,
            };
            let id = id.ok_or_else(|| open("the account was not made yet".into()))?;
            (shown, follows) = manual::confirm(self.store(), &record, &id, run, &description.unique_name, now).await?;
            account = Some(id);
        } else {
            let app = self.run_app(&task.app).ok_or_else(|| open("the configuration no longer has this app".into()))?;
            let (seen, attempt) = look(&app, &record.change, account.as_ref(), &self.journal(), self.parts.patience).await;
            record.attempts.extend(attempt.filter(|attempt| !attempt.exchanges.is_empty()));
            match seen {
                Look::Seen(found) => shown = found.map(|account| *account),
                Look::Unreadable => {}
                _ if unchecked => {}
                Look::Missed(text) => return Err(open(format!("{} was asked, and {text}", task.app))),
                Look::Unreachable(why) => return Err(open(format!("{} could not be asked: {why}", task.app))),
            }
            account = shown.as_ref().map(|account| account.id.clone()).or(account);
        }
        if let Some(account) = &account {
            follows.extend(effects(&record, account, shown.as_ref(), now.0, now.1));
        }
        record.state = ChangeState::Done { already: false, account };
        record.at = now.0;
        Ok((record, follows))
    }
}

/// The account that a change is about, once it is known.
pub(super) fn account(record: &ChangeRecord, run: &[ChangeRecord]) -> Option<AccountId> {
    match &record.change.account {
        AccountTarget::Existing { id, .. } => Some(id.clone()),
        AccountTarget::New => None,
        AccountTarget::Created { by } => run.iter().find(|made| made.id == *by).and_then(|made| match &made.state {
            ChangeState::Done { account, .. } => account.clone(),
            _ => None,
        }),
    }
}

fn how(answer: Option<&TaskAnswer>) -> String {
    let Some(TaskAnswer { by, verdict, .. }) = answer else { return "is open".to_owned() };
    match verdict {
        Verdict::Done { .. } => format!("was done, says {by}"),
        Verdict::Refused { .. } => format!("was refused by {by}"),
        Verdict::Seen => "was seen to be done".to_owned(),
        Verdict::Reopened => format!("is asked again, by {by}"),
        Verdict::Withdrawn => "is not asked for any more".to_owned(),
    }
}
