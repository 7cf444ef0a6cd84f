use crate::fixture::*;
use innkeeper_domain::*;

/// An app with one licence that costs money.
fn licensed(total: Option<u32>, used: u32) -> World {
    let mut world = World::empty().with_entitlement("licence", "l1", "Plus");
    world.snapshot.entitlements.content[0].seats = Some(Seats { total, used });
    let plain = world.snapshot.description.entitlement_kinds[0].clone();
    let kind = EntitlementKind { name: "licence".into(), has_seats: true, costs_money: true, ..plain };
    world.snapshot.description.entitlement_kinds.push(kind);
    world
}

#[test]
fn a_plan_says_how_many_licences_it_gives_and_takes() {
    let plan = licensed(Some(10), 4)
        .with_linked("a1", person("p1", "ada").holding("licence/Plus"), AccountStatus::Active)
        .with_person(person("p2", "bob").holding("licence/Plus"))
        .with_linked("a3", person("p3", "cy"), AccountStatus::Active)
        .with_grant("a3", "licence", "l1", true)
        .plan();
    let [seats] = plan.seats.as_slice() else { panic!("{plan:#?}") };
    assert_eq!((seats.given, seats.taken, seats.costs_money), (2, 1, true));
    assert_eq!(seats.seats, Some(Seats { total: Some(10), used: 4 }));
    assert_eq!(plan.cases, []);
}

#[test]
fn who_comes_when_no_seat_is_free_gets_none_and_the_plan_says_so() {
    let plan = licensed(Some(4), 3)
        .with_person(person("p1", "ada").holding("licence/Plus"))
        .with_person(person("p2", "bob").holding("licence/Plus"))
        .with_person(person("p3", "cy").holding("licence/Plus"))
        .plan();
    assert_eq!(lines(&plan), ["c1 ada: create", "c2 ada: grant Plus after c1", "c3 bob: create", "c5 cy: create"]);
    assert_eq!(plan.cases[0].kind, CaseKind::SeatsShort { entitlement: key("licence", "l1"), short: 2 });
    insta::assert_snapshot!(plan.cases[0].text, @"licence Plus has 4 seats, of which 3 are used: 2 people who should hold it get none. Buy more seats, or take it from somebody.");
}

#[test]
fn a_seat_that_becomes_free_is_given_in_the_same_plan() {
    let plan = licensed(Some(1), 1)
        .with_linked("a1", person("p1", "ada"), AccountStatus::Active)
        .with_grant("a1", "licence", "l1", true)
        .with_linked("a2", person("p2", "bob").holding("licence/Plus"), AccountStatus::Active)
        .plan();
    assert_eq!(lines(&plan), ["c1 ada: revoke Plus", "c2 bob: grant Plus"]);
    assert_eq!(plan.cases, []);
}

#[test]
fn where_the_number_is_not_limited_everybody_gets_one() {
    let plan = licensed(None, 3).with_person(person("p1", "ada").holding("licence/Plus")).plan();
    assert_eq!(plan.changes.len(), 2);
}
