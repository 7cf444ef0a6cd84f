//! What there is to ask for: fields, users, lists.

use serde_json::{Map, Value, json};

use super::answer::represented;
use super::changed::written;
use super::company::BambooHr;
use super::field::FIELDS;
use super::xml::Element;
use crate::web::{Answer, Request};

/// The lists: field id, API name, name. See [`FIELDS`].
const LISTS: [(u32, &str, &str); 5] = [
    (4, "department", "Department"),
    (16, "employmentStatus", "Employment Status"),
    (17, "jobTitle", "Job Title"),
    (18, "location", "Location"),
    (24, "division", "Division"),
];

impl BambooHr {
    pub(super) fn meta_fields(&self, request: &Request) -> Answer {
        let json = FIELDS.iter().map(|field| {
            let mut entry = json!({"id": field.id, "name": field.name, "type": field.kind, "alias": field.alias});
            if field.alias == "supervisor" {
                entry["deprecated"] = json!(true);
            }
            entry
        });
        let xml = FIELDS.iter().map(|field| {
            let element = Element::new("field").attribute("id", field.id).attribute("type", field.kind);
            element.attribute("alias", field.alias).text(field.name)
        });
        represented(request, &json.collect(), &Element::new("fields").children(xml))
    }

    /// Statuses that are not known are passed over; where none is left, everybody is there.
    pub(super) fn meta_users(&self, request: &Request) -> Answer {
        let wanted = request.parameter("status").unwrap_or_default();
        let wanted: Vec<&str> = wanted.split(',').filter(|status| ["enabled", "disabled"].contains(status)).collect();
        let (mut users, mut elements) = (Map::new(), Vec::new());
        for (id, user) in &self.users {
            let status = if user.enabled { "enabled" } else { "disabled" };
            if !wanted.is_empty() && !wanted.contains(&status) {
                continue;
            }
            let mut json = json!({
                "id": id, "employeeId": user.employee_id.unwrap_or(0), "firstName": user.first_name, "lastName": user.last_name,
                "email": user.email, "status": status,
            });
            let mut element = Element::new("user").attribute("id", id);
            if let Some(employee) = user.employee_id {
                element = element.attribute("employeeId", employee);
            }
            element = element.children([
                Element::new("firstName").text(&user.first_name),
                Element::new("lastName").text(&user.last_name),
                Element::new("email").text(&user.email),
                Element::new("status").text(status),
            ]);
            if let Some(at) = user.last_login {
                json["lastLogin"] = json!(written(at));
                element = element.children([Element::new("lastLogin").text(written(at))]);
            }
            users.insert(id.to_string(), json);
            elements.push(element);
        }
        represented(request, &Value::Object(users), &Element::new("users").children(elements))
    }

    pub(super) fn meta_lists(&self, request: &Request) -> Answer {
        let (mut lists, mut elements) = (Vec::new(), Vec::new());
        for (id, alias, name) in LISTS {
            let options = || self.options.iter().filter(|(_, (_, list))| *list == alias);
            let json = options().map(
                |(name, (id, _))| json!({"id": id, "name": name, "archived": "no", "createdDate": null, "archivedDate": null}),
            );
            lists.push(json!({
                "fieldId": id.to_string(), "name": name, "alias": alias, "manageable": "yes", "multiple": "no",
                "options": json.collect::<Vec<_>>(),
            }));
            let xml = options()
                .map(|(name, (id, _))| Element::new("option").attribute("id", id).attribute("archived", "no").text(name));
            let list = Element::new("list").attribute("fieldId", id).attribute("alias", alias).attribute("manageable", "yes");
            elements.push(
                list.attribute("multiple", "no")
                    .children([Element::new("name").text(name)])
                    .children([Element::new("options").children(xml)]),
            );
        }
        if request.parameter("format").as_deref() == Some("json") {
            return Answer::json(200, &Value::Array(lists));
        }
        represented(request, &Value::Array(lists), &Element::new("lists").children(elements))
    }
}
