//! From the records of several sources to people.

use crate::expression::spoken_attributes;
use innkeeper_domain::{Attributes, Origin, Person, PersonId, PersonRecord};
use std::collections::BTreeMap;

/// People, and what is odd about them.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// Sorted by id; attributes without schema URNs.
    pub people: Vec<Person>,
    /// What a person should look at; nothing of it stops a plan. Sorted by person.
    pub problems: Vec<PeopleProblem>,
}

/// Something odd about a person's records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PeopleProblem {
    /// Whom it is about.
    pub person: PersonId,
    /// What it is, with where the record stands.
    pub text: String,
    /// The record.
    pub origin: Option<Origin>,
}

/// Merges the records of all sources, given in the order of the configuration. Records with the same id are one person; of two
/// sources that know an attribute the first wins. The order of records within a source does not matter, as long as no id comes
/// twice in it.
pub fn merge(sources: impl IntoIterator<Item = Vec<PersonRecord>>) -> Merged {
    let mut people: BTreeMap<PersonId, Person> = BTreeMap::new();
    let mut problems = Vec::new();
    for records in sources {
        for record in records {
            add(&mut people, &mut problems, record);
        }
    }
    let mut people: Vec<Person> = people.into_values().collect();
    for person in &mut people {
        let known = &person.attributes;
        person.restricted.retain(|name| !known.contains_key(name));
    }
    problems.extend(people.iter().filter_map(|person| missing_manager(person, &people)));
    problems.sort();
    Merged { people, problems }
}

fn add(people: &mut BTreeMap<PersonId, Person>, problems: &mut Vec<PeopleProblem>, record: PersonRecord) {
    let person = people.entry(record.id.clone()).or_insert_with(|| Person {
        id: record.id.clone(),
        attributes: Attributes::new(),
        active: None,
        restricted: Default::default(),
        origins: Vec::new(),
        closed_since: None,
    });
    if let Some(first) = person.origins.iter().find(|origin| origin.source == record.origin.source) {
        problems.push(PeopleProblem {
            person: record.id.clone(),
            text: format!("{} has the key {} a second time; the first is at {first} and wins", record.origin, record.id),
            origin: Some(record.origin.clone()),
        });
    }
    for (name, values) in spoken_attributes(&record.attributes).into_owned() {
        person.attributes.insert_new(name, values);
    }
    person.active = person.active.or(record.active);
    person.restricted.extend(record.restricted);
    person.origins.push(record.origin);
}

/// The people are sorted by id.
fn missing_manager(person: &Person, people: &[Person]) -> Option<PeopleProblem> {
    let manager = person.text("manager").filter(|manager| !manager.is_empty())?;
    if people.binary_search_by(|other| other.id.as_str().cmp(manager)).is_ok() {
        return None;
    }
    let origin = person.origins.first().cloned();
    let place = origin.as_ref().map(|origin| format!("{origin}: ")).unwrap_or_default();
    Some(PeopleProblem {
        person: person.id.clone(),
        text: format!("{place}the manager of {} is `{manager}`, and no source knows such a person", person.label()),
        origin,
    })
}
