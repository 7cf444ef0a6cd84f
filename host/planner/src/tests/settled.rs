//! What was decided by hand of who could be whose.

use crate::CorrelationRules;
use crate::fixture::*;
use innkeeper_domain::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn mailed(id: &str, name: &str, mail: &str) -> Account {
    let mut account = account(id, name);
    account.attributes.insert("emails".into(), vec![Value::plain(mail)]);
    account
}

/// One person and two accounts with their address.
fn two_for_one() -> World {
    let world = World::empty().with_account(mailed("a1", "one", "ada@x")).with_account(mailed("a2", "two", "ada@x"));
    world.with_person(person("p1", "ada"))
}

fn apart(pairs: &[(&str, &str)]) -> CorrelationRules {
    let apart = pairs.iter().map(|(person, account)| ((*person).into(), (*account).into())).collect();
    CorrelationRules { apart, ignored: BTreeSet::new() }
}

#[test]
fn somebody_whose_account_none_of_them_is_gets_a_new_one_and_the_others_are_nobodys() {
    let mut world = two_for_one();
    world.correlation = apart(&[("p1", "a1"), ("p1", "a2")]);
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: create"]);
    assert_eq!((plan.cases.len(), plan.orphans.len()), (0, 2));
}

#[test]
fn the_one_account_that_is_left_is_the_persons() {
    let mut world = two_for_one();
    world.correlation = apart(&[("p1", "a1")]);
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 two: adopt", "c2 two: userName = ada after c1"]);
    assert_eq!(plan.orphans.len(), 1);
}

#[test]
fn a_case_that_is_ignored_is_not_spoken_of_and_everybody_in_it_is_left_alone() {
    let mut world = two_for_one();
    world.correlation.ignored.insert("p1".into());
    let plan = world.plan();
    assert_eq!((plan.changes.len(), plan.cases.len(), plan.orphans.len()), (0, 0, 0));
    // Also when the rules could decide by now.
    let mut world = World::empty().with_account(mailed("a1", "one", "ada@x")).with_person(person("p1", "ada"));
    world.correlation.ignored.insert("p1".into());
    let plan = world.plan();
    assert_eq!((plan.changes.len(), plan.cases.len(), plan.orphans.len()), (0, 0, 0));
}

#[test]
fn a_claimed_account_is_spoken_of_as_long_as_one_of_its_people_is() {
    let shared = || {
        let world = World::empty().with_account(mailed("a1", "team", "ada@x"));
        world.with_person(person("p1", "ada")).with_person(person("p2", "bob").having("emails", &["ada@x"]))
    };
    let mut world = shared();
    world.correlation.ignored.insert("p1".into());
    assert_eq!(world.plan().cases.len(), 1);
    world.correlation.ignored.insert("p2".into());
    assert_eq!(world.plan().cases.len(), 0);
    let mut world = shared();
    world.correlation = apart(&[("p2", "a1")]);
    assert_eq!(lines(&world.plan()), ["c1 team: adopt", "c2 team: userName = ada after c1", "c3 bob: create"]);
}

proptest! {
    /// Whatever was decided, no account is two people's, nobody has two, and a pair that is apart is never put together.
    #[test]
    fn decisions_never_put_one_account_with_two_people_or_two_with_one(
        people in prop::collection::vec(0_u8..4, 1..6),
        accounts in prop::collection::vec(0_u8..4, 0..6),
        pairs in prop::collection::btree_set((0_usize..6, 0_usize..6), 0..12),
        ignored in prop::collection::btree_set(0_usize..6, 0..3),
    ) {
        let mut world = World::empty();
        for (index, mail) in accounts.iter().enumerate() {
            world = world.with_account(mailed(&format!("a{index}"), &format!("name{index}"), &format!("m{mail}@x")));
        }
        for (index, mail) in people.iter().enumerate() {
            let mail = format!("m{mail}@x");
            world = world.with_person(person(&format!("p{index}"), &format!("user{index}")).having("emails", &[mail.as_str()]));
        }
        let id = |(person, account): &(usize, usize)| (format!("p{person}").as_str().into(), format!("a{account}").as_str().into());
        world.correlation.apart = pairs.iter().map(id).collect();
        world.correlation.ignored = ignored.iter().map(|person| format!("p{person}").as_str().into()).collect();
        let plan = world.plan();
        let adopted: Vec<(PersonId, AccountId)> = plan.changes.iter().filter_map(|change| match (&change.operation, &change.account) {
            (Operation::Adopt, AccountTarget::Existing { id, .. }) => Some((change.person.clone(), id.clone())),
            _ => None,
        }).collect();
        let (owners, owned): (BTreeSet<_>, BTreeSet<_>) = adopted.iter().cloned().unzip();
        prop_assert_eq!((owners.len(), owned.len()), (adopted.len(), adopted.len()));
        prop_assert!(adopted.iter().all(|pair| !world.correlation.apart.contains(pair)));
        prop_assert!(adopted.iter().all(|(person, _)| !world.correlation.ignored.contains(person)));
    }
}
