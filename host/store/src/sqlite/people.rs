//! What sources contained, and who is missing from them.

use super::fault::Fault;
use super::packed::{self, Lookup, Packed, Shelf};
use super::query::{all, execute, first, json, limit, parsed};
use crate::{Absence, Count, KnownRecord, Listing};
use innkeeper_domain::{PeopleSnapshot, PersonId, PersonRecord, Snapshot, SourceName};
use rusqlite::{Connection, params};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};

/// The last complete snapshot.
fn complete(source: &SourceName) -> Shelf<'_> {
    Shelf { listing: "people", name: source.as_str() }
}

/// The last snapshot, where it is incomplete.
fn partial(source: &SourceName) -> Shelf<'_> {
    Shelf { listing: "people-partial", name: source.as_str() }
}

/// What a snapshot changes about who is missing.
#[derive(Default)]
pub(crate) struct Presence {
    back: Vec<PersonId>,
    still_absent: Vec<PersonId>,
    newly_absent: Vec<PersonRecord>,
}

/// All of a record that a comparison needs; reading nothing else makes it several times faster.
#[derive(Deserialize)]
struct Key {
    id: PersonId,
}

/// Compares a snapshot with who was known before it.
pub(crate) fn presence(
    connection: &Connection,
    source: &SourceName,
    present: &HashSet<PersonId>,
    is_complete: bool,
) -> Result<Presence, Fault> {
    let sql = "SELECT person FROM absent WHERE source = ?1";
    let absent: HashSet<PersonId> =
        all(connection, sql, [source.as_str()], |row| Ok(PersonId::new(row.get::<_, String>(0)?)))?.into_iter().collect();
    let (back, still_absent): (Vec<_>, Vec<_>) = absent.iter().cloned().partition(|person| present.contains(person));
    if !is_complete {
        return Ok(Presence { back, ..Presence::default() });
    }
    // Whoever was in an incomplete snapshot since counts as known, with the newer record.
    let mut newly_absent: BTreeMap<PersonId, PersonRecord> = BTreeMap::new();
    for shelf in [complete(source), partial(source)] {
        let mut records = Lookup::<PersonRecord>::new(connection, shelf);
        for Key { id } in packed::items(connection, shelf)? {
            if !present.contains(&id)
                && !absent.contains(&id)
                && let Some(record) = records.find(id.as_str(), |record| record.id == id)?
            {
                newly_absent.insert(id, record);
            }
        }
    }
    Ok(Presence { back, still_absent, newly_absent: newly_absent.into_values().collect() })
}

/// Replaces what is remembered of the source.
pub(crate) fn save(
    connection: &Connection,
    source: &SourceName,
    head: &Snapshot<usize>,
    packed: &Packed,
    presence: &Presence,
) -> Result<(), Fault> {
    let is_complete = head.is_complete();
    packed::write(connection, if is_complete { complete(source) } else { partial(source) }, head, packed)?;
    if is_complete {
        packed::clear(connection, partial(source))?;
    }
    add_count(connection, &Listing::People(source.clone()), head)?;
    forget_absent(connection, source, &presence.back)?;
    for person in &presence.still_absent {
        let sql = "UPDATE absent SET times = times + 1 WHERE source = ?1 AND person = ?2";
        execute(connection, sql, [source.as_str(), person.as_str()])?;
    }
    for record in &presence.newly_absent {
        let sql = "INSERT INTO absent (source, person, first, times, record) VALUES (?1, ?2, ?3, 1, ?4)";
        let json = serde_json::to_string(record)?;
        execute(connection, sql, params![source.as_str(), record.id.as_str(), head.taken.to_string(), json])?;
    }
    Ok(())
}

pub(crate) fn latest(connection: &Connection, source: &SourceName) -> Result<Option<PeopleSnapshot>, Fault> {
    match packed::snapshot(connection, partial(source))? {
        Some(snapshot) => Ok(Some(snapshot)),
        None => last_complete(connection, source),
    }
}

pub(crate) fn last_complete(connection: &Connection, source: &SourceName) -> Result<Option<PeopleSnapshot>, Fault> {
    packed::snapshot(connection, complete(source))
}

pub(crate) fn absent(connection: &Connection, source: &SourceName) -> Result<BTreeMap<PersonId, Absence>, Fault> {
    let sql = "SELECT first, times, record FROM absent WHERE source = ?1";
    let absences = all(connection, sql, [source.as_str()], |row| {
        Ok(Absence { first: parsed(row, 0)?, times: row.get(1)?, record: json(row, 2)? })
    })?;
    Ok(absences.into_iter().map(|absence| (absence.record.id.clone(), absence)).collect())
}

pub(crate) fn forget_absent(connection: &Connection, source: &SourceName, people: &[PersonId]) -> Result<(), Fault> {
    for person in people {
        let sql = "DELETE FROM absent WHERE source = ?1 AND person = ?2";
        execute(connection, sql, [source.as_str(), person.as_str()])?;
    }
    Ok(())
}

pub(crate) fn known_records(connection: &Connection, person: &PersonId) -> Result<Vec<KnownRecord>, Fault> {
    let sql = "SELECT DISTINCT name FROM snapshot WHERE listing IN ('people', 'people-partial')
               UNION SELECT source FROM absent WHERE person = ?1 ORDER BY 1";
    let sources = all(connection, sql, [person.as_str()], |row| Ok(SourceName::new(row.get::<_, String>(0)?)))?;
    let mut known = Vec::new();
    for source in sources {
        let sql = "SELECT first, times, record FROM absent WHERE source = ?1 AND person = ?2";
        let absent = first(connection, sql, [source.as_str(), person.as_str()], |row| {
            Ok(Absence { first: parsed(row, 0)?, times: row.get(1)?, record: json(row, 2)? })
        })?;
        if let Some(Absence { first, times, record }) = absent {
            known.push(KnownRecord { source, seen: None, record, absent: Some((first, times)) });
            continue;
        }
        for shelf in [partial(&source), complete(&source)] {
            let records: Vec<PersonRecord> = packed::near(connection, shelf, person.as_str())?;
            if let Some(record) = records.into_iter().find(|record| record.id == *person) {
                let seen = packed::head(connection, shelf)?.map(|head| head.taken);
                known.push(KnownRecord { source: source.clone(), seen, record, absent: None });
                break;
            }
        }
    }
    Ok(known)
}

pub(crate) fn add_count(connection: &Connection, listing: &Listing, head: &Snapshot<usize>) -> Result<(), Fault> {
    let sql = "INSERT INTO count (listing, name, complete, head) VALUES (?1, ?2, ?3, ?4)";
    let json = serde_json::to_string(head)?;
    execute(connection, sql, params![listing.of(), listing.name(), head.is_complete(), json])?;
    Ok(())
}

pub(crate) fn counts(connection: &Connection, listing: &Listing, most: usize) -> Result<Vec<Count>, Fault> {
    let sql = "SELECT head FROM count WHERE listing = ?1 AND name = ?2 ORDER BY seq DESC LIMIT ?3";
    all(connection, sql, params![listing.of(), listing.name(), limit(most)], |row| Ok(count(json(row, 0)?)))
}

pub(crate) fn last_complete_count(connection: &Connection, listing: &Listing) -> Result<Option<Count>, Fault> {
    let sql = "SELECT head FROM count WHERE listing = ?1 AND name = ?2 AND complete = 1 ORDER BY seq DESC LIMIT 1";
    first(connection, sql, [listing.of(), listing.name()], |row| Ok(count(json(row, 0)?)))
}

fn count(head: Snapshot<usize>) -> Count {
    Count { taken: head.taken, count: head.content, completeness: head.completeness }
}
