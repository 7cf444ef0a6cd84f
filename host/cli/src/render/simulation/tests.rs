use super::*;
use innkeeper_domain::{
    AccountTarget, AppName, Change, ChangeId, Class, EntitlementKey, Inputs, Operation, Plan, Precondition, Reason, ReasonKind,
    RoleName, Summary,
};
use innkeeper_engine::SimulatedApp;
use jiff::Timestamp;

fn revoke(name: &str) -> Difference {
    let change = Change {
        id: ChangeId::new("c1"),
        person: PersonId::new("1001"),
        label: "ada@acme.example".into(),
        account: AccountTarget::New,
        operation: Operation::Revoke { entitlement: EntitlementKey { kind: "group".into(), id: "7".into() }, name: name.into() },
        reasons: vec![Reason::new(ReasonKind::NoRole, "no role gives it")],
        precondition: Precondition::Created,
        after: Vec::new(),
    };
    Difference {
        app: AppName::new("chat"),
        person: change.person.clone(),
        label: change.label.clone(),
        kind: DifferenceKind::Added { change },
    }
}

fn simulation() -> Simulation {
    let plan = || {
        let day = jiff::civil::date(2026, 11, 22);
        let inputs = Inputs { configuration: "none".into(), sources: Default::default(), apps: Default::default() };
        Plan::seal(Timestamp::UNIX_EPOCH, day, "grace", inputs, Vec::new()).expect("a plan")
    };
    let summary = |revokes| Summary([(Class::Revoke, revokes)].into_iter().filter(|(_, number)| *number > 0).collect());
    let ada = || [(PersonId::new("1001"), "Ada".to_owned())].into_iter().collect();
    Simulation {
        now: plan(),
        then: plan(),
        apps: vec![SimulatedApp { app: AppName::new("chat"), now: summary(0), then: summary(2), people: 1 }],
        roles: vec![SimulatedRole { role: RoleName::new("seller"), gain: Default::default(), lose: ada() }],
        differences: vec![revoke("Sales"), revoke("Deals")],
        guard: vec!["chat: 1 account would be relieved of grants.".into()],
        notes: vec!["mail was never read, and nothing can be said of it: innkeeper plan".into()],
    }
}

#[test]
fn a_simulation_says_who_is_affected_how_and_what_the_guard_says() {
    insta::assert_snapshot!(anstream::adapter::strip_str(&render(&simulation())));
}

#[test]
fn what_makes_no_difference_says_so() {
    let same = Simulation { differences: Vec::new(), roles: Vec::new(), guard: Vec::new(), ..simulation() };
    assert!(render(&same).ends_with("It makes no difference. Nothing was sent or written.\n"));
}
