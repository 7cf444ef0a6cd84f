//! One page of everybody.

use crate::BambooHr;
use crate::api::is_refused;
use crate::changed::{Action, EVER, batch, sorted};
use crate::clock::today;
use crate::field::{self, DATED};
use crate::person::joins;
use crate::record::Record;
use crate::settings::ReadFrom;
use crate::single::{AT_ONCE, AsOf};
use crate::table::{LastDay, Table};
use innkeeper_sdk::prelude::*;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a listing goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    /// At BambooHR's own cursor.
    Listing(String),
    /// One by one, after this employee.
    Single(String),
}

impl BambooHr {
    pub(crate) fn list_people(&self, cursor: Option<&str>) -> Result<PersonPage> {
        let place: Option<Place> = paging::decode(cursor)?;
        let (items, next, total) = self.everybody(place)?;
        Ok(PersonPage { items, next: next.map(|next| paging::encode(&next)).transpose()?, total })
    }

    /// One page, where the next one starts, and how many there are.
    pub(crate) fn everybody(&self, place: Option<Place>) -> Result<(Vec<Person>, Option<Place>, Option<u32>)> {
        match (place, self.settings.read_from) {
            (Some(Place::Listing(after)), _) => self.many(Some(&after)),
            (Some(Place::Single(after)), _) => self.one_by_one(Some(&after)),
            (None, ReadFrom::Listing) => self.many(None),
            (None, ReadFrom::Single) => self.one_by_one(None),
            (None, ReadFrom::Auto) => match self.many(None) {
                Err(error) if is_refused(&error) => {
                    log::info!("the listing is refused, people are read one by one: {}", error.message);
                    self.one_by_one(None)
                }
                page => page,
            },
        }
    }

    fn many(&self, after: Option<&str>) -> Result<(Vec<Person>, Option<Place>, Option<u32>)> {
        let most = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        let detailed = !field::beyond_listing(&self.settings).is_empty();
        let size = if detailed { self.settings.page_size.min(most) } else { self.settings.page_size };
        let page = self.listing(after, size)?;
        let table = if self.settings.reads_table() { self.table()? } else { Table::default() };
        let people = self.listed_people(page.records, &table)?;
        Ok((people, page.next.map(Place::Listing), Some(page.total)))
    }

    /// Without the listing nobody says who there is: whoever ever changed, and whoever has an employment status.
    fn one_by_one(&self, after: Option<&str>) -> Result<(Vec<Person>, Option<Place>, Option<u32>)> {
        let actions = self.changed(EVER)?.into_actions();
        let table = self.table()?;
        let there = |id: &&String| actions.get(*id) != Some(&Action::Deleted);
        let ids = sorted(actions.keys().chain(table.employees()).filter(there).cloned());
        let (batch, more) = batch(&ids, after, AT_ONCE);
        let people = self.people_by_id(&batch, &table)?;
        let next = batch.last().filter(|_| more).cloned().map(Place::Single);
        Ok((people, next, None))
    }

    /// These rows of the listing, with what the listing does not have.
    pub(crate) fn listed_people(&self, records: Vec<Record>, table: &Table) -> Result<Vec<Person>> {
        let today = today()?;
        let beyond = field::beyond_listing(&self.settings);
        let mut people = Vec::with_capacity(records.len());
        for mut record in records {
            let joins = joins(&record, today)?;
            if joins {
                let fields: Vec<&str> = beyond.iter().chain(DATED).copied().collect();
                self.look_closer(&mut record, &fields, &beyond, AsOf::Later)?;
            } else if !beyond.is_empty() {
                self.look_closer(&mut record, &beyond, &beyond, AsOf::Today)?;
            }
            people.push(self.person(&record, self.last_day(table, &record, today))?);
        }
        Ok(people)
    }

    /// These employees one by one, as far as they may be seen.
    pub(crate) fn people_by_id(&self, ids: &[String], table: &Table) -> Result<Vec<Person>> {
        let today = today()?;
        let mut people = Vec::with_capacity(ids.len());
        for mut record in self.each(ids)? {
            if joins(&record, today)? {
                self.look_closer(&mut record, DATED, &[], AsOf::Later)?;
            }
            people.push(self.person(&record, self.last_day(table, &record, today))?);
        }
        Ok(people)
    }

    fn last_day(&self, table: &Table, record: &Record, today: Date) -> LastDay {
        if self.settings.reads_table() { table.last_day(&record.id, today) } else { LastDay::NotRead }
    }

    /// Reads an employee by itself: fields that were not asked for before, and those of a joiner that are empty until the first day.
    fn look_closer(&self, record: &mut Record, fields: &[&str], beyond: &[&str], as_of: AsOf) -> Result<()> {
        match self.single(&record.id, fields, as_of) {
            Ok(closer) => {
                record.take(&closer, beyond);
                record.complete(&closer, DATED);
                Ok(())
            }
            // The record stays as the listing had it.
            Err(error) if matches!(error.code, ErrorCode::NotFound | ErrorCode::PermissionDenied) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
