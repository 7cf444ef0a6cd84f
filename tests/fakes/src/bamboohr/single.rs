//! `GET /employees/{id}` and `GET /employees/directory`.

use serde_json::{Map, Value, json};

use super::answer::{refused, represented};
use super::company::BambooHr;
use super::employee::{AsOf, Employee};
use super::field::{is_date, known};
use super::xml::Element;
use crate::web::{Answer, Request};

/// More fields than this cannot be asked for at once.
const FIELD_LIMIT: usize = 400;

/// How a date that is not set is written.
const NO_DATE: &str = "0000-00-00";

/// The columns of the directory: field, type, name.
const DIRECTORY: [(&str, &str, &str); 11] = [
    ("displayName", "text", "Display Name"),
    ("firstName", "text", "First Name"),
    ("lastName", "text", "Last Name"),
    ("preferredName", "text", "Preferred Name"),
    ("jobTitle", "list", "Job Title"),
    ("workPhone", "text", "Work Phone"),
    ("workEmail", "email", "Work Email"),
    ("department", "list", "Department"),
    ("location", "list", "Location"),
    ("division", "list", "Division"),
    ("supervisor", "employee", "Manager"),
];

impl BambooHr {
    /// Fields that are restricted or unknown are left out. Id 0, the owner of the key, is nobody here.
    pub(super) fn get(&self, id: &str, request: &Request) -> Result<Answer, Answer> {
        let employee = self.visible(id)?;
        let asked = request.parameter("fields").unwrap_or_else(|| "firstName,lastName".to_owned());
        let names: Vec<&str> = asked.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if names.len() > FIELD_LIMIT {
            return Err(refused(400, "Too many fields were asked for"));
        }
        let as_of = self.as_of(request);
        let mut json = Map::from_iter([("id".to_owned(), json!(employee.id.to_string()))]);
        let mut fields = Vec::new();
        for name in names {
            let Some(alias) = known(name).filter(|alias| !self.is_restricted(employee.id, alias)) else { continue };
            let empty = (is_date(alias) && self.quirks.zero_dates).then(|| NO_DATE.to_owned());
            let value = self.value(employee, alias, as_of).or(empty);
            fields.push(Element::new("field").attribute("id", name).text(value.clone().unwrap_or_default()));
            json.insert(name.to_owned(), json!(value));
        }
        let xml = Element::new("employee").attribute("id", employee.id).children(fields);
        Ok(represented(request, &Value::Object(json), &xml))
    }

    pub(super) fn directory(&self, request: &Request) -> Result<Answer, Answer> {
        if self.quirks.directory_not_shared {
            return Err(refused(403, "The company directory is not shared"));
        }
        let as_of = self.as_of(request);
        let shown = |employee: &&Employee| {
            let begun = as_of == AsOf::Ever || employee.hire_date.is_none_or(|date| date <= self.today());
            begun && employee.is_active(self.current()) && !self.is_forbidden(employee.id)
        };
        let employees: Vec<&Employee> = self.employees.values().filter(shown).collect();
        if employees.is_empty() {
            return Err(refused(404, "The directory is empty"));
        }
        let (mut rows, mut elements) = (Vec::new(), Vec::new());
        for employee in employees {
            let (row, element) = self.directory_row(employee, as_of);
            rows.push(row);
            elements.push(element);
        }
        let fields = DIRECTORY.iter().map(|(id, kind, name)| json!({"id": id, "type": kind, "name": name}));
        let json = json!({"fields": fields.collect::<Vec<_>>(), "employees": rows});
        let fields = DIRECTORY
            .iter()
            .map(|(id, kind, name)| Element::new("field").attribute("id", id).attribute("type", kind).text(*name));
        let xml = Element::new("directory")
            .children([Element::new("fieldset").children(fields), Element::new("employees").children(elements)]);
        Ok(represented(request, &json, &xml))
    }

    fn directory_row(&self, employee: &Employee, as_of: AsOf) -> (Value, Element) {
        let mut row =
            Map::from_iter([("id".to_owned(), json!(employee.id.to_string())), ("canUploadPhoto".to_owned(), json!(0))]);
        let mut element = Element::new("employee").attribute("id", employee.id);
        for (name, _, _) in DIRECTORY {
            let seen = !self.is_restricted(employee.id, name);
            let value = seen.then(|| self.value(employee, name, as_of)).flatten();
            element = element.children([Element::new("field").attribute("id", name).text(value.clone().unwrap_or_default())]);
            row.insert(name.to_owned(), json!(value));
        }
        (Value::Object(row), element)
    }

    /// The employee of this id, if there is one and the key may see them.
    pub(super) fn visible(&self, id: &str) -> Result<&Employee, Answer> {
        let employee = id.parse().ok().and_then(|id| self.employee(id));
        let employee = employee.ok_or_else(|| refused(404, "The employee does not exist"))?;
        if self.is_forbidden(employee.id) {
            return Err(refused(403, "You may not see this employee"));
        }
        Ok(employee)
    }

    fn as_of(&self, request: &Request) -> AsOf {
        match request.parameter("onlyCurrent").as_deref() {
            Some("false" | "0") => AsOf::Ever,
            _ => self.current(),
        }
    }
}
