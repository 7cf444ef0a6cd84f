//! The format of the file, and how an older one becomes the newest.

use super::copy;
use crate::StoreError;
use rusqlite::{Connection, ErrorCode};
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

/// Marks the file as ours: `Innk`.
const APPLICATION_ID: i64 = 0x496e_6e6b;

/// What leads from one format to the next; the first makes it out of an empty file.
const STEPS: &[&str] = &[include_str!("schema_1.sql"), include_str!("schema_2.sql")];

/// The format that this program writes.
pub(crate) const NEWEST: i64 = STEPS.len() as i64;

/// How long a reader waits for another process that is just tidying up its log.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that writes, and waits for the disk at every commit. The caller holds the lock.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    make_private(path)?;
    let mut connection = open(path)?;
    let found = version(&connection, path)?;
    let failed = |source| copy::failed(path, source);
    for (pragma, value) in [("journal_mode", "WAL"), ("synchronous", "FULL"), ("fullfsync", "ON"), ("foreign_keys", "ON")] {
        connection.pragma_update_and_check(None, pragma, value, |_| Ok(())).or_else(no_answer).map_err(failed)?;
    }
    // A large snapshot must not leave its size behind in the log for ever.
    connection.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(())).or_else(no_answer).map_err(failed)?;
    copy::glance(&connection, path)?;
    migrate(&mut connection, found).map_err(failed)?;
    Ok(connection)
}

/// A connection that cannot write.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path)?;
    connection.pragma_update(None, "query_only", "ON").map_err(|source| copy::failed(path, source))?;
    Ok(connection)
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let failed = |source| copy::failed(path, source);
    let connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Personal data: only the owner may read it. SQLite gives the log beside it the same permissions.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(drop).map_err(|source| StoreError::File { path: path.to_owned(), source })
}

/// The format of the file; 0 when it is empty.
pub(crate) fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let wrong = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::NotAStore { path: path.to_owned() },
        _ => copy::failed(path, source),
    };
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(wrong);
    let found = number("PRAGMA user_version")?;
    let ours = number("PRAGMA application_id")? == APPLICATION_ID;
    if !ours && (found != 0 || number("SELECT count(*) FROM sqlite_schema")? != 0) {
        return Err(StoreError::NotAStore { path: path.to_owned() });
    }
    if found > NEWEST {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: NEWEST });
    }
    Ok(found)
}

fn migrate(connection: &mut Connection, found: i64) -> rusqlite::Result<()> {
    let done = usize::try_from(found).unwrap_or(0);
    for (step, sql) in STEPS.iter().enumerate().skip(done) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Some pragmas answer with their new value and some do not.
fn no_answer(error: rusqlite::Error) -> rusqlite::Result<()> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        other => Err(other),
    }
}
