//! Rows into values.

use super::fault::Fault;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::de::DeserializeOwned;

/// All rows of a query.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// The first row of a query.
pub(crate) fn first<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row(parameters, |row| Ok(read(row))).optional()?.transpose()
}

/// Carries a statement out and says how many rows it touched.
pub(crate) fn execute(connection: &Connection, sql: &str, parameters: impl Params) -> Result<usize, Fault> {
    Ok(connection.prepare_cached(sql)?.execute(parameters)?)
}

/// A column that is JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, Fault> {
    Ok(serde_json::from_str(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)?)
}

/// A column that is text of a type that reads itself.
pub(crate) fn parsed<T: std::str::FromStr<Err = jiff::Error>>(row: &Row<'_>, column: usize) -> Result<T, Fault> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?.parse()?)
}

/// A column that is such text or nothing.
pub(crate) fn parsed_option<T: std::str::FromStr<Err = jiff::Error>>(row: &Row<'_>, column: usize) -> Result<Option<T>, Fault> {
    let text: Option<String> = row.get(column)?;
    Ok(text.map(|text| text.parse()).transpose()?)
}

/// A number of rows or a limit as SQLite counts.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
