//! Apps, and who has what on them.

use super::*;
use crate::{HeldGrant, Holding, Link, Listing, OwnedGrant, Store};
use innkeeper_domain::{
    Account, AccountStatus, AppSnapshot, Completeness, Description, Entitlement, Grant, GrantScopes, Holder, Quirks, Snapshot,
};

fn description() -> Description {
    Description {
        accounts: Vec::new(),
        unique_name: "userName".into(),
        searchable: Vec::new(),
        entitlement_kinds: Vec::new(),
        grant_scopes: GrantScopes::default(),
        suspend: None,
        delete: None,
        quirks: Quirks::default(),
    }
}

fn account(number: usize) -> Account {
    Account {
        id: AccountId::new(format!("a{number:05}")),
        unique_name: format!("user{number}").into(),
        status: AccountStatus::Active,
        attributes: Default::default(),
        version: None,
        invitation: None,
    }
}

fn entitlement(id: &str) -> Entitlement {
    Entitlement { key: group(id), name: format!("the {id}"), description: None, assignable: true, parent: None, seats: None }
}

fn grant(entitlement: &str, number: usize) -> Grant {
    Grant { entitlement: group(entitlement), holder: Holder::Account(account(number).id) }
}

fn seen<T>(content: Vec<T>) -> Snapshot<Vec<T>> {
    Snapshot { taken: at(0), completeness: Completeness::Complete, content }
}

/// Everybody is in `everybody`, the first ten are in `admins`, and `admins` is in `nested`.
fn snapshot(accounts: usize) -> AppSnapshot {
    let mut grants: Vec<Grant> = (0..accounts).map(|number| grant("everybody", number)).collect();
    grants.extend((0..10).map(|number| grant("admins", number)));
    grants.push(Grant { entitlement: group("nested"), holder: Holder::Entitlement(group("admins")) });
    grants.sort();
    AppSnapshot {
        description: description(),
        accounts: seen((0..accounts).map(account).collect()),
        entitlements: seen(["admins", "everybody", "nested"].map(entitlement).into()),
        grants: seen(grants),
    }
}

fn link(person: &str) -> Link {
    Link { person: PersonId::new(person), unique_name: person.into(), since: at(1), suspended_on: None, deleted_on: None }
}

#[tokio::test]
async fn an_app_comes_back_as_it_was_and_its_counts_are_kept() {
    let place = Place::new();
    let store = place.open();
    let chat = app("chat");
    assert_eq!(store.app(&chat).await.unwrap(), None);
    store.save_app(&chat, &snapshot(3)).await.unwrap();
    store.save_app(&chat, &snapshot(1234)).await.unwrap();
    store.save_app(&app("mail"), &snapshot(1)).await.unwrap();
    drop(store);
    let store = place.open();
    assert_eq!(store.app(&chat).await.unwrap(), Some(snapshot(1234)));
    assert_eq!(store.entitlements(&chat).await.unwrap(), snapshot(1).entitlements.content);
    let count = async |listing| store.counts(&listing, 10).await.unwrap().iter().map(|count| count.count).collect::<Vec<_>>();
    assert_eq!(count(Listing::Accounts(chat.clone())).await, [1234, 3]);
    assert_eq!(count(Listing::Entitlements(chat.clone())).await, [3, 3]);
    assert_eq!(count(Listing::Grants(chat)).await, [1245, 14]);
}

#[tokio::test]
async fn a_person_s_accounts_come_with_what_they_hold_and_why() {
    let place = Place::new();
    let store = place.open();
    let (chat, wiki) = (app("chat"), app("wiki"));
    store.save_app(&chat, &snapshot(1500)).await.unwrap();
    let owned = OwnedGrant { account: account(7).id, entitlement: group("admins"), role: None, since: at(1) };
    let links = [
        Mutation::Link { app: chat.clone(), account: account(7).id, link: link("ada") },
        Mutation::Link { app: chat.clone(), account: account(900).id, link: link("bob") },
        Mutation::Link { app: wiki.clone(), account: AccountId::new("gone"), link: link("ada") },
        Mutation::OwnGrant { app: chat.clone(), grant: owned.clone() },
    ];
    store.apply(&links).await.unwrap();
    let found = store.accounts_of(&PersonId::new("ada")).await.unwrap();
    assert_eq!(found.iter().map(|held| &held.app).collect::<Vec<_>>(), [&chat, &wiki]);
    assert_eq!((&found[0].account, found[0].seen), (&Some(account(7)), Some(at(0))));
    let held = |id: &str, owned| HeldGrant { entitlement: group(id), name: Some(format!("the {id}")), owned };
    assert_eq!(found[0].grants, [held("admins", Some(owned)), held("everybody", None)]);
    assert_eq!((&found[1].account, found[1].seen, found[1].grants.len()), (&None, None, 0));
    let bob = store.accounts_of(&PersonId::new("bob")).await.unwrap();
    assert_eq!(bob[0].grants, [held("everybody", None)]);
    assert_eq!(store.accounts_of(&PersonId::new("eve")).await.unwrap(), []);
}

#[tokio::test]
async fn the_holders_of_an_entitlement_come_with_their_people() {
    let place = Place::new();
    let store = place.open();
    let chat = app("chat");
    store.save_app(&chat, &snapshot(1500)).await.unwrap();
    store.apply(&[Mutation::Link { app: chat.clone(), account: account(3).id, link: link("ada") }]).await.unwrap();
    let admins = store.holders_of(&chat, &group("admins")).await.unwrap();
    assert_eq!(admins.len(), 10);
    let expected =
        Holding { holder: Holder::Account(account(3).id), account: Some(account(3)), link: Some(link("ada")), owned: None };
    assert_eq!(admins[3], expected);
    assert!(admins.iter().enumerate().all(|(number, held)| held.account == Some(account(number))));
    let everybody = store.holders_of(&chat, &group("everybody")).await.unwrap();
    assert!(everybody.iter().enumerate().all(|(number, held)| held.account == Some(account(number))));
    assert_eq!(everybody.len(), 1500);
    let nested = store.holders_of(&chat, &group("nested")).await.unwrap();
    assert_eq!(nested.iter().map(|held| &held.holder).collect::<Vec<_>>(), [&Holder::Entitlement(group("admins"))]);
    assert_eq!(store.holders_of(&chat, &group("nobody")).await.unwrap(), []);
    assert_eq!(store.holders_of(&app("mail"), &group("admins")).await.unwrap(), []);
}
