//! `GET /employees/changed`: who changed since when, and how.

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::answer::{refused, represented};
use super::company::{Action, BambooHr};
use super::xml::Element;
use crate::web::{Answer, Request};

/// Seconds and the offset written out, as the vendor writes them.
pub(super) fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// The parameter `since`, which there has to be.
pub(super) fn since(request: &Request) -> Result<Timestamp, Answer> {
    let text = request.parameter("since").ok_or_else(|| refused(400, "Missing parameter: since"))?;
    let local = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>().ok().or_else(local).ok_or_else(|| refused(400, "since is not a valid ISO 8601 date"))
}

impl BambooHr {
    /// Only the last change of an employee counts: a person who was hired and then edited is `Updated`. Times have whole seconds,
    /// and a change within the second of `since` is in the answer.
    pub(super) fn changed(&self, request: &Request) -> Result<Answer, Answer> {
        let since = since(request)?;
        let wanted = match request.parameter("type").as_deref() {
            None | Some("all") => None,
            Some("inserted") => Some(Action::Inserted),
            Some("updated") => Some(Action::Updated),
            Some("deleted") => Some(Action::Deleted),
            Some(_) => return Err(refused(400, "Invalid parameter: type")),
        };
        let found = self.changes.iter().filter(|(id, (action, at))| {
            at.as_second() >= since.as_second() && wanted.is_none_or(|wanted| wanted == *action) && !self.is_forbidden(**id)
        });
        let mut latest = since;
        let (mut employees, mut elements) = (Map::new(), Vec::new());
        for (id, (action, at)) in found {
            latest = latest.max(*at);
            let (action, at) = (name(*action), written(*at));
            employees.insert(id.to_string(), json!({"id": id.to_string(), "action": action, "lastChanged": at}));
            let element = Element::new("employee").attribute("id", id);
            elements.push(element.attribute("action", action).attribute("lastChanged", at));
        }
        let latest = written(latest);
        let json = json!({"latest": latest, "employees": Value::Object(employees)});
        let xml = Element::new("employees").attribute("latest", latest).children(elements);
        Ok(represented(request, &json, &xml))
    }
}

fn name(action: Action) -> &'static str {
    match action {
        Action::Inserted => "Inserted",
        Action::Updated => "Updated",
        Action::Deleted => "Deleted",
    }
}
