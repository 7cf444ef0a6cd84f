//! Accounts that nobody writes to, and the last holder of something privileged.

use crate::fixture::{Wishes, World, key, leaver, lines, person};
use innkeeper_domain::*;

fn admins() -> World {
    let mut world = World::empty().with_entitlement("role", "r1", "Admin");
    world.privileged = vec![Glob::new("role/admin")];
    world
}

fn texts(plan: &AppPlan) -> Vec<&str> {
    plan.cases.iter().map(|case| case.text.as_str()).collect()
}

#[test]
fn a_protected_account_of_a_leaver_is_a_case_and_stays_open() {
    for glob in ["ADA", "a1", "*@x"] {
        let mut world = World::empty().with_linked("a1", leaver("p1", "ada"), AccountStatus::Active);
        world.protect = vec![Glob::new(glob)];
        let plan = world.plan();
        assert_eq!(lines(&plan), Vec::<String>::new(), "{glob}");
        assert_eq!(plan.cases[0].kind, CaseKind::Protected { account: Some("a1".into()) }, "{glob}");
        assert!(plan.upcoming.is_empty());
        insta::allow_duplicates! {
            insta::assert_snapshot!(plan.cases[0].text, @"The account ada is protected, so nothing is written to it. The rules want for ada@x (p1): suspend. Do it on the app, or change `protect` in the configuration.");
        }
    }
}

#[test]
fn a_protected_account_that_is_as_it_should_be_is_no_case() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Active);
    world.protect = vec![Glob::new("ada")];
    let plan = world.plan();
    assert_eq!((lines(&plan), texts(&plan)), (Vec::new(), Vec::new()));
}

#[test]
fn the_engines_own_account_is_not_changed_and_says_so() {
    let ada = person("p1", "ada").holding("role/Admin").having("title", &["Boss"]);
    let mut world = admins().with_linked("a1", person("p1", "ada"), AccountStatus::Active);
    world.desired = vec![ada];
    world.account_mut("a1").attributes.insert("title".into(), Vec::new());
    world.service_accounts = vec![Glob::new("a1")];
    let plan = world.plan();
    assert_eq!(lines(&plan), Vec::<String>::new());
    insta::assert_snapshot!(texts(&plan).join("\n"), @"The account ada is the one that Innkeeper itself uses, so nothing is written to it. The rules want for ada@x (p1): change title, grant role Admin. Do it on the app, or change `service-account` in the configuration.");
}

#[test]
fn an_account_with_a_protected_name_is_not_made() {
    let mut world = World::empty().with_person(person("p1", "svc-ada"));
    world.protect = vec![Glob::new("svc-*")];
    let plan = world.plan();
    assert_eq!(lines(&plan), Vec::<String>::new());
    assert_eq!(plan.cases[0].kind, CaseKind::Protected { account: None });
}

#[test]
fn a_protected_account_inherits_nothing() {
    let ada = DesiredAccount { transfer_to: Some("p2".into()), ..leaver("p1", "ada") };
    let mut world = World::empty().with_linked("a1", ada, AccountStatus::Active).with_linked(
        "a2",
        person("p2", "bob"),
        AccountStatus::Active,
    );
    world.can_transfer = true;
    world.protect = vec![Glob::new("bob")];
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend"]);
}

#[test]
fn the_last_administrator_who_leaves_stays_open_until_somebody_else_is_one() {
    let mut world = admins().with_linked("a1", leaver("p1", "ada"), AccountStatus::Active).with_grant("a1", "role", "r1", true);
    world.delete_after = Some(30);
    let world = world.with_linked("a2", person("p2", "bob").holding("role/Admin"), AccountStatus::Active);
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 bob: grant Admin"]);
    assert_eq!(plan.cases[0].kind, CaseKind::LastHolder { account: "a1".into(), entitlement: key("role", "r1") });
    assert!(plan.upcoming.is_empty(), "it is not deleted either");
    insta::assert_snapshot!(plan.cases[0].text, @"ada@x (p1) is the last who holds role Admin with an account that can be used, and that is privileged: the account is left open. Give role Admin to somebody who stays and apply that; the next plan goes on with ada.");

    let world = world.with_grant("a2", "role", "r1", true);
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend", "c2 ada: revoke Admin after c1"]);
}

#[test]
fn of_several_who_would_all_lose_it_somebody_who_stays_keeps_it() {
    let world = admins()
        .with_linked("a1", leaver("p1", "ada"), AccountStatus::Active)
        .with_linked("a2", person("p2", "bob"), AccountStatus::Active)
        .with_grant("a1", "role", "r1", true)
        .with_grant("a2", "role", "r1", true);
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: suspend", "c2 ada: revoke Admin after c1"]);
    assert!(matches!(&plan.cases[0].kind, CaseKind::LastHolder { account, .. } if account.as_str() == "a2"));
}

#[test]
fn neither_the_engine_nor_a_suspended_account_is_an_administrator_who_could_help() {
    let mut world = admins()
        .with_linked("a1", leaver("p1", "ada"), AccountStatus::Active)
        .with_account(crate::fixture::account("a2", "engine"))
        .with_account(Account { status: AccountStatus::Suspended, ..crate::fixture::account("a3", "old") })
        .with_grant("a1", "role", "r1", false)
        .with_grant("a2", "role", "r1", false)
        .with_grant("a3", "role", "r1", false);
    world.service_accounts = vec![Glob::new("engine")];
    assert_eq!(lines(&world.plan()), Vec::<String>::new());
    world.service_accounts.clear();
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend"], "somebody else is");
}

#[test]
fn who_is_known_to_hold_it_elsewhere_counts() {
    let mut world = admins().with_linked("a1", leaver("p1", "ada"), AccountStatus::Active).with_grant("a1", "role", "r1", false);
    world.held_elsewhere.insert(key("role", "r1"));
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend"]);
}

#[test]
fn nobody_is_renamed_to_a_protected_name() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Active);
    world.desired = vec![person("p1", "ada").having("userName", &["root"]).having("title", &["Boss"])];
    world.account_mut("a1").attributes.insert("title".into(), Vec::new());
    world.protect = vec![Glob::new("root")];
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: title = Boss"]);
    insta::assert_snapshot!(texts(&plan).join("\n"), @"The account root is protected, so nothing is written to it. The rules want for ada@x (p1): give ada this userName. Do it on the app, or change `protect` in the configuration.");
}
