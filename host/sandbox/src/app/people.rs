use super::ConnectedApp;
use super::call::{Operation, call};
use crate::answer::{Answer, Page, PeopleChanges};
use crate::convert;
use innkeeper_domain::{PersonRecord, SourceName};

impl ConnectedApp {
    /// One page of all people. Their origin is the source of this app's name.
    pub async fn list_people(&self, cursor: Option<&str>) -> Answer<Page<PersonRecord>> {
        let source = SourceName::new(self.name());
        call!(self, people, Operation::read("people.list"), |guest, store| guest.call_list(store, cursor))
            .map(|page| convert::person_page(page, &source))
    }

    /// What changed since a mark of an earlier answer; `unsupported` where the source does not tell, `invalid` for a mark that is
    /// too old.
    pub async fn people_changes(&self, since: Option<&str>, cursor: Option<&str>) -> Answer<PeopleChanges> {
        let source = SourceName::new(self.name());
        call!(self, people, Operation::read("people.changes"), |guest, store| guest.call_changes(store, since, cursor))
            .map(|page| convert::changes_page(page, &source))
    }
}
