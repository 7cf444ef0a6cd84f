use crate::fixture::*;
use innkeeper_domain::*;

fn world() -> World {
    World::empty().with_entitlement("group", "g1", "Alpha").with_entitlement("group", "g2", "Beta").with_linked(
        "a1",
        person("p1", "ada"),
        AccountStatus::Active,
    )
}

fn wanting(mut world: World, entitlements: &[&str]) -> World {
    for entitlement in entitlements {
        world.desired[0] = world.desired[0].clone().holding(entitlement);
    }
    world
}

#[test]
fn what_is_wanted_and_not_held_is_granted_by_name_in_any_case_or_by_id() {
    for name in ["group/Alpha", "group/ALPHA", "group/g1"] {
        let plan = wanting(world(), &[name]).plan();
        assert_eq!(lines(&plan), ["c1 ada: grant Alpha"], "{name}");
    }
}

#[test]
fn what_is_held_already_is_written_down_and_what_is_owned_already_is_not() {
    let plan = wanting(world(), &["group/Alpha"]).with_grant("a1", "group", "g1", false).plan();
    assert_eq!(lines(&plan), ["c1 ada: assume Alpha"]);
    assert_eq!(wanting(world(), &["group/Alpha"]).with_grant("a1", "group", "g1", true).plan().changes, []);
}

#[test]
fn what_no_role_gives_any_more_is_revoked_before_anything_is_granted() {
    let plan = wanting(world(), &["group/Alpha"]).with_grant("a1", "group", "g2", true).plan();
    assert_eq!(lines(&plan), ["c1 ada: revoke Beta", "c2 ada: grant Alpha"]);
    assert_eq!(plan.changes[0].reasons[0].kind, ReasonKind::NoRole);
}

#[test]
fn what_somebody_else_gave_is_drift_and_left_alone() {
    let plan = world().with_grant("a1", "group", "g2", false).plan();
    assert_eq!(plan.changes, []);
    let drift = Drift {
        person: "p1".into(),
        label: "ada".into(),
        account: "a1".into(),
        entitlement: key("group", "g2"),
        name: "Beta".into(),
    };
    assert_eq!(plan.drift, [drift]);
}

#[test]
fn what_was_given_and_taken_away_on_the_app_is_given_again_only_if_a_role_says_so() {
    let mut lost = world();
    lost.owned.insert(("a1".into(), key("group", "g1")));
    assert_eq!(lost.plan().changes, []);
    assert_eq!(lines(&wanting(lost, &["group/Alpha"]).plan()), ["c1 ada: grant Alpha"]);
}

#[test]
fn a_group_in_a_group_is_not_an_account() {
    let mut world = world();
    let holder = Holder::Entitlement(key("group", "g2"));
    world.snapshot.grants.content.push(Grant { entitlement: key("group", "g1"), holder });
    let plan = world.plan();
    assert_eq!((plan.changes, plan.drift), (Vec::new(), Vec::new()));
}

#[test]
fn two_roles_that_give_the_same_make_one_grant_with_two_reasons() {
    let plan = wanting(world(), &["group/Alpha", "group/g1"]).plan();
    assert_eq!(lines(&plan), ["c1 ada: grant Alpha"]);
    assert_eq!(plan.changes[0].reasons.len(), 2);
}

#[test]
fn an_unknown_entitlement_is_one_case_for_all_people() {
    let world = wanting(world(), &["group/Nowhere"]).with_person(person("p2", "bob").holding("group/Nowhere"));
    let plan = world.plan();
    assert_eq!(plan.cases.len(), 1);
    assert_eq!(plan.cases[0].kind, CaseKind::UnknownEntitlement { entitlement: "chat:group/Nowhere".into() });
    insta::assert_snapshot!(plan.cases[0].text, @"The app has no entitlement with the name or id in `chat:group/Nowhere`, which 2 people should hold. Create it there or correct the name.");
}

#[test]
fn an_ambiguous_name_is_a_case_and_the_id_settles_it() {
    let twice = || world().with_entitlement("group", "g3", "Beta");
    let plan = wanting(twice(), &["group/Beta"]).plan();
    assert_eq!(plan.changes, []);
    insta::assert_snapshot!(plan.cases[0].text, @"The app has 2 entitlements of the name in `chat:group/Beta`, which 1 person should hold. Write the id of one of them instead of the name.");
    assert_eq!(lines(&wanting(twice(), &["group/g3"]).plan()), ["c1 ada: grant Beta"]);
}

#[test]
fn the_exact_name_wins_over_one_in_another_case() {
    let world = world().with_entitlement("group", "g3", "beta");
    assert_eq!(lines(&wanting(world, &["group/beta"]).plan()), ["c1 ada: grant beta"]);
}

#[test]
fn an_entitlement_that_was_renamed_on_the_app_is_not_taken_away() {
    let mut world = wanting(world(), &["group/Alpha"]).with_grant("a1", "group", "g1", true);
    world.snapshot.entitlements.content[0].name = "Alef".into();
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.cases.len(), 1);
}

#[test]
fn what_the_connector_cannot_grant_or_revoke_is_one_case() {
    let fixed = |world: World| world.with_entitlement("fixed", "f1", "Everyone");
    let plan = wanting(fixed(world()), &["fixed/Everyone"]).plan();
    assert_eq!(plan.changes, []);
    insta::assert_snapshot!(plan.cases[0].text, @"fixed Everyone should be granted to 1 person, and the connector cannot do that. Do it on the app, or change the rule.");
    let plan = fixed(world()).with_grant("a1", "fixed", "f1", true).plan();
    assert_eq!(plan.cases[0].kind, CaseKind::Unsupported { operation: "revoke fixed Everyone".into() });
    let plan = wanting(fixed(world()), &["fixed/Everyone"]).with_grant("a1", "fixed", "f1", false).plan();
    assert_eq!((plan.changes, plan.cases), (Vec::new(), Vec::new()));
}
