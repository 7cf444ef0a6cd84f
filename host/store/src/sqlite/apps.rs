//! What apps contained, and who holds what on them.

use super::fault::Fault;
use super::links;
use super::packed::{self, Lookup, Packed, Shelf};
use super::people::add_count;
use super::query::{execute, first, json};
use crate::{HeldAccount, HeldGrant, Holding, Listing};
use innkeeper_domain::{
    Account, AppName, AppSnapshot, Description, Entitlement, EntitlementKey, Grant, Holder, PersonId, Snapshot,
};
use rusqlite::Connection;
use std::collections::BTreeMap;

const ACCOUNTS: &str = "accounts";
const ENTITLEMENTS: &str = "entitlements";
const GRANTS: &str = "grants";
/// The grants once more, in the order of their holders.
const HELD: &str = "grants-by-holder";

/// Between the parts of a key; in no id that anybody has seen, and harmless if it is.
const BETWEEN: char = '\u{1f}';

fn entitlement_key(key: &EntitlementKey) -> String {
    format!("{}{BETWEEN}{}", key.kind, key.id)
}

fn holder_key(holder: &Holder) -> String {
    match holder {
        Holder::Account(account) => format!("account{BETWEEN}{account}"),
        Holder::Entitlement(key) => format!("entitlement{BETWEEN}{}", entitlement_key(key)),
    }
}

/// An app, ready to be written.
pub(crate) struct PackedApp {
    description: String,
    listings: Vec<(&'static str, Option<Listing>, Snapshot<usize>, Packed)>,
}

pub(crate) async fn pack(app: &AppName, snapshot: &AppSnapshot) -> Result<PackedApp, Fault> {
    let AppSnapshot { description, accounts, entitlements, grants } = snapshot;
    let mut sorted: Vec<&Grant> = grants.content.iter().collect();
    sorted.sort_unstable();
    Ok(PackedApp {
        description: serde_json::to_string(description)?,
        listings: vec![
            (
                ACCOUNTS,
                Some(Listing::Accounts(app.clone())),
                head(accounts),
                packed::pack(&accounts.content, |account| account.id.as_str().to_owned()).await?,
            ),
            (
                ENTITLEMENTS,
                Some(Listing::Entitlements(app.clone())),
                head(entitlements),
                packed::pack(&entitlements.content, |entitlement| entitlement_key(&entitlement.key)).await?,
            ),
            (
                GRANTS,
                Some(Listing::Grants(app.clone())),
                head(grants),
                packed::pack(&sorted, |grant| entitlement_key(&grant.entitlement)).await?,
            ),
            (HELD, None, head(grants), packed::pack(&sorted, |grant| holder_key(&grant.holder)).await?),
        ],
    })
}

pub(crate) fn head<T>(snapshot: &Snapshot<Vec<T>>) -> Snapshot<usize> {
    Snapshot { taken: snapshot.taken, completeness: snapshot.completeness.clone(), content: snapshot.content.len() }
}

pub(crate) fn save(connection: &Connection, app: &AppName, packed: &PackedApp) -> Result<(), Fault> {
    let sql =
        "INSERT INTO app (name, description) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET description = excluded.description";
    execute(connection, sql, [app.as_str(), &packed.description])?;
    for (listing, counted, head, items) in &packed.listings {
        packed::write(connection, Shelf { listing, name: app.as_str() }, head, items)?;
        if let Some(counted) = counted {
            add_count(connection, counted, head)?;
        }
    }
    Ok(())
}

pub(crate) fn load(connection: &Connection, app: &AppName) -> Result<Option<AppSnapshot>, Fault> {
    let description: Option<Description> =
        first(connection, "SELECT description FROM app WHERE name = ?1", [app.as_str()], |row| json(row, 0))?;
    let Some(description) = description else { return Ok(None) };
    let missing = |listing: &str| Fault::Damaged(format!("the {listing} of {app} are missing"));
    let shelf = |listing| Shelf { listing, name: app.as_str() };
    Ok(Some(AppSnapshot {
        description,
        accounts: packed::snapshot(connection, shelf(ACCOUNTS))?.ok_or_else(|| missing(ACCOUNTS))?,
        entitlements: packed::snapshot(connection, shelf(ENTITLEMENTS))?.ok_or_else(|| missing(ENTITLEMENTS))?,
        grants: packed::snapshot(connection, shelf(GRANTS))?.ok_or_else(|| missing(GRANTS))?,
    }))
}

pub(crate) fn entitlements(connection: &Connection, app: &AppName) -> Result<Vec<Entitlement>, Fault> {
    packed::items(connection, Shelf { listing: ENTITLEMENTS, name: app.as_str() })
}

pub(crate) fn accounts_of(connection: &Connection, person: &PersonId) -> Result<Vec<HeldAccount>, Fault> {
    let mut accounts = Vec::new();
    for (app, id, link) in links::of_person(connection, person)? {
        let shelf = |listing| Shelf { listing, name: app.as_str() };
        let seen = packed::head(connection, shelf(ACCOUNTS))?.map(|head| head.taken);
        let account = Lookup::<Account>::new(connection, shelf(ACCOUNTS)).find(id.as_str(), |account| account.id == id)?;
        let holder = Holder::Account(id.clone());
        let mut held: Vec<Grant> = packed::near(connection, shelf(HELD), &holder_key(&holder))?;
        held.retain(|grant| grant.holder == holder);
        let mut owned: BTreeMap<_, _> =
            links::owned_by(connection, &app, &id)?.into_iter().map(|grant| (grant.entitlement.clone(), grant)).collect();
        let mut names = Lookup::<Entitlement>::new(connection, shelf(ENTITLEMENTS));
        let mut grants = Vec::with_capacity(held.len());
        for Grant { entitlement, .. } in held {
            let name = names.find(&entitlement_key(&entitlement), |candidate| candidate.key == entitlement)?;
            let owned = owned.remove(&entitlement);
            grants.push(HeldGrant { entitlement, name: name.map(|entitlement| entitlement.name), owned });
        }
        accounts.push(HeldAccount { app, id, link, seen, account, grants });
    }
    Ok(accounts)
}

pub(crate) fn holders_of(connection: &Connection, app: &AppName, entitlement: &EntitlementKey) -> Result<Vec<Holding>, Fault> {
    let shelf = |listing| Shelf { listing, name: app.as_str() };
    let mut grants: Vec<Grant> = packed::near(connection, shelf(GRANTS), &entitlement_key(entitlement))?;
    grants.retain(|grant| grant.entitlement == *entitlement);
    let mut accounts = Lookup::<Account>::new(connection, shelf(ACCOUNTS));
    let mut holdings = Vec::with_capacity(grants.len());
    for Grant { holder, .. } in grants {
        let (account, link, owned) = match &holder {
            Holder::Account(id) => (
                accounts.find(id.as_str(), |account| account.id == *id)?,
                links::of_account(connection, app, id)?,
                links::owned_grant(connection, app, id, entitlement)?,
            ),
            Holder::Entitlement(_) => (None, None, None),
        };
        holdings.push(Holding { holder, account, link, owned });
    }
    Ok(holdings)
}
