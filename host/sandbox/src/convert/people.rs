use super::{Names, attributes_in};
use crate::bindings::people;
use crate::{Page, PeopleChanges, PersonChange};
use innkeeper_domain::{AttributeName, Origin, PersonId, PersonRecord, SourceName};

fn person(person: people::Person, source: &SourceName, names: &mut Names) -> PersonRecord {
    PersonRecord {
        id: PersonId::new(person.id.clone()),
        attributes: attributes_in(person.attributes, names),
        active: person.active,
        restricted: person.restricted.into_iter().map(AttributeName::new).collect(),
        origin: Origin { source: source.clone(), record: person.id.into(), place: None },
    }
}

pub(crate) fn person_page(page: people::Page, source: &SourceName) -> Page<PersonRecord> {
    let mut names = Names::default();
    let items = page.items.into_iter().map(|found| person(found, source, &mut names)).collect();
    Page { items, next: page.next, total: page.total }
}

pub(crate) fn changes_page(page: people::ChangesPage, source: &SourceName) -> PeopleChanges {
    let mut names = Names::default();
    let change = |change| match change {
        people::Change::Upserted(found) => PersonChange::Upserted(person(found, source, &mut names)),
        people::Change::Removed(id) => PersonChange::Removed(PersonId::new(id)),
    };
    PeopleChanges { items: page.items.into_iter().map(change).collect(), next: page.next, mark: page.mark }
}
