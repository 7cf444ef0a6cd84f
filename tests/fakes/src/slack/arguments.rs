//! The arguments of a method, in the query, in a form or in JSON.

use serde_json::{Map, Value};

use super::fault::Fault;
use crate::web::Request;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Arguments(Map<String, Value>);

impl Arguments {
    /// Methods that read take no JSON: they pass over it.
    pub(super) fn of(request: &Request, takes_json: bool) -> Result<Self, Fault> {
        let pairs = form_urlencoded::parse(request.query.as_bytes());
        let mut all: Map<_, _> = pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
        if request.method == "GET" || request.body.is_empty() {
            return Ok(Self(all));
        }
        if request.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
            if takes_json {
                match request.json() {
                    Some(Value::Object(body)) => all.extend(body),
                    Some(_) => return Err(Fault::new("json_not_object")),
                    None => return Err(Fault::new("invalid_json")),
                }
            }
        } else {
            all.extend(request.form().into_iter().map(|(name, value)| (name, Value::String(value))));
        }
        Ok(Self(all))
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = match self.0.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> Result<String, Fault> {
        self.text(name).ok_or_else(|| Fault::missing(name))
    }

    /// False where it is not given.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::Bool(true))) || matches!(self.text(name).as_deref(), Some("true" | "1"))
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// An object, or JSON that is one. None where it is not given at all, and none inside where it is something else.
    pub(super) fn object(&self, name: &str) -> Option<Option<Map<String, Value>>> {
        Some(match self.0.get(name)? {
            Value::Object(object) => Some(object.clone()),
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) => serde_json::from_str(text).ok(),
            _ => None,
        })
    }

    /// A list, as an array or as a text with commas. None where it is not given at all.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let split = |text: &str| text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect();
        match self.0.get(name)? {
            Value::Array(all) => Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            Value::String(text) => match serde_json::from_str::<Vec<String>>(text) {
                Ok(all) => Some(all),
                Err(_) => Some(split(text)),
            },
            _ => None,
        }
    }

    /// A page of a listing, and the cursor of the next one; empty at the end.
    pub(super) fn page<T>(&self, all: Vec<T>, default: usize) -> Result<(Vec<T>, String), Fault> {
        let limit = match self.number("limit") {
            None | Some(0) => default,
            Some(limit) => usize::try_from(limit).map_err(|_| Fault::new("invalid_limit"))?.min(1000),
        };
        let start = match self.text("cursor") {
            None => 0,
            Some(cursor) => decoded(&cursor).ok_or_else(|| Fault::new("invalid_cursor"))?,
        };
        let total = all.len();
        let end = start.saturating_add(limit).min(total);
        let next = if end < total { encoded(end) } else { String::new() };
        Ok((all.into_iter().skip(start).take(limit).collect(), next))
    }
}

/// Cursors are opaque, and end with `=`, which has to be percent-encoded in a query.
fn encoded(offset: usize) -> String {
    format!("bmV4dDo{offset:x}=")
}

fn decoded(cursor: &str) -> Option<usize> {
    usize::from_str_radix(cursor.strip_prefix("bmV4dDo")?.strip_suffix('=')?, 16).ok()
}
