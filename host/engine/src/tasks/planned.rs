//! A plan beside open tasks: what somebody was asked to do is not planned a second time.

use super::answer::account;
use super::list::Runs;
use super::{Entry, TASKS, TaskAnswer, Verdict, words};
use crate::apply::{effects, verify};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::planning::Observed;
use crate::unfinished;
use innkeeper_domain::{
    AccountId, AccountStatus, AccountTarget, AppPlan, AppSnapshot, Case, CaseKind, Change, ChangeId, ChangeRecord, ChangeState,
    Operation, Precondition, Presence,
};
use innkeeper_policy::Evaluation;
use std::collections::BTreeMap;

/// The changes that are left out of the plans, with the status that an account keeps where its suspension is left out.
type LeftOut = BTreeMap<ChangeId, Option<AccountStatus>>;

impl Engine {
    /// Whether anybody was ever asked to do anything.
    pub(crate) async fn has_tasks(&self) -> Result<bool, EngineError> {
        Ok(!TASKS.all(self.store()).await?.is_empty())
    }

    /// Takes out of the plans what people were asked to do and have not answered, and what they refused. Where `certain`, a task that no
    /// plan wants any more is closed: it was done and nobody said so, or the rules have changed. Gives a sentence for each app.
    pub(crate) async fn leave_to_people(
        &self,
        plans: &mut [AppPlan],
        observed: &[Observed<'_>],
        evaluation: &Evaluation,
        certain: bool,
    ) -> Result<Vec<String>, EngineError> {
        let mut entries = TASKS.all(self.store()).await?;
        entries.retain(|_, entry| match &entry.answer {
            None => true,
            Some(answer) => matches!(answer.verdict, Verdict::Refused { .. }),
        });
        let (mut notes, mut left_out, mut runs) = (Vec::new(), LeftOut::new(), Runs::default());
        for plan in plans {
            let Some(seen) = observed.iter().find(|observed| observed.app.name == plan.app) else { continue };
            let complete = certain && seen.snapshot.accounts.is_complete() && seen.snapshot.grants.is_complete();
            let mut open = 0;
            for (id, entry) in entries.iter().filter(|(_, entry)| entry.app == plan.app) {
                runs.read(self, &entry.run).await?;
                let Some(record) = runs.change(&entry.run, &entry.change) else { continue };
                let of_run = runs.of(&entry.run);
                let wanted = wanted(plan, record, of_run);
                if wanted.is_empty() && complete && may_close(plan, record, evaluation) {
                    notes.push(self.close(id, entry, record, of_run, &seen.snapshot).await?);
                    continue;
                }
                for change in &wanted {
                    left_out.insert(change.clone(), kept_status(plan, change));
                }
                match &entry.answer {
                    Some(answer) if !wanted.is_empty() => plan.cases.push(refused(id, record, answer)),
                    Some(_) => continue,
                    None => open += 1,
                }
                done_before(plan, record, of_run, &mut left_out);
                if entry.answer.is_none() {
                    wait_for_transfer(plan, record, of_run, &mut left_out);
                }
            }
            take_out(plan, &mut left_out);
            if open > 0 {
                let tasks = if open == 1 { "1 task is".to_owned() } else { format!("{open} tasks are") };
                notes.push(format!(
                    "{}: {tasks} open with people and not planned again: innkeeper tasks --app {}",
                    plan.app, plan.app
                ));
            }
        }
        Ok(notes)
    }

    /// Closes a task that nothing wants any more, and says so.
    async fn close(
        &self,
        id: &str,
        entry: &Entry,
        record: &ChangeRecord,
        run: &[ChangeRecord],
        snapshot: &AppSnapshot,
    ) -> Result<String, EngineError> {
        let (now, today) = (self.now(), self.today());
        let what = format!("{}, {}", record.change.label, words::operation(&record.change.operation));
        let manual = self.configuration().app(&entry.app).is_some_and(|app| app.manual().is_some());
        let seen = if manual || entry.answer.is_some() { None } else { seen(record, run, snapshot) };
        let (verdict, text) = match &seen {
            Some(_) => (Verdict::Seen, format!("{}: task {id} ({what}) is done, as the app shows", entry.app)),
            None => (Verdict::Withdrawn, format!("{}: task {id} ({what}) is not asked for any more", entry.app)),
        };
        let answer = TaskAnswer { at: now, by: self.parts.who.clone(), verdict };
        let subject = serde_json::json!({
            "task": id, "run": entry.run, "change": entry.change, "app": entry.app, "person": entry.person, "answer": answer,
        });
        let put = TASKS.put(id, &Entry { answer: Some(answer), ..entry.clone() })?;
        if entry.answer.is_some() {
            self.store().apply(&[put]).await?;
        } else {
            let mut mutations = vec![put];
            let state = match seen {
                Some(account) => {
                    mutations.extend(effects(record, &account, None, now, today));
                    ChangeState::Done { already: true, account: Some(account) }
                }
                None => ChangeState::Stale { text: "the rules do not ask for it any more".to_owned() },
            };
            self.store().record_change(&ChangeRecord { state, at: now, ..record.clone() }, &mutations).await?;
        }
        self.audit("task.closed", subject).await?;
        Ok(text)
    }
}

/// The changes of the plan that a task is about; none if the plan does not want it.
fn wanted(plan: &AppPlan, record: &ChangeRecord, run: &[ChangeRecord]) -> Vec<ChangeId> {
    let task = &record.change;
    let id = account(record, run);
    let same_account = |change: &Change| match (&change.account, &id) {
        (AccountTarget::Existing { id: planned, .. }, Some(id)) => planned == id,
        _ => true,
    };
    let theirs = plan.changes.iter().filter(|change| change.person == task.person && same_account(change));
    theirs.filter(|change| is_wish(&task.operation, &change.operation)).map(|change| change.id.clone()).collect()
}

/// Whether a plan wants what a task asks for. An account that is being made is not made twice, whatever it is to have by now: the
/// next plan after it is there edits it.
fn is_wish(task: &Operation, planned: &Operation) -> bool {
    match (task, planned) {
        (Operation::CreateAccount { .. }, Operation::CreateAccount { .. }) => true,
        (Operation::UpdateAccount { deltas: asked }, Operation::UpdateAccount { deltas }) => {
            let same = asked.iter().all(|one| deltas.iter().any(|other| other.name == one.name && other.edit == one.edit));
            same && asked.len() == deltas.len()
        }
        (Operation::Grant { entitlement: one, .. }, Operation::Grant { entitlement: other, .. })
        | (Operation::Revoke { entitlement: one, .. }, Operation::Revoke { entitlement: other, .. }) => one == other,
        (one, other) => one == other,
    }
}

/// Whether a task that the plan does not want may be closed: nothing is in doubt about the person, and it is not a step that is asked
/// for once alone, when somebody is closed.
fn may_close(plan: &AppPlan, record: &ChangeRecord, evaluation: &Evaluation) -> bool {
    let person = &record.change.person;
    let in_doubt = evaluation.held.contains(&(plan.app.clone(), person.clone()))
        || plan.cases.iter().any(|case| case.person.as_ref() == Some(person));
    let once = matches!(record.change.operation, Operation::RevokeSessions | Operation::TransferOwnership { .. });
    let is_active = || {
        let desired = evaluation.desired.accounts.iter().find(|desired| desired.app == plan.app && desired.person == *person);
        desired.is_some_and(|desired| desired.presence == Presence::Active)
    };
    !in_doubt && (!once || is_active())
}

/// The account of a change that the app shows to be done.
fn seen(record: &ChangeRecord, run: &[ChangeRecord], snapshot: &AppSnapshot) -> Option<AccountId> {
    let id = match &record.change.operation {
        Operation::CreateAccount { unique_name, .. } => {
            let exists = |status| status != AccountStatus::Gone;
            let mut accounts = snapshot.accounts.content.iter().filter(|account| exists(account.status));
            return accounts.find(|account| account.unique_name.eq_ignore_ascii_case(unique_name)).map(|found| found.id.clone());
        }
        _ => account(record, run)?,
    };
    let account = AccountTarget::Existing { id: id.clone(), unique_name: record.change.label.clone() };
    let done = ChangeRecord {
        change: Change { account, ..record.change.clone() },
        state: ChangeState::Done { already: true, account: Some(id.clone()) },
        ..record.clone()
    };
    verify(&[done], snapshot).is_empty().then_some(id)
}

/// The status that an account keeps while somebody is asked to suspend it.
fn kept_status(plan: &AppPlan, change: &ChangeId) -> Option<AccountStatus> {
    let change = plan.changes.iter().find(|planned| planned.id == *change)?;
    match (&change.operation, &change.precondition) {
        (Operation::Suspend, Precondition::AccountIs { status, .. }) => Some(*status),
        _ => None,
    }
}

/// While an account waits to be suspended, its sessions and property were seen to in the same run: once is enough.
fn done_before(plan: &AppPlan, suspension: &ChangeRecord, run: &[ChangeRecord], left_out: &mut LeftOut) {
    if suspension.change.operation != Operation::Suspend {
        return;
    }
    let of_it = |record: &&ChangeRecord| {
        record.app == suspension.app && record.change.person == suspension.change.person && unfinished::is_settled(&record.state)
    };
    for record in run.iter().filter(of_it) {
        if matches!(record.change.operation, Operation::RevokeSessions | Operation::TransferOwnership { .. }) {
            for change in wanted(plan, record, run) {
                left_out.insert(change, None);
            }
        }
    }
}

/// Nothing is deleted whose owner somebody is still asked to change.
fn wait_for_transfer(plan: &AppPlan, transfer: &ChangeRecord, run: &[ChangeRecord], left_out: &mut LeftOut) {
    if !matches!(transfer.change.operation, Operation::TransferOwnership { .. }) {
        return;
    }
    let Some(id) = account(transfer, run) else { return };
    let deletes = |change: &&Change| {
        let same = matches!(&change.account, AccountTarget::Existing { id: planned, .. } if *planned == id);
        same && change.operation == Operation::DeleteAccount
    };
    left_out.extend(plan.changes.iter().filter(deletes).map(|change| (change.id.clone(), None)));
}

fn refused(id: &str, record: &ChangeRecord, answer: &TaskAnswer) -> Case {
    let change = &record.change;
    let reason = match &answer.verdict {
        Verdict::Refused { reason } => reason.as_str(),
        _ => "",
    };
    let (by, on, what) = (&answer.by, answer.at.strftime("%Y-%m-%d"), words::operation(&change.operation));
    Case {
        person: Some(change.person.clone()),
        label: Some(change.label.clone()),
        kind: CaseKind::Refused { task: id.to_owned() },
        text: format!(
            "{by} refused on {on} to {what}: {reason}. Ask again with `innkeeper tasks reopen {id}`, or change the rule."
        ),
    }
}

/// Takes changes out, and what cannot happen without them. What closes a leaver's doors further does not wait for a suspension.
fn take_out(plan: &mut AppPlan, left_out: &mut LeftOut) {
    let mut kept = Vec::with_capacity(plan.changes.len());
    for mut change in std::mem::take(&mut plan.changes) {
        let before: Vec<(ChangeId, Option<AccountStatus>)> =
            change.after.iter().filter_map(|id| Some((id.clone(), *left_out.get(id)?))).collect();
        let made_by = match &change.account {
            AccountTarget::Created { by } => left_out.contains_key(by),
            AccountTarget::New | AccountTarget::Existing { .. } => false,
        };
        let closes = matches!(
            change.operation,
            Operation::Revoke { .. } | Operation::RevokeSessions | Operation::TransferOwnership { .. }
        );
        let waits = made_by || before.iter().any(|(_, status)| !(closes && status.is_some()));
        if waits || left_out.contains_key(&change.id) {
            left_out.entry(change.id.clone()).or_insert(None);
            forget_seat(plan, &change.operation);
            continue;
        }
        change.after.retain(|id| !left_out.contains_key(id));
        if let (Some((_, Some(kept))), Precondition::AccountIs { status, .. }) = (before.first(), &mut change.precondition) {
            *status = *kept;
        }
        kept.push(change);
    }
    plan.changes = kept;
}

/// A seat that somebody is asked to give or take is not the plan's.
fn forget_seat(plan: &mut AppPlan, operation: &Operation) {
    let (Operation::Grant { entitlement, .. } | Operation::Revoke { entitlement, .. }) = operation else { return };
    for of in plan.seats.iter_mut().filter(|of| of.entitlement == *entitlement) {
        match operation {
            Operation::Grant { .. } => of.given = of.given.saturating_sub(1),
            _ => of.taken = of.taken.saturating_sub(1),
        }
    }
    plan.seats.retain(|of| of.given + of.taken > 0);
}

#[cfg(test)]
mod tests;
