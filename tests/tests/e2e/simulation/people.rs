//! The people of a company, and what happens to them.

use innkeeper_tests::dice::Dice;
use jiff::civil::Date;
use std::collections::BTreeMap;

const DEPARTMENTS: [&str; 3] = ["Sales", "Engineering", "Support"];

/// One person.
#[derive(Clone, Debug)]
pub(super) struct Somebody {
    pub(super) name: String,
    pub(super) title: u64,
    pub(super) department: &'static str,
    pub(super) last: Option<Date>,
}

impl Somebody {
    /// Whether they have left by this day.
    pub(super) fn has_left(&self, today: Date) -> bool {
        self.last.is_some_and(|last| last < today)
    }
}

/// Everybody, by number.
#[derive(Default)]
pub(super) struct People(pub(super) BTreeMap<u32, Somebody>);

impl People {
    pub(super) fn hire(&mut self, department: &'static str) -> u32 {
        let number = u32::try_from(self.0.len() + 1).expect("few people");
        let name = format!("user{number}@acme.example");
        self.0.insert(number, Somebody { name, title: 0, department, last: None });
        number
    }

    /// One day. Gives the names of those who came.
    pub(super) fn day(&mut self, dice: &mut Dice, today: Date) -> Vec<String> {
        let mut came = Vec::new();
        for _ in 0..=dice.below(3) {
            let number = self.hire(DEPARTMENTS[dice.place(3)]);
            came.push(self.0[&number].name.clone());
        }
        for (number, somebody) in &mut self.0 {
            let (event, title) = (dice.below(16), dice.below(5));
            let department = DEPARTMENTS[dice.place(3)];
            match event {
                0 if somebody.last.is_none() => somebody.last = today.yesterday().ok(),
                1 if somebody.last.is_some() => somebody.last = None,
                2 => somebody.department = department,
                3 => somebody.title = title,
                4 => somebody.name = format!("user{number}.{title}@acme.example"),
                _ => {}
            }
        }
        came
    }

    /// The file of the HR system.
    pub(super) fn csv(&self) -> String {
        let line = |(number, somebody): (&u32, &Somebody)| {
            let last = somebody.last.map_or(String::new(), |last| last.to_string());
            format!("{number},{},Title {},{},2020-01-01,{last}\n", somebody.name, somebody.title, somebody.department)
        };
        let lines: String = self.0.iter().map(line).collect();
        format!("employeeNumber,userName,title,department,startDate,endDate\n{lines}")
    }
}
