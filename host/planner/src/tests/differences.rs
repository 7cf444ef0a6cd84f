use crate::difference::{DifferenceKind, difference};
use crate::fixture::*;
use innkeeper_domain::*;

fn sealed(world: &World) -> Plan {
    Plan::seal(jiff::Timestamp::UNIX_EPOCH, TODAY, "ada", Inputs::default(), vec![world.plan()]).unwrap()
}

fn world(people: &[(&str, &str)]) -> World {
    people.iter().fold(World::empty(), |world, (key, name)| world.with_person(person(key, name)))
}

#[test]
fn a_plan_does_not_differ_from_itself_and_numbers_do_not_matter() {
    let (two, three) = (world(&[("p1", "ada"), ("p2", "bob")]), world(&[("p0", "amy"), ("p1", "ada"), ("p2", "bob")]));
    assert_eq!(difference(&sealed(&two), &sealed(&two)), []);
    let found = difference(&sealed(&two), &sealed(&three));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(matches!(&found[0].kind, DifferenceKind::Added { .. }) && found[0].person.as_str() == "p0");
}

#[test]
fn what_is_dropped_and_what_is_done_otherwise_is_told() {
    let found = difference(&sealed(&world(&[("p1", "ada"), ("p2", "bob")])), &sealed(&world(&[("p1", "ada.l")])));
    let kinds: Vec<_> = found.iter().map(|one| (one.person.as_str(), &one.kind)).collect();
    assert!(matches!(kinds[..], [("p1", DifferenceKind::Changed { .. }), ("p2", DifferenceKind::Dropped { .. })]), "{found:#?}");
}
