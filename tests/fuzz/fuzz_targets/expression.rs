//! Configuration, with CEL in it: any text. What is wrong is told with its place; what is right can be applied to people.

#![no_main]

use innkeeper_domain::{Attributes, Origin, Person, PersonId, SourceName, Value};
use innkeeper_fuzz::place;
use innkeeper_policy::{Configuration, NoNames, Problems, SourceFile};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use std::collections::{BTreeMap, BTreeSet};

fuzz_target!(|text: &str| {
    let file = SourceFile { name: "innkeeper.toml".to_owned(), text: text.to_owned() };
    match Configuration::load(vec![file]) {
        Ok(configuration) => {
            let people = [person("1", "Ada"), person("2", "")];
            let evaluation = configuration.evaluate(&people, date(2026, 11, 22), &NoNames, &BTreeMap::new());
            assert_eq!(evaluation.desired.accounts.len(), people.len() * configuration.apps().len());
            for problem in &evaluation.problems {
                place::check(text, problem.place.line, problem.place.column, &problem.text);
            }
        }
        Err(problems) => check(text, &problems),
    }
});

fn check(text: &str, problems: &Problems) {
    assert!(!problems.is_empty(), "refused without a reason");
    for problem in problems {
        let found = problem.place();
        place::check(text, found.line, found.column, problem.message());
    }
    let mut shown = String::new();
    miette::NarratableReportHandler::new().render_report(&mut shown, problems).expect("problems can be shown");
}

fn person(id: &str, name: &str) -> Person {
    let mut attributes = Attributes::new();
    attributes.insert("userName".into(), vec![Value::plain(format!("{id}@acme.example"))]);
    attributes.insert("name.givenName".into(), if name.is_empty() { Vec::new() } else { vec![Value::plain(name)] });
    attributes.insert("department".into(), vec![Value::plain("Engineering")]);
    attributes.insert("startDate".into(), vec![Value::plain("2026-11-01")]);
    let origin = Origin { source: SourceName::new("hr"), record: id.into(), place: None };
    Person {
        id: PersonId::new(id),
        attributes,
        active: Some(true),
        restricted: BTreeSet::new(),
        origins: vec![origin],
        closed_since: None,
    }
}
