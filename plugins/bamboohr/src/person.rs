//! From an employee to a person.

use crate::BambooHr;
use crate::field::{self, FIRST_NAME, HIRE_DATE, LAST_NAME, PREFERRED_NAME, STATUS};
use crate::record::{Record, Seen};
use crate::settings::Contact;
use crate::table::LastDay;
use innkeeper_sdk::prelude::*;
use jiff::civil::Date;

/// The attributes that are days.
const DATES: &[&str] = &["startDate", "endDate"];

/// What is known, and what may not be.
#[derive(Default)]
struct Known {
    attributes: Vec<Attribute>,
    restricted: Vec<String>,
}

impl Known {
    fn add(&mut self, name: &str, values: Option<Vec<Value>>) {
        match values {
            Some(values) => self.attributes.push(Attribute::new(name, values)),
            None => self.restricted.push(name.to_owned()),
        }
    }
}

impl BambooHr {
    pub(crate) fn person(&self, record: &Record, last_day: LastDay) -> Result<Person> {
        let mut known = Known::default();
        for (name, field) in field::attributes(&self.settings) {
            let values = match record.see(field) {
                Seen::Restricted => None,
                Seen::Empty => Some(Vec::new()),
                Seen::Values(values) => {
                    if DATES.contains(&name) {
                        values.iter().try_for_each(|value| day(record, field, value).map(drop))?;
                    }
                    Some(values.iter().map(Value::text).collect())
                }
            };
            known.add(name, values);
        }
        if !self.settings.fields.contains_key("displayName") {
            known.add("displayName", display_name(record));
        }
        for name in ["emails", "phoneNumbers"] {
            let contacts: Vec<Contact> =
                self.settings.contacts.iter().copied().filter(|contact| contact.attribute() == name).collect();
            if !contacts.is_empty() && !self.settings.fields.contains_key(name) {
                known.add(name, contact_values(record, &contacts));
            }
        }
        match last_day {
            LastDay::NotRead => {}
            LastDay::Restricted => known.add("endDate", None),
            LastDay::None => known.add("endDate", Some(Vec::new())),
            LastDay::On(day) => known.add("endDate", Some(vec![Value::text(day.to_string())])),
        }
        Ok(Person {
            id: record.id.clone(),
            attributes: known.attributes,
            active: active(record),
            restricted: known.restricted,
            extra: Vec::new(),
        })
    }
}

/// Whether somebody starts on a later day.
///
/// # Errors
/// `malformed-response` for a hire date that is none.
pub(crate) fn joins(record: &Record, today: Date) -> Result<bool> {
    let hired = record.text(HIRE_DATE).map(|text| day(record, HIRE_DATE, text)).transpose()?;
    Ok(hired.is_some_and(|hired| hired > today))
}

fn day(record: &Record, field: &str, text: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::malformed(format!("the field {field} of the employee {} is no date: {text:?}", record.id)))
}

/// Joiners are inactive too: their first day tells them from leavers.
fn active(record: &Record) -> Option<bool> {
    match record.text(STATUS)? {
        status if status.eq_ignore_ascii_case("active") => Some(true),
        status if status.eq_ignore_ascii_case("inactive") => Some(false),
        _ => None,
    }
}

/// As people are called: the preferred name, or else the first one, and the last name.
fn display_name(record: &Record) -> Option<Vec<Value>> {
    if [FIRST_NAME, LAST_NAME].iter().any(|field| record.see(field) == Seen::Restricted) {
        return None;
    }
    let first = record.text(PREFERRED_NAME).or_else(|| record.text(FIRST_NAME));
    let names: Vec<&str> = [first, record.text(LAST_NAME)].into_iter().flatten().collect();
    Some(if names.is_empty() { Vec::new() } else { vec![Value::text(names.join(" "))] })
}

/// The values of an attribute that is made of several fields; none where the first of them, or all that could have a value, may not
/// be seen.
fn contact_values(record: &Record, contacts: &[Contact]) -> Option<Vec<Value>> {
    let restricted = |contact: &Contact| record.see(contact.field()) == Seen::Restricted;
    let value = |contact: &Contact| {
        let value = Value::text(record.text(contact.field())?).labelled(contact.label());
        Some(if *contact == Contact::WorkEmail { value.primary() } else { value })
    };
    let values: Vec<Value> = contacts.iter().filter_map(value).collect();
    let unknown = contacts.first().is_some_and(restricted) || (values.is_empty() && contacts.iter().any(restricted));
    (!unknown).then_some(values)
}
