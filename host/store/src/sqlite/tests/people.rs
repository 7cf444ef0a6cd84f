//! What sources contained, and who is missing.

use super::*;
use crate::{Listing, Store};
use innkeeper_domain::{Completeness, PeopleSnapshot};

fn hr() -> SourceName {
    SourceName::new("hr")
}

fn complete(hours: i64, people: &[(&str, &str)]) -> PeopleSnapshot {
    let content = people.iter().map(|(id, title)| person(id, title)).collect();
    PeopleSnapshot { taken: at(hours), completeness: Completeness::Complete, content }
}

fn partial(hours: i64, people: &[(&str, &str)]) -> PeopleSnapshot {
    let completeness = Completeness::Incomplete { why: "the listing stopped".into() };
    PeopleSnapshot { completeness, ..complete(hours, people) }
}

async fn absent(store: &SqliteStore) -> Vec<(String, Timestamp, u32, String)> {
    let absent = store.absent_people(&hr()).await.unwrap();
    let of = |(id, absence): (PersonId, crate::Absence)| {
        (id.as_str().to_owned(), absence.first, absence.times, absence.record.attributes["title"][0].scalar.to_string())
    };
    absent.into_iter().map(of).collect()
}

#[tokio::test]
async fn snapshots_come_back_as_they_were_after_a_restart() {
    let place = Place::new();
    let people: Vec<PersonRecord> = (1000..3345).map(|id| person(&id.to_string(), "engineer")).collect();
    let snapshot = PeopleSnapshot { taken: at(0), completeness: Completeness::Complete, content: people };
    let store = place.open();
    assert_eq!(store.people(&hr()).await.unwrap(), None);
    store.save_people(&hr(), &snapshot).await.unwrap();
    drop(store);
    let store = place.open();
    assert_eq!(store.people(&hr()).await.unwrap(), Some(snapshot.clone()));
    assert_eq!(store.complete_people(&hr()).await.unwrap(), Some(snapshot));
    for id in ["1000", "1499", "1500", "3344"] {
        let known = store.known_records(&PersonId::new(id)).await.unwrap();
        assert_eq!((&known[0].record, known[0].seen), (&person(id, "engineer"), Some(at(0))));
    }
    for id in ["0", "15000", "9"] {
        assert_eq!(store.known_records(&PersonId::new(id)).await.unwrap(), []);
    }
}

#[tokio::test]
async fn an_incomplete_snapshot_does_not_replace_the_complete_one() {
    let store = Place::new();
    let store = store.open();
    store.save_people(&hr(), &complete(0, &[("1", "a"), ("2", "a")])).await.unwrap();
    store.save_people(&hr(), &partial(1, &[("1", "b")])).await.unwrap();
    assert_eq!(store.people(&hr()).await.unwrap(), Some(partial(1, &[("1", "b")])));
    assert_eq!(store.complete_people(&hr()).await.unwrap(), Some(complete(0, &[("1", "a"), ("2", "a")])));
    assert_eq!(absent(&store).await, []);
    let known = store.known_records(&PersonId::new("2")).await.unwrap();
    assert_eq!(known[0].seen, Some(at(0)));
    store.save_people(&hr(), &complete(2, &[("1", "c"), ("2", "c")])).await.unwrap();
    assert_eq!(store.people(&hr()).await.unwrap(), Some(complete(2, &[("1", "c"), ("2", "c")])));
}

#[tokio::test]
async fn somebody_missing_is_counted_by_complete_snapshots_and_kept_as_last_seen() {
    let place = Place::new();
    let store = place.open();
    store.save_people(&hr(), &complete(0, &[("1", "a"), ("2", "a"), ("3", "a")])).await.unwrap();
    // Seen again, and changed, in a snapshot that is not complete; 4 is new there.
    store.save_people(&hr(), &partial(1, &[("3", "b"), ("4", "b")])).await.unwrap();
    store.save_people(&hr(), &complete(2, &[("1", "a")])).await.unwrap();
    let first = |id: &str, times, title: &str| (id.to_owned(), at(2), times, title.to_owned());
    assert_eq!(absent(&store).await, [first("2", 1, "a"), first("3", 1, "b"), first("4", 1, "b")]);
    // An incomplete one counts nobody, and brings back whom it has.
    store.save_people(&hr(), &partial(3, &[("4", "c")])).await.unwrap();
    assert_eq!(absent(&store).await, [first("2", 1, "a"), first("3", 1, "b")]);
    drop(store);
    let store = place.open();
    store.save_people(&hr(), &complete(4, &[("1", "a"), ("3", "d")])).await.unwrap();
    assert_eq!(absent(&store).await, [first("2", 2, "a"), ("4".to_owned(), at(4), 1, "c".to_owned())]);
    let known = store.known_records(&PersonId::new("2")).await.unwrap();
    assert_eq!((known[0].absent, known[0].seen), (Some((at(2), 2)), None));
    store.forget_absent(&hr(), &[PersonId::new("2")]).await.unwrap();
    assert_eq!(absent(&store).await.len(), 1);
}

#[tokio::test]
async fn sources_do_not_touch_each_other() {
    let place = Place::new();
    let store = place.open();
    let other = SourceName::new("contractors");
    store.save_people(&hr(), &complete(0, &[("1", "a")])).await.unwrap();
    store.save_people(&other, &complete(1, &[("1", "b"), ("2", "b")])).await.unwrap();
    store.save_people(&other, &complete(2, &[("1", "b")])).await.unwrap();
    assert_eq!(store.people(&hr()).await.unwrap(), Some(complete(0, &[("1", "a")])));
    assert_eq!(absent(&store).await, []);
    let sources: Vec<String> =
        store.known_records(&PersonId::new("1")).await.unwrap().iter().map(|known| known.source.to_string()).collect();
    assert_eq!(sources, ["contractors", "hr"]);
}

#[tokio::test]
async fn counts_are_kept_and_the_last_complete_one_is_found() {
    let place = Place::new();
    let store = place.open();
    let listing = Listing::People(hr());
    assert_eq!(store.last_complete_count(&listing).await.unwrap(), None);
    store.save_people(&hr(), &complete(0, &[("1", "a"), ("2", "a")])).await.unwrap();
    store.save_people(&hr(), &partial(1, &[])).await.unwrap();
    let counts = store.counts(&listing, 10).await.unwrap();
    assert_eq!(counts.iter().map(|count| (count.taken, count.count)).collect::<Vec<_>>(), [(at(1), 0), (at(0), 2)]);
    assert_eq!(store.counts(&listing, 1).await.unwrap(), counts[..1]);
    assert_eq!(store.last_complete_count(&listing).await.unwrap(), Some(counts[1].clone()));
    assert_eq!(store.counts(&Listing::Accounts(AppName::new("hr")), 10).await.unwrap(), []);
}
