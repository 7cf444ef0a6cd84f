//! People, configurations and descriptions for the tests.

use crate::{Configuration, Problems, SourceFile};
use innkeeper_domain::{
    AppName, AttributeName, AttributeSchema, AttributeType, Description, DesiredAccount, EntitlementKind, GrantScopes,
    HolderWrites, Mutability, Origin, Person, PersonId, PersonRecord, Quirks, SourceName, Uniqueness, Value, Values,
};
use jiff::civil::{Date, date};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

/// The day of all tests.
pub(super) const TODAY: Date = date(2026, 11, 22);

/// What most tests have in common.
pub(super) const COMPANY: &str = r#"[source.hr]
connector = "csv"
path = "people.csv"
columns = { "Badge" = "badge", "Remote" = "remote" }

[app.mail]
connector = "scim"
[app.mail.account]
userName = "person.userName"

[app.github]
connector = "github@1"
match = ["userName"]
needs = ["mail"]
leaver = { delete-after = "30d", transfer-to = "person.manager" }
[app.github.account]
userName = "person.userName"
displayName = { value = "person.displayName", strength = "initial" }
title = "person.title"

[role.everybody]
when = "person.active"
grants = ["mail"]

[role.engineer]
when = "person.department == 'Engineering' && person.active"
grants = ["github:team/backend", "mail"]
"#;

pub(super) fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), text: text.to_owned() }
}

pub(super) fn load(text: &str) -> Configuration {
    Configuration::load(vec![file("innkeeper.toml", text)]).unwrap_or_else(|problems| panic!("{}", render(&problems)))
}

pub(super) fn problems(text: &str) -> Problems {
    Configuration::load(vec![file("innkeeper.toml", text)]).err().unwrap_or_default()
}

/// The problems as a person sees them.
pub(super) fn render(problems: &dyn Diagnostic) -> String {
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .render_report(&mut text, problems)
        .expect("a report can be written to a string");
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// All problems in one line each: place, message, help.
pub(super) fn lines(problems: &Problems) -> Vec<String> {
    problems
        .iter()
        .map(|problem| format!("{}: {} | {}", problem.place(), problem.message(), problem.advice().unwrap_or("-")))
        .collect()
}

pub(super) fn values(texts: &[&str]) -> Values {
    texts.iter().map(|text| Value::plain(*text)).collect()
}

/// A person who works here; `attributes` come on top.
pub(super) fn person(id: &str, attributes: &[(&str, &[&str])]) -> Person {
    let mut person = Person {
        id: PersonId::new(id),
        attributes: Default::default(),
        active: None,
        restricted: Default::default(),
        origins: vec![Origin {
            source: SourceName::from("hr"),
            record: id.into(),
            place: Some(format!("people.csv:{id}").into()),
        }],
        closed_since: None,
    };
    for (name, texts) in attributes {
        person.attributes.insert(AttributeName::from(*name), values(texts));
    }
    person
}

pub(super) fn record(source: &str, id: &str, attributes: &[(&str, &[&str])]) -> PersonRecord {
    let mut person = person(id, attributes);
    let mut origin = person.origins.remove(0);
    origin.source = SourceName::from(source);
    PersonRecord { id: person.id, attributes: person.attributes, active: None, restricted: Default::default(), origin }
}

pub(super) fn schema(name: &str, kind: AttributeType) -> AttributeSchema {
    AttributeSchema {
        name: AttributeName::from(name),
        description: None,
        kind,
        multi_valued: false,
        required: false,
        case_exact: false,
        mutability: Mutability::ReadWrite,
        uniqueness: Uniqueness::None,
        canonical_values: Vec::new(),
    }
}

/// What the app of the tests is like.
pub(super) fn description() -> Description {
    let text = |name| schema(name, AttributeType::Text);
    Description {
        accounts: vec![
            AttributeSchema { required: true, uniqueness: Uniqueness::Server, ..text("userName") },
            text("displayName"),
            text("title"),
            AttributeSchema { multi_valued: true, ..text("emails") },
            AttributeSchema { mutability: Mutability::ReadOnly, ..text("meta.location") },
            schema("admin", AttributeType::Boolean),
            schema("floor", AttributeType::Integer),
            schema("hired", AttributeType::DateTime),
            AttributeSchema { canonical_values: vec!["Employee".to_owned(), "Contractor".to_owned()], ..text("userType") },
        ],
        unique_name: AttributeName::from("userName"),
        searchable: Vec::new(),
        entitlement_kinds: vec![kind("team", true), kind("plan", false)],
        grant_scopes: GrantScopes::default(),
        suspend: None,
        delete: None,
        quirks: Quirks::default(),
    }
}

fn kind(name: &str, assignable: bool) -> EntitlementKind {
    EntitlementKind {
        name: name.to_owned(),
        description: None,
        assignable,
        has_seats: false,
        costs_money: false,
        nests: false,
        holder_writes: HolderWrites::Each,
    }
}

/// A configuration with one app, `it`, with these lines under `account`, given to everybody.
pub(super) fn with_mappings(lines: &str) -> String {
    format!(
        "[source.hr]\nconnector = \"csv\"\npath = \"people.csv\"\ncolumns = {{ \"Badge\" = \"badge\", \"Remote\" = \"remote\" }}\n\
         [app.it]\nconnector = \"scim\"\n[app.it.account]\n{lines}\n\
         [role.all]\nwhen = \"true\"\ngrants = [\"it\"]\n"
    )
}

pub(super) fn account<'a>(accounts: &'a [DesiredAccount], app: &str, person: &str) -> &'a DesiredAccount {
    accounts
        .iter()
        .find(|account| account.app == AppName::from(app) && account.person == PersonId::from(person))
        .expect("there is one account for each person and app")
}
