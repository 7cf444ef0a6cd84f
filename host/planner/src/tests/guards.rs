use crate::fixture::*;
use crate::guard::{Limits, check, losses};
use innkeeper_domain::*;

fn leavers(count: usize) -> AppPlan {
    let mut world = World::empty().with_entitlement("group", "g1", "Alpha");
    for number in 0..count {
        let id = format!("a{number:03}");
        world = world.with_linked(&id, leaver(&format!("p{number:03}"), &format!("n{number}")), AccountStatus::Active);
        world = world.with_grant(&id, "group", "g1", true);
    }
    world.can_revoke_sessions = true;
    world.plan()
}

fn limits() -> Limits {
    Limits { max_count: 20, max_percent: 10, min_count: 3 }
}

#[test]
fn losses_are_counted_by_account_and_the_grants_of_the_suspended_go_with_them() {
    assert_eq!(losses(&leavers(4)), [(Class::Suspend, 4)].into());
}

#[test]
fn a_share_beyond_the_limit_holds_the_plan_and_says_how_to_go_on() {
    let breaches = check(&leavers(11), 100, &Summary::default(), &limits());
    assert_eq!(breaches.len(), 1);
    assert_eq!(breaches[0].token(), "chat:suspend");
    insta::assert_snapshot!(breaches[0], @"chat: 11 accounts would be suspended, 11 % of the 100 that are managed. The limit is 20 accounts and, beyond 3, 10 %. Nothing is written to chat. If this is what you want, apply with `--allow chat:suspend`; otherwise find out what changed.");
    assert_eq!(check(&leavers(10), 100, &Summary::default(), &limits()), []);
}

#[test]
fn a_share_of_a_fraction_too_much_is_too_much() {
    assert_eq!(check(&leavers(10), 99, &Summary::default(), &limits()).len(), 1);
}

#[test]
fn a_count_beyond_the_limit_holds_the_plan_however_small_the_share() {
    assert_eq!(check(&leavers(21), 100_000, &Summary::default(), &limits()).len(), 1);
    assert_eq!(check(&leavers(20), 100_000, &Summary::default(), &limits()), []);
}

#[test]
fn a_few_are_never_too_large_a_share() {
    assert_eq!(check(&leavers(3), 3, &Summary::default(), &limits()), []);
    assert_eq!(check(&leavers(4), 4, &Summary::default(), &limits()).len(), 1);
}

#[test]
fn what_earlier_runs_took_away_counts() {
    let recent = Summary([(Class::Suspend, 18)].into());
    let breaches = check(&leavers(3), 1_000, &recent, &limits());
    insta::assert_snapshot!(breaches[0], @"chat: 3 accounts would be suspended, after 18 lately, 3 % of the 1000 that are managed. The limit is 20 accounts and, beyond 3, 10 %. Nothing is written to chat. If this is what you want, apply with `--allow chat:suspend`; otherwise find out what changed.");
    let other = Summary([(Class::Delete, 18)].into());
    assert_eq!(check(&leavers(3), 1_000, &other, &limits()), []);
}

#[test]
fn a_rule_that_takes_a_group_from_everybody_is_held() {
    let mut world = World::empty().with_entitlement("group", "g1", "Alpha").with_entitlement("group", "g2", "Beta");
    for number in 0..10 {
        let id = format!("a{number:03}");
        world = world.with_linked(&id, person(&format!("p{number:03}"), &format!("n{number}")), AccountStatus::Active);
        world = world.with_grant(&id, "group", "g1", true).with_grant(&id, "group", "g2", true);
    }
    let breaches = check(&world.plan(), 10, &Summary::default(), &limits());
    assert_eq!((breaches[0].class, breaches[0].count), (Class::Revoke, 10));
}

#[test]
fn creating_and_granting_is_no_loss() {
    let mut world = World::empty();
    for number in 0..50 {
        world = world.with_person(person(&format!("p{number:03}"), &format!("n{number}")));
    }
    assert_eq!(check(&world.plan(), 0, &Summary::default(), &limits()), []);
}
