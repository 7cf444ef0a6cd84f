//! The account: its people, its clock, what changed, and everything that is done by hand.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::employee::{AsOf, Employee, Employment, Hire, Job, Row, TERMINATED};
use super::field::canonical;
use super::quirks::Quirks;

/// What happened to an employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// New.
    Inserted,
    /// Any field or table row changed.
    Updated,
    /// Gone; nothing else remembers them.
    Deleted,
}

/// Somebody who can sign in to BambooHR: not the same as an employee, and with an id of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The employee, if this user is one.
    pub employee_id: Option<u32>,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The address.
    pub email: String,
    /// Whether they can sign in.
    pub enabled: bool,
    /// When they last did.
    pub last_login: Option<Timestamp>,
}

/// A BambooHR account. The clock is data: it stands still until it is set.
#[derive(Debug, Clone)]
pub struct BambooHr {
    /// How this account differs; may be changed at any time.
    pub quirks: Quirks,
    pub(super) base_url: String,
    pub(super) api_keys: BTreeSet<String>,
    pub(super) access_tokens: BTreeSet<String>,
    now: Timestamp,
    pub(super) employees: BTreeMap<u32, Employee>,
    pub(super) users: BTreeMap<u32, User>,
    /// The last change of every employee that there is or was.
    pub(super) changes: BTreeMap<u32, (Action, Timestamp)>,
    /// Fields that the owner of the key may not see, of everybody or of one employee.
    restricted: BTreeSet<(Option<u32>, String)>,
    forbidden: BTreeSet<u32>,
    /// Options of the lists, by name: departments, divisions, locations, titles, statuses.
    pub(super) options: IndexMap<String, (u32, &'static str)>,
    next: u32,
    /// How many requests are still too many, and what `Retry-After` says then.
    pub(super) throttled: Option<(usize, u64)>,
}

impl BambooHr {
    /// An account without people, for one API key. The base URL is only used in links of answers.
    #[must_use]
    pub fn new(base_url: &str, api_key: &str, now: Timestamp) -> Self {
        Self {
            quirks: Quirks::default(),
            base_url: base_url.to_owned(),
            api_keys: BTreeSet::from([api_key.to_owned()]),
            access_tokens: BTreeSet::new(),
            now,
            employees: BTreeMap::new(),
            users: BTreeMap::new(),
            changes: BTreeMap::new(),
            restricted: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            options: IndexMap::new(),
            next: 100,
            throttled: None,
        }
    }

    /// Accepts this as a bearer token as well.
    pub fn allow_token(&mut self, token: &str) {
        self.access_tokens.insert(token.to_owned());
    }

    /// The API key is deleted.
    pub fn revoke_key(&mut self, key: &str) {
        self.api_keys.remove(key);
    }

    /// The next so many requests are too many.
    pub fn throttle(&mut self, requests: usize, retry_after_seconds: u64) {
        self.throttled = Some((requests, retry_after_seconds));
    }

    /// What the clock says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Sets the clock. Where it moves forward, dates that arrive change the employees that they belong to.
    pub fn set_now(&mut self, now: Timestamp) {
        let (before, after) = (day(self.now), day(now));
        self.now = now;
        if self.quirks.silent_dates {
            return;
        }
        let arrived = |employee: &Employee| Some((employee.id, employee.begins_within(before, after)?));
        for (id, date) in self.employees.values().filter_map(arrived).collect::<Vec<_>>() {
            let midnight = date.to_zoned(TimeZone::UTC).map_or(now, |zoned| zoned.timestamp());
            self.record(id, Action::Updated, midnight);
        }
    }

    /// Today, as the values that count are chosen.
    #[must_use]
    pub fn today(&self) -> Date {
        day(self.now)
    }

    pub(super) fn current(&self) -> AsOf {
        AsOf::Day(self.today())
    }

    /// A new employee; gives the id.
    pub fn hire(&mut self, hire: Hire) -> u32 {
        let id = self.number();
        let mut plain = hire.other;
        plain.insert("firstName".to_owned(), hire.first_name);
        plain.insert("lastName".to_owned(), hire.last_name);
        plain.extend(hire.work_email.map(|email| ("workEmail".to_owned(), email)));
        let employee = Employee { id, plain, hire_date: hire.hire_date, jobs: Vec::new(), employments: Vec::new() };
        self.employees.insert(id, employee);
        let from = hire.hire_date.unwrap_or_else(|| self.today());
        if hire.job != Job::default() {
            self.move_to(id, from, hire.job);
        }
        if let Some(status) = hire.employment {
            self.employ(id, from, Employment { status, comment: None });
        }
        self.record(id, Action::Inserted, self.now);
        id
    }

    /// A new row of the table `jobInfo`, from a date on, which may be in the future.
    pub fn move_to(&mut self, id: u32, from: Date, job: Job) {
        let names = [(&job.title, "jobTitle"), (&job.department, "department")];
        for (name, list) in names.into_iter().chain([(&job.division, "division"), (&job.location, "location")]) {
            self.add_option(name.as_deref(), list);
        }
        let row = Row { id: self.number(), date: from, value: job };
        self.edit(id, |employee| employee.jobs.push(row));
    }

    /// A new row of the table `employmentStatus`, from a date on, which may be in the future.
    pub fn employ(&mut self, id: u32, from: Date, employment: Employment) {
        self.add_option(Some(&employment.status), "employmentStatus");
        let row = Row { id: self.number(), date: from, value: employment };
        self.edit(id, |employee| employee.employments.push(row));
    }

    /// Ends the employment on a day, which may be in the future. The employee stays, inactive.
    pub fn terminate(&mut self, id: u32, on: Date) {
        self.employ(id, on, Employment { status: TERMINATED.to_owned(), comment: None });
    }

    /// Sets a plain field, or clears it.
    pub fn set(&mut self, id: u32, field: &str, value: Option<&str>) {
        self.edit(id, |employee| match value {
            Some(value) => {
                employee.plain.insert(field.to_owned(), value.to_owned());
            }
            None => {
                employee.plain.remove(field);
            }
        });
    }

    /// Sets the first day, or clears it.
    pub fn set_hire_date(&mut self, id: u32, date: Option<Date>) {
        self.edit(id, |employee| employee.hire_date = date);
    }

    /// Deletes an employee. Only `changed` remembers the id.
    pub fn delete(&mut self, id: u32) {
        if self.employees.remove(&id).is_some() {
            self.record(id, Action::Deleted, self.now);
        }
    }

    /// The owner of the key may no longer see a field, of everybody or of one employee. No change of the employee.
    pub fn restrict(&mut self, employee: Option<u32>, field: &str) {
        self.restricted.insert((employee, canonical(field).to_owned()));
    }

    /// Takes [`Self::restrict`] back.
    pub fn permit(&mut self, employee: Option<u32>, field: &str) {
        self.restricted.remove(&(employee, canonical(field).to_owned()));
    }

    /// The owner of the key may no longer read an employee alone: 403. Listings have them no more.
    pub fn forbid(&mut self, employee: u32) {
        self.forbidden.insert(employee);
    }

    /// A new user; gives the user id, which is not the employee id.
    pub fn add_user(&mut self, user: User) -> u32 {
        let id = self.number() + 2000;
        self.users.insert(id, user);
        id
    }

    /// The value of a field today, without regard to who may see it.
    #[must_use]
    pub fn read(&self, id: u32, field: &str) -> Option<String> {
        self.value(self.employees.get(&id)?, field, self.current())
    }

    /// The ids of all employees, active or not.
    #[must_use]
    pub fn ids(&self) -> Vec<u32> {
        self.employees.keys().copied().collect()
    }

    pub(super) fn employee(&self, id: u32) -> Option<&Employee> {
        self.employees.get(&id)
    }

    pub(super) fn is_forbidden(&self, id: u32) -> bool {
        self.forbidden.contains(&id)
    }

    pub(super) fn is_restricted(&self, id: u32, field: &str) -> bool {
        let name = canonical(field);
        if self.quirks.hides_managers && name == "supervisor" {
            return true;
        }
        [None, Some(id)].iter().any(|employee| self.restricted.contains(&(*employee, name.to_owned())))
    }

    pub(super) fn option(&self, name: &str) -> Option<u32> {
        self.options.get(name).map(|(id, _)| *id)
    }

    pub(super) fn last_changed(&self, id: u32) -> Option<Timestamp> {
        self.changes.get(&id).map(|(_, at)| *at)
    }

    fn add_option(&mut self, name: Option<&str>, list: &'static str) {
        if let Some(name) = name.filter(|name| !self.options.contains_key(*name)) {
            let id = self.number();
            self.options.insert(name.to_owned(), (id, list));
        }
    }

    fn edit(&mut self, id: u32, change: impl FnOnce(&mut Employee)) {
        if let Some(employee) = self.employees.get_mut(&id) {
            change(employee);
            self.record(id, Action::Updated, self.now);
        }
    }

    fn record(&mut self, id: u32, action: Action, at: Timestamp) {
        self.changes.insert(id, (action, at));
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
