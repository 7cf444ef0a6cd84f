//! `GET /employees`: rows with the fixed fields and those asked for, filtered, sorted and cut into pages by a cursor.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::answer::refused_listing;
use super::company::BambooHr;
use super::employee::Employee;
use super::field::{FIXED, OPTIONAL};
use crate::web::{Answer, Request};

/// Without `page[limit]`.
const DEFAULT_LIMIT: usize = 250;

const MAXIMUM_LIMIT: usize = 2500;

/// What may be sorted by.
const SORTABLE: [&str; 6] = ["employeeId", "firstName", "lastName", "preferredName", "jobTitleName", "status"];

/// A place between two rows: after, or before, an employee.
enum Cursor {
    After(u32),
    Before(u32),
}

impl Cursor {
    fn written(&self) -> String {
        let place = match self {
            Self::After(id) => format!("after-{id}"),
            Self::Before(id) => format!("before-{id}"),
        };
        BASE64_STANDARD.encode(json!({"cursor": place}).to_string())
    }

    fn read(text: &str) -> Option<Self> {
        let cursor: Value = serde_json::from_slice(&BASE64_STANDARD.decode(text).ok()?).ok()?;
        let (direction, id) = cursor["cursor"].as_str()?.split_once('-')?;
        match direction {
            "after" => Some(Self::After(id.parse().ok()?)),
            "before" => Some(Self::Before(id.parse().ok()?)),
            _ => None,
        }
    }
}

/// Whether an employee is to be in the listing.
type Filter<'a> = Box<dyn Fn(&Employee) -> bool + 'a>;

impl BambooHr {
    pub(super) fn list(&self, request: &Request) -> Result<Answer, Answer> {
        let bad = |message: &str| refused_listing("BadRequest", message);
        let limit = match request.parameter("page[limit]") {
            Some(text) => text.parse().ok().filter(|limit| (1..=MAXIMUM_LIMIT).contains(limit)),
            None => Some(DEFAULT_LIMIT),
        };
        let limit = limit.ok_or_else(|| bad("page[limit] must be between 1 and 2500."))?.min(self.quirks.page_cap);
        let mut rows: Vec<&Employee> = self.employees.values().filter(|employee| !self.is_forbidden(employee.id)).collect();
        for filter in self.filters(request)? {
            rows.retain(|employee| filter(employee));
        }
        self.sort(&mut rows, request)?;
        let range = page(&rows, limit, request)?;
        let next = (range.end < rows.len()).then(|| Cursor::After(rows[range.end - 1].id).written());
        let previous = (range.start > 0 && !range.is_empty()).then(|| Cursor::Before(rows[range.start].id).written());
        let asked = requested(request);
        let data: Vec<Value> = rows[range].iter().map(|employee| self.row(employee, &asked)).collect();
        let mut links = Map::from_iter([("self".to_owned(), self.link(request, None))]);
        links.extend(next.as_ref().map(|cursor| ("next".to_owned(), self.link(request, Some(("page[after]", cursor))))));
        links.extend(previous.as_ref().map(|cursor| ("prev".to_owned(), self.link(request, Some(("page[before]", cursor))))));
        let page = json!({"limit": limit, "nextCursor": next, "prevCursor": previous});
        Ok(Answer::json(200, &json!({"data": data, "meta": {"total": rows.len(), "page": page}, "_links": links})))
    }

    fn row(&self, employee: &Employee, asked: &[String]) -> Value {
        let mut row = Map::from_iter([("employeeId".to_owned(), json!(employee.id.to_string()))]);
        let mut restricted = Vec::new();
        for name in FIXED.into_iter().chain(asked.iter().map(String::as_str)) {
            let hidden = self.is_restricted(employee.id, name);
            if hidden {
                restricted.push(name);
            }
            let value = (!hidden).then(|| self.value(employee, name, self.current())).flatten();
            row.insert(name.to_owned(), json!(value));
        }
        row.insert("_restrictedFields".to_owned(), json!(restricted));
        Value::Object(row)
    }

    /// Who may not see the filtered field of an employee does not find them by it.
    fn filters<'a>(&'a self, request: &Request) -> Result<Vec<Filter<'a>>, Answer> {
        let mut filters: Vec<Filter<'a>> = Vec::new();
        for name in ["firstName", "lastName", "jobTitleName"] {
            if let Some(wanted) = request.parameter(&format!("filter[{name}]")) {
                filters.push(Box::new(move |employee| {
                    let value = self.value(employee, name, self.current()).unwrap_or_default();
                    !self.is_restricted(employee.id, name) && value.to_lowercase().contains(&wanted.to_lowercase())
                }));
            }
        }
        match request.parameter("filter[status]").as_deref() {
            None => {}
            Some(wanted @ ("active" | "inactive")) => {
                let active = wanted == "active";
                filters.push(Box::new(move |employee| {
                    !self.is_restricted(employee.id, "status") && employee.has_active_status(self.current()) == active
                }));
            }
            Some(_) => return Err(refused_listing("BadRequest", "filter[status] must be active or inactive.")),
        }
        let ids: Vec<String> = ["filter[ids][]", "filter[ids]"].iter().flat_map(|name| request.parameters(name)).collect();
        if !ids.is_empty() {
            let ids: Result<Vec<u32>, _> = ids.iter().flat_map(|ids| ids.split(',')).map(|id| id.trim().parse()).collect();
            let ids = ids.map_err(|_| refused_listing("BadRequest", "filter[ids] must be employee IDs."))?;
            filters.push(Box::new(move |employee| ids.contains(&employee.id)));
        }
        Ok(filters)
    }

    fn sort(&self, rows: &mut Vec<&Employee>, request: &Request) -> Result<(), Answer> {
        let Some(sort) = request.parameter("sort") else { return Ok(()) };
        let mut keys = Vec::new();
        for key in sort.split(',') {
            let (name, down) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
            if !SORTABLE.contains(&name) {
                return Err(refused_listing("BadRequest", "sort has a field that cannot be sorted by."));
            }
            keys.push((name, down));
        }
        rows.retain(|employee| !keys.iter().any(|(name, _)| self.is_restricted(employee.id, name)));
        rows.sort_by(|a, b| {
            let compared = keys.iter().map(|(name, down)| {
                let ordering = if *name == "employeeId" {
                    a.id.cmp(&b.id)
                } else {
                    self.value(a, name, self.current()).cmp(&self.value(b, name, self.current()))
                };
                if *down { ordering.reverse() } else { ordering }
            });
            compared.fold(Ordering::Equal, Ordering::then)
        });
        Ok(())
    }

    fn link(&self, request: &Request, cursor: Option<(&str, &String)>) -> Value {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
            if cursor.is_none() || !matches!(&*name, "page[after]" | "page[before]") {
                query.append_pair(&name, &value);
            }
        }
        if let Some((name, cursor)) = cursor {
            query.append_pair(name, cursor);
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        json!({"href": format!("{}{}{mark}{query}", self.base_url, request.path)})
    }
}

/// The fields asked for that there are; others are passed over.
fn requested(request: &Request) -> Vec<String> {
    let asked = ["fields", "fields[]"].into_iter().flat_map(|name| request.parameters(name));
    let mut names: Vec<String> = Vec::new();
    for name in asked.flat_map(|list| list.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()) {
        if OPTIONAL.contains(&name.as_str()) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The rows of this page. The employee at the boundary has to be among the rows still.
fn page(rows: &[&Employee], limit: usize, request: &Request) -> Result<std::ops::Range<usize>, Answer> {
    let bad = || refused_listing("BadPage", "The page cursor is invalid.");
    let place = |id: u32| rows.iter().position(|employee| employee.id == id).ok_or_else(bad);
    let cursor = |name: &str| request.parameter(name).map(|text| Cursor::read(&text).ok_or_else(bad)).transpose();
    match (cursor("page[after]")?, cursor("page[before]")?) {
        (None, None) => Ok(0..limit.min(rows.len())),
        (Some(Cursor::After(id)), None) => {
            let start = place(id)? + 1;
            Ok(start..(start + limit).min(rows.len()))
        }
        (None, Some(Cursor::Before(id))) => {
            let end = place(id)?;
            Ok(end.saturating_sub(limit)..end)
        }
        _ => Err(bad()),
    }
}
