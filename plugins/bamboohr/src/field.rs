//! BambooHR's fields: what they are called where, and which become which attribute.

use crate::settings::Settings;
use std::collections::BTreeSet;

pub(crate) const FIRST_NAME: &str = "firstName";
pub(crate) const LAST_NAME: &str = "lastName";
pub(crate) const PREFERRED_NAME: &str = "preferredName";
pub(crate) const STATUS: &str = "status";
pub(crate) const HIRE_DATE: &str = "hireDate";

/// What every row of the listing has (schema `GetEmployeesEmployeeBaseResponse`).
const FIXED: &[&str] = &[FIRST_NAME, LAST_NAME, PREFERRED_NAME, "photoUrl", "jobTitleName", STATUS];

/// What the listing has if it is asked for (schema `EmployeeOptionalField`).
const OPTIONAL: &[&str] = &[
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
    HIRE_DATE,
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

/// What the listing and the single employee call differently.
const SINGLE: &[(&str, &str)] = &[
    ("departmentName", "department"),
    ("divisionName", "division"),
    ("locationName", "location"),
    ("employmentStatusName", "employmentStatus"),
];

/// Fields with a history: before the day from which they count the listing has them empty.
pub(crate) const DATED: &[&str] =
    &["jobTitleName", "departmentName", "divisionName", "locationName", "employmentStatusName", "reportsToId"];

/// The attributes that are one field.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("name.givenName", FIRST_NAME),
    ("name.middleName", "middleName"),
    ("name.familyName", LAST_NAME),
    ("nickName", PREFERRED_NAME),
    ("title", "jobTitleName"),
    ("department", "departmentName"),
    ("division", "divisionName"),
    ("location", "locationName"),
    ("userType", "employmentStatusName"),
    ("manager", "reportsToId"),
    ("startDate", HIRE_DATE),
];

/// What the listing calls a field.
pub(crate) fn in_listing(field: &str) -> &str {
    SINGLE.iter().find(|(_, single)| *single == field).map_or(field, |(listing, _)| listing)
}

/// What the single employee calls a field.
pub(crate) fn in_single(field: &str) -> &str {
    SINGLE.iter().find(|(listing, _)| *listing == field).map_or(field, |(_, single)| single)
}

/// The attributes that are one field each, with the field.
pub(crate) fn attributes(settings: &Settings) -> Vec<(&str, &str)> {
    let own = |attribute: &str| settings.fields.contains_key(attribute);
    let user_name = settings.user_name().map(|field| ("userName", field));
    let standard = ATTRIBUTES.iter().copied().chain(user_name).filter(|(attribute, _)| !own(attribute));
    standard.chain(settings.fields.iter().map(|(attribute, field)| (attribute.as_str(), field.as_str()))).collect()
}

/// Every field that is read, by the name of the listing.
pub(crate) fn wanted(settings: &Settings) -> BTreeSet<&str> {
    let of_attributes = attributes(settings).into_iter().map(|(_, field)| in_listing(field));
    let contacts = settings.contacts.iter().map(|contact| contact.field());
    let always = [FIRST_NAME, LAST_NAME, PREFERRED_NAME, STATUS, HIRE_DATE];
    of_attributes.chain(contacts).chain(always).collect()
}

/// What the listing has to be asked for.
pub(crate) fn of_listing(settings: &Settings) -> Vec<&str> {
    wanted(settings).into_iter().filter(|field| OPTIONAL.contains(field)).collect()
}

/// What the listing does not have.
pub(crate) fn beyond_listing(settings: &Settings) -> Vec<&str> {
    wanted(settings).into_iter().filter(|field| !OPTIONAL.contains(field) && !FIXED.contains(field)).collect()
}
