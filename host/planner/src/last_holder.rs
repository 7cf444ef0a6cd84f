//! The last administrator. A plan never leaves a privileged entitlement without an active holder that had one: the last is kept, and a
//! case says what to do.
//!
//! Only who holds it now counts. Who is to get it in the same plan does not: the grant could fail after the last holder is gone.

use crate::draft::{Sequence, Subject};
use crate::maintain::Maintenance;
use crate::planner::Scene;
use crate::shield::{Ward, is_privileged};
use innkeeper_domain::{AccountStatus, Case, CaseKind, DesiredAccount, EntitlementKey, Operation, Presence};
use std::collections::{BTreeMap, BTreeSet};

/// Takes out what would take a privileged entitlement from its last active holders. Gives the accounts whose closing was taken out.
pub(crate) fn keep<'a>(
    scene: &Scene<'_, 'a>,
    sequences: &mut Vec<Sequence<'a>>,
    maintenances: &mut [Maintenance<'a>],
    cases: &mut Vec<Case>,
) -> BTreeSet<usize> {
    let privileged = privileged(scene);
    let mut kept = BTreeSet::new();
    if privileged.is_empty() {
        return kept;
    }
    let holders = holders(scene, &privileged);
    for (entitlement, holders) in holders {
        let known = &scene.observed.entitlements[entitlement as usize];
        if scene.input.shield.held_elsewhere.is_some_and(|held| held.contains(known.key)) {
            continue;
        }
        let closed: BTreeMap<usize, &DesiredAccount> = sequences.iter().filter_map(closes).collect();
        let relieved: BTreeMap<usize, usize> = (maintenances.iter().enumerate())
            .filter(|(_, maintenance)| maintenance.revoked().any(|revoked| revoked == entitlement))
            .map(|(index, maintenance)| (maintenance.account, index))
            .collect();
        if holders.iter().any(|holder| !closed.contains_key(holder) && !relieved.contains_key(holder)) {
            continue;
        }
        // Rather somebody who stays than somebody who only is not entitled, and rather them than a leaver.
        let rank = |holder: &&usize| match closed.get(holder).map(|desired| desired.presence) {
            None => 0,
            Some(Presence::Closed { .. }) => 2,
            Some(_) => 1,
        };
        let Some(&holder) = holders.iter().min_by_key(|holder| (rank(holder), **holder)) else { continue };
        let (desired, what) = match (closed.get(&holder), relieved.get(&holder)) {
            (Some(desired), _) => (*desired, "the account is left open"),
            (None, Some(&index)) => (maintenances[index].desired, "it is not revoked"),
            (None, None) => continue,
        };
        cases.push(case(scene, desired, holder, known.key, known.name(), what));
        if closed.contains_key(&holder) {
            kept.insert(holder);
            sequences.retain(|sequence| closes(sequence).is_none_or(|(position, _)| position != holder));
        } else if let Some(&index) = relieved.get(&holder) {
            maintenances[index].keep(entitlement);
        }
    }
    kept
}

/// The privileged entitlements, by position.
fn privileged(scene: &Scene<'_, '_>) -> BTreeSet<u32> {
    let globs = scene.input.shield.privileged;
    if globs.is_empty() {
        return BTreeSet::new();
    }
    let found = scene.observed.entitlements.iter().zip(0u32..).filter(|(known, _)| is_privileged(globs, known.key, known.name()));
    found.map(|(_, position)| position).collect()
}

/// The active accounts that hold each of them; without those that the engine uses.
fn holders(scene: &Scene<'_, '_>, privileged: &BTreeSet<u32>) -> BTreeMap<u32, Vec<usize>> {
    let mut holders: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (position, account) in scene.observed.accounts.iter().enumerate() {
        if account.status != AccountStatus::Active {
            continue;
        }
        let held = scene.observed.held(position).iter().map(|held| held.entitlement());
        let mut held = held.filter(|entitlement| privileged.contains(entitlement)).peekable();
        if held.peek().is_some() && scene.ward(account) != Some(Ward::Service) {
            held.for_each(|entitlement| holders.entry(entitlement).or_default().push(position));
        }
    }
    holders
}

/// The account that a sequence closes, if it can be used until then.
fn closes<'a>(sequence: &Sequence<'a>) -> Option<(usize, &'a DesiredAccount)> {
    let Subject::Seen { account, position } = sequence.subject else { return None };
    let ends = sequence.steps.iter().any(|step| matches!(step.operation, Operation::Suspend | Operation::DeleteAccount));
    (ends && account.status == AccountStatus::Active).then_some((position, sequence.desired))
}

fn case(scene: &Scene<'_, '_>, desired: &DesiredAccount, holder: usize, key: &EntitlementKey, name: &str, what: &str) -> Case {
    let account = scene.observed.accounts[holder];
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        kind: CaseKind::LastHolder { account: account.id.clone(), entitlement: key.clone() },
        text: format!(
            "{} ({}) is the last who holds {} {name} with an account that can be used, and that is privileged: {what}. Give {} {name} to \
             somebody who stays and apply that; the next plan goes on with {}.",
            desired.label, desired.person, key.kind, key.kind, account.unique_name
        ),
    }
}
