//! Accounts that exist and stay: adopted, reactivated, put right.

use crate::correlate::{Holding, Owner};
use crate::delta::{delta, is_maintained, observed};
use crate::draft::{Before, Sequence, Stage, Subject, while_in};
use crate::grants::{GrantChange, Grants};
use crate::key::is_blank;
use crate::observed::{Held, Observed};
use crate::planner::Scene;
use crate::shield::{self, Ward};
use innkeeper_domain::{
    Account, AccountId, AccountStatus, Attributes, Case, CaseKind, Delta, DesiredAccount, Edit, Hint, Operation, Precondition,
    Presence, Reason, ReasonKind, Scalar, Strength, Value,
};
use std::borrow::Cow;

/// What one account that stays needs. Unique values are not settled yet.
pub(crate) struct Maintenance<'a> {
    pub(crate) desired: &'a DesiredAccount,
    pub(crate) person: usize,
    pub(crate) account: usize,
    /// The position of the rule that recognised it.
    adopted_by: Option<usize>,
    reactivation: Option<Reason>,
    /// With the reason for each.
    pub(crate) deltas: Vec<(Delta, Reason)>,
    grants: Vec<GrantChange>,
}

/// How many accounts' holdings are gathered at once.
const TOGETHER: usize = 64;

/// What the accounts of some people hold, in the order of the people. Accounts lie in another one, and the processor fetches what many of them
/// hold side by side, where it would wait for each in its turn.
#[derive(Default)]
struct HeldTogether {
    held: Vec<Held>,
    /// Where each part begins; one more than there are people.
    starts: Vec<usize>,
}

impl HeldTogether {
    fn gather(&mut self, observed: &Observed<'_>, accounts: impl Iterator<Item = Option<usize>>) {
        self.held.clear();
        self.starts.clear();
        self.starts.push(0);
        for account in accounts {
            self.held.extend_from_slice(account.map_or(&[], |account| observed.held(account)));
            self.starts.push(self.held.len());
        }
    }

    fn of(&self, at: usize) -> &[Held] {
        &self.held[self.starts[at]..self.starts[at + 1]]
    }
}

/// Everything that the accounts that stay need; most need nothing.
pub(crate) fn maintenances<'a>(
    scene: &Scene<'_, 'a>,
    compare: &mut Grants<'_, 'a>,
    cases: &mut Vec<Case>,
) -> Vec<Maintenance<'a>> {
    let mut maintenances = Vec::new();
    let mut together = HeldTogether::default();
    for (person, (&desired, holding)) in scene.correlation.people.iter().zip(&scene.correlation.holdings).enumerate() {
        if person % TOGETHER == 0 {
            let next = &scene.correlation.holdings[person..];
            together.gather(scene.observed, next.iter().take(TOGETHER).map(Holding::account));
        }
        if desired.presence != Presence::Active {
            continue;
        }
        let (account, adopted_by) = match *holding {
            Holding::Linked { account } => (account, None),
            Holding::Matched { account, matcher } if scene.certainty.may_adopt() => (account, Some(matcher)),
            _ => continue,
        };
        let seen = scene.observed.accounts[account];
        // Not before the first day.
        if seen.status == AccountStatus::Suspended && desired.enable_on.is_some() {
            continue;
        }
        let waiting = seen.status == AccountStatus::Invited && scene.schema.description.quirks.invited_holds_nothing;
        let reactivation = if seen.status == AccountStatus::Suspended {
            if !can_reactivate(scene) {
                cases.push(irreversible(desired, &seen.unique_name));
                continue;
            }
            Some(returner(scene, account, desired))
        } else {
            None
        };
        // What an invitation says cannot be edited, and is not yet the person's own.
        let mut deltas = if waiting { Vec::new() } else { deltas(scene, desired, seen, cases) };
        if scene.ward(seen).is_none() {
            deltas.retain(|(delta, _)| stays_ours(scene, desired, seen, delta, cases));
        }
        let grants = match waiting {
            true => Vec::new(),
            false => compare.for_existing(desired, account, together.of(person % TOGETHER)),
        };
        if adopted_by.is_some() || reactivation.is_some() || !deltas.is_empty() || !grants.is_empty() {
            let maintenance = Maintenance { desired, person, account, adopted_by, reactivation, deltas, grants };
            match scene.ward(seen) {
                Some(ward) => cases.extend(maintenance.refused(scene, ward, compare)),
                None => maintenances.push(maintenance),
            }
        }
    }
    maintenances
}

/// Returners whose account the app does not list while it is suspended, or can bring back after it was deleted. What else they need is
/// seen once it is listed again.
pub(crate) fn hidden_returners<'a>(scene: &Scene<'_, 'a>, cases: &mut Vec<Case>) -> Vec<Sequence<'a>> {
    let mut sequences = Vec::new();
    let people = scene.correlation.people.iter().zip(&scene.correlation.holdings);
    for (&desired, holding) in people.filter(|(desired, _)| desired.enable_on.is_none()) {
        if let Holding::Deleted { id, link } = *holding {
            let name = scene.observed.gone(id).map_or_else(|| scene.name_of(desired), |gone| gone.unique_name.to_string());
            let mut sequence = Sequence::new(Stage::Mover, desired, Subject::Hidden { id, name });
            let when = link.deleted_on.map_or("on the app".to_owned(), |day| format!("on {day}"));
            let text = format!("deleted {when} and not lost yet; {}", desired.reason.text);
            let reason = Reason { kind: ReasonKind::Returner, text: text.into(), ..desired.reason.clone() };
            sequence.push(Operation::Reactivate, vec![reason], while_in(AccountStatus::Gone), &[]);
            keep_or_refuse(scene, sequence, id, &mut sequences, cases);
        }
        if let Holding::Hidden { id, .. } = *holding
            && desired.presence == Presence::Active
        {
            let name = scene.name_of(desired);
            if can_reactivate(scene) {
                let mut sequence = Sequence::new(Stage::Mover, desired, Subject::Hidden { id, name });
                let reason = Reason { kind: ReasonKind::Returner, ..desired.reason.clone() };
                sequence.push(Operation::Reactivate, vec![reason], while_in(AccountStatus::Suspended), &[]);
                keep_or_refuse(scene, sequence, id, &mut sequences, cases);
            } else {
                cases.push(irreversible(desired, &name));
            }
        }
    }
    sequences
}

/// Whether an account is still one that may be written to when it has these values: nobody gets the name of one that is protected.
fn stays_ours(scene: &Scene<'_, '_>, desired: &DesiredAccount, account: &Account, delta: &Delta, cases: &mut Vec<Case>) -> bool {
    let gained = match &delta.edit {
        Edit::Replace(values) | Edit::Amend { add: values, .. } => values,
        Edit::Clear => return true,
    };
    let is_name = scene.schema.named(&delta.name).is_unique_name;
    let name =
        gained.first().filter(|_| is_name).map_or_else(|| account.unique_name.to_string(), |value| value.scalar.to_string());
    let attributes = Attributes::from([(delta.name.clone(), gained.clone())]);
    let Some(ward) = scene.ward_of(None, &name, &attributes) else { return true };
    let wanted = [format!("give {} this {}", account.unique_name, delta.name.short())];
    let shown = gained.first().map_or(name, |value| value.scalar.to_string());
    cases.push(shield::case(ward, desired, Some(&account.id), &shown, &wanted));
    false
}

fn keep_or_refuse<'a>(
    scene: &Scene<'_, 'a>,
    sequence: Sequence<'a>,
    id: &AccountId,
    sequences: &mut Vec<Sequence<'a>>,
    cases: &mut Vec<Case>,
) {
    match scene.ward_of_subject(&sequence.subject) {
        Some(ward) => {
            let name = scene.name_of(sequence.desired);
            cases.push(shield::case(ward, sequence.desired, Some(id), &name, &shield::words(&sequence.steps)));
        }
        None => sequences.push(sequence),
    }
}

fn can_reactivate(scene: &Scene<'_, '_>) -> bool {
    scene.schema.description.suspend.as_ref().is_some_and(|effect| effect.reversible)
}

fn irreversible(desired: &DesiredAccount, name: &str) -> Case {
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        kind: CaseKind::Unsupported { operation: "reactivate".to_owned() },
        text: format!(
            "{} should have the account {name}, which is suspended, and the connector cannot reactivate it. Do it on the app.",
            desired.label
        ),
    }
}

fn returner(scene: &Scene<'_, '_>, account: usize, desired: &DesiredAccount) -> Reason {
    let suspended_on = match scene.correlation.owners[account] {
        Owner::Linked { link, .. } => link.suspended_on,
        _ => None,
    };
    let text = match suspended_on {
        Some(day) => format!("suspended on {day}; {}", desired.reason.text),
        None => format!("suspended on the app by somebody else; {}", desired.reason.text),
    };
    Reason { kind: ReasonKind::Returner, text: text.into(), ..desired.reason.clone() }
}

fn deltas(scene: &Scene<'_, '_>, desired: &DesiredAccount, account: &Account, cases: &mut Vec<Case>) -> Vec<(Delta, Reason)> {
    let mut deltas: Vec<(Delta, Reason)> = Vec::new();
    for (position, wanted) in desired.attributes.iter().enumerate() {
        let facts = scene.schema.at(position, &wanted.name);
        if wanted.strength != Strength::Enforced || !is_maintained(facts) {
            continue;
        }
        let mut values = Cow::Borrowed(&*wanted.values);
        if facts.is_unique_name {
            match values.first().map(|value| &value.scalar) {
                Some(Scalar::Text(name)) if *name == account.unique_name => continue,
                Some(Scalar::Text(_)) | None => {}
                Some(other) => values = Cow::Owned(vec![Value::plain(other.to_string())]),
            }
        }
        // An attribute that was not read is unknown: it may be right already.
        let Some(before) = observed(account, &wanted.name, facts, scene.schema.hint(position)) else { continue };
        if facts.required && values.iter().all(|value| is_blank(&value.scalar)) {
            if !before.is_empty() {
                cases.push(missing_value(desired, scene.schema.spelled(&wanted.name).as_str(), "it is left as it is"));
            }
            continue;
        }
        let name = if facts.is_unique_name { &scene.schema.description.unique_name } else { &wanted.name };
        let Some(delta) = delta(name, &values, &before, facts) else { continue };
        if delta.edit == Edit::Clear && !scene.certainty.may_clear() {
            continue;
        }
        if deltas.iter().all(|(other, _)| other.name != delta.name) {
            let reason = desired.attribute_reasons.get(position).map(|reason| desired.reason_of(reason));
            deltas.push((
                delta,
                reason.unwrap_or_else(|| Reason::new(ReasonKind::Mapping, format!("the mapping of {}", wanted.name))),
            ));
        }
    }
    deltas
}

/// The case of an attribute that an account must have and the rules give no value for.
pub(crate) fn missing_value(desired: &DesiredAccount, attribute: &str, consequence: &str) -> Case {
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        kind: CaseKind::MissingValue { attribute: attribute.to_owned() },
        text: format!(
            "An account must have {attribute}, and its mapping gives no value for {}, so {consequence}. Complete the record or the mapping.",
            desired.label
        ),
    }
}

impl<'a> Maintenance<'a> {
    /// The entitlements that it takes away.
    pub(crate) fn revoked(&self) -> impl Iterator<Item = u32> {
        self.grants.iter().filter_map(|change| match change {
            GrantChange::Revoke(entitlement) | GrantChange::Revert(entitlement) => Some(*entitlement),
            GrantChange::Assume(..) | GrantChange::Grant(..) | GrantChange::Keep(_) => None,
        })
    }

    /// Leaves an entitlement where it is.
    pub(crate) fn keep(&mut self, entitlement: u32) {
        let takes = |change: &GrantChange| match change {
            GrantChange::Revoke(revoked) | GrantChange::Revert(revoked) => *revoked == entitlement,
            GrantChange::Assume(..) | GrantChange::Grant(..) | GrantChange::Keep(_) => false,
        };
        self.grants.retain(|change| !takes(change));
    }

    /// The case of an account that nobody writes to, if something would be written.
    fn refused(self, scene: &Scene<'_, 'a>, ward: Ward, grants: &Grants<'_, 'a>) -> Option<Case> {
        let (desired, account) = (self.desired, scene.observed.accounts[self.account]);
        let wanted = shield::words(&self.sequence(scene, grants, &[]).steps);
        (!wanted.is_empty()).then(|| shield::case(ward, desired, Some(&account.id), &account.unique_name, &wanted))
    }

    /// The changes. `waits` is what has to happen first so that unique values become free.
    pub(crate) fn sequence(self, scene: &Scene<'_, 'a>, grants: &Grants<'_, 'a>, waits: &[Before]) -> Sequence<'a> {
        let account = scene.observed.accounts[self.account];
        let subject = Subject::Seen { account, position: self.account };
        let mut sequence = Sequence::new(Stage::Mover, self.desired, subject);
        let mut after: Vec<Before> = Vec::new();
        if let Some(matcher) = self.adopted_by {
            after = vec![Before::Step(adopt(&mut sequence, scene, account, matcher))];
        }
        let mut status = account.status;
        if let Some(reason) = self.reactivation {
            after = vec![Before::Step(sequence.push(Operation::Reactivate, vec![reason], while_in(status), &after))];
            status = AccountStatus::Active;
        }
        if !self.deltas.is_empty() {
            let touched: Attributes = self.deltas.iter().map(|(delta, _)| (delta.name.clone(), delta.before.clone())).collect();
            let (deltas, mut reasons): (Vec<_>, Vec<_>) = self.deltas.into_iter().unzip();
            reasons.dedup();
            let precondition = Precondition::AccountIs { status, attributes: touched };
            sequence.push(Operation::UpdateAccount { deltas }, reasons, precondition, &[&after, waits].concat());
        }
        grants.add(&mut sequence, self.grants, &[Grants::no_role()], &while_in(status), &after);
        sequence
    }
}

/// Adds the adoption of an account that a rule recognised.
pub(crate) fn adopt(sequence: &mut Sequence<'_>, scene: &Scene<'_, '_>, account: &Account, matcher: usize) -> usize {
    let name = scene.schema.spelled(scene.matcher(matcher).name);
    let facts = scene.schema.named(name);
    let before = observed(account, name, facts, &Hint::default()).map(|values| (name.clone(), values.into_owned()));
    let reason = Reason::new(ReasonKind::Adoption, format!("the account exists and has the same {name}"));
    let precondition = Precondition::AccountIs { status: account.status, attributes: before.into_iter().collect() };
    sequence.push(Operation::Adopt, vec![reason], precondition, &[])
}
