use crate::Link;
use crate::fixture::*;
use innkeeper_domain::*;

fn mailed(id: &str, name: &str, mails: &[&str]) -> Account {
    let mut account = account(id, name);
    account.attributes.insert("emails".into(), mails.iter().map(|mail| Value::plain(*mail)).collect());
    account
}

#[test]
fn an_account_that_a_rule_recognises_is_adopted_and_put_right() {
    let plan = World::empty().with_account(mailed("a1", "old-ada", &["ADA@x"])).with_person(person("p1", "ada")).plan();
    assert_eq!(lines(&plan), ["c1 old-ada: adopt", "c2 old-ada: userName = ada after c1"]);
    assert_eq!(plan.changes[0].reasons[0].kind, ReasonKind::Adoption);
    assert_eq!(plan.orphans, []);
}

#[test]
fn an_earlier_rule_wins_over_a_later_one() {
    // a1 has the address of p1 and the name of p2: the address counts first, and p2 gets an account of their own.
    let world = World::empty().with_account(mailed("a1", "bob", &["ada@x"]));
    let plan = world.with_person(person("p1", "ada")).with_person(person("p2", "bob")).plan();
    assert_eq!(lines(&plan), ["c1 bob: adopt", "c2 bob: userName = ada after c1", "c3 bob: create after c2"]);
}

#[test]
fn two_accounts_for_one_person_are_a_case_and_left_alone_by_later_rules_too() {
    let world = World::empty().with_account(mailed("a1", "ada", &["ada@x"])).with_account(mailed("a2", "other", &["ada@x"]));
    let plan = world.with_person(person("p1", "ada")).plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.orphans, []);
    assert_eq!(plan.cases[0].kind, CaseKind::AmbiguousAccount { accounts: vec!["a1".into(), "a2".into()] });
    insta::assert_snapshot!(plan.cases[0].text, @"The accounts ada, other have the emails of ada@x (p1). Nothing is done until it is clear which one is theirs: change the others on the app.");
}

#[test]
fn two_people_for_one_account_are_a_case_and_neither_gets_a_new_account() {
    let world = World::empty().with_account(mailed("a1", "team", &["ada@x"]));
    let plan = world.with_person(person("p1", "ada")).with_person(person("p2", "bob").having("emails", &["ada@x"])).plan();
    assert_eq!(plan.changes, []);
    let people = vec!["p1".into(), "p2".into()];
    assert_eq!(plan.cases[0].kind, CaseKind::AmbiguousPerson { account: "a1".into(), people });
    insta::assert_snapshot!(plan.cases[0].text, @"The account team could belong to ada@x (p1), bob@x (p2): all of them have its emails. Nothing is done until the records differ.");
}

#[test]
fn a_value_that_thousands_share_is_a_case_of_bounded_size() {
    let mut world = World::empty();
    for number in 0..2_000 {
        let (id, name) = (format!("a{number:04}"), format!("n{number}"));
        world = world.with_account(mailed(&id, &name, &["info@x"]));
        world = world.with_person(person(&format!("p{number:04}"), &name).having("emails", &["info@x"]));
    }
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.cases.len(), 4_000);
    assert!(plan.cases.iter().all(|case| case.text.len() < 1_000));
}

#[test]
fn blank_values_recognise_nobody() {
    let plan =
        World::empty().with_account(mailed("a1", "x", &[""])).with_person(person("p1", "ada").having("emails", &[""])).plan();
    assert_eq!(lines(&plan), ["c1 ada: create"]);
    assert_eq!(plan.orphans.len(), 1);
}

#[test]
fn user_name_is_the_unique_name_where_the_app_has_another_word_for_it() {
    let mut world = World::empty().with_account(account("a1", "ADA")).with_person(person("p1", "ada").having("login", &["ada"]));
    world.snapshot.description.unique_name = "login".into();
    world.snapshot.description.accounts.retain(|attribute| attribute.name.as_str() != "userName");
    world.desired[0].attributes.retain(|attribute| attribute.name.as_str() != "userName");
    assert_eq!(lines(&world.plan()), ["c1 ADA: adopt"]);
}

#[test]
fn an_account_of_nobody_is_an_orphan_and_left_alone() {
    let plan = World::empty().with_account(account("a1", "backup-robot")).plan();
    assert_eq!(plan.changes, []);
    let orphan = Orphan { id: "a1".into(), unique_name: "backup-robot".into(), status: AccountStatus::Active, person: None };
    assert_eq!(plan.orphans, [orphan]);
}

#[test]
fn the_account_of_somebody_who_is_not_entitled_is_an_orphan_with_a_name() {
    for presence in [Presence::NotEntitled, Presence::Awaited { starts: TODAY }] {
        let world = World::empty().with_account(mailed("a1", "ada", &["ada@x"]));
        let plan = world.with_person(DesiredAccount { presence, ..person("p1", "ada") }).plan();
        assert_eq!(plan.changes, []);
        assert_eq!(plan.orphans[0].person, Some("p1".into()));
    }
}

#[test]
fn a_managed_account_of_somebody_who_is_not_known_any_more_is_an_orphan_and_left_alone() {
    let mut world = World::empty().with_account(account("a1", "ada"));
    world.links.insert("a1".into(), Link::new("p1".into()));
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.orphans[0].person, Some("p1".into()));
}

#[test]
fn somebody_with_two_managed_accounts_is_a_case() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada").having("title", &["Boss"]), AccountStatus::Active);
    world = world.with_account(account("a2", "ada2"));
    world.links.insert("a2".into(), Link::new("p1".into()));
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.cases[0].kind, CaseKind::AmbiguousAccount { accounts: vec!["a1".into(), "a2".into()] });
}

#[test]
fn a_managed_account_is_nobody_elses_whatever_its_values_say() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Active);
    world = world.with_person(person("p2", "bob").having("emails", &["ada@x"]));
    assert_eq!(lines(&world.plan()), ["c1 bob: create"]);
}
