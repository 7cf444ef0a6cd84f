//! Companies that look like real ones: people with managers, departments and sites, some about to join and some gone, groups with a
//! long tail, and names of many scripts. The same seed gives the same company, on every machine.
//!
//! [`innkeeper_tests::company`] has the small and tidy one, of which tests name single people.

mod names;
mod organisation;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use innkeeper_tests::dice::Dice;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use names::{CULTURES, Culture};
use organisation::{COST_CENTRES, DEPARTMENTS, LongTail, SITES};

/// The day on which these companies are looked at: who starts later is a joiner, whose last day is before it a leaver.
pub const TODAY: Date = date(2026, 6, 1);

/// How many people report to one manager.
const REPORTS: usize = 8;
/// Of so many people one starts in the next month.
const JOINERS: u64 = 60;
/// Of so many people one left in the last three months and is still in the HR system.
const LEAVERS: u64 = 40;

/// One person as the HR system knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// The stable key: `E0000001`.
    pub employee_number: String,
    /// The login and the e-mail address: `ada.hopper2@acme.example`, in plain letters, nobody else's.
    pub user_name: String,
    /// In the person's own script.
    pub given_name: &'static str,
    /// In the person's own script.
    pub family_name: &'static str,
    /// Both names, in the order that the person uses.
    pub display_name: String,
    /// What the person does.
    pub title: String,
    /// Where the person works, in the organisation.
    pub department: &'static str,
    /// Several departments.
    pub division: &'static str,
    /// Where the person works, on the map.
    pub site: &'static str,
    /// The site's country, ISO 3166.
    pub country: &'static str,
    /// `CC017`: many, and most of them small.
    pub cost_center: String,
    /// Where the manager is in the company: always before the person; none for the head.
    pub manager: Option<usize>,
    /// The first day.
    pub start_date: Date,
    /// The last day.
    pub end_date: Option<Date>,
}

impl Employee {
    /// Whether the person works here on [`TODAY`].
    #[must_use]
    pub fn works_here(&self) -> bool {
        self.start_date <= TODAY && self.end_date.is_none_or(|end| end >= TODAY)
    }

    /// The person's values, by the names of SCIM: what a source gives. Empty where there is none.
    #[must_use]
    pub fn attributes(&self, company: &Company) -> [(&'static str, String); ATTRIBUTES.len()] {
        let manager = self.manager.map(|manager| company.employees[manager].employee_number.clone());
        let values = [
            self.employee_number.clone(),
            self.user_name.clone(),
            self.given_name.to_owned(),
            self.family_name.to_owned(),
            self.display_name.clone(),
            self.user_name.clone(),
            self.title.clone(),
            self.department.to_owned(),
            self.division.to_owned(),
            self.cost_center.clone(),
            self.site.to_owned(),
            self.country.to_owned(),
            manager.unwrap_or_default(),
            self.start_date.to_string(),
            self.end_date.map(|end| end.to_string()).unwrap_or_default(),
        ];
        let mut place = 0;
        values.map(|value| {
            place += 1;
            (ATTRIBUTES[place - 1], value)
        })
    }
}

/// The attributes that a source of such a company has, named as in SCIM, in the order of [`Employee::attributes`].
pub const ATTRIBUTES: [&str; 15] = [
    "employeeNumber",
    "userName",
    "name.givenName",
    "name.familyName",
    "displayName",
    "emails",
    "title",
    "department",
    "division",
    "costCenter",
    "addresses.locality",
    "addresses.country",
    "manager",
    "startDate",
    "endDate",
];

/// A set of people who have a value in common, as groups on apps are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What apps call it: `Everybody`, `department-Engineering`.
    pub name: String,
    /// The attribute and the value that make somebody a member; none: everybody is.
    pub rule: Option<(&'static str, String)>,
    /// Where the members are in the company, ascending. Joiners and leavers are among them: whether they get it is policy.
    pub members: Vec<usize>,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Everybody, the head first, every manager before the people who report to them.
    pub employees: Vec<Employee>,
}

impl Company {
    /// So many people. The first `n` of a larger company of the same seed are the same ones, so that growth is measured on people who
    /// are alike.
    #[must_use]
    pub fn of(size: usize, seed: u64) -> Self {
        let (departments, sites, centres, cultures) = (
            LongTail::of(DEPARTMENTS.len()),
            LongTail::of(SITES.len()),
            LongTail::of(COST_CENTRES),
            LongTail::of(CULTURES.len()),
        );
        let mut taken: HashMap<String, u32> = HashMap::new();
        let employees = (0..size).map(|index| {
            // Each person has chance of their own: who comes before them changes nothing.
            let mut dice =
                Dice::new(seed.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ (index as u64).wrapping_mul(0xa076_1d64_78bd_642f));
            let culture = &CULTURES[cultures.place(&mut dice)];
            let named = Named::drawn(culture, &mut dice, &mut taken);
            let (department, role, division) = DEPARTMENTS[departments.place(&mut dice)];
            let (site, country) = SITES[sites.place(&mut dice)];
            let (start_date, end_date) = dates(index, &mut dice);
            Employee {
                employee_number: format!("E{:07}", index + 1),
                user_name: named.user_name,
                given_name: named.given,
                family_name: named.family,
                display_name: named.display,
                title: title(index, department, role, &mut dice),
                department,
                division,
                site,
                country,
                cost_center: format!("CC{:03}", centres.place(&mut dice) + 1),
                manager: index.checked_sub(1).map(|before| before / REPORTS),
                start_date,
                end_date,
            }
        });
        Self { employees: employees.collect() }
    }

    /// One group for everybody, and one for each department, site and cost centre: from the whole company to a handful.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let mut members: BTreeMap<(&'static str, &'static str, &str), Vec<usize>> = BTreeMap::new();
        for (index, person) in self.employees.iter().enumerate() {
            let keys = [
                ("department", "department", person.department),
                ("site", "addresses.locality", person.site),
                ("cost-centre", "costCenter", person.cost_center.as_str()),
            ];
            for key in keys {
                members.entry(key).or_default().push(index);
            }
        }
        let everybody = Group { name: "Everybody".to_owned(), rule: None, members: (0..self.employees.len()).collect() };
        let others = members.into_iter().map(|((kind, attribute, value), members)| {
            let rule = Some((attribute, value.to_owned()));
            Group { name: format!("{kind}-{value}"), rule, members }
        });
        std::iter::once(everybody).chain(others).collect()
    }

    /// The file of the HR system: UTF-8, a header, named as in SCIM.
    #[must_use]
    pub fn people_csv(&self) -> String {
        let mut text = ATTRIBUTES.join(",") + "\n";
        for person in &self.employees {
            let values = person.attributes(self).map(|(_, value)| value);
            text.push_str(&values.join(","));
            text.push('\n');
        }
        text
    }
}

/// A person's name, in all its forms.
struct Named {
    given: &'static str,
    family: &'static str,
    display: String,
    user_name: String,
}

impl Named {
    fn drawn(culture: &Culture, dice: &mut Dice, taken: &mut HashMap<String, u32>) -> Self {
        let (given, given_plain) = culture.given[dice.place(culture.given.len())];
        let (family, family_plain) = culture.family[dice.place(culture.family.len())];
        let display = if culture.family_first { format!("{family}{given}") } else { format!("{given} {family}") };
        let plain = format!("{given_plain}.{family_plain}");
        // Who comes second is called so: `ada.hopper2`.
        let times = taken.entry(plain.clone()).or_default();
        *times += 1;
        let number = if *times == 1 { String::new() } else { times.to_string() };
        Self { given, family, display, user_name: format!("{plain}{number}@acme.example") }
    }
}

/// The first and the last day: most have been here for some of the last ten years; the first ones stay.
fn dates(index: usize, dice: &mut Dice) -> (Date, Option<Date>) {
    let days = |below: u64, dice: &mut Dice| i64::try_from(dice.below(below)).unwrap_or_default();
    if index > REPORTS && dice.once_in(JOINERS) {
        return (TODAY + (1 + days(30, dice)).days(), None);
    }
    let start = TODAY - (100 + days(3500, dice)).days();
    let left = index > REPORTS && dice.once_in(LEAVERS);
    (start, left.then(|| TODAY - (1 + days(90, dice)).days()))
}

/// What somebody is called: the head, those who report to the head, those who report to them, and everybody else.
fn title(index: usize, department: &str, role: &str, dice: &mut Dice) -> String {
    const FIRST: usize = REPORTS + 1;
    const LAST: usize = REPORTS + REPORTS * REPORTS;
    match index {
        0 => "Chief Executive".to_owned(),
        1..=REPORTS => format!("Head of {department}"),
        FIRST..=LAST => format!("Director {department}"),
        _ => match dice.below(10) {
            0 => format!("Principal {role}"),
            1..=3 => format!("Senior {role}"),
            _ => role.to_owned(),
        },
    }
}
