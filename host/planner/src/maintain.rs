//! Accounts that exist and stay: adopted, reactivated, put right.

use crate::correlate::{Holding, Owner};
use crate::delta::{delta, is_maintained, observed};
use crate::draft::{Before, Sequence, Stage, Subject, while_in};
use crate::grants::{GrantChange, Grants};
use crate::key::is_blank;
use crate::planner::Scene;
use innkeeper_domain::{
    Account, AccountStatus, Attributes, Case, CaseKind, Delta, DesiredAccount, Edit, Operation, Precondition, Presence, Reason,
    ReasonKind, Scalar, Strength, Value,
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

/// Everything that the accounts that stay need; most need nothing.
pub(crate) fn maintenances<'a>(
    scene: &Scene<'_, 'a>,
    grants: &mut Grants<'_, 'a>,
    cases: &mut Vec<Case>,
) -> Vec<Maintenance<'a>> {
    let mut maintenances = Vec::new();
    for (person, (&desired, holding)) in scene.correlation.people.iter().zip(&scene.correlation.holdings).enumerate() {
        if desired.presence != Presence::Active {
            continue;
        }
        let (account, adopted_by) = match *holding {
            Holding::Linked { account } => (account, None),
            Holding::Matched { account, matcher } if scene.certainty.may_adopt() => (account, Some(matcher)),
            _ => continue,
        };
        let seen = scene.observed.accounts[account];
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
        let deltas = if waiting { Vec::new() } else { deltas(scene, desired, seen, cases) };
        let grants = match waiting {
            true => Vec::new(),
            false => grants.for_existing(desired, account),
        };
        if adopted_by.is_some() || reactivation.is_some() || !deltas.is_empty() || !grants.is_empty() {
            maintenances.push(Maintenance { desired, person, account, adopted_by, reactivation, deltas, grants });
        }
    }
    maintenances
}

/// Returners whose account the app does not list while it is suspended, or can bring back after it was deleted. What else they need is
/// seen once it is listed again.
pub(crate) fn hidden_returners<'a>(scene: &Scene<'_, 'a>, cases: &mut Vec<Case>) -> Vec<Sequence<'a>> {
    let mut sequences = Vec::new();
    for (&desired, holding) in scene.correlation.people.iter().zip(&scene.correlation.holdings) {
        if let Holding::Deleted { id, link } = *holding {
            let name = scene.observed.gone(id).map_or_else(|| scene.name_of(desired), |gone| gone.unique_name.clone());
            let mut sequence = Sequence::new(Stage::Mover, desired, Subject::Hidden { id, name });
            let when = link.deleted_on.map_or("on the app".to_owned(), |day| format!("on {day}"));
            let text = format!("deleted {when} and not lost yet; {}", desired.reason.text);
            let reason = Reason { kind: ReasonKind::Returner, text, ..desired.reason.clone() };
            sequence.push(Operation::Reactivate, vec![reason], while_in(AccountStatus::Gone), &[]);
            sequences.push(sequence);
        }
        if let Holding::Hidden { id, .. } = *holding
            && desired.presence == Presence::Active
        {
            let name = scene.name_of(desired);
            if can_reactivate(scene) {
                let mut sequence = Sequence::new(Stage::Mover, desired, Subject::Hidden { id, name });
                let reason = Reason { kind: ReasonKind::Returner, ..desired.reason.clone() };
                sequence.push(Operation::Reactivate, vec![reason], while_in(AccountStatus::Suspended), &[]);
                sequences.push(sequence);
            } else {
                cases.push(irreversible(desired, &name));
            }
        }
    }
    sequences
}

fn can_reactivate(scene: &Scene<'_, '_>) -> bool {
    scene.schema.description.suspend.as_ref().is_some_and(|effect| effect.reversible)
}

fn irreversible(desired: &DesiredAccount, name: &str) -> Case {
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.clone()),
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
    Reason { kind: ReasonKind::Returner, text, ..desired.reason.clone() }
}

fn deltas(scene: &Scene<'_, '_>, desired: &DesiredAccount, account: &Account, cases: &mut Vec<Case>) -> Vec<(Delta, Reason)> {
    let mut deltas: Vec<(Delta, Reason)> = Vec::new();
    for (position, wanted) in desired.attributes.iter().enumerate() {
        let facts = scene.schema.at(position, &wanted.name);
        if wanted.strength != Strength::Enforced || !is_maintained(facts) {
            continue;
        }
        let mut values = Cow::Borrowed(wanted.values.as_slice());
        if facts.is_unique_name {
            match values.first().map(|value| &value.scalar) {
                Some(Scalar::Text(name)) if *name == account.unique_name => continue,
                Some(Scalar::Text(_)) | None => {}
                Some(other) => values = Cow::Owned(vec![Value::plain(other.to_string())]),
            }
        }
        // An attribute that was not read is unknown: it may be right already.
        let Some(before) = observed(account, &wanted.name, facts) else { continue };
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
            let reason = desired.attribute_reasons.get(position).cloned();
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
        label: Some(desired.label.clone()),
        kind: CaseKind::MissingValue { attribute: attribute.to_owned() },
        text: format!(
            "An account must have {attribute}, and its mapping gives no value for {}, so {consequence}. Complete the record or the mapping.",
            desired.label
        ),
    }
}

impl<'a> Maintenance<'a> {
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
    let before = observed(account, name, facts).map(|values| (name.clone(), values.into_owned()));
    let reason = Reason::new(ReasonKind::Adoption, format!("the account exists and has the same {name}"));
    let precondition = Precondition::AccountIs { status: account.status, attributes: before.into_iter().collect() };
    sequence.push(Operation::Adopt, vec![reason], precondition, &[])
}
