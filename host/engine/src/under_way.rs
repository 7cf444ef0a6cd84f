//! Accounts that apps are making, or may have made: asking twice is an account or an invitation twice.

use crate::apply::SHOWN_WITHIN;
use crate::planning::Observed;
use innkeeper_domain::{AccountTarget, AppName, AppPlan, ChangeRecord, ChangeState, Operation, PersonId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// How long a create that an app has accepted and not finished counts as under way: an invitation that nobody sees lasts about so long.
const UNDER_WAY: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Apps that show with a delay what was written.
pub(crate) fn show_late<'a>(observed: &'a [Observed<'_>]) -> BTreeSet<&'a AppName> {
    let late = observed.iter().filter(|observed| observed.snapshot.description.quirks.eventually_consistent);
    late.map(|observed| &observed.app.name).collect()
}

/// Whose accounts apps are making: asked for, accepted and not finished; or asked for, and nobody can see yet what came of it.
pub(crate) fn people(open: &[ChangeRecord], show_late: &BTreeSet<&AppName>, now: Timestamp) -> BTreeSet<(AppName, PersonId)> {
    let waits = |record: &&ChangeRecord| {
        let age = now.duration_since(record.at);
        matches!(record.change.operation, Operation::CreateAccount { .. })
            && match record.state {
                ChangeState::Waiting { token: Some(_), .. } => age < UNDER_WAY,
                ChangeState::Sent | ChangeState::Unknown { .. } => age < SHOWN_WITHIN && show_late.contains(&record.app),
                _ => false,
            }
    };
    open.iter().filter(waits).map(|record| (record.app.clone(), record.change.person.clone())).collect()
}

/// Takes out accounts that are being made already: asking twice is an invitation twice. Gives a sentence for each.
pub(crate) fn leave_to_the_app(plans: &mut [AppPlan], under_way: &BTreeSet<(AppName, PersonId)>) -> Vec<String> {
    let mut notes = Vec::new();
    for plan in plans {
        let app = plan.app.clone();
        plan.changes.retain(|change| {
            let new = matches!(change.account, AccountTarget::New | AccountTarget::Created { .. });
            let left = new && under_way.contains(&(app.clone(), change.person.clone()));
            if left && change.account == AccountTarget::New {
                notes.push(format!(
                    "{app} was asked to make the account of {} and has not finished; it is not asked again",
                    change.label
                ));
            }
            !left
        });
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{Attributes, Change, ChangeId, ErrorCode, Failure, IntentId, Precondition, Reason, ReasonKind, RunId};
    use jiff::ToSpan;

    fn create(state: ChangeState) -> ChangeRecord {
        ChangeRecord {
            run: RunId::new("run"),
            app: AppName::new("crm"),
            id: ChangeId::new("c1"),
            change: Change {
                id: ChangeId::new("c1"),
                person: PersonId::new("ada"),
                label: "ada".into(),
                account: AccountTarget::New,
                operation: Operation::CreateAccount {
                    unique_name: "ada".into(),
                    attributes: Attributes::new(),
                    grants: Vec::new(),
                },
                reasons: vec![Reason::new(ReasonKind::Joiner, "joiner")],
                precondition: Precondition::NoAccount { values: Vec::new() },
                after: Vec::new(),
            },
            intent: IntentId::new("intent"),
            state,
            at: Timestamp::UNIX_EPOCH,
            attempts: Vec::new(),
        }
    }

    #[test]
    fn an_account_that_may_have_been_made_is_under_way_until_the_app_would_show_it() {
        let unknown = ChangeState::Unknown { failure: Failure::new(ErrorCode::OutcomeUnknown, "lost") };
        let (crm, now) = (AppName::new("crm"), Timestamp::UNIX_EPOCH);
        let late = BTreeSet::from([&crm]);
        for state in [ChangeState::Sent, unknown.clone()] {
            assert_eq!(people(&[create(state)], &late, now + 14.minutes()).len(), 1);
        }
        assert!(people(&[create(unknown.clone())], &late, now + 15.minutes()).is_empty());
        assert!(
            people(&[create(unknown)], &BTreeSet::new(), now).is_empty(),
            "an app that shows it at once is looked at instead"
        );
        assert!(people(&[create(ChangeState::Planned)], &late, now).is_empty());
    }
}
