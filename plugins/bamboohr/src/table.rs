//! The table `employmentStatus`: since when somebody is employed in which way, and until when.

use crate::BambooHr;
use crate::api;
use crate::employment::{self, Row};
use crate::record::text;
use innkeeper_sdk::prelude::*;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

const NAME: &str = "employmentStatus";

/// What is known of somebody's last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastDay {
    /// Nobody asked.
    NotRead,
    /// These credentials may not see it.
    Restricted,
    /// No end is known.
    None,
    On(Date),
}

/// The rows of many employees.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The rows by employee; none where they may not be seen.
    rows: BTreeMap<String, Option<Vec<Row>>>,
}

/// The rows of those who changed. Nobody may be an empty list, as PHP writes an empty map.
#[derive(Deserialize)]
struct Changed {
    employees: crate::changed::ById<ChangedRows>,
}

#[derive(Deserialize)]
struct ChangedRows {
    #[serde(default)]
    rows: Vec<Map<String, Json>>,
}

impl BambooHr {
    /// The rows of all employees, in one answer.
    ///
    /// # Errors
    /// Whatever keeps them from being read, except that these credentials may not: then no rows can be seen.
    pub(crate) fn table(&self) -> Result<Table> {
        let rows: Vec<Map<String, Json>> = match api::read(api::get(format!("/employees/all/tables/{NAME}"))) {
            Err(error) => return unseen(error),
            Ok(rows) => rows,
        };
        let mut table = Table::default();
        for row in rows {
            let employee = row.get("employeeId").and_then(text);
            let employee = employee.ok_or_else(|| Error::malformed(format!("a row of the table {NAME} has no employeeId")))?;
            table.add(employee, &row, self);
        }
        Ok(table)
    }

    /// The rows of those who changed since a moment.
    ///
    /// # Errors
    /// As [`BambooHr::table`].
    pub(crate) fn changed_table(&self, since: &str) -> Result<Table> {
        let request = api::get(format!("/employees/changed/tables/{NAME}")).query("since", since);
        let changed: Changed = match api::read(request) {
            Err(error) => return unseen(error),
            Ok(changed) => changed,
        };
        let mut table = Table::default();
        for (employee, changed) in changed.employees.into_map() {
            changed.rows.iter().for_each(|row| table.add(employee.clone(), row, self));
        }
        Ok(table)
    }
}

/// Without the permission for the table everything but the last day is known, and the status tells who has left.
fn unseen(error: Error) -> Result<Table> {
    match error.code {
        ErrorCode::PermissionDenied | ErrorCode::NotFound => {
            log::warn!("last days cannot be read: {}", error.message);
            Ok(Table::default())
        }
        _ => Err(error),
    }
}

impl Table {
    /// The employees that have rows.
    pub(crate) fn employees(&self) -> impl Iterator<Item = &String> {
        self.rows.keys()
    }

    /// Somebody without any row is somebody whose rows may not be seen: everybody who is employed has one.
    pub(crate) fn last_day(&self, employee: &str, today: Date) -> LastDay {
        match self.rows.get(employee) {
            None | Some(None) => LastDay::Restricted,
            Some(Some(rows)) => employment::last_day(rows.clone(), today).map_or(LastDay::None, LastDay::On),
        }
    }

    fn add(&mut self, employee: String, row: &Map<String, Json>, connector: &BambooHr) {
        let rows = self.rows.entry(employee).or_insert_with(|| Some(Vec::new()));
        match read_row(row, connector) {
            Ok(row) => rows.iter_mut().for_each(|rows| rows.extend(row.clone())),
            Err(Unreadable) => *rows = None,
        }
    }
}

/// A column is missing, which means that it may not be seen, or an end has no day.
struct Unreadable;

fn read_row(row: &Map<String, Json>, connector: &BambooHr) -> Result<Option<Row>, Unreadable> {
    let column = |name: &str| row.get(name).map(text).ok_or(Unreadable);
    let ends = column("employmentStatus")?.is_some_and(|status| connector.settings.ends_employment(&status));
    let id = row.get("id").and_then(text).and_then(|id| id.parse().ok()).unwrap_or(0);
    match column("date")? {
        Some(date) => date.parse().map(|date| Some(Row { date, id, ends })).map_err(|_| Unreadable),
        None if ends => Err(Unreadable),
        None => Ok(None),
    }
}
