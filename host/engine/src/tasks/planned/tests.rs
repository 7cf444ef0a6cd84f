//! What is left of a plan beside open tasks.

use super::*;
use innkeeper_domain::{AppMode, Attributes, EntitlementKey, PersonId, Reason, ReasonKind};

fn change(id: &str, operation: Operation, status: AccountStatus, after: &[&str]) -> Change {
    Change {
        id: ChangeId::new(id),
        person: PersonId::new("ada"),
        label: "ada".into(),
        account: AccountTarget::Existing { id: AccountId::new("a1"), unique_name: "ada".into() },
        operation,
        reasons: vec![Reason::new(ReasonKind::Leaver, "leaver")],
        precondition: Precondition::AccountIs { status, attributes: Attributes::new() },
        after: after.iter().map(|id| ChangeId::new(*id)).collect(),
    }
}

fn revoke() -> Operation {
    Operation::Revoke { entitlement: EntitlementKey { kind: "team".into(), id: "7".into() }, name: "backend".into() }
}

fn plan(changes: Vec<Change>) -> AppPlan {
    AppPlan::of("chat".into(), AppMode::Enforce, changes)
}

fn ids(plan: &AppPlan) -> Vec<&str> {
    plan.changes.iter().map(|change| change.id.as_str()).collect()
}

#[test]
fn what_closes_a_leaver_stays_in_the_plan_while_somebody_is_asked_to_suspend_and_meets_the_account_as_it_is() {
    use AccountStatus::{Active, Suspended};
    let mut plan = plan(vec![
        change("c1", Operation::Suspend, Active, &[]),
        change("c2", revoke(), Suspended, &["c1"]),
        change("c3", Operation::DeleteAccount, Suspended, &["c1"]),
    ]);
    let mut left_out = LeftOut::from([(ChangeId::new("c1"), kept_status(&plan, &ChangeId::new("c1")))]);
    take_out(&mut plan, &mut left_out);
    assert_eq!(ids(&plan), ["c2"], "what cannot be undone waits");
    assert_eq!(plan.changes[0].after, []);
    assert!(matches!(plan.changes[0].precondition, Precondition::AccountIs { status: Active, .. }));
}

#[test]
fn what_an_account_gets_waits_for_the_account() {
    let created = AccountTarget::Created { by: ChangeId::new("c1") };
    let make = Operation::CreateAccount { unique_name: "ada".into(), attributes: Attributes::new(), grants: Vec::new() };
    let grant = Operation::Grant { entitlement: EntitlementKey { kind: "team".into(), id: "7".into() }, name: "backend".into() };
    let mut plan = plan(vec![
        Change { account: AccountTarget::New, ..change("c1", make, AccountStatus::Active, &[]) },
        Change { account: created, ..change("c2", grant, AccountStatus::Active, &[]) },
    ]);
    take_out(&mut plan, &mut LeftOut::from([(ChangeId::new("c1"), None)]));
    assert_eq!(ids(&plan), Vec::<&str>::new());
}

#[test]
fn an_edit_that_is_wanted_differently_by_now_is_not_the_one_that_was_asked_for() {
    let update = |title: &str| {
        let edit = innkeeper_domain::Edit::Replace(vec![innkeeper_domain::Value::plain(title)]);
        let before = vec![innkeeper_domain::Value::plain("Trainee")];
        Operation::UpdateAccount { deltas: vec![innkeeper_domain::Delta { name: "title".into(), edit, before }] }
    };
    assert!(is_wish(&update("Engineer"), &update("Engineer")));
    assert!(!is_wish(&update("Engineer"), &update("Director")));
}
