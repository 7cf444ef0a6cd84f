//! Listings as compressed parts, sorted by key: a hundred thousand people are written in one go and read in one go, and one
//! of them is found by reading one part.

use super::fault::Fault;
use super::query::{all, execute, first, json};
use innkeeper_domain::Snapshot;
use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How many items lie in one part: few enough to find one item fast, enough to shrink well.
const PART: usize = 128;

/// Fast; people and accounts shrink to about a tenth.
const LEVEL: i32 = 1;

/// Which listing of what.
#[derive(Clone, Copy)]
pub(crate) struct Shelf<'a> {
    pub(crate) listing: &'static str,
    pub(crate) name: &'a str,
}

/// A listing, ready to be written.
pub(crate) struct Packed(Vec<Part>);

struct Part {
    first: String,
    items: Vec<u8>,
}

/// Packs items in the order of their keys. Lets other tasks run in between, for this takes half a second for a hundred
/// thousand.
pub(crate) async fn pack<T: Serialize + Sync>(items: &[T], key: impl Fn(&T) -> String) -> Result<Packed, Fault> {
    let mut sorted: Vec<(String, &T)> = items.iter().map(|item| (key(item), item)).collect();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    let mut parts = Vec::with_capacity(sorted.len().div_ceil(PART));
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    for chunk in sorted.chunks(PART) {
        let items: Vec<&T> = chunk.iter().map(|(_, item)| *item).collect();
        let items = compressor.compress(&serde_json::to_vec(&items)?)?;
        parts.push(Part { first: chunk[0].0.clone(), items });
        tokio::task::yield_now().await;
    }
    Ok(Packed(parts))
}

/// Replaces a listing. The head is the snapshot with the number of items for its content.
pub(crate) fn write(connection: &Connection, shelf: Shelf<'_>, head: &Snapshot<usize>, packed: &Packed) -> Result<(), Fault> {
    clear(connection, shelf)?;
    let Shelf { listing, name } = shelf;
    let head = serde_json::to_string(head)?;
    execute(connection, "INSERT INTO snapshot (listing, name, head) VALUES (?1, ?2, ?3)", params![listing, name, head])?;
    for (position, part) in packed.0.iter().enumerate() {
        let sql = "INSERT INTO part (listing, name, position, first, items) VALUES (?1, ?2, ?3, ?4, ?5)";
        execute(connection, sql, params![listing, name, super::query::limit(position), part.first, part.items])?;
    }
    Ok(())
}

/// Forgets a listing.
pub(crate) fn clear(connection: &Connection, Shelf { listing, name }: Shelf<'_>) -> Result<(), Fault> {
    execute(connection, "DELETE FROM snapshot WHERE listing = ?1 AND name = ?2", [listing, name])?;
    execute(connection, "DELETE FROM part WHERE listing = ?1 AND name = ?2", [listing, name])?;
    Ok(())
}

/// When and how completely a listing was read, and how many items there were.
pub(crate) fn head(connection: &Connection, shelf: Shelf<'_>) -> Result<Option<Snapshot<usize>>, Fault> {
    let sql = "SELECT head FROM snapshot WHERE listing = ?1 AND name = ?2";
    first(connection, sql, [shelf.listing, shelf.name], |row| json(row, 0))
}

/// All items, sorted by key.
pub(crate) fn items<T: DeserializeOwned>(connection: &Connection, shelf: Shelf<'_>) -> Result<Vec<T>, Fault> {
    let sql = "SELECT items FROM part WHERE listing = ?1 AND name = ?2 ORDER BY position";
    let parts: Vec<Vec<T>> = all(connection, sql, [shelf.listing, shelf.name], |row| unpack(row.get_ref(0)?.as_blob()))?;
    Ok(parts.into_iter().flatten().collect())
}

/// A whole snapshot.
pub(crate) fn snapshot<T: DeserializeOwned>(
    connection: &Connection,
    shelf: Shelf<'_>,
) -> Result<Option<Snapshot<Vec<T>>>, Fault> {
    let Some(Snapshot { taken, completeness, .. }) = head(connection, shelf)? else { return Ok(None) };
    Ok(Some(Snapshot { taken, completeness, content: items(connection, shelf)? }))
}

/// All items of the parts in which the key can be; the caller picks.
pub(crate) fn near<T: DeserializeOwned>(connection: &Connection, shelf: Shelf<'_>, key: &str) -> Result<Vec<T>, Fault> {
    let sql = "SELECT items FROM part WHERE listing = ?1 AND name = ?2 AND first <= ?3 AND position >= coalesce(
                   (SELECT max(position) FROM part WHERE listing = ?1 AND name = ?2 AND first < ?3), 0)
               ORDER BY position";
    let parts: Vec<Vec<T>> = all(connection, sql, [shelf.listing, shelf.name, key], |row| unpack(row.get_ref(0)?.as_blob()))?;
    Ok(parts.into_iter().flatten().collect())
}

/// Finds the items of many keys, each of them once in the listing; a part is read once where the keys come sorted.
pub(crate) struct Lookup<'a, T> {
    connection: &'a Connection,
    shelf: Shelf<'a>,
    part: Option<(i64, Vec<T>)>,
}

impl<'a, T: DeserializeOwned + Clone> Lookup<'a, T> {
    pub(crate) fn new(connection: &'a Connection, shelf: Shelf<'a>) -> Self {
        Self { connection, shelf, part: None }
    }

    pub(crate) fn find(&mut self, key: &str, is_it: impl Fn(&T) -> bool) -> Result<Option<T>, Fault> {
        let Shelf { listing, name } = self.shelf;
        let sql = "SELECT position FROM part WHERE listing = ?1 AND name = ?2 AND first <= ?3 ORDER BY first DESC LIMIT 1";
        let found: Option<i64> = first(self.connection, sql, [listing, name, key], |row| Ok(row.get(0)?))?;
        let Some(position) = found else { return Ok(None) };
        if self.part.as_ref().is_none_or(|(held, _)| *held != position) {
            let sql = "SELECT items FROM part WHERE listing = ?1 AND name = ?2 AND position = ?3";
            let read = |row: &rusqlite::Row<'_>| unpack(row.get_ref(0)?.as_blob());
            let items = first(self.connection, sql, params![listing, name, position], read)?;
            self.part = items.map(|items| (position, items));
        }
        Ok(self.part.as_ref().and_then(|(_, items)| items.iter().find(|item| is_it(item)).cloned()))
    }
}

fn unpack<T: DeserializeOwned>(blob: Result<&[u8], rusqlite::types::FromSqlError>) -> Result<Vec<T>, Fault> {
    let json = zstd::decode_all(blob.map_err(rusqlite::Error::from)?)?;
    Ok(serde_json::from_slice(&json)?)
}
