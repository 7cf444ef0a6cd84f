use crate::fixture::*;
use crate::guard::{Breach, GuardedApp, Marks, Tally, check};
use innkeeper_domain::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn leavers(count: usize) -> AppPlan {
    leavers_from(0, count)
}

fn leavers_from(first: usize, count: usize) -> AppPlan {
    let mut world = World::empty().with_entitlement("group", "g1", "Alpha");
    for number in first..first + count {
        let id = format!("a{number:03}");
        world = world.with_linked(&id, leaver(&format!("p{number:03}"), &format!("n{number}")), AccountStatus::Active);
        world = world.with_grant(&id, "group", "g1", true);
    }
    world.can_revoke_sessions = true;
    world.plan()
}

fn limits() -> GuardLimits {
    GuardLimits { max_count: 20, max_percent: 10, min_count: 3 }
}

fn app(managed: usize) -> GuardedApp {
    let guard = Guard { limits: GuardClass::ALL.map(|class| (class, limits())).into(), ..Guard::default() };
    let marks = Marks { unique_name: Some("userName".into()), privileged: vec![Glob::new("group/*-admins")] };
    GuardedApp { guard, marks, managed, ..GuardedApp::default() }
}

fn found(breaches: &[Breach]) -> Vec<(GuardClass, usize, usize)> {
    breaches.iter().map(|breach| (breach.class, breach.count, breach.recent)).collect()
}

#[test]
fn losses_are_counted_by_account_and_the_grants_of_the_suspended_go_with_them() {
    assert_eq!(Tally::of(&leavers(4), &Marks::default()).counts(), [(GuardClass::Suspend, 4)].into());
}

#[test]
fn a_share_beyond_the_limit_holds_the_plan_and_says_how_to_go_on() {
    let breaches = check(&leavers(11), &app(100));
    assert_eq!(breaches.len(), 1);
    assert_eq!(breaches[0].token(), "chat:suspend");
    insta::assert_snapshot!(breaches[0], @"chat: 11 accounts would be suspended, 11 % of the 100 that are managed. The limit is 20 accounts and, beyond 3, 10 %. Nothing is written. If this is what you want, apply with `--override REASON`, for this limit alone with `--allow chat:suspend` beside it; otherwise find out what changed.");
    assert_eq!(check(&leavers(10), &app(100)), []);
}

#[test]
fn an_app_that_is_only_observed_is_not_held() {
    assert_eq!(check(&AppPlan { mode: AppMode::Observe, ..leavers(90) }, &app(100)), []);
}

#[test]
fn what_earlier_runs_took_away_counts_for_its_class_and_an_account_only_once() {
    let mut recent = Tally::default();
    for change in &leavers(18).changes {
        recent.add(change, &Marks::default(), &BTreeSet::new());
    }
    let app = GuardedApp { recent, ..app(1_000) };
    let breaches = check(&leavers_from(18, 3), &app);
    insta::assert_snapshot!(breaches[0], @"chat: 3 accounts would be suspended, after 18 lately, 3 % of the 1000 that are managed. The limit is 20 accounts and, beyond 3, 10 %. Nothing is written. If this is what you want, apply with `--override REASON`, for this limit alone with `--allow chat:suspend` beside it; otherwise find out what changed.");
    assert_eq!(check(&leavers_from(16, 3), &app), [], "two of them were suspended before, and may be tried again");
    let creates =
        (0..4).fold(World::empty(), |world, number| world.with_person(person(&format!("q{number}"), &format!("m{number}"))));
    assert_eq!(check(&creates.plan(), &app), []);
}

#[test]
fn what_somebody_let_pass_knowingly_does_not_count_against_the_next_plan() {
    let mut recent = Tally::default();
    for change in &leavers(500).changes {
        recent.add(change, &Marks::default(), &[GuardClass::Suspend].into());
    }
    let app = GuardedApp { recent, ..app(1_000) };
    assert_eq!(check(&leavers_from(500, 1), &app), []);
    assert_eq!(
        found(&check(&leavers_from(500, 21), &app)),
        [(GuardClass::Suspend, 21, 0)],
        "the next plan has limits all the same"
    );
}

#[test]
fn a_rule_that_takes_a_group_from_everybody_is_held() {
    let mut world = World::empty().with_entitlement("group", "g1", "Alpha").with_entitlement("group", "g2", "Beta");
    for number in 0..10 {
        let id = format!("a{number:03}");
        world = world.with_linked(&id, person(&format!("p{number:03}"), &format!("n{number}")), AccountStatus::Active);
        world = world.with_grant(&id, "group", "g1", true).with_grant(&id, "group", "g2", true);
    }
    assert_eq!(found(&check(&world.plan(), &app(10))), [(GuardClass::Revoke, 10, 0)]);
}

#[test]
fn a_mapping_that_renames_everybody_is_held() {
    let mut world = World::empty();
    for number in 0..10 {
        let (id, key) = (format!("a{number:03}"), format!("p{number:03}"));
        world = world.with_linked(&id, person(&key, &format!("n{number}")), AccountStatus::Active);
    }
    for account in &mut world.snapshot.accounts.content {
        account.unique_name = format!("old-{}", account.unique_name).into();
    }
    let plan = world.plan();
    assert_eq!(found(&check(&plan, &app(10))), [(GuardClass::Rename, 10, 0)], "{plan:#?}");
}

#[test]
fn a_rule_that_makes_everybody_an_administrator_is_held() {
    let mut world = World::empty().with_entitlement("group", "g1", "Db-Admins").with_entitlement("group", "g2", "Beta");
    for number in 0..5 {
        let somebody = person(&format!("p{number:03}"), &format!("n{number}")).holding("group/Beta").holding("group/Db-Admins");
        world = world.with_linked(&format!("a{number:03}"), somebody, AccountStatus::Active);
    }
    assert_eq!(found(&check(&world.plan(), &app(10))), [(GuardClass::PrivilegedGrant, 5, 0)]);
}

#[test]
fn a_first_roll_out_is_no_danger_and_an_export_that_came_twice_is() {
    let unlimited = GuardedApp::default();
    let company = |count| {
        (0..count)
            .fold(World::empty(), |world, number| world.with_person(person(&format!("p{number:04}"), &format!("n{number}"))))
    };
    assert_eq!(check(&company(1_000).plan(), &unlimited), []);
    let breaches = check(&company(1_001).plan(), &unlimited);
    insta::assert_snapshot!(breaches[0], @"chat: 1001 accounts would be created. The limit is 1000 accounts. Nothing is written. If this is what you want, apply with `--override REASON`, for this limit alone with `--allow chat:create` beside it; otherwise find out what changed.");
}

proptest! {
    /// Plans come one after the other, each with leavers of its own; those that pass are carried out.
    #[test]
    fn without_an_override_no_window_has_more_than_the_limit(plans in proptest::collection::vec((1u32..10, 1usize..24), 1..24), managed in 1usize..300) {
        const WINDOW: u32 = 24;
        let (mut now, mut next) = (0, 0);
        let mut done: Vec<(u32, AppPlan)> = Vec::new();
        for (hours, count) in plans {
            now += hours;
            let mut guarded = app(managed);
            for (_, plan) in done.iter().filter(|(at, _)| now - at <= WINDOW) {
                plan.changes.iter().for_each(|change| guarded.recent.add(change, &Marks::default(), &BTreeSet::new()));
            }
            let plan = leavers_from(next, count);
            next += count;
            if check(&plan, &guarded).is_empty() {
                done.push((now, plan));
            }
        }
        for (start, _) in &done {
            let within = done.iter().filter(|(at, _)| at >= start && at - start <= WINDOW);
            let closed: usize = within.map(|(_, plan)| Tally::of(plan, &Marks::default()).counts()[&GuardClass::Suspend]).sum();
            prop_assert!(!limits().are_passed_by(closed, managed), "{closed} of {managed}");
        }
    }
}
