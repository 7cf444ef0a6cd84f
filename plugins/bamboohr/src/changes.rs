//! What changed since a mark.
//!
//! A mark is a moment by BambooHR's own clock. It lies a little before the latest change that was seen, so that a change which was
//! being written meanwhile is not missed; what is reported twice is the same twice.

use crate::BambooHr;
use crate::api::is_refused;
use crate::changed::{Action, batch, sorted};
use crate::clock;
use crate::listing::BY_ID;
use crate::reading::Place;
use crate::settings::ReadFrom;
use crate::table::Table;
use innkeeper_sdk::prelude::*;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a mark lies before the latest change.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);

/// Where the changes go on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Onward {
    /// Without a mark everybody is new.
    Everybody { place: Place, mark: String },
    /// After this employee.
    Since { after: String, mark: String },
}

impl BambooHr {
    pub(crate) fn list_changes(&self, since: Option<&str>, cursor: Option<&str>) -> Result<ChangesPage> {
        match (since, paging::decode::<Option<Onward>>(cursor)?) {
            (None, None) => self.all_as_changes(None, (clock::now()? - OVERLAP).to_string()),
            (None, Some(Onward::Everybody { place, mark })) => self.all_as_changes(Some(place), mark),
            (Some(since), None) => self.changes_since(since, None),
            (Some(since), Some(Onward::Since { after, mark })) => self.changes_since(since, Some((after, mark))),
            _ => Err(Error::invalid("the cursor belongs to changes since another mark: start again without one")),
        }
    }

    fn all_as_changes(&self, place: Option<Place>, mark: String) -> Result<ChangesPage> {
        let (people, next, _) = self.everybody(place)?;
        let items = people.into_iter().map(Change::Upserted).collect();
        match next {
            Some(place) => {
                let next = paging::encode(&Onward::Everybody { place, mark })?;
                Ok(ChangesPage { items, next: Some(next), mark: None })
            }
            None => Ok(ChangesPage { items, next: None, mark: Some(mark) }),
        }
    }

    /// The mark of the first page counts: what changes between two pages is in the next answer.
    fn changes_since(&self, since: &str, onward: Option<(String, String)>) -> Result<ChangesPage> {
        let from: Timestamp = since.parse().map_err(|_| Error::invalid("the mark is no moment: list everybody again"))?;
        let changed = self.changed(since)?;
        let latest = changed.latest.clone();
        let actions = changed.into_actions();
        let (after, mark) = match onward {
            Some((after, mark)) => (Some(after), mark),
            None if actions.is_empty() => (None, since.to_owned()),
            None => (None, (latest_change(latest.as_deref())? - OVERLAP).max(from).to_string()),
        };
        let ids = sorted(actions.keys().cloned());
        let (batch, more) = batch(&ids, after.as_deref(), BY_ID);
        let there: Vec<String> = batch.iter().filter(|id| actions.get(*id) != Some(&Action::Deleted)).cloned().collect();
        let mut people: BTreeMap<String, Person> =
            self.changed_people(&there, since)?.into_iter().map(|person| (person.id.clone(), person)).collect();
        let items = batch.iter().map(|id| people.remove(id).map_or_else(|| Change::Removed(id.clone()), Change::Upserted));
        let items = items.collect();
        match batch.last().filter(|_| more) {
            Some(last) => {
                let next = paging::encode(&Onward::Since { after: last.clone(), mark })?;
                Ok(ChangesPage { items, next: Some(next), mark: None })
            }
            None => Ok(ChangesPage { items, next: None, mark: Some(mark) }),
        }
    }

    /// Those of these employees that are still there.
    fn changed_people(&self, ids: &[String], since: &str) -> Result<Vec<Person>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let table = if self.settings.reads_table() { self.changed_table(since)? } else { Table::default() };
        match self.settings.read_from {
            ReadFrom::Single => self.people_by_id(ids, &table),
            ReadFrom::Listing => self.listed_people(self.listed(ids)?, &table),
            ReadFrom::Auto => match self.listed(ids) {
                Err(error) if is_refused(&error) => self.people_by_id(ids, &table),
                records => self.listed_people(records?, &table),
            },
        }
    }
}

fn latest_change(latest: Option<&str>) -> Result<Timestamp> {
    let latest = latest.and_then(|latest| latest.parse().ok());
    latest.ok_or_else(|| Error::malformed("BambooHR tells of changes and not when the latest was"))
}
