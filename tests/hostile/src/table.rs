//! `attacks.toml`, and the table in the documentation that is made of it.

use serde::Deserialize;
use std::fmt::Write as _;

const ATTACKS: &str = include_str!("../attacks.toml");

/// One row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Attack {
    /// What it is called.
    pub name: String,
    /// What the attacker tries, in a sentence.
    pub what: String,
    /// What happens, in a sentence.
    pub held_by: String,
    /// The tests of the suite that make it.
    pub tests: Vec<String>,
    /// Tests elsewhere that go deeper, with their package: `innkeeper-egress: client::tests::...`.
    #[serde(default)]
    pub deeper: Vec<String>,
    /// How it ends, as [`Class`](crate::Class) has it.
    pub class: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    attack: Vec<Attack>,
}

/// The rows of `attacks.toml`.
///
/// # Panics
/// When the file is wrong.
#[must_use]
pub fn table() -> Vec<Attack> {
    toml::from_str::<File>(ATTACKS).unwrap_or_else(|error| panic!("attacks.toml: {error}")).attack
}

const BEGIN: &str = "<!-- attacks -->\n";
const END: &str = "<!-- /attacks -->";

/// The page with the table filled in between its two marks.
///
/// # Panics
/// When the page has no marks.
#[must_use]
pub fn documentation(page: &str) -> String {
    let (before, rest) = page.split_once(BEGIN).expect("the page has the mark where the table begins");
    let (_, after) = rest.split_once(END).expect("the page has the mark where the table ends");
    let mut rows = "| attack | what is tried | what happens | how it ends | shown by |\n|---|---|---|---|---|\n".to_owned();
    for row in table() {
        let tests: Vec<String> = row.tests.iter().chain(&row.deeper).map(|test| format!("`{test}`")).collect();
        let (name, what, held_by, class) = (&row.name, &row.what, &row.held_by, &row.class);
        let _ = writeln!(rows, "| {name} | {what} | {held_by} | `{class}` | {} |", tests.join(", "));
    }
    format!("{before}{BEGIN}\n{rows}\n{END}{after}")
}
