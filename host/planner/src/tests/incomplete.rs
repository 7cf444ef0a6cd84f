use crate::Link;
use crate::fixture::*;
use innkeeper_domain::*;

fn without_accounts(mut world: World) -> AppPlan {
    world.snapshot.accounts.completeness = incomplete();
    world.plan()
}

#[test]
fn each_incomplete_listing_is_one_case() {
    let mut world = World::empty();
    world.people_complete = false;
    world.snapshot.accounts.completeness = incomplete();
    world.snapshot.entitlements.completeness = incomplete();
    world.snapshot.grants.completeness = incomplete();
    let texts: Vec<String> = world.plan().cases.into_iter().map(|case| case.text).collect();
    insta::assert_snapshot!(texts.join("\n"), @"
    The listing of accounts is not complete, so no account is created or adopted. Plan again when it can be read to its end.
    The listing of entitlements is not complete, so no grant is revoked. Plan again when it can be read to its end.
    The listing of grants is not complete, so nothing is granted to accounts that exist and nothing is revoked. Plan again when it can be read to its end.
    The listing of people is not complete, so no account is created, adopted or closed except where somebody left beyond doubt, no grant is revoked and no attribute is cleared. Plan again when it can be read to its end.
    ");
}

#[test]
fn an_account_that_was_not_seen_is_not_made_again() {
    let plan = without_accounts(World::empty().with_person(person("p1", "ada")));
    assert_eq!((plan.changes, plan.cases.len()), (Vec::new(), 1));
    let mut world = World::empty().with_person(person("p1", "ada"));
    world.links.insert("a1".into(), Link::new("p1".into()));
    assert_eq!(without_accounts(world).changes, []);
}

#[test]
fn an_account_is_not_adopted_while_another_could_turn_up() {
    let plan = without_accounts(World::empty().with_account(account("a1", "ada")).with_person(leaver("p1", "ada")));
    assert_eq!(plan.changes, []);
}

#[test]
fn a_leaver_whose_account_was_seen_is_closed_whatever_else_was_not() {
    let mut world = World::empty().with_linked("a1", leaver("p1", "ada"), AccountStatus::Active);
    world.snapshot.grants.completeness = incomplete();
    assert_eq!(lines(&without_accounts(world)), ["c1 ada: suspend"]);
}

#[test]
fn seen_accounts_are_put_right_while_others_were_not_seen() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Active);
    world.desired[0] = world.desired[0].clone().having("userName", &["lovelace"]);
    assert_eq!(lines(&without_accounts(world)), ["c1 ada: userName = lovelace"]);
}

#[test]
fn without_all_people_nobody_loses_anything_but_those_who_left_beyond_doubt() {
    let mut world = World::empty()
        .with_entitlement("group", "g1", "Alpha")
        .with_linked("a1", leaver("p1", "ada"), AccountStatus::Active)
        .with_linked("a2", leaver("p2", "bob"), AccountStatus::Active)
        .with_linked("a3", DesiredAccount { presence: Presence::NotEntitled, ..person("p3", "cy") }, AccountStatus::Active)
        .with_linked("a4", person("p4", "dee").having("title", &["Boss"]), AccountStatus::Active)
        .with_grant("a4", "group", "g1", true)
        .with_account(account("a5", "robot"))
        .with_person(person("p6", "fay"));
    world.desired[3] = world.desired[3].clone().having("title", &[]);
    world.people_complete = false;
    world.delete_after = Some(0);
    world.known_leavers = ["p2".into(), "p3".into()].into();
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 bob: suspend"]);
    assert_eq!((plan.orphans, plan.drift), (Vec::new(), Vec::new()));
}

#[test]
fn without_all_grants_only_new_accounts_are_granted_anything() {
    let mut world = World::empty()
        .with_entitlement("group", "g1", "Alpha")
        .with_entitlement("group", "g2", "Beta")
        .with_linked("a1", person("p1", "ada").holding("group/Alpha"), AccountStatus::Active)
        .with_grant("a1", "group", "g2", true)
        .with_person(person("p2", "bob").holding("group/Alpha"));
    world.snapshot.grants.completeness = incomplete();
    assert_eq!(lines(&world.plan()), ["c1 bob: create", "c2 bob: grant Alpha after c1"]);
}

#[test]
fn without_all_entitlements_nothing_is_revoked_and_none_is_called_unknown() {
    let mut world = World::empty()
        .with_entitlement("group", "g1", "Alpha")
        .with_linked("a1", person("p1", "ada").holding("group/Nowhere").holding("role/Alpha"), AccountStatus::Active)
        .with_grant("a1", "group", "g1", true);
    world.snapshot.entitlements.completeness = incomplete();
    let plan = world.plan();
    assert_eq!((plan.changes, plan.cases.len()), (Vec::new(), 1));
}
