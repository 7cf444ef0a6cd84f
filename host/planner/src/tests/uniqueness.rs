use crate::fixture::*;
use innkeeper_domain::*;

fn collision(plan: &AppPlan) -> (&str, &str, Vec<&str>) {
    match &plan.cases[0].kind {
        CaseKind::Collision { attribute, value, people } => (attribute, value, people.iter().map(PersonId::as_str).collect()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_joiners_with_one_name_get_no_account() {
    let plan = World::empty().with_person(person("p1", "ada")).with_person(person("p2", "ADA")).plan();
    assert_eq!(plan.changes, []);
    assert_eq!(collision(&plan), ("userName", "ada", vec!["p1", "p2"]));
    insta::assert_snapshot!(plan.cases[0].text, @"userName `ada` is unique on the app, and the rules give it to ada@x (p1), ADA@x (p2). Change a record or the mapping, so that each account has its own.");
}

#[test]
fn a_joiner_does_not_get_the_name_of_an_account_that_exists() {
    let mut world = World::empty().with_account(account("a1", "ada")).with_person(person("p1", "ada"));
    world.matchers = vec!["emails".into()];
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(collision(&plan), ("userName", "ada", vec!["p1"]));
    insta::assert_snapshot!(plan.cases[0].text, @"userName `ada` is unique on the app, and the rules give it to ada@x (p1); the account ada has it, which is nobody's that we know. Change a record or the mapping, so that each account has its own.");
}

#[test]
fn any_attribute_that_is_unique_on_the_app_collides() {
    let world = World::empty().with_linked("a1", person("p1", "ada").having("externalId", &["7"]), AccountStatus::Active);
    let plan = world.with_person(person("p2", "bob").having("externalId", &["7"])).plan();
    assert_eq!(plan.changes, []);
    assert_eq!(collision(&plan), ("externalId", "7", vec!["p1", "p2"]));
}

#[test]
fn a_rename_to_a_taken_name_is_a_case_and_everything_else_goes_on() {
    let mut world =
        World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Active).with_account(account("a2", "bob"));
    world.account_mut("a1").attributes.insert("title".into(), Values::new());
    world.desired[0] = world.desired[0].clone().having("userName", &["bob"]).having("title", &["Boss"]);
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: title = Boss"]);
    assert_eq!(collision(&plan), ("userName", "bob", vec!["p1"]));
}

#[test]
fn a_name_that_another_rename_sets_free_is_taken_after_it() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Active);
    world = world.with_linked("a2", person("p2", "bob"), AccountStatus::Active);
    world.desired[0] = world.desired[0].clone().having("userName", &["bob"]);
    world.desired[1] = world.desired[1].clone().having("userName", &["cy"]);
    let plan = world.with_person(person("p3", "ada")).plan();
    assert_eq!(lines(&plan), ["c1 bob: userName = cy", "c2 ada: userName = bob after c1", "c3 ada: create after c2"]);
    assert_eq!(plan.cases, []);
}

#[test]
fn a_name_that_a_deletion_sets_free_is_taken_after_it() {
    let mut world =
        World::empty().with_linked("a1", leaver("p1", "ada"), AccountStatus::Suspended).with_person(person("p2", "ada"));
    world.delete_after = Some(0);
    assert_eq!(lines(&world.plan()), ["c1 ada: delete", "c2 ada: create after c1"]);
}

#[test]
fn two_people_who_would_swap_names_are_a_case() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Active);
    world = world.with_linked("a2", person("p2", "bob"), AccountStatus::Active);
    world.desired[0] = world.desired[0].clone().having("userName", &["bob"]);
    world.desired[1] = world.desired[1].clone().having("userName", &["ada"]);
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.cases.len(), 2);
}
