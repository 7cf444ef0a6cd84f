//! Accounts that are to be closed: suspended, signed out, relieved of grants and property, and deleted when the time has come.

use crate::correlate::{Holding, Owner};
use crate::draft::{Before, Sequence, Stage, Subject, while_in};
use crate::grants::Grants;
use crate::maintain::adopt;
use crate::planner::Scene;
use crate::shield;
use crate::{ClosingStep, Link};
use innkeeper_domain::{
    Account, AccountId, AccountStatus, Case, CaseKind, Class, DesiredAccount, LifecycleEffect, Operation, Presence, Reason,
    Upcoming,
};
use jiff::{Span, civil::Date};

/// What closing accounts comes to.
#[derive(Default)]
pub(crate) struct Closing<'a> {
    pub(crate) sequences: Vec<Sequence<'a>>,
    pub(crate) upcoming: Vec<Upcoming>,
    pub(crate) cases: Vec<Case>,
    /// Whether a deletion was due that the app cannot do.
    undeletable: bool,
}

/// When an account is deleted.
enum Deletion {
    Never,
    Now,
    On(Date),
}

/// All accounts that somebody should not have any more.
pub(crate) fn closing<'a>(scene: &Scene<'_, 'a>, grants: &Grants<'_, 'a>) -> Closing<'a> {
    let mut closing = Closing::default();
    for (position, owner) in scene.correlation.owners.iter().enumerate() {
        let account = scene.observed.accounts[position];
        match *owner {
            Owner::Linked { link, person: Some(person) } => {
                let desired = scene.correlation.people[person];
                if is_closed(scene, desired) {
                    closing.seen(scene, grants, desired, position, Some(link));
                }
            }
            // A leftover: the person is gone and the account can still be used.
            Owner::Matched { person } if account.status != AccountStatus::Suspended => {
                let desired = scene.correlation.people[person];
                if matches!(desired.presence, Presence::Closed { .. }) && scene.certainty.may_adopt() {
                    closing.seen(scene, grants, desired, position, None);
                }
            }
            _ => {}
        }
    }
    for (&desired, holding) in scene.correlation.people.iter().zip(&scene.correlation.holdings) {
        if let Holding::Hidden { id, link } = *holding
            && is_closed(scene, desired)
        {
            closing.hidden(scene, desired, id, link);
        }
    }
    if closing.undeletable {
        closing.cases.push(Case {
            person: None,
            label: None,
            kind: CaseKind::Unsupported { operation: "delete".to_owned() },
            text: "Accounts are due for deletion, and the connector cannot delete. Take `delete-after` out, or delete them on the app."
                .to_owned(),
        });
    }
    closing
}

fn is_closed(scene: &Scene<'_, '_>, desired: &DesiredAccount) -> bool {
    matches!(desired.presence, Presence::Closed { .. } | Presence::NotEntitled | Presence::OnLeave)
        && scene.certainty.may_close(&desired.person, desired.presence)
}

impl<'a> Closing<'a> {
    /// One account that was seen; nothing is done to one that nobody writes to.
    fn seen(
        &mut self,
        scene: &Scene<'_, 'a>,
        grants: &Grants<'_, 'a>,
        desired: &'a DesiredAccount,
        position: usize,
        link: Option<&Link>,
    ) {
        let account = scene.observed.accounts[position];
        let Some(ward) = scene.ward(account) else { return self.account(scene, grants, desired, position, link) };
        let mut wish = Self::default();
        wish.account(scene, grants, desired, position, link);
        let mut wanted: Vec<String> = wish.sequences.iter().flat_map(|sequence| shield::words(&sequence.steps)).collect();
        if wanted.is_empty() && !wish.cases.is_empty() {
            wanted.push("close".to_owned());
        }
        if !wanted.is_empty() {
            self.cases.push(shield::case(ward, desired, Some(&account.id), &account.unique_name, &wanted));
        }
    }

    /// One account that was seen; without a link it is adopted first.
    fn account(
        &mut self,
        scene: &Scene<'_, 'a>,
        grants: &Grants<'_, 'a>,
        desired: &'a DesiredAccount,
        position: usize,
        link: Option<&Link>,
    ) {
        let account = scene.observed.accounts[position];
        if desired.presence == Presence::OnLeave {
            return self.leave(scene, desired, position);
        }
        if account.status == AccountStatus::Invited && scene.schema.description.delete.is_some() {
            return self.invitation(scene, desired, position);
        }
        let suspend = scene.schema.description.suspend.as_ref();
        let suspended_on = match account.status {
            AccountStatus::Suspended => {
                closed_on(desired, link.and_then(|link| link.suspended_on).unwrap_or(scene.input.today), scene.input.today)
            }
            _ => scene.input.today,
        };
        let deletion = match is_membership(scene) {
            true => Deletion::Now,
            false => self.deletion(scene, suspended_on),
        };
        let mut sequence = Sequence::new(Stage::Leaver, desired, Subject::Seen { account, position });
        let mut before_deletion = Vec::new();
        let mut status = account.status;
        if account.status != AccountStatus::Suspended {
            let at_once = is_membership(scene) || scene.input.delete_after == Some(0);
            let delete_instead = suspend.is_none() && at_once && matches!(deletion, Deletion::Now);
            if suspend.is_none() && !delete_instead {
                return self.cases.push(unsuspendable(desired, account));
            }
            if let Some(matcher) = scene.matcher_of(position) {
                before_deletion = vec![Before::Step(adopt(&mut sequence, scene, account, matcher))];
            }
            if suspend.is_some() {
                let reasons = vec![desired.reason.clone()];
                let step = sequence.push(Operation::Suspend, reasons, while_in(status), &before_deletion);
                before_deletion = vec![Before::Step(step)];
                status = AccountStatus::Suspended;
            }
        }
        let after = before_deletion.clone();
        let newly = account.status != AccountStatus::Suspended;
        let missed = |step| scene.input.unfinished.contains(&(account.id.clone(), step));
        if (newly || missed(ClosingStep::EndSessions)) && scene.input.can_revoke_sessions {
            sequence.push(Operation::RevokeSessions, vec![desired.reason.clone()], while_in(status), &after);
        }
        if scene.input.revoke_from_leavers && suspend.is_some_and(|effect: &LifecycleEffect| effect.keeps_grants) {
            grants.add(
                &mut sequence,
                grants.for_leaver(position),
                std::slice::from_ref(&desired.reason),
                &while_in(status),
                &after,
            );
        }
        if (newly || missed(ClosingStep::TransferOwnership))
            && let Some(to) = heir(scene, desired, Some(position))
        {
            let operation = Operation::TransferOwnership { to: to.clone() };
            before_deletion.push(Before::Step(sequence.push(operation, vec![desired.reason.clone()], while_in(status), &after)));
        }
        match deletion {
            Deletion::Never => {}
            Deletion::On(day) => self.upcoming(desired, &account.unique_name, day),
            Deletion::Now => {
                let reasons = match is_membership(scene) {
                    true => vec![desired.reason.clone()],
                    false => deletion_reasons(scene, desired, suspended_on),
                };
                sequence.push(Operation::DeleteAccount, reasons, while_in(status), &before_deletion);
            }
        }
        if !sequence.steps.is_empty() {
            self.sequences.push(sequence);
        }
    }

    /// One of somebody who is away for long: suspended, and nothing else. Never deleted, relieved of grants or handed over.
    fn leave(&mut self, scene: &Scene<'_, 'a>, desired: &'a DesiredAccount, position: usize) {
        let account = scene.observed.accounts[position];
        if account.status != AccountStatus::Active {
            return;
        }
        if scene.schema.description.suspend.as_ref().is_none_or(|effect| !effect.reversible) {
            return self.cases.push(unleavable(desired, account));
        }
        let mut sequence = Sequence::new(Stage::Leaver, desired, Subject::Seen { account, position });
        let reasons = vec![desired.reason.clone()];
        let suspend = sequence.push(Operation::Suspend, reasons.clone(), while_in(account.status), &[]);
        if scene.input.can_revoke_sessions {
            sequence.push(Operation::RevokeSessions, reasons, while_in(AccountStatus::Suspended), &[Before::Step(suspend)]);
        }
        self.sequences.push(sequence);
    }

    /// One that nobody has accepted yet: taken back at once, for there is nothing to keep.
    fn invitation(&mut self, scene: &Scene<'_, 'a>, desired: &'a DesiredAccount, position: usize) {
        let account = scene.observed.accounts[position];
        let mut sequence = Sequence::new(Stage::Leaver, desired, Subject::Seen { account, position });
        let adopted = scene.matcher_of(position).map(|matcher| Before::Step(adopt(&mut sequence, scene, account, matcher)));
        let before: Vec<Before> = adopted.into_iter().collect();
        sequence.push(Operation::DeleteAccount, vec![desired.reason.clone()], while_in(account.status), &before);
        self.sequences.push(sequence);
    }

    /// One that is suspended, as far as we know, and not listed while it is.
    fn hidden(&mut self, scene: &Scene<'_, 'a>, desired: &'a DesiredAccount, id: &'a AccountId, link: &Link) {
        if desired.presence == Presence::OnLeave {
            return;
        }
        let suspended_on = closed_on(desired, link.suspended_on.unwrap_or(scene.input.today), scene.input.today);
        let name = scene.name_of(desired);
        let mut sequence = Sequence::new(Stage::Leaver, desired, Subject::Hidden { id, name: name.clone() });
        let mut before_deletion = Vec::new();
        if scene.input.unfinished.contains(&(id.clone(), ClosingStep::TransferOwnership))
            && let Some(to) = heir(scene, desired, None)
        {
            let operation = Operation::TransferOwnership { to: to.clone() };
            let step = sequence.push(operation, vec![desired.reason.clone()], while_in(AccountStatus::Suspended), &[]);
            before_deletion.push(Before::Step(step));
        }
        match self.deletion(scene, suspended_on) {
            Deletion::Never => {}
            Deletion::On(day) => self.upcoming(desired, &name, day),
            Deletion::Now => {
                let reasons = deletion_reasons(scene, desired, suspended_on);
                sequence.push(Operation::DeleteAccount, reasons, while_in(AccountStatus::Suspended), &before_deletion);
            }
        }
        if sequence.steps.is_empty() {
            return;
        }
        match scene.ward_of_subject(&sequence.subject) {
            Some(ward) => {
                let name = scene.name_of(desired);
                self.cases.push(shield::case(ward, desired, Some(id), &name, &shield::words(&sequence.steps)));
            }
            None => self.sequences.push(sequence),
        }
    }

    fn deletion(&mut self, scene: &Scene<'_, '_>, suspended_on: Date) -> Deletion {
        let Some(days) = scene.input.delete_after else { return Deletion::Never };
        // A day beyond the end of the calendar never comes.
        let Ok(day) = suspended_on.checked_add(Span::new().days(i64::from(days))) else { return Deletion::Never };
        let due = day <= scene.input.today;
        if scene.schema.description.delete.is_none() {
            self.undeletable |= due;
            return Deletion::Never;
        }
        match due {
            true if scene.certainty.may_delete() => Deletion::Now,
            true => Deletion::Never,
            false => Deletion::On(day),
        }
    }

    fn upcoming(&mut self, desired: &DesiredAccount, label: &str, on: Date) {
        self.upcoming.push(Upcoming {
            person: desired.person.clone(),
            label: label.to_owned(),
            class: Class::Delete,
            what: None,
            on,
        });
    }
}

/// Whether what the app calls deleting only ends a membership: nothing is lost by it, and it is the only way to close the account.
fn is_membership(scene: &Scene<'_, '_>) -> bool {
    let description = &scene.schema.description;
    description.suspend.is_none() && description.delete.as_ref().is_some_and(|effect| effect.reversible && effect.keeps_data)
}

/// From when the days until the deletion are counted: somebody who leaves while they are on leave, or before they were ever enabled, was
/// suspended long before they left.
fn closed_on(desired: &DesiredAccount, suspended_on: Date, today: Date) -> Date {
    match desired.presence {
        Presence::Closed { since: Some(since) } => suspended_on.max(since.min(today)),
        _ => suspended_on,
    }
}

fn unleavable(desired: &DesiredAccount, account: &Account) -> Case {
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        kind: CaseKind::Unsupported { operation: "suspend".to_owned() },
        text: format!(
            "{} is on leave, and the connector cannot suspend the account {} so that it could come back. Do what the app allows by hand, \
             or set `leave = \"keep\"` for it.",
            desired.label, account.unique_name
        ),
    }
}

fn deletion_reasons(scene: &Scene<'_, '_>, desired: &DesiredAccount, suspended_on: Date) -> Vec<Reason> {
    let days = scene.input.delete_after.unwrap_or_default();
    let text = format!("suspended on {suspended_on}, deleted after {days} {}", if days == 1 { "day" } else { "days" });
    vec![desired.reason.clone(), Reason::new(desired.reason.kind, text)]
}

/// The account that inherits: managed, usable, and of somebody who stays.
fn heir<'a>(scene: &Scene<'_, 'a>, desired: &DesiredAccount, position: Option<usize>) -> Option<&'a AccountId> {
    let heir = scene.correlation.find(desired.transfer_to.as_ref().filter(|_| scene.input.can_transfer)?)?;
    match scene.correlation.holdings[heir] {
        Holding::Linked { account }
            if Some(account) != position && scene.correlation.people[heir].presence == Presence::Active =>
        {
            let account = scene.observed.accounts[account];
            (account.status == AccountStatus::Active && scene.ward(account).is_none()).then_some(&account.id)
        }
        _ => None,
    }
}

fn unsuspendable(desired: &DesiredAccount, account: &Account) -> Case {
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        kind: CaseKind::Unsupported { operation: "suspend".to_owned() },
        text: format!(
            "The account {} of {} should be closed, and the connector cannot suspend. Close it on the app, or set `delete-after = \"0d\"` if \
             accounts may be deleted at once.",
            account.unique_name, desired.label
        ),
    }
}
