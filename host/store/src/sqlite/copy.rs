//! A copy of the whole store, and whether a store is sound.

use crate::StoreError;
use crate::sqlite::format;
use rusqlite::{Connection, ErrorCode};
use std::path::Path;

/// A store up to this size is looked through whenever it is opened to be written: some hundredths of a second. Larger ones are looked through
/// by `doctor`.
const CHEAP: u64 = 16 << 20;

/// Looks through a store that is about to be written to, where that is cheap: what is written into a damaged file may be lost.
pub(crate) fn glance(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    match std::fs::metadata(path) {
        Ok(file) if file.len() <= CHEAP => sound(connection, path, "PRAGMA quick_check(1)"),
        _ => Ok(()),
    }
}

/// Looks through all of it.
pub(crate) fn inspect(path: &Path) -> Result<(), StoreError> {
    sound(&format::open_reader(path)?, path, "PRAGMA integrity_check(1)")
}

fn sound(connection: &Connection, path: &Path, pragma: &str) -> Result<(), StoreError> {
    match connection.query_row(pragma, [], |row| row.get::<_, String>(0)) {
        Ok(answer) if answer == "ok" => Ok(()),
        Ok(what) => Err(StoreError::Damaged { path: path.to_owned(), what: what.trim().replace('\n', "; ") }),
        Err(source) => Err(failed(path, source)),
    }
}

/// Writes all of the store as of one moment into a new file, also while another process writes.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    if !from.exists() {
        return Err(StoreError::Missing { path: from.to_owned() });
    }
    let connection = format::open_reader(from)?;
    // What forbids this connection to write would forbid it to write the copy, too.
    let copied = connection
        .pragma_update(None, "query_only", "OFF")
        .and_then(|()| connection.execute("VACUUM INTO ?1", [to.to_string_lossy().as_ref()]));
    copied.map_err(|source| failed(from, source))?;
    inspect(to)
}

/// What SQLite says, in the words of whoever has to do something about it.
pub(crate) fn failed(path: &Path, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => StoreError::Full { path, source },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path, what: source.to_string() },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::Unwritable { path, source }
        }
        _ => StoreError::Database { path, source },
    }
}
