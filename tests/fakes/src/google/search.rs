//! The `query` of a listing of users: clauses that all have to hold.

use serde_json::Value;

use super::user::User;
use super::workspace::Workspace;

/// How a clause compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    /// `field=value`.
    Exact,
    /// `field:value`: a whole word of the value.
    Word,
    /// `field:value*`.
    Prefix,
}

struct Clause {
    /// Name or address where it is empty.
    field: String,
    how: Match,
    /// In lower case.
    value: String,
}

/// A parsed query.
pub(super) struct Search(Vec<Clause>);

const FIELDS: [&str; 17] = [
    "email",
    "name",
    "givenName",
    "familyName",
    "orgUnitPath",
    "orgName",
    "orgTitle",
    "orgDepartment",
    "orgCostCenter",
    "isAdmin",
    "isDelegatedAdmin",
    "isSuspended",
    "isArchived",
    "externalId",
    "manager",
    "directManager",
    "phone",
];

impl Search {
    /// None where a field or the form is not known.
    pub(super) fn parse(query: &str) -> Option<Self> {
        let mut clauses = Vec::new();
        let mut rest = query.trim_start();
        while !rest.is_empty() {
            let name = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let (field, how, after) = match rest[name..].chars().next() {
                Some('=') => (&rest[..name], Match::Exact, &rest[name + 1..]),
                Some(':') => (&rest[..name], Match::Word, &rest[name + 1..]),
                _ => ("", Match::Prefix, rest),
            };
            if !field.is_empty() && !FIELDS.contains(&field) {
                return None;
            }
            let (value, after) = value(after)?;
            let (value, how) = match value.strip_suffix('*') {
                Some(start) if how == Match::Word => (start.to_owned(), Match::Prefix),
                _ => (value, how),
            };
            clauses.push(Clause { field: field.to_owned(), how, value: value.to_lowercase() });
            rest = after.trim_start();
        }
        Some(Self(clauses))
    }

    pub(super) fn matches(&self, workspace: &Workspace, user: &User) -> bool {
        self.0.iter().all(|clause| clause.matches(workspace, user))
    }
}

/// A value up to a space, or in quotes with `\'` for a quote; and what follows.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('\'') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..])).filter(|(value, _)| !value.is_empty());
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '\\' => value.push(letters.next()?.1),
            '\'' => return Some((value, &quoted[index + 1..])),
            other => value.push(other),
        }
    }
    None
}

impl Clause {
    fn matches(&self, workspace: &Workspace, user: &User) -> bool {
        let values = values(&self.field, workspace, user);
        values.iter().map(|value| value.to_lowercase()).any(|value| match self.how {
            Match::Exact => value == self.value,
            Match::Word => value == self.value || value.split_whitespace().any(|word| word == self.value),
            Match::Prefix => value.starts_with(&self.value),
        })
    }
}

fn values(field: &str, workspace: &Workspace, user: &User) -> Vec<String> {
    let list = |name: &str, part: &str| -> Vec<String> {
        let entries = user.profile.get(name).and_then(Value::as_array);
        let texts = entries.into_iter().flatten().filter_map(|entry| entry[part].as_str());
        texts.map(str::to_owned).collect()
    };
    let addresses = || std::iter::once(&user.primary_email).chain(&user.aliases).cloned();
    match field {
        "email" => addresses().collect(),
        "name" => vec![user.full_name()],
        "givenName" => vec![user.given_name.clone()],
        "familyName" => vec![user.family_name.clone()],
        "orgUnitPath" => vec![user.org_unit_path.clone()],
        "orgName" => list("organizations", "name"),
        "orgTitle" => list("organizations", "title"),
        "orgDepartment" => list("organizations", "department"),
        "orgCostCenter" => list("organizations", "costCenter"),
        "isAdmin" => vec![workspace.is_super_admin(&user.id).to_string()],
        "isDelegatedAdmin" => vec![workspace.is_delegated_admin(&user.id).to_string()],
        "isSuspended" => vec![user.suspended.to_string()],
        "isArchived" => vec![user.archived.to_string()],
        "externalId" => list("externalIds", "value"),
        "manager" | "directManager" => list("relations", "value"),
        "phone" => list("phones", "value"),
        _ => addresses().chain([user.given_name.clone(), user.family_name.clone()]).collect(),
    }
}
