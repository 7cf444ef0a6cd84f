//! What is remembered of people beside the journal.

use super::*;
use crate::{Link, OwnedGrant, Store};
use jiff::civil::date;

#[tokio::test]
async fn a_deleted_account_keeps_its_person_and_loses_its_grants() {
    let place = Place::new();
    let store = place.open();
    let (chat, account) = (app("chat"), AccountId::new("a1"));
    let link = Link {
        person: PersonId::new("ada"),
        unique_name: "ada".into(),
        since: at(0),
        suspended_on: Some(date(2026, 11, 1)),
        deleted_on: None,
    };
    let grant = OwnedGrant { account: account.clone(), entitlement: group("g1"), role: None, since: at(0) };
    let deleted = date(2026, 12, 1);
    let mutations = [
        Mutation::Link { app: chat.clone(), account: account.clone(), link: link.clone() },
        Mutation::OwnGrant { app: chat.clone(), grant },
        Mutation::Deleted { app: chat.clone(), account: account.clone(), on: deleted },
    ];
    store.apply(&mutations).await.unwrap();
    drop(store);
    let store = place.open();
    assert_eq!(store.links(&chat).await.unwrap(), BTreeMap::from([(account, Link { deleted_on: Some(deleted), ..link })]));
    assert_eq!(store.owned_grants(&chat).await.unwrap(), []);
}

#[tokio::test]
async fn a_departure_lasts_until_the_return() {
    let place = Place::new();
    let store = place.open();
    let depart = |id: &str, day| Mutation::Depart { person: PersonId::new(id), on: date(2026, 11, day) };
    store.apply(&[depart("ada", 1), depart("bob", 2), depart("ada", 3)]).await.unwrap();
    drop(store);
    let store = place.open();
    let expected = BTreeMap::from([(PersonId::new("ada"), date(2026, 11, 3)), (PersonId::new("bob"), date(2026, 11, 2))]);
    assert_eq!(store.departures().await.unwrap(), expected);
    store.apply(&[Mutation::Return { person: PersonId::new("ada") }]).await.unwrap();
    assert_eq!(store.departures().await.unwrap().keys().map(PersonId::as_str).collect::<Vec<_>>(), ["bob"]);
}
