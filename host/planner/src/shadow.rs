//! Shadow accounts: those of nobody that can be used.

use crate::AppInput;
use crate::certainty::Certainty;
use crate::draft::while_in;
use innkeeper_domain::{
    AccountStatus, AccountTarget, Change, ChangeId, Operation, Orphan, OrphanDrift, PersonId, Reason, ReasonKind,
};

/// Suspends them, where the configuration says so and nothing speaks for an owner who was not seen. The executor takes what suspends
/// before everything else, so that they need not stand first.
pub(crate) fn suspensions(input: &AppInput<'_>, certainty: &Certainty<'_>, orphans: &[Orphan], last: &mut usize) -> Vec<Change> {
    let wanted = input.drift.policy.orphans == OrphanDrift::Suspend && input.snapshot.description.suspend.is_some();
    if !wanted || !certainty.may_adopt() {
        return Vec::new();
    }
    let shadow = |orphan: &&Orphan| orphan.person.is_none() && orphan.status == AccountStatus::Active;
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
    orphans.iter().filter(shadow).map(suspend).collect()
}
