//! From what a run did to the changes that take it back. Pure: what the app shows now is given.

use super::delta::reversed;
use super::wards::Wards;
use crate::apply::{edited, shown};
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AccountTarget, AppName, AppSnapshot, Attributes, Change, ChangeId, ChangeRecord,
    ChangeState, Delta, EntitlementKey, Grant, Holder, Operation, Precondition, Reason, ReasonKind, RunId,
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Why a change of the run is not in the reverse plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// The run did not carry it out.
    NotDone,
    /// The app was already so, or only we took note of something: there is nothing to take back.
    Nothing,
    /// It cannot be undone at all, or not on this app.
    Irreversible,
    /// It needs a yes of its own: `--delete`.
    NeedsDelete,
    /// The app is no longer as the change left it.
    Changed,
    /// What the app shows does not tell.
    Unseen,
    /// Nothing is written to the account: it is protected, the engine's own, or the last administrator's.
    Protected,
}

/// A change of the run that the reverse plan leaves as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LeftOut {
    /// The app.
    pub app: AppName,
    /// The change of the run.
    pub change: ChangeId,
    /// Whose account.
    pub label: String,
    /// What the run did.
    pub operation: Operation,
    /// Why it stays, in one word.
    pub obstacle: Obstacle,
    /// Why it stays, and what can be done.
    pub text: String,
}

/// What the reverse of a run on one app comes to.
#[derive(Debug, Default)]
pub(crate) struct Reversal {
    /// The last change of the run first.
    pub(crate) changes: Vec<Change>,
    /// What cannot be taken back, or need not be.
    pub(crate) left: Vec<LeftOut>,
}

type Obstructed = (Obstacle, String);

/// The accounts that changes of a run made.
pub(crate) fn created(records: &[ChangeRecord]) -> HashMap<ChangeId, AccountId> {
    let made = |record: &ChangeRecord| match &record.state {
        ChangeState::Done { account: Some(account), .. } => Some((record.id.clone(), account.clone())),
        _ => None,
    };
    records.iter().filter_map(made).collect()
}

/// The account that a record is about, once it is known.
pub(crate) fn account_of<'a>(record: &'a ChangeRecord, created: &'a HashMap<ChangeId, AccountId>) -> Option<&'a AccountId> {
    match &record.change.account {
        AccountTarget::Existing { id, .. } => Some(id),
        AccountTarget::Created { by } => created.get(by),
        AccountTarget::New => created.get(&record.id),
    }
}

/// Takes back what the records of one app did, the last one first. `snapshot` has every account that they are about, as it is now: one
/// that is not in it does not exist. What `wards` has is left alone. Changes are numbered after `last`. `delete`: accounts that the run made are deleted again.
pub(crate) fn reverse(
    run: &RunId,
    records: &[&ChangeRecord],
    created: &HashMap<ChangeId, AccountId>,
    snapshot: &AppSnapshot,
    wards: Wards,
    delete: bool,
    last: &mut usize,
) -> Reversal {
    let accounts: HashMap<&AccountId, &Account> =
        snapshot.accounts.content.iter().map(|account| (&account.id, account)).collect();
    let suspended: HashSet<&AccountId> = records
        .iter()
        .filter(|record| record.change.operation == Operation::Suspend && is_done(record))
        .filter_map(|record| account_of(record, created))
        .collect();
    let mut reverser = Reverser {
        run,
        snapshot,
        accounts,
        grants: snapshot.grants.content.iter().collect(),
        suspended,
        statuses: HashMap::new(),
        wards,
        delete,
        last,
        reversal: Reversal::default(),
    };
    for record in records.iter().rev() {
        reverser.take_back(record, account_of(record, created));
    }
    reverser.reversal
}

fn is_done(record: &ChangeRecord) -> bool {
    matches!(record.state, ChangeState::Done { already: false, .. })
}

struct Reverser<'a> {
    run: &'a RunId,
    snapshot: &'a AppSnapshot,
    accounts: HashMap<&'a AccountId, &'a Account>,
    grants: HashSet<&'a Grant>,
    /// The accounts that the run suspended.
    suspended: HashSet<&'a AccountId>,
    /// What earlier changes of the reverse plan make of accounts.
    statuses: HashMap<AccountId, AccountStatus>,
    wards: Wards,
    delete: bool,
    last: &'a mut usize,
    reversal: Reversal,
}

impl Reverser<'_> {
    fn take_back(&mut self, record: &ChangeRecord, account: Option<&AccountId>) {
        let steps = done(record).and_then(|()| {
            let unknown = || (Obstacle::Unseen, "the journal does not say which account it is".to_owned());
            let id = account.ok_or_else(unknown)?;
            let (steps, partly) = self.steps(record, id)?;
            let admitted = self.wards.admit(id, steps.iter().map(|(operation, _)| operation));
            admitted.map_err(|why| (Obstacle::Protected, why))?;
            Ok((id, (steps, partly)))
        });
        match steps {
            Ok((id, (steps, partly))) => {
                for (operation, precondition) in steps {
                    self.push(record, id, operation, precondition);
                }
                partly.into_iter().for_each(|obstructed| self.leave(record, obstructed));
            }
            Err(obstructed) => self.leave(record, obstructed),
        }
    }

    fn leave(&mut self, record: &ChangeRecord, (obstacle, text): Obstructed) {
        self.reversal.left.push(LeftOut {
            app: record.app.clone(),
            change: record.id.clone(),
            label: record.change.label.clone(),
            operation: record.change.operation.clone(),
            obstacle,
            text,
        });
    }

    /// What takes one change back, each with what must be so; and which parts of it stay.
    fn steps(&self, record: &ChangeRecord, id: &AccountId) -> Steps {
        let status = self.status(id);
        match &record.change.operation {
            Operation::CreateAccount { .. } => self.uncreate(status),
            Operation::UpdateAccount { deltas } => self.unedit(id, status, deltas),
            Operation::Suspend => self.reactivate(id, status),
            // What was brought back from the dead is suspended: deleting it again is a decision of its own.
            Operation::Reactivate => self.suspend(id, status),
            Operation::DeleteAccount => self.undelete(record, id, status),
            Operation::Grant { entitlement, name } => {
                self.present(status)?;
                if !self.holds(id, entitlement) {
                    return Err(self.not_held(entitlement, name));
                }
                Ok(one(Operation::Revoke { entitlement: entitlement.clone(), name: name.clone() }, status))
            }
            Operation::Revoke { entitlement, name } => {
                self.present(status)?;
                if self.holds(id, entitlement) {
                    return Err((Obstacle::Changed, format!("the account holds {} {name} again", entitlement.kind)));
                }
                if !self.snapshot.grants.is_complete() {
                    return Err((Obstacle::Unseen, "what the account holds could not be read completely".to_owned()));
                }
                Ok(one(Operation::Grant { entitlement: entitlement.clone(), name: name.clone() }, status))
            }
            Operation::RevokeSessions => {
                Err((Obstacle::Irreversible, "sessions that ended do not come back: the person signs in again".to_owned()))
            }
            Operation::TransferOwnership { to } => Err((
                Obstacle::Irreversible,
                format!("no app says what was handed over to {to}: give it back there by hand, where that matters"),
            )),
            Operation::Adopt => Err((
                Obstacle::Nothing,
                "nothing was written to the app; the account stays managed, as long as a person matches it".to_owned(),
            )),
            Operation::AssumeGrant { .. } => {
                Err((Obstacle::Nothing, "nothing was written to the app; the grant stays one of the rules".to_owned()))
            }
        }
    }

    fn uncreate(&self, status: AccountStatus) -> Steps {
        self.present(status)?;
        let description = &self.snapshot.description;
        let deletable = description.delete.is_some();
        let wants = |why: &str| {
            let way = if deletable { "`--delete` deletes it" } else { "and the connector cannot delete it: do it on the app" };
            Err((if deletable { Obstacle::NeedsDelete } else { Obstacle::Irreversible }, format!("{why}; {way}")))
        };
        let mut steps = Vec::new();
        let mut at = status;
        match (status, &description.suspend) {
            (AccountStatus::Invited, _) if !self.delete => return wants("nobody has accepted the invitation yet"),
            (AccountStatus::Active, None) if !self.delete => return wants("the connector cannot suspend the account"),
            (AccountStatus::Suspended, _) if !self.delete => {
                return Err((Obstacle::Changed, "the account is suspended already".to_owned()));
            }
            (AccountStatus::Active, Some(_)) => {
                steps.push((Operation::Suspend, is(at)));
                at = AccountStatus::Suspended;
            }
            _ => {}
        }
        if self.delete {
            if !deletable {
                return Ok((steps, vec![(Obstacle::Irreversible, "the connector cannot delete: do it on the app".to_owned())]));
            }
            steps.push((Operation::DeleteAccount, is(at)));
        }
        Ok((steps, Vec::new()))
    }

    /// Attribute by attribute: what somebody has written since stays as they wrote it.
    fn unedit(&self, id: &AccountId, status: AccountStatus, deltas: &[Delta]) -> Steps {
        self.present(status)?;
        let Some(account) = self.accounts.get(id) else {
            return Err((Obstacle::Unseen, "the account is not shown".to_owned()));
        };
        let description = &self.snapshot.description;
        let (mut back, mut touched, mut partly) = (Vec::new(), Attributes::new(), Vec::new());
        for delta in deltas {
            if !edited(description, account, delta) {
                let text = format!("{} reads {} by now", delta.name.short(), shown(description, account, &delta.name));
                partly.push((Obstacle::Changed, text));
            } else if let Some(mut reverse) = reversed(delta) {
                if let Some(now) = account.attributes.get(&delta.name) {
                    reverse.before = now.to_vec();
                    touched.insert(delta.name.clone(), now.to_vec());
                } else if delta.name.as_str().eq_ignore_ascii_case(description.unique_name.as_str()) {
                    touched.insert(delta.name.clone(), reverse.before.clone());
                }
                back.push(reverse);
            }
        }
        let precondition = Precondition::AccountIs { status, attributes: touched };
        let steps = if back.is_empty() { Vec::new() } else { vec![(Operation::UpdateAccount { deltas: back }, precondition)] };
        Ok((steps, partly))
    }

    fn reactivate(&self, id: &AccountId, status: AccountStatus) -> Steps {
        self.present(status)?;
        if status != AccountStatus::Suspended {
            return Err((Obstacle::Changed, format!("the account {id} is {status} by now")));
        }
        if !self.snapshot.description.suspend.as_ref().is_some_and(|effect| effect.reversible) {
            return Err((Obstacle::Irreversible, "the connector cannot reactivate: do it on the app".to_owned()));
        }
        Ok(one(Operation::Reactivate, status))
    }

    fn suspend(&self, id: &AccountId, status: AccountStatus) -> Steps {
        self.present(status)?;
        if status != AccountStatus::Active {
            return Err((Obstacle::Changed, format!("the account {id} is {status} by now")));
        }
        if self.snapshot.description.suspend.is_none() {
            return Err((Obstacle::Irreversible, "the connector cannot suspend: do it on the app".to_owned()));
        }
        Ok(one(Operation::Suspend, status))
    }

    fn undelete(&self, record: &ChangeRecord, id: &AccountId, status: AccountStatus) -> Steps {
        if status != AccountStatus::Gone {
            return Err((Obstacle::Changed, format!("the account exists again and is {status}")));
        }
        if !self.snapshot.description.delete.as_ref().is_some_and(|effect| effect.reversible) {
            return Err((Obstacle::Irreversible, "an account that was deleted does not come back on this app".to_owned()));
        }
        let mut steps = vec![(Operation::Reactivate, is(AccountStatus::Gone))];
        // Brought back it can be used, which it could not before: unless the run suspended it, too, and that is undone as well.
        let was = matches!(&record.change.precondition, Precondition::AccountIs { status: AccountStatus::Suspended, .. });
        if was && !self.suspended.contains(id) && self.snapshot.description.suspend.is_some() {
            steps.push((Operation::Suspend, is(AccountStatus::Active)));
        }
        Ok((steps, Vec::new()))
    }

    /// What the account is after the changes of the reverse plan so far.
    fn status(&self, id: &AccountId) -> AccountStatus {
        let now = || self.accounts.get(id).map_or(AccountStatus::Gone, |account| account.status);
        self.statuses.get(id).copied().unwrap_or_else(now)
    }

    fn present(&self, status: AccountStatus) -> Result<(), Obstructed> {
        match status {
            AccountStatus::Gone => Err((Obstacle::Changed, "the account no longer exists".to_owned())),
            _ => Ok(()),
        }
    }

    fn holds(&self, id: &AccountId, entitlement: &EntitlementKey) -> bool {
        self.grants.contains(&Grant { entitlement: entitlement.clone(), holder: Holder::Account(id.clone()) })
    }

    fn not_held(&self, entitlement: &EntitlementKey, name: &str) -> Obstructed {
        match self.snapshot.grants.is_complete() {
            true => (Obstacle::Changed, format!("the account no longer holds {} {name}", entitlement.kind)),
            false => (Obstacle::Unseen, "what the account holds could not be read completely".to_owned()),
        }
    }

    fn push(&mut self, record: &ChangeRecord, id: &AccountId, operation: Operation, precondition: Precondition) {
        let status = match operation {
            Operation::Suspend => Some(AccountStatus::Suspended),
            Operation::Reactivate => Some(AccountStatus::Active),
            Operation::DeleteAccount => Some(AccountStatus::Gone),
            _ => None,
        };
        // A deletion waits for the suspension of the same account, and a suspension for the return from the dead.
        let before = self.reversal.changes.last().filter(|before| {
            let same = matches!(&before.account, AccountTarget::Existing { id: other, .. } if other == id);
            same && matches!(
                (&before.operation, &operation),
                (Operation::Suspend, Operation::DeleteAccount) | (Operation::Reactivate, Operation::Suspend)
            )
        });
        let after = before.map(|before| before.id.clone()).into_iter().collect();
        if let Some(status) = status {
            self.statuses.insert(id.clone(), status);
        }
        *self.last += 1;
        let unique_name = self.accounts.get(id).map_or(record.change.label.as_str(), |account| &account.unique_name).to_owned();
        let text = format!("undo of run {}, change {}", self.run, record.id);
        self.reversal.changes.push(Change {
            id: ChangeId::new(format!("c{}", self.last)),
            person: record.change.person.clone(),
            label: unique_name.clone(),
            account: AccountTarget::Existing { id: id.clone(), unique_name },
            operation,
            reasons: vec![Reason::new(ReasonKind::Undo, text)],
            precondition,
            after,
        });
    }
}

type Steps = Result<(Vec<(Operation, Precondition)>, Vec<Obstructed>), Obstructed>;

/// Whether the run did it, and not somebody before it.
fn done(record: &ChangeRecord) -> Result<(), Obstructed> {
    match &record.state {
        ChangeState::Done { already: true, .. } if record.change.operation.writes_to_app() => {
            Err((Obstacle::Nothing, "the app was so already when the run came to it".to_owned()))
        }
        ChangeState::Done { .. } => Ok(()),
        other if other.is_final() => Err((Obstacle::NotDone, format!("the run did not carry it out: it is {}", other.name()))),
        other => Err((Obstacle::NotDone, format!("it is not finished: it is {}", other.name()))),
    }
}

fn is(status: AccountStatus) -> Precondition {
    Precondition::AccountIs { status, attributes: Attributes::new() }
}

fn one(operation: Operation, status: AccountStatus) -> (Vec<(Operation, Precondition)>, Vec<Obstructed>) {
    (vec![(operation, is(status))], Vec::new())
}

#[cfg(test)]
mod tests;
