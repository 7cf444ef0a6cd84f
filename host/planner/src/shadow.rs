//! Shadow accounts: those of nobody that can be used.

use crate::draft::while_in;
use crate::planner::Scene;
use crate::shield::is_privileged;
use innkeeper_domain::{
    AccountStatus, AccountTarget, Change, ChangeId, Operation, Orphan, OrphanDrift, PersonId, Reason, ReasonKind,
};

/// Suspends them, where the configuration says so and nothing speaks for an owner who was not seen. The executor takes what suspends
/// before everything else, so that they need not stand first.
///
/// What is protected is left alone, and so is who holds something privileged: whether the app could be run without them is for a human.
pub(crate) fn suspensions(scene: &Scene<'_, '_>, orphans: &[Orphan], last: &mut usize) -> Vec<Change> {
    let (input, certainty) = (scene.input, scene.certainty);
    let wanted = input.drift.policy.orphans == OrphanDrift::Suspend && input.snapshot.description.suspend.is_some();
    if !wanted || !certainty.may_adopt() {
        return Vec::new();
    }
    let shadow = |orphan: &&Orphan| orphan.person.is_none() && orphan.status == AccountStatus::Active;
    let left = |orphan: &&Orphan| {
        let accounts = &scene.observed.accounts;
        let Ok(position) = accounts.binary_search_by(|account| account.id.cmp(&orphan.id)) else { return true };
        let holds = scene.observed.held(position).iter().map(|held| &scene.observed.entitlements[held.entitlement() as usize]);
        let mut privileged = holds.filter(|known| is_privileged(input.shield.privileged, known.key, known.name()));
        scene.ward(accounts[position]).is_some() || privileged.next().is_some()
    };
    let suspend = |orphan: &Orphan| {
        *last += 1;
        Change {
            id: ChangeId::new(format!("c{last}")),
            // Nobody's: a name of its own for each, so that none waits for another.
            person: PersonId::new(format!("nobody:{}", orphan.id)),
            label: orphan.unique_name.clone(),
            account: AccountTarget::Existing { id: orphan.id.clone(), unique_name: orphan.unique_name.clone() },
            operation: Operation::Suspend,
            reasons: vec![Reason::new(ReasonKind::Orphan, "belongs to nobody known")],
            precondition: while_in(orphan.status),
            after: Vec::new(),
        }
    };
    orphans.iter().filter(shadow).filter(|orphan| !left(orphan)).map(suspend).collect()
}
