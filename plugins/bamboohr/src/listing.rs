//! `GET /employees`: many people in one request.

use crate::BambooHr;
use crate::api;
use crate::field;
use crate::record::Record;
use innkeeper_sdk::http::Request;
use innkeeper_sdk::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// How many employees are asked for by id at once: the query has to fit into a URL.
pub(crate) const BY_ID: usize = 100;

/// One page.
pub(crate) struct Page {
    pub(crate) records: Vec<Record>,
    pub(crate) next: Option<String>,
    pub(crate) total: u32,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Row>,
    meta: Meta,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "employeeId")]
    id: Json,
    /// Without it nobody could tell what may not be seen from what is empty.
    #[serde(rename = "_restrictedFields")]
    restricted: Vec<String>,
    #[serde(flatten)]
    fields: Map<String, Json>,
}

#[derive(Deserialize)]
struct Meta {
    total: u32,
    page: Cursors,
}

#[derive(Deserialize)]
struct Cursors {
    #[serde(rename = "nextCursor")]
    next: Option<String>,
}

impl BambooHr {
    /// One page of everybody. Nothing is sorted: whoever may not be sorted by a field would not be in the listing.
    pub(crate) fn listing(&self, after: Option<&str>, size: u32) -> Result<Page> {
        self.page(api::get("/employees").query("page[limit]", size), after)
    }

    /// Those of these employees whom the listing has.
    pub(crate) fn listed(&self, ids: &[String]) -> Result<Vec<Record>> {
        let mut records = Vec::new();
        for ids in ids.chunks(BY_ID) {
            let mut after: Option<String> = None;
            loop {
                let request = api::get("/employees").query("page[limit]", ids.len());
                let request = ids.iter().fold(request, |request, id| request.query("filter[ids][]", id));
                let page = self.page(request, after.as_deref())?;
                records.extend(page.records);
                match page.next {
                    Some(next) if after.as_ref() == Some(&next) => {
                        return Err(Error::malformed("a page of the listing leads to itself"));
                    }
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
        Ok(records)
    }

    fn page(&self, request: Request, after: Option<&str>) -> Result<Page> {
        let request = request.query("fields", field::of_listing(&self.settings).join(",")).query_if("page[after]", after);
        let answer: Answer = api::read(request)?;
        let records = answer.data.into_iter().map(record).collect::<Result<_>>()?;
        Ok(Page { records, next: answer.meta.page.next.filter(|next| !next.is_empty()), total: answer.meta.total })
    }
}

fn record(row: Row) -> Result<Record> {
    let id = crate::record::text(&row.id).ok_or_else(|| Error::malformed("an employee in the listing has no employeeId"))?;
    let Row { restricted, fields, .. } = row;
    let restricted = |name: &String| restricted.contains(name);
    Ok(Record::new(id, fields.into_iter().filter(|(name, _)| !restricted(name))))
}
