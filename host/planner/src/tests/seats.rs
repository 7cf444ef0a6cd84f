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
    let people = vec!["p2".into(), "p3".into()];
    let entitlement = key("licence", "l1");
    assert_eq!(plan.cases[0].kind, CaseKind::SeatsShort { entitlement, short: 2, people, reclaim: Vec::new() });
    insta::assert_snapshot!(plan.cases[0].text, @"licence Plus has 4 seats, of which 3 are used: 2 people who should hold it get none (bob, cy). Buy more seats, or take it from somebody.");
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

#[test]
fn where_seats_are_short_those_are_named_who_hardly_need_theirs_the_clearest_first() {
    let mut world = licensed(Some(5), 5)
        .with_person(person("p9", "zoe").holding("licence/Plus"))
        .with_linked("a1", person("p1", "ada").holding("licence/Plus"), AccountStatus::Active)
        .with_linked("a2", person("p2", "bob").holding("licence/Plus"), AccountStatus::Active)
        .with_linked("a3", leaver("p3", "cy"), AccountStatus::Suspended)
        .with_account(account("a4", "stranger"))
        .with_linked("a5", person("p5", "eve").holding("licence/Plus"), AccountStatus::Active);
    for id in ["a1", "a2", "a3", "a4", "a5"] {
        world = world.with_grant(id, "licence", "l1", id != "a3");
    }
    world.last_login = Some("lastLogin".into());
    for (id, day) in [("a1", "2020-05-01T10:00:00Z"), ("a2", "2020-01-01"), ("a5", "2999-01-01")] {
        world.account_mut(id).attributes.insert("lastLogin".into(), vec![Value::plain(day)]);
    }
    let plan = world.plan();
    let case = plan.cases.iter().find(|case| matches!(case.kind, CaseKind::SeatsShort { .. })).expect("one seat is short");
    insta::assert_snapshot!(case.text, @"licence Plus has 5 seats, of which 5 are used: 1 person who should hold it gets none (zoe). Buy more seats, or take it from cy (suspended), stranger (nobody's), bob (unused since 2020-01-01), ada (unused since 2020-05-01).");
}

#[test]
fn a_plan_costs_what_it_gives_less_what_becomes_free() {
    let price = |amount: &str| Cost::new(amount, "EUR", Per::Month).unwrap();
    let entitlements = [(("licence".to_owned(), "plus".to_owned()), price("12.50"))].into();
    let prices = Prices { account: Some(price("2")), entitlements };
    let mut world = licensed(None, 2)
        .with_person(person("p1", "ada").holding("licence/Plus"))
        .with_person(person("p2", "bob").holding("licence/Plus"))
        .with_linked("a3", leaver("p3", "cy"), AccountStatus::Active)
        .with_grant("a3", "licence", "l1", true);
    let monthly = |world: &World| {
        let costs = crate::cost_difference(&world.plan().changes, &world.snapshot, &prices);
        costs.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let effect = world.snapshot.description.suspend.clone().expect("it can suspend");
    world.snapshot.description.suspend = Some(LifecycleEffect { frees_seat: false, keeps_grants: true, ..effect.clone() });
    assert_eq!(monthly(&world), ["16.50 EUR a month"], "two accounts, two licences, one licence back");
    world.snapshot.description.suspend = Some(LifecycleEffect { frees_seat: true, keeps_grants: false, ..effect });
    assert_eq!(monthly(&world), ["14.50 EUR a month"], "and the account of the leaver back");
    assert!(crate::cost_difference(&world.plan().changes, &world.snapshot, &Prices::default()).is_empty());
}
