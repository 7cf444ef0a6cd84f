//! A company of people: the same ones for the same number, so that every run sees the same plan.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

const GIVEN: [&str; 40] = [
    "Ada",
    "Alan",
    "Barbara",
    "Chinua",
    "Clara",
    "Dorothy",
    "Edsger",
    "Émilie",
    "Fatima",
    "François",
    "Grace",
    "Hedy",
    "Ibrahim",
    "Ines",
    "José",
    "Jürgen",
    "Katherine",
    "Kwame",
    "Łukasz",
    "Lin",
    "Mai",
    "Margaret",
    "Mary",
    "Mohammed",
    "Nia",
    "Noam",
    "Olga",
    "Óscar",
    "Priya",
    "Radia",
    "Rosalind",
    "Søren",
    "Sofia",
    "Tim",
    "Ursula",
    "Vera",
    "Wei",
    "Ximena",
    "Yuki",
    "Zoë",
];
const FAMILY: [&str; 25] = [
    "Adeyemi",
    "Bergström",
    "Castillo",
    "Dubois",
    "Eriksson",
    "Fischer",
    "García",
    "Hopper",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lovelace",
    "Müller",
    "Nguyen",
    "O'Brien",
    "Patel",
    "Quispe",
    "Rossi",
    "Şahin",
    "Turing",
    "Ueda",
    "Vogel",
    "Wójcik",
    "Yılmaz",
    "Zhang",
];
/// The departments and of 20 people how many are in each.
pub(crate) const DEPARTMENTS: [(&str, usize, &str); 6] = [
    ("Engineering", 8, "Engineer"),
    ("Sales", 4, "Account Executive"),
    ("Support", 3, "Support Specialist"),
    ("Marketing", 2, "Marketer"),
    ("Finance", 2, "Accountant"),
    ("People", 1, "People Partner"),
];
/// How many people one manager has.
const REPORTS: usize = 8;

/// One person as the HR system knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// The stable key: `E00001`.
    pub employee_number: String,
    /// The login and, at `acme.example`, the e-mail address.
    pub user_name: String,
    /// With accents where the name has them.
    pub given_name: String,
    /// With accents where the name has them.
    pub family_name: String,
    /// What the person does.
    pub title: String,
    /// Where the person works.
    pub department: String,
    /// The employee number of the manager; none for the head of the company.
    pub manager: Option<String>,
    /// The first day.
    pub start_date: Date,
    /// The last day.
    pub end_date: Option<Date>,
}

/// People, the head of the company first, every manager before the people who report to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// All of them.
    pub employees: Vec<Employee>,
}

impl Company {
    /// So many people; the first `n` of a larger company are the same ones.
    #[must_use]
    pub fn of(size: usize) -> Self {
        Self { employees: (0..size).map(employee).collect() }
    }

    /// The person with this user name.
    ///
    /// # Panics
    /// When there is none.
    pub fn employee_mut(&mut self, user_name: &str) -> &mut Employee {
        let found = self.employees.iter_mut().find(|employee| employee.user_name == user_name);
        found.unwrap_or_else(|| panic!("nobody is called {user_name}"))
    }

    /// How many work in a department.
    #[must_use]
    pub fn in_department(&self, department: &str) -> usize {
        self.employees.iter().filter(|employee| employee.department == department).count()
    }

    /// The file of the HR system: UTF-8, a header, named as in SCIM.
    #[must_use]
    pub fn people_csv(&self) -> String {
        let header = "employeeNumber,userName,name.givenName,name.familyName,displayName,emails,title,department,manager,startDate,endDate\n";
        let rows = self.employees.iter().map(|person| {
            let Employee { employee_number, user_name, given_name, family_name, title, department, .. } = person;
            let manager = person.manager.as_deref().unwrap_or_default();
            let start = person.start_date;
            let end = person.end_date.map(|end| end.to_string()).unwrap_or_default();
            format!(
                "{employee_number},{user_name},{given_name},{family_name},{given_name} {family_name},{user_name},{title},{department},{manager},{start},{end}\n"
            )
        });
        std::iter::once(header.to_owned()).chain(rows).collect()
    }
}

/// The employee number of the person at this place in the company, counted from 0.
#[must_use]
pub fn employee_number(index: usize) -> String {
    format!("E{:05}", index + 1)
}

fn employee(index: usize) -> Employee {
    let (given, family) = (GIVEN[index % GIVEN.len()], FAMILY[(index / GIVEN.len() + index * 7) % FAMILY.len()]);
    // Every name is used once, then again with a number behind it.
    let round = index / (GIVEN.len() * FAMILY.len());
    let number = if round == 0 { String::new() } else { (round + 1).to_string() };
    let user_name = format!("{}.{}{number}@acme.example", ascii(given), ascii(family));
    let (department, role) = department(index);
    let manager = index.checked_sub(1).map(|before| before / REPORTS);
    let title = match index {
        0 => "Chief Executive".to_owned(),
        1..=REPORTS => format!("Head of {department}"),
        _ => role.to_owned(),
    };
    Employee {
        employee_number: employee_number(index),
        user_name,
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        title,
        department: department.to_owned(),
        manager: manager.map(employee_number),
        start_date: date(2015, 1, 5) + i64::try_from(index * 37 % 3500).unwrap_or_default().days(),
        end_date: None,
    }
}

fn department(index: usize) -> (&'static str, &'static str) {
    let mut place = index % DEPARTMENTS.iter().map(|(_, share, _)| share).sum::<usize>();
    for (name, share, role) in DEPARTMENTS {
        if place < share {
            return (name, role);
        }
        place -= share;
    }
    unreachable!("the place is below the sum of the shares")
}

/// The name as it stands in a login.
fn ascii(name: &str) -> String {
    let letter = |letter: char| match letter {
        'á' | 'ã' | 'à' => 'a',
        'ç' => 'c',
        'é' | 'É' | 'ë' | 'è' => 'e',
        'í' | 'ı' => 'i',
        'Ł' | 'ł' => 'l',
        'ö' | 'ó' | 'Ó' | 'ø' => 'o',
        'Ş' => 's',
        'ü' => 'u',
        other => other.to_ascii_lowercase(),
    };
    name.chars().filter(|c| c.is_alphabetic()).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Company;

    #[test]
    fn everybody_has_a_name_of_their_own_and_a_manager_who_exists() {
        let company = Company::of(10_000);
        let names: HashSet<_> = company.employees.iter().map(|employee| &employee.user_name).collect();
        assert_eq!(names.len(), 10_000);
        assert!(names.iter().all(|name| name.is_ascii()), "{names:?}");
        let mut known = HashSet::new();
        for employee in &company.employees {
            assert!(employee.manager.as_ref().is_none_or(|manager| known.contains(manager)), "{employee:?}");
            known.insert(employee.employee_number.clone());
        }
    }

    #[test]
    fn a_larger_company_starts_with_the_same_people() {
        assert_eq!(Company::of(250).employees, Company::of(1000).employees[..250]);
    }

    #[test]
    fn the_file_has_a_line_for_each() {
        let company = Company::of(2);
        assert_eq!(
            company.people_csv(),
            "employeeNumber,userName,name.givenName,name.familyName,displayName,emails,title,department,manager,startDate,endDate\n\
             E00001,ada.adeyemi@acme.example,Ada,Adeyemi,Ada Adeyemi,ada.adeyemi@acme.example,Chief Executive,Engineering,,2015-01-05,\n\
             E00002,alan.hopper@acme.example,Alan,Hopper,Alan Hopper,alan.hopper@acme.example,Head of Engineering,Engineering,E00001,2015-02-11,\n"
        );
    }
}
