//! The connector on a BambooHR that keeps what it is told, and against scripted exchanges where BambooHR misbehaves.

mod changes;
mod employment;
mod failures;
mod fields;
mod listing;
mod probe;
mod single;

use crate::BambooHr;
use innkeeper_fakes::bamboohr::{self, Employment, Hire, Job};
use innkeeper_fakes::direct::Direct;
use innkeeper_sdk::prelude::*;
use innkeeper_sdk::testing::{self, Exchange, Field, HttpError, Request, Response, Script, Transport};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::rc::Rc;

/// What the listing is asked for without any settings.
const FIELDS: &str = "departmentName,divisionName,employmentStatusName,hireDate,locationName,middleName,mobilePhone,reportsToId,workEmail,workPhone";
const TABLE: &str = "/employees/all/tables/employmentStatus";

/// The fake with the key that the host would add, and what was asked of it.
#[derive(Clone)]
struct Company {
    direct: Direct<bamboohr::BambooHr>,
    sent: Rc<RefCell<Vec<String>>>,
}

impl Transport for Company {
    fn send(&mut self, request: &Request) -> Result<Response, HttpError> {
        self.sent.borrow_mut().push(request.target.clone());
        let mut request = request.clone();
        request.headers.push(Field { name: "authorization".to_owned(), value: "Basic S0VZOng=".to_owned() });
        self.direct.send(&request)
    }
}

impl Company {
    /// A company without people, on the day on which the tests run: 2026-11-23.
    fn new() -> Self {
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let account = bamboohr::BambooHr::new("https://acme.bamboohr.example", "KEY", now);
        Self { direct: Direct::new(account, "/api/v1"), sent: Rc::default() }
    }

    fn with<R>(&self, work: impl FnOnce(&mut bamboohr::BambooHr) -> R) -> R {
        self.direct.with(work)
    }

    fn hire(&self, hire: Hire) -> String {
        self.with(|account| account.hire(hire)).to_string()
    }

    fn at(&self, moment: &str) {
        self.with(|account| account.set_now(moment.parse().unwrap()));
    }

    fn call<T>(&self, config: Json, work: impl FnOnce(&BambooHr) -> Result<T>) -> Result<T> {
        self.sent.borrow_mut().clear();
        call(config, self.clone(), work)
    }

    /// Everybody, over all pages.
    fn people(&self, config: Json) -> Vec<Person> {
        let (mut people, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.call(config.clone(), |bamboo| bamboo.list(cursor.clone())).unwrap();
            people.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return people;
            }
        }
    }

    fn person(&self, id: &str) -> Person {
        self.people(json!({})).into_iter().find(|person| person.id == id).expect("the person is listed")
    }
}

/// Runs one call of a connector with these settings.
fn call<T>(config: Json, transport: impl Transport + 'static, work: impl FnOnce(&BambooHr) -> Result<T>) -> Result<T> {
    testing::run(config, transport, || work(&BambooHr::open()?))
}

fn hire(first: &str, from: Date) -> Hire {
    Hire {
        first_name: first.to_owned(),
        last_name: "King".to_owned(),
        work_email: Some(format!("{}@acme.example", first.to_lowercase())),
        hire_date: Some(from),
        job: Job { title: Some("Engineer".to_owned()), department: Some("R&D".to_owned()), ..Job::default() },
        employment: Some("Full-Time".to_owned()),
        ..Hire::default()
    }
}

fn number(id: &str) -> u32 {
    id.parse().unwrap()
}

/// The values of an attribute; none where it is not known.
fn values(person: &Person, name: &str) -> Option<Vec<String>> {
    let attribute = person.attributes.iter().find(|attribute| attribute.name == name)?;
    let text = |value: &Value| match &value.scalar {
        Scalar::Text(text) => text.clone(),
        other => panic!("{name} is no text: {other:?}"),
    };
    Some(attribute.values.iter().map(text).collect())
}

/// The only value of an attribute.
fn one(person: &Person, name: &str) -> String {
    match values(person, name).as_deref() {
        Some([value]) => value.clone(),
        other => panic!("{name} is {other:?}"),
    }
}

fn is_empty(person: &Person, name: &str) -> bool {
    values(person, name).is_some_and(|values| values.is_empty())
}

fn is_restricted(person: &Person, name: &str) -> bool {
    assert!(values(person, name).is_none() || !person.restricted.iter().any(|other| other == name), "{name} is both");
    person.restricted.iter().any(|other| other == name)
}

fn ids(people: &[Person]) -> Vec<&str> {
    people.iter().map(|person| person.id.as_str()).collect()
}
