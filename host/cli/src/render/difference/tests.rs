use super::*;
use innkeeper_domain::{
    AccountId, AccountStatus, AccountTarget, AppMode, AppName, AppPlan, ChangeId, Edit, Inputs, PersonId, Precondition, Reason,
    ReasonKind, Value,
};
use innkeeper_planner::difference::difference;
use jiff::Timestamp;
use jiff::civil::date;

fn change(id: &str, person: &str, operation: Operation) -> Change {
    Change {
        id: ChangeId::new(id),
        person: PersonId::new(person),
        label: format!("{person}@acme.example"),
        account: AccountTarget::Existing { id: AccountId::new(person), unique_name: person.into() },
        operation,
        reasons: vec![Reason::new(ReasonKind::Leaver, "left")],
        precondition: Precondition::AccountIs { status: AccountStatus::Active, attributes: Default::default() },
        after: Vec::new(),
    }
}

fn title_to(after: &str) -> Operation {
    let delta = Delta { name: "title".into(), edit: Edit::Replace(vec![Value::plain(after)]), before: Vec::new() };
    Operation::UpdateAccount { deltas: vec![delta] }
}

fn plan(changes: Vec<Change>) -> Plan {
    let app = AppPlan::of(AppName::new("github"), AppMode::Enforce, changes);
    Plan::seal(Timestamp::UNIX_EPOCH, date(2026, 11, 22), "ada", Inputs::default(), vec![app]).unwrap()
}

fn text(before: Vec<Change>, after: Vec<Change>) -> String {
    let (before, after) = (plan(before), plan(after));
    anstream::adapter::strip_str(&render(&before, &after, &difference(&before, &after))).to_string()
}

#[test]
fn what_is_added_dropped_and_done_otherwise_is_told_by_person() {
    let before = vec![change("c1", "bob", Operation::Suspend), change("c2", "eve", title_to("Clerk"))];
    let after = vec![change("c1", "eve", title_to("Boss")), change("c2", "joe", Operation::Suspend)];
    insta::assert_snapshot!(text(before, after));
}

#[test]
fn plans_that_do_the_same_are_told_so() {
    let changes = || vec![change("c1", "bob", Operation::Suspend)];
    insta::assert_snapshot!(text(changes(), changes()));
}
