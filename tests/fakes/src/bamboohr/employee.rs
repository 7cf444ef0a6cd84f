//! An employee and the two tables that say what is true from which date on.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// The employment status that ends the employment.
pub const TERMINATED: &str = "Terminated";

/// A person as they are put in by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hire {
    /// `firstName`.
    pub first_name: String,
    /// `lastName`.
    pub last_name: String,
    /// `workEmail`; a person may have none.
    pub work_email: Option<String>,
    /// The first day; may be in the future, and may be missing.
    pub hire_date: Option<Date>,
    /// The first row of the table `jobInfo`, from the hire date on.
    pub job: Job,
    /// The first row of the table `employmentStatus`, such as `Full-Time`, from the hire date on.
    pub employment: Option<String>,
    /// Other fields by their API name: `employeeNumber`, `homeEmail`, `mobilePhone`, `preferredName`, `birthDate` and so on.
    pub other: BTreeMap<String, String>,
}

/// What somebody does, and where: a row of the table `jobInfo`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// The job title.
    pub title: Option<String>,
    /// The department's name.
    pub department: Option<String>,
    /// The division's name.
    pub division: Option<String>,
    /// The location's name.
    pub location: Option<String>,
    /// The employee id of the manager.
    pub reports_to: Option<u32>,
}

/// How somebody is employed: a row of the table `employmentStatus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employment {
    /// Such as `Full-Time`; [`TERMINATED`] ends the employment.
    pub status: String,
    /// Free text.
    pub comment: Option<String>,
}

/// A row of a table: what is true from a date on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<T> {
    pub(super) id: u32,
    pub(super) date: Date,
    pub(super) value: T,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Employee {
    pub(super) id: u32,
    /// The plain fields, by API name.
    pub(super) plain: BTreeMap<String, String>,
    pub(super) hire_date: Option<Date>,
    pub(super) jobs: Vec<Row<Job>>,
    pub(super) employments: Vec<Row<Employment>>,
}

/// The day on which values are looked at, or every future as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AsOf {
    Day(Date),
    /// `onlyCurrent=false`.
    Ever,
}

impl AsOf {
    fn sees(self, date: Date) -> bool {
        match self {
            Self::Day(day) => date <= day,
            Self::Ever => true,
        }
    }
}

/// The last row that counts; of two with the same date the later made.
fn latest<T>(rows: &[Row<T>], as_of: AsOf) -> Option<&Row<T>> {
    rows.iter().filter(|row| as_of.sees(row.date)).max_by_key(|row| (row.date, row.id))
}

impl Employee {
    pub(super) fn job(&self, as_of: AsOf) -> Option<&Job> {
        latest(&self.jobs, as_of).map(|row| &row.value)
    }

    pub(super) fn employment(&self, as_of: AsOf) -> Option<&Employment> {
        latest(&self.employments, as_of).map(|row| &row.value)
    }

    /// The day on which the employment ended, if it has.
    pub(super) fn termination(&self, as_of: AsOf) -> Option<Date> {
        latest(&self.employments, as_of).filter(|row| row.value.status == TERMINATED).map(|row| row.date)
    }

    /// What has no end. The directory goes by this: with `onlyCurrent=false` it has future hires.
    pub(super) fn is_active(&self, as_of: AsOf) -> bool {
        self.termination(as_of).is_none()
    }

    /// The status: future hires are inactive, as the description of the datasets says.
    pub(super) fn has_active_status(&self, as_of: AsOf) -> bool {
        self.is_active(as_of) && self.hire_date.is_none_or(|date| as_of.sees(date))
    }

    /// Whether anything about this person starts on a day in this range; the first day is not part of it.
    pub(super) fn begins_within(&self, after: Date, until: Date) -> Option<Date> {
        let jobs = self.jobs.iter().map(|row| row.date);
        let employments = self.employments.iter().map(|row| row.date);
        let dates = jobs.chain(employments).chain(self.hire_date);
        dates.filter(|date| *date > after && *date <= until).max()
    }
}
