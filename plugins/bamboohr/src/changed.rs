//! `GET /employees/changed`: who changed since a moment.

use crate::BambooHr;
use crate::api;
use innkeeper_sdk::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Before every change.
pub(crate) const EVER: &str = "1970-01-01T00:00:00Z";

/// Who changed.
#[derive(Deserialize)]
pub(crate) struct Changed {
    /// The latest change among them; BambooHR's own clock.
    pub(crate) latest: Option<String>,
    employees: ById<Entry>,
}

/// Something for each of some employees. Nobody may be an empty list, as PHP writes an empty map.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum ById<T> {
    Some(BTreeMap<String, T>),
    Nobody([(); 0]),
}

#[derive(Deserialize)]
struct Entry {
    action: Action,
}

/// The last thing that happened to an employee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Action {
    Inserted,
    Updated,
    Deleted,
}

impl<T> ById<T> {
    pub(crate) fn into_map(self) -> BTreeMap<String, T> {
        match self {
            Self::Some(map) => map,
            Self::Nobody([]) => BTreeMap::new(),
        }
    }
}

impl Changed {
    /// The employees, in no order that means anything.
    pub(crate) fn into_actions(self) -> BTreeMap<String, Action> {
        self.employees.into_map().into_iter().map(|(id, entry)| (id, entry.action)).collect()
    }
}

impl BambooHr {
    pub(crate) fn changed(&self, since: &str) -> Result<Changed> {
        api::read(api::get("/employees/changed").query("since", since))
    }
}

/// Employees in an order that stays the same from call to call: by number.
pub(crate) fn sorted(ids: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.into_iter().collect();
    ids.sort_by(|left, right| order(left).cmp(&order(right)));
    ids.dedup();
    ids
}

/// The first so many after an employee, and whether there are more.
pub(crate) fn batch(ids: &[String], after: Option<&str>, size: usize) -> (Vec<String>, bool) {
    let rest: Vec<&String> = ids.iter().filter(|id| after.is_none_or(|after| order(id) > order(after))).collect();
    (rest.iter().take(size).map(|id| (*id).clone()).collect(), rest.len() > size)
}

/// Shorter numbers are smaller.
fn order(id: &str) -> (usize, &str) {
    (id.len(), id)
}
