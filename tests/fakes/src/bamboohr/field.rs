//! The fields of an employee: what they are called, and what they say.

use super::company::BambooHr;
use super::employee::{AsOf, Employee};

/// A field that can be asked for.
pub(super) struct Field {
    pub(super) id: u32,
    pub(super) alias: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
}

const fn field(id: u32, alias: &'static str, name: &'static str, kind: &'static str) -> Field {
    Field { id, alias, name, kind }
}

/// The standard fields of an account, as `GET /meta/fields` tells them. The numbers differ from account to account.
pub(super) const FIELDS: [Field; 41] = [
    field(1, "firstName", "First Name", "text"),
    field(2, "lastName", "Last Name", "text"),
    field(3, "hireDate", "Hire Date", "date"),
    field(4, "department", "Department", "list"),
    field(5, "middleName", "Middle Name", "text"),
    field(6, "birthDate", "Birth Date", "date"),
    field(7, "workPhoneExtension", "Work Ext.", "text"),
    field(8, "address1", "Address Line 1", "text"),
    field(10, "city", "City", "text"),
    field(11, "state", "State", "state"),
    field(12, "homeEmail", "Home Email", "email"),
    field(13, "mobilePhone", "Mobile Phone", "phone"),
    field(14, "workPhone", "Work Phone", "phone"),
    field(15, "homePhone", "Home Phone", "phone"),
    field(16, "employmentStatus", "Employment Status", "list"),
    field(17, "jobTitle", "Job Title", "list"),
    field(18, "location", "Location", "list"),
    field(19, "status", "Status", "status"),
    field(20, "workEmail", "Work Email", "email"),
    field(21, "terminationDate", "Termination Date", "date"),
    field(22, "preferredName", "Preferred Name", "text"),
    field(23, "employeeNumber", "Employee #", "employee_number"),
    field(24, "division", "Division", "list"),
    field(25, "country", "Country", "country"),
    field(26, "originalHireDate", "Original Hire Date", "date"),
    field(27, "gender", "Gender", "gender"),
    field(28, "displayName", "Display Name", "text"),
    field(29, "bestEmail", "Best Email", "email"),
    field(30, "photoUrl", "Photo URL", "text"),
    field(31, "linkedinUrl", "LinkedIn URL", "text"),
    field(91, "supervisor", "Supervisor", "employee"),
    field(92, "supervisorEId", "Supervisor EID", "employee"),
    field(93, "reportsToId", "Reporting to (id)", "employee"),
    field(94, "reportsToName", "Reporting to", "employee"),
    field(95, "jobTitleName", "Job Title", "text"),
    field(96, "jobTitleId", "Job Title (id)", "int"),
    field(97, "departmentId", "Department (id)", "int"),
    field(98, "divisionId", "Division (id)", "int"),
    field(99, "locationId", "Location (id)", "int"),
    field(100, "employmentStatusId", "Employment Status (id)", "int"),
    field(101, "lastChanged", "Last changed", "timestamp"),
];

/// What `fields` of `GET /employees` knows besides the fixed fields: the enumeration `EmployeeOptionalField`.
pub(super) const OPTIONAL: [&str; 27] = [
    "workEmail",
    "homeEmail",
    "bestEmail",
    "middleName",
    "workPhone",
    "workPhoneExtension",
    "mobilePhone",
    "homePhone",
    "skypeUsername",
    "linkedinUrl",
    "facebookUrl",
    "instagramUrl",
    "twitterUrl",
    "pinterestUrl",
    "birthDate",
    "hireDate",
    "divisionName",
    "divisionId",
    "departmentName",
    "departmentId",
    "locationName",
    "locationId",
    "jobTitleId",
    "employmentStatusName",
    "employmentStatusId",
    "reportsToName",
    "reportsToId",
];

/// What every row of `GET /employees` has, besides `employeeId`.
pub(super) const FIXED: [&str; 6] = ["firstName", "lastName", "preferredName", "photoUrl", "jobTitleName", "status"];

/// Plain fields that are not in the list of fields of every account, but are known.
const QUIET: [&str; 8] =
    ["skypeUsername", "facebookUrl", "instagramUrl", "twitterUrl", "pinterestUrl", "marital", "address2", "zipcode"];

/// The name under which a field is asked for: by alias, by number, or by one of the names that only `GET /employees` has.
pub(super) fn known(asked: &str) -> Option<&str> {
    let numbered = asked.parse::<u32>().ok().and_then(|id| FIELDS.iter().find(|field| field.id == id));
    let listed = FIELDS.iter().any(|field| field.alias == asked) || OPTIONAL.contains(&asked) || QUIET.contains(&asked);
    match numbered {
        Some(field) => Some(field.alias),
        None => listed.then_some(asked),
    }
}

/// Names for the same thing are restricted together.
pub(super) fn canonical(name: &str) -> &str {
    match name {
        "departmentName" | "departmentId" => "department",
        "divisionName" | "divisionId" => "division",
        "locationName" | "locationId" => "location",
        "jobTitleName" | "jobTitleId" => "jobTitle",
        "employmentStatusName" | "employmentStatusId" | "employmentHistoryStatus" => "employmentStatus",
        "reportsToName" | "reportsToId" | "supervisorEId" | "supervisorId" => "supervisor",
        other => other,
    }
}

pub(super) fn is_date(name: &str) -> bool {
    FIELDS.iter().any(|field| field.alias == name && field.kind == "date")
}

impl BambooHr {
    /// What a field says about an employee; none where it is empty.
    pub(super) fn value(&self, employee: &Employee, name: &str, as_of: AsOf) -> Option<String> {
        let job = employee.job(as_of);
        let list = |name: &Option<String>| name.as_ref().and_then(|name| self.option(name)).map(|id| id.to_string());
        let manager = || job.and_then(|job| job.reports_to);
        match name {
            "id" | "employeeId" => Some(employee.id.to_string()),
            "status" => Some(if employee.has_active_status(as_of) { "Active" } else { "Inactive" }.to_owned()),
            "hireDate" => employee.hire_date.map(|date| date.to_string()),
            "terminationDate" => employee.termination(as_of).map(|date| date.to_string()),
            "employmentStatus" | "employmentStatusName" => employee.employment(as_of).map(|row| row.status.clone()),
            "employmentStatusId" => employee.employment(as_of).and_then(|row| list(&Some(row.status.clone()))),
            "jobTitle" | "jobTitleName" => job?.title.clone(),
            "jobTitleId" => list(&job?.title),
            "department" | "departmentName" => job?.department.clone(),
            "departmentId" => list(&job?.department),
            "division" | "divisionName" => job?.division.clone(),
            "divisionId" => list(&job?.division),
            "location" | "locationName" => job?.location.clone(),
            "locationId" => list(&job?.location),
            "supervisorEId" | "reportsToId" => manager().map(|id| id.to_string()),
            "supervisor" | "reportsToName" => manager().and_then(|id| self.employee(id)).map(display_name),
            "displayName" => Some(display_name(employee)),
            "bestEmail" => ["workEmail", "homeEmail"].iter().find_map(|name| employee.plain.get(*name)).cloned(),
            "lastChanged" => self.last_changed(employee.id).map(super::changed::written),
            plain => employee.plain.get(plain).cloned(),
        }
    }
}

fn display_name(employee: &Employee) -> String {
    let text = |name: &str| employee.plain.get(name).map(String::as_str).unwrap_or_default();
    let first = employee.plain.get("preferredName").map_or(text("firstName"), String::as_str);
    format!("{first} {}", text("lastName")).trim().to_owned()
}
