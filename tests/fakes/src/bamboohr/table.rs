//! The tables `jobInfo` and `employmentStatus`: of one employee, of all, and of those that changed.

use serde_json::{Map, Value, json};

use super::answer::{refused, represented};
use super::changed::{since, written};
use super::company::{Action, BambooHr};
use super::employee::{Employee, TERMINATED};
use super::xml::Element;
use crate::web::{Answer, Request};

/// A row as it is answered: its own id, the employee, and what the columns say.
struct Line {
    id: u32,
    employee: u32,
    columns: Vec<(&'static str, Option<String>)>,
}

impl Line {
    fn json(&self) -> Value {
        let mut row = Map::new();
        row.insert("id".to_owned(), json!(self.id.to_string()));
        row.insert("employeeId".to_owned(), json!(self.employee.to_string()));
        row.extend(self.columns.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        Value::Object(row)
    }

    fn xml(&self) -> Element {
        let row = Element::new("row").attribute("id", self.id).attribute("employeeId", self.employee);
        let field = |(name, value): &(&str, Option<String>)| {
            Element::new("field").attribute("id", name).text(value.clone().unwrap_or_default())
        };
        row.children(self.columns.iter().map(field))
    }
}

impl BambooHr {
    /// The rows of one employee, or of `all`, in no particular order.
    pub(super) fn table(&self, id: &str, table: &str, request: &Request) -> Result<Answer, Answer> {
        let employees = if id == "all" {
            self.employees.values().filter(|employee| !self.is_forbidden(employee.id)).collect()
        } else {
            vec![self.visible(id)?]
        };
        let mut lines = Vec::new();
        for employee in employees {
            lines.extend(self.lines(employee, table)?);
        }
        let xml = Element::new("table").attribute("id", table).children(lines.iter().map(Line::xml));
        Ok(represented(request, &lines.iter().map(Line::json).collect(), &xml))
    }

    pub(super) fn changed_table(&self, table: &str, request: &Request) -> Result<Answer, Answer> {
        let since = since(request)?;
        let (mut employees, mut elements) = (Map::new(), Vec::new());
        if !["jobInfo", "employmentStatus"].contains(&table) {
            return Err(unknown());
        }
        for (id, (action, at)) in &self.changes {
            let Some(employee) = self.employee(*id).filter(|_| *action != Action::Deleted && !self.is_forbidden(*id)) else {
                continue;
            };
            if at.as_second() < since.as_second() {
                continue;
            }
            let lines = self.lines(employee, table)?;
            let rows: Vec<Value> = lines.iter().map(Line::json).collect();
            employees.insert(id.to_string(), json!({"lastChanged": written(*at), "rows": rows}));
            let element = Element::new("employee").attribute("id", id).attribute("lastChanged", written(*at));
            elements.push(element.children(lines.iter().map(Line::xml)));
        }
        let json = json!({"table": table, "employees": Value::Object(employees)});
        let xml = Element::new("table").attribute("id", table).children(elements);
        Ok(represented(request, &json, &xml))
    }

    /// Columns that the key may not see are left out.
    fn lines(&self, employee: &Employee, table: &str) -> Result<Vec<Line>, Answer> {
        let mut lines: Vec<Line> = match table {
            "jobInfo" => employee
                .jobs
                .iter()
                .map(|row| {
                    let manager = row.value.reports_to.and_then(|id| self.employee(id));
                    let columns = vec![
                        ("date", Some(row.date.to_string())),
                        ("location", row.value.location.clone()),
                        ("division", row.value.division.clone()),
                        ("department", row.value.department.clone()),
                        ("jobTitle", row.value.title.clone()),
                        ("reportsTo", manager.and_then(|manager| self.value(manager, "displayName", self.current()))),
                    ];
                    Line { id: row.id, employee: employee.id, columns }
                })
                .collect(),
            "employmentStatus" => employee
                .employments
                .iter()
                .map(|row| {
                    let ended = (row.value.status == TERMINATED).then(|| "Resignation".to_owned());
                    let columns = vec![
                        ("date", Some(row.date.to_string())),
                        ("employmentStatus", Some(row.value.status.clone())),
                        ("comment", row.value.comment.clone()),
                        ("terminationTypeId", ended),
                    ];
                    Line { id: row.id, employee: employee.id, columns }
                })
                .collect(),
            _ => return Err(unknown()),
        };
        for line in &mut lines {
            let field = |name: &str| if name == "reportsTo" { "supervisor".to_owned() } else { name.to_owned() };
            line.columns.retain(|(name, _)| !self.is_restricted(employee.id, &field(name)));
        }
        Ok(lines)
    }
}

fn unknown() -> Answer {
    refused(404, "The table does not exist")
}
