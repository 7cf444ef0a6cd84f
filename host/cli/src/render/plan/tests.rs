use super::*;
use innkeeper_domain::{
    AccountId, AccountStatus, AccountTarget, AppMode, AppName, Case, CaseKind, ChangeId, EntitlementKey, Inputs, Orphan,
    PersonId, Precondition, Reason, ReasonKind, Upcoming,
};
use jiff::Timestamp;
use jiff::civil::date;

fn change(id: &str, person: &str, label: &str, operation: Operation, reason: (ReasonKind, &str)) -> Change {
    Change {
        id: ChangeId::new(id),
        person: PersonId::new(person),
        label: label.into(),
        account: AccountTarget::Existing { id: AccountId::new(person), unique_name: label.into() },
        operation,
        reasons: vec![Reason::new(reason.0, reason.1)],
        precondition: Precondition::AccountIs { status: AccountStatus::Active, attributes: Default::default() },
        after: Vec::new(),
    }
}

fn team() -> EntitlementKey {
    EntitlementKey { kind: "team".into(), id: "7".into() }
}

fn title(before: &str, after: &str) -> Operation {
    let values = |text: &str| vec![Value::plain(text)];
    Operation::UpdateAccount {
        deltas: vec![Delta { name: "title".into(), edit: Edit::Replace(values(after)), before: values(before) }],
    }
}

fn plan(app: AppPlan) -> Plan {
    Plan::seal(Timestamp::UNIX_EPOCH, date(2026, 11, 22), "ada", Inputs::default(), vec![app]).unwrap()
}

fn app(changes: Vec<Change>) -> AppPlan {
    AppPlan::of(AppName::new("github"), AppMode::Enforce, changes)
}

fn text(app: AppPlan, detail: Detail) -> String {
    anstream::adapter::strip_str(&render(&plan(app), detail)).to_string()
}

#[test]
fn a_plan_reads_person_by_person_with_the_reason_in_a_few_words() {
    let create =
        Operation::CreateAccount { unique_name: "ada@acme.example".into(), attributes: Default::default(), grants: Vec::new() };
    let grant = Operation::Grant { entitlement: team(), name: "backend".into() };
    let mut app = app(vec![
        change("c1", "3", "alan@acme.example", Operation::Suspend, (ReasonKind::Leaver, "leaver since 2026-11-21")),
        change("c2", "3", "alan@acme.example", Operation::RevokeSessions, (ReasonKind::Leaver, "leaver since 2026-11-21")),
        change("c3", "2", "grace@acme.example", title("Engineer", "Staff Engineer"), (ReasonKind::Mapping, "enforced")),
        change("c4", "1", "ada@acme.example", create, (ReasonKind::Joiner, "joiner, starts 2026-11-23")),
        change("c5", "1", "ada@acme.example", grant, (ReasonKind::Role, "role engineer: department is Engineering")),
    ]);
    app.upcoming.push(Upcoming {
        person: PersonId::new("3"),
        label: "alan@acme.example".into(),
        class: Class::Delete,
        what: None,
        on: date(2026, 12, 21),
    });
    let orphan =
        |id: &str| Orphan { id: AccountId::new(id), unique_name: id.into(), status: AccountStatus::Active, person: None };
    app.orphans = vec![orphan("bot"), orphan("old")];
    app.cases.push(Case {
        person: None,
        label: None,
        kind: CaseKind::UnknownEntitlement { entitlement: "github:team/x".into() },
        text: "no such team".into(),
    });
    insta::assert_snapshot!(text(app, Detail::default()));
}

#[test]
fn several_changes_of_one_account_stand_below_it() {
    let grant = Operation::Grant { entitlement: team(), name: "backend".into() };
    let revoke = Operation::Revoke { entitlement: team(), name: "frontend".into() };
    let app = app(vec![
        change("c1", "2", "grace@acme.example", title("Engineer", "Staff Engineer"), (ReasonKind::Mapping, "enforced")),
        change("c2", "2", "grace@acme.example", revoke, (ReasonKind::NoRole, "no role gives it any more")),
        change("c3", "2", "grace@acme.example", grant, (ReasonKind::Role, "role engineer: department is Engineering")),
    ]);
    insta::assert_snapshot!(text(app, Detail::default()));
}

#[test]
fn a_long_plan_is_cut_and_says_so() {
    let changes = (0..50)
        .map(|number| {
            let person = format!("p{number}");
            change(&format!("c{number}"), &person, &person, Operation::Reactivate, (ReasonKind::Returner, "returner"))
        })
        .collect::<Vec<_>>();
    let short = text(app(changes.clone()), Detail::default());
    assert!(short.ends_with("  ... and 10 accounts more: --full shows all\n"), "{short}");
    assert_eq!(short.lines().count(), 42);
    assert_eq!(text(app(changes), Detail { full: true }).lines().count(), 51);
}

#[test]
fn in_full_the_attributes_of_a_new_account_stand_below_it() {
    let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let attributes = [("name.givenName", "Ada"), (department, "Engineering")];
    let attributes = attributes.map(|(name, value)| (name.into(), vec![Value::plain(value)])).into();
    let create = Operation::CreateAccount { unique_name: "ada@acme.example".into(), attributes, grants: Vec::new() };
    let app = app(vec![change("c1", "1", "ada@acme.example", create, (ReasonKind::Joiner, "joiner, starts 2026-11-23"))]);
    insta::assert_snapshot!(text(app, Detail { full: true }));
}

#[test]
fn what_costs_money_is_marked_and_counted() {
    let copilot = EntitlementKey { kind: "copilot".into(), id: "business".into() };
    let with = innkeeper_domain::NamedEntitlement { entitlement: team(), name: "backend".into() };
    let create = Operation::CreateAccount { unique_name: "ada".into(), attributes: Default::default(), grants: vec![with] };
    let grant = Operation::Grant { entitlement: copilot.clone(), name: "Business".into() };
    let mut app = app(vec![
        change("c1", "1", "ada", create, (ReasonKind::Joiner, "joiner, starts 2026-11-23")),
        change("c2", "1", "ada", grant, (ReasonKind::Role, "role engineer: department is Engineering")),
    ]);
    let seats = Some(Seats { total: Some(20), used: 12 });
    app.seats = vec![SeatUse { entitlement: copilot, name: "Business".into(), costs_money: true, given: 1, taken: 0, seats }];
    insta::assert_snapshot!(text(app, Detail::default()));
}

#[test]
fn an_app_without_changes_says_that_there_is_nothing_to_do() {
    insta::assert_snapshot!(text(app(Vec::new()), Detail::default()));
}
