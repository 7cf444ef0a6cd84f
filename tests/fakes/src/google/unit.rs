//! Organisational units: a tree of paths.

use serde_json::{Value, json};

use super::refusal::{Outcome, bad_request, condition, duplicate, found, invalid, missing, tagged};
use super::users::object;
use super::workspace::Workspace;
use crate::web::{Answer, Request};

#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// `id:` and more.
    id: String,
    path: String,
    description: String,
}

impl Workspace {
    pub(super) fn add_root_unit(&mut self) {
        let id = format!("id:03ph8a2z{:07x}", self.number());
        self.units.insert("/".to_owned(), Unit { id, path: "/".to_owned(), description: String::new() });
    }

    /// A unit by hand, such as `/Engineering/Platform`, with those above it that are missing; gives the id, `id:...`.
    pub fn add_unit(&mut self, path: &str) -> String {
        if let Some(unit) = self.units.get(path) {
            return unit.id.clone();
        }
        if let Some(parent) = parent(path) {
            self.add_unit(&parent);
        }
        let id = format!("id:03ph8a2z{:07x}", self.number());
        self.units.insert(path.to_owned(), Unit { id: id.clone(), path: path.to_owned(), description: String::new() });
        id
    }

    fn shown_unit(&self, unit: &Unit) -> Value {
        let mut body = json!({
            "kind": "admin#directory#orgUnit", "orgUnitId": unit.id, "orgUnitPath": unit.path, "description": unit.description,
            "name": unit.path.rsplit('/').next().unwrap_or_default(),
        });
        if let Some(parent) = parent(&unit.path) {
            body["parentOrgUnitPath"] = json!(parent);
            body["parentOrgUnitId"] = json!(self.units.get(&parent).map(|unit| &unit.id));
        }
        tagged(body, "etag")
    }

    /// By id, or by path with or without the slash at its start.
    pub(super) fn unit(&self, key: &str) -> Option<&Unit> {
        if key.starts_with("id:") {
            return self.units.values().find(|unit| unit.id == key);
        }
        self.units.get(&format!("/{}", key.trim_start_matches('/')))
    }

    pub(super) fn has_unit_id(&self, id: &str) -> bool {
        self.units.values().any(|unit| unit.id.trim_start_matches("id:") == id.trim_start_matches("id:"))
    }

    pub(super) fn get_unit(&self, key: &str) -> Outcome {
        let unit = self.unit(key).ok_or_else(|| missing("Org unit not found"))?;
        Ok(found(&self.shown_unit(unit)))
    }

    /// Children of a unit, or everything below it; the unit itself only where it is asked for.
    pub(super) fn list_units(&self, request: &Request) -> Outcome {
        let top = request.parameter("orgUnitPath").unwrap_or_else(|| "/".to_owned());
        let top = &self.unit(&top).ok_or_else(|| missing("Org unit not found"))?.path;
        let below = format!("{}/", top.trim_end_matches('/'));
        let kind = request.parameter("type");
        let listed = |unit: &&Unit| match kind.as_deref() {
            Some("all") => unit.path != *top && unit.path.starts_with(&below),
            Some("allIncludingParent") => unit.path == *top || unit.path.starts_with(&below),
            _ => parent(&unit.path).as_ref() == Some(top),
        };
        let units: Vec<Value> = self.units.values().filter(listed).map(|unit| self.shown_unit(unit)).collect();
        let mut body = json!({"kind": "admin#directory#orgUnits"});
        if !units.is_empty() {
            body["organizationUnits"] = json!(units);
        }
        Ok(found(&tagged(body, "etag")))
    }

    pub(super) fn insert_unit(&mut self, request: &Request) -> Outcome {
        let body = object(request)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let name =
            text("name").filter(|name| !name.is_empty() && !name.contains('/')).ok_or_else(|| invalid("Invalid Ou Name"))?;
        let above = text("parentOrgUnitPath").or_else(|| text("parentOrgUnitId")).ok_or_else(bad_request)?;
        let above = self.unit(above).ok_or_else(|| invalid("Invalid Parent Orgunit Id"))?;
        let path = format!("{}/{name}", above.path.trim_end_matches('/'));
        if self.units.contains_key(&path) {
            return Err(duplicate("Invalid Ou Id"));
        }
        self.add_unit(&path);
        if let (Some(unit), Some(description)) = (self.units.get_mut(&path), text("description")) {
            description.clone_into(&mut unit.description);
        }
        self.get_unit(&path)
    }

    pub(super) fn delete_unit(&mut self, key: &str) -> Outcome {
        let path = self.unit(key).ok_or_else(|| missing("Org unit not found"))?.path.clone();
        let users = self.users.values().any(|user| user.deleted.is_none() && user.org_unit_path == path);
        let below = format!("{}/", path.trim_end_matches('/'));
        if path == "/" || users || self.units.keys().any(|other| *other != path && other.starts_with(&below)) {
            return Err(condition("Condition not met"));
        }
        self.units.remove(&path);
        Ok(Answer::empty(204))
    }
}

fn parent(path: &str) -> Option<String> {
    let (above, name) = path.rsplit_once('/')?;
    if name.is_empty() {
        return None;
    }
    Some(if above.is_empty() { "/".to_owned() } else { above.to_owned() })
}
