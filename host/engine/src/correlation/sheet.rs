//! The undecided as a table for a spreadsheet.

use super::open::{Candidate, OpenCases};
use innkeeper_source::csv;

/// The columns, in the order in which they are written. They are read back in any order.
pub(super) const COLUMNS: [&str; 14] = [
    "app",
    "person",
    "name",
    "person-attributes",
    "account",
    "account-name",
    "account-status",
    "account-attributes",
    "matched",
    "why",
    "decision",
    "until",
    "reason",
    "stamp",
];

impl OpenCases {
    /// The table: a row for each account that could be somebody's, with empty cells for the decision.
    pub fn to_csv(&self) -> String {
        csv::write(&COLUMNS, self.0.iter().map(row))
    }
}

fn row(one: &Candidate) -> [String; 14] {
    let empty = String::new;
    [
        one.app.to_string(),
        one.person.to_string(),
        one.name.clone(),
        one.person_attributes.clone(),
        one.account.to_string(),
        one.account_name.clone(),
        one.account_status.to_string(),
        one.account_attributes.clone(),
        one.matched.clone(),
        one.why.clone(),
        empty(),
        empty(),
        empty(),
        one.stamp.clone(),
    ]
}
