//! A company of 120 people over a month: BambooHR knows who joins, moves and leaves, and Google Workspace, Slack, GitHub and a SCIM
//! directory follow.
//!
//! All of it is a script: the same people, the same days, every time. The systems are played in this process, but for the SCIM directory,
//! which whoever runs the month brings along.

mod configuration;
mod days;

use std::collections::BTreeSet;

use innkeeper_fakes::bamboohr::{BambooHr, Hire, Job};
use innkeeper_fakes::github::{self, GitHub};
use innkeeper_fakes::google::{self, ServiceAccount, Workspace};
use innkeeper_fakes::slack::{self, Slack};
use innkeeper_fakes::web::Server;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, Zoned};

use crate::company::{Company, DEPARTMENTS, Employee};

pub use days::{DAYS, Day};

/// How many people there are at the beginning.
pub const FIRST: usize = 100;
/// How many have been there by the end of the month.
pub const PEOPLE: usize = 120;
/// The domain of the company.
pub const DOMAIN: &str = "acme.example";
/// The licence that people who sell have.
pub const LICENCE: (&str, &str) = ("Google-Apps", "1010020028");
/// How many of it were bought.
const LICENCES: usize = 40;
/// The address of the group that everybody is in.
pub const EVERYBODY: &str = "all@acme.example";

/// The systems, and the people.
pub struct Month {
    /// Where people come from.
    pub hr: Server<BambooHr>,
    /// Mail, groups and licences.
    pub google: Server<Workspace>,
    /// Chat.
    pub slack: Server<Slack>,
    /// Code.
    pub github: Server<GitHub>,
    /// The base URL and the token of the SCIM directory.
    directory: (String, String),
    /// Everybody who is there during the month, as the HR system would have them when they join.
    company: Company,
    /// The number of each person in the HR system, once they are there.
    ids: Vec<Option<u32>>,
    /// The day on which the month is played. All of it is played on one day, as far as dates go.
    today: Date,
    key: String,
    /// Who does not answer GitHub's invitations.
    silent: BTreeSet<usize>,
}

impl Month {
    /// The first morning: the HR system knows 100 people, and nobody has an account anywhere.
    #[must_use]
    pub fn begin(directory_url: &str, directory_token: &str) -> Self {
        let now = Timestamp::now();
        let key = crate::token::random_token();
        let hr = BambooHr::start(&key, now);
        let google = Workspace::start(DOMAIN, now);
        google.with(prepare_google);
        let slack = Slack::start(slack::Quirks::default());
        let github =
            GitHub::start("acme", github::Quirks { verified_domains: vec![DOMAIN.to_owned()], ..github::Quirks::default() });
        slack.with(|slack| {
            for (department, ..) in DEPARTMENTS {
                slack.add_user_group(&department.to_lowercase(), &[]);
            }
        });
        github.with(|github| {
            github.add_team("Engineering", None);
        });
        let mut month = Self {
            hr,
            google,
            slack,
            github,
            directory: (directory_url.to_owned(), directory_token.to_owned()),
            company: Company::of(PEOPLE),
            ids: vec![None; PEOPLE],
            today: Zoned::now().date(),
            key,
            silent: BTreeSet::from([days::SILENT]),
        };
        for index in 0..FIRST {
            let since = month.company.employees[index].start_date;
            month.hire(index, since);
        }
        month
    }

    /// The person at this place in the company.
    #[must_use]
    pub fn person(&self, index: usize) -> &Employee {
        &self.company.employees[index]
    }

    /// The number that the HR system gave to a person: their key as a source has it.
    ///
    /// # Panics
    /// When they have not joined yet.
    #[must_use]
    pub fn id(&self, index: usize) -> u32 {
        self.ids[index].expect("the person has joined")
    }

    /// Somebody is there from a day on.
    fn hire(&mut self, index: usize, since: Date) {
        let person = &self.company.employees[index];
        let manager = index.checked_sub(1).and_then(|before| self.ids[before / 8]);
        let hire = Hire {
            first_name: person.given_name.clone(),
            last_name: person.family_name.clone(),
            work_email: Some(person.user_name.clone()),
            hire_date: Some(since),
            job: Job {
                title: Some(person.title.clone()),
                department: Some(person.department.clone()),
                division: None,
                location: Some("Lisbon".to_owned()),
                reports_to: manager,
            },
            employment: Some("Full-Time".to_owned()),
            other: [("employeeNumber".to_owned(), person.employee_number.clone())].into(),
        };
        self.ids[index] = Some(self.hr.with(|hr| hr.hire(hire)));
    }
}

fn prepare_google(workspace: &mut Workspace) {
    // The month goes by in minutes, and the key is used by a program whose clock is the real one.
    workspace.quirks.ignores_assertion_times = true;
    // Half a day of Google's time would be half a day of everybody's.
    (workspace.quirks.transfer_starts_after, workspace.quirks.transfer_takes) = (0, 0);
    workspace.delegate(ServiceAccount::for_tests(&google::scope::ALL));
    workspace.add_sku(LICENCE.0, LICENCE.1, "Business Standard", LICENCES);
    for group in google_groups() {
        workspace.add_group(&group, &group);
    }
    for (department, ..) in DEPARTMENTS {
        workspace.add_unit(&format!("/{department}"));
    }
}

/// The addresses of Google's groups: everybody's, and one a department.
fn google_groups() -> Vec<String> {
    let departments = DEPARTMENTS.iter().map(|(department, ..)| format!("{}@{DOMAIN}", department.to_lowercase()));
    std::iter::once(EVERYBODY.to_owned()).chain(departments).collect()
}

/// The day before a day: whose last day it was has left.
fn before(day: Date) -> Date {
    day - 1.days()
}
