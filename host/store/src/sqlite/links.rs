//! Which account is whose, and which grants are ours.

use super::fault::Fault;
use super::query::{all, execute, first, parsed, parsed_option};
use crate::{Link, Mutation, OwnedGrant};
use innkeeper_domain::{AccountId, AppName, EntitlementKey, PersonId, RoleName};
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;

pub(crate) fn links(connection: &Connection, app: &AppName) -> Result<BTreeMap<AccountId, Link>, Fault> {
    let sql = "SELECT person, unique_name, since, suspended_on, deleted_on, account FROM link WHERE app = ?1";
    let links = all(connection, sql, [app.as_str()], |row| Ok((AccountId::new(row.get::<_, String>(5)?), link(row)?)))?;
    Ok(links.into_iter().collect())
}

pub(crate) fn of_person(connection: &Connection, person: &PersonId) -> Result<Vec<(AppName, AccountId, Link)>, Fault> {
    let sql = "SELECT person, unique_name, since, suspended_on, deleted_on, account, app FROM link WHERE person = ?1 ORDER BY app, account";
    all(connection, sql, [person.as_str()], |row| {
        Ok((AppName::new(row.get::<_, String>(6)?), AccountId::new(row.get::<_, String>(5)?), link(row)?))
    })
}

pub(crate) fn of_account(connection: &Connection, app: &AppName, account: &AccountId) -> Result<Option<Link>, Fault> {
    let sql = "SELECT person, unique_name, since, suspended_on, deleted_on FROM link WHERE app = ?1 AND account = ?2";
    first(connection, sql, [app.as_str(), account.as_str()], link)
}

fn link(row: &Row<'_>) -> Result<Link, Fault> {
    Ok(Link {
        person: PersonId::new(row.get::<_, String>(0)?),
        unique_name: row.get(1)?,
        since: parsed(row, 2)?,
        suspended_on: parsed_option(row, 3)?,
        deleted_on: parsed_option(row, 4)?,
    })
}

pub(crate) fn register(connection: &Connection, name: &str) -> Result<BTreeMap<String, String>, Fault> {
    let entries =
        all(connection, "SELECT key, value FROM register WHERE name = ?1", [name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(entries.into_iter().collect())
}

pub(crate) fn departures(connection: &Connection) -> Result<BTreeMap<PersonId, Date>, Fault> {
    let sql = "SELECT person, since FROM departure";
    let departures = all(connection, sql, [], |row| Ok((PersonId::new(row.get::<_, String>(0)?), parsed(row, 1)?)))?;
    Ok(departures.into_iter().collect())
}

pub(crate) fn owned(connection: &Connection, app: &AppName) -> Result<Vec<OwnedGrant>, Fault> {
    let sql = "SELECT account, kind, entitlement, role, since FROM owned_grant WHERE app = ?1
               ORDER BY account, kind, entitlement";
    all(connection, sql, [app.as_str()], owned_row)
}

pub(crate) fn owned_by(connection: &Connection, app: &AppName, account: &AccountId) -> Result<Vec<OwnedGrant>, Fault> {
    let sql = "SELECT account, kind, entitlement, role, since FROM owned_grant WHERE app = ?1 AND account = ?2
               ORDER BY kind, entitlement";
    all(connection, sql, [app.as_str(), account.as_str()], owned_row)
}

pub(crate) fn owned_grant(
    connection: &Connection,
    app: &AppName,
    account: &AccountId,
    entitlement: &EntitlementKey,
) -> Result<Option<OwnedGrant>, Fault> {
    let sql = "SELECT account, kind, entitlement, role, since FROM owned_grant
               WHERE app = ?1 AND account = ?2 AND kind = ?3 AND entitlement = ?4";
    first(connection, sql, [app.as_str(), account.as_str(), &entitlement.kind, &entitlement.id], owned_row)
}

fn owned_row(row: &Row<'_>) -> Result<OwnedGrant, Fault> {
    Ok(OwnedGrant {
        account: AccountId::new(row.get::<_, String>(0)?),
        entitlement: EntitlementKey { kind: row.get::<_, String>(1)?.into(), id: row.get::<_, String>(2)?.into() },
        role: row.get::<_, Option<String>>(3)?.map(RoleName::new),
        since: parsed(row, 4)?,
    })
}

pub(crate) fn apply(connection: &Connection, mutations: &[Mutation]) -> Result<(), Fault> {
    mutations.iter().try_for_each(|mutation| apply_one(connection, mutation))
}

fn apply_one(connection: &Connection, mutation: &Mutation) -> Result<(), Fault> {
    match mutation {
        Mutation::Link { app, account, link } => execute(
            connection,
            "INSERT INTO link (app, account, person, unique_name, since, suspended_on, deleted_on) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (app, account) DO UPDATE SET person = excluded.person, unique_name = excluded.unique_name,
                 since = excluded.since, suspended_on = excluded.suspended_on, deleted_on = excluded.deleted_on",
            params![
                app.as_str(),
                account.as_str(),
                link.person.as_str(),
                link.unique_name,
                link.since.to_string(),
                link.suspended_on.map(|day| day.to_string()),
                link.deleted_on.map(|day| day.to_string()),
            ],
        ),
        Mutation::Unlink { app, account } => {
            let key = [app.as_str(), account.as_str()];
            execute(connection, "DELETE FROM owned_grant WHERE app = ?1 AND account = ?2", key)?;
            execute(connection, "DELETE FROM link WHERE app = ?1 AND account = ?2", key)
        }
        Mutation::Deleted { app, account, on } => {
            let key = [app.as_str(), account.as_str()];
            execute(connection, "DELETE FROM owned_grant WHERE app = ?1 AND account = ?2", key)?;
            let sql = "UPDATE link SET deleted_on = ?3 WHERE app = ?1 AND account = ?2";
            execute(connection, sql, [app.as_str(), account.as_str(), &on.to_string()])
        }
        Mutation::Depart { person, on } => execute(
            connection,
            "INSERT INTO departure (person, since) VALUES (?1, ?2) ON CONFLICT (person) DO UPDATE SET since = excluded.since",
            [person.as_str(), &on.to_string()],
        ),
        Mutation::Return { person } => execute(connection, "DELETE FROM departure WHERE person = ?1", [person.as_str()]),
        Mutation::Enter { register, key, value } => execute(
            connection,
            "INSERT INTO register (name, key, value) VALUES (?1, ?2, ?3) ON CONFLICT (name, key) DO UPDATE SET value = excluded.value",
            [register, key, value],
        ),
        Mutation::Strike { register, key } => {
            execute(connection, "DELETE FROM register WHERE name = ?1 AND key = ?2", [register, key])
        }
        Mutation::Suspended { app, account, on } => execute(
            connection,
            // What can be suspended or brought back is not deleted any more.
            "UPDATE link SET suspended_on = ?3, deleted_on = NULL WHERE app = ?1 AND account = ?2",
            params![app.as_str(), account.as_str(), on.map(|day| day.to_string())],
        ),
        Mutation::Renamed { app, account, unique_name } => execute(
            connection,
            "UPDATE link SET unique_name = ?3 WHERE app = ?1 AND account = ?2",
            [app.as_str(), account.as_str(), unique_name],
        ),
        Mutation::OwnGrant { app, grant } => execute(
            connection,
            "INSERT INTO owned_grant (app, account, kind, entitlement, role, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (app, account, kind, entitlement) DO UPDATE SET role = excluded.role, since = excluded.since",
            params![
                app.as_str(),
                grant.account.as_str(),
                grant.entitlement.kind.as_str(),
                grant.entitlement.id.as_str(),
                grant.role.as_ref().map(RoleName::as_str),
                grant.since.to_string(),
            ],
        ),
        Mutation::DisownGrant { app, account, entitlement } => execute(
            connection,
            "DELETE FROM owned_grant WHERE app = ?1 AND account = ?2 AND kind = ?3 AND entitlement = ?4",
            [app.as_str(), account.as_str(), &entitlement.kind, &entitlement.id],
        ),
    }?;
    Ok(())
}
