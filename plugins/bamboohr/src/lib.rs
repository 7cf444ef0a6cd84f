//! A connector to BambooHR, a source: people with department, manager, location, first and last day, and what changed.
//!
//! What the API can do is in the vendor's OpenAPI description (`public.yaml` of BambooHR/bhr-api-php), which the comments here go by.
//! Nothing is ever written: the manifest allows GET alone.

mod api;
mod changed;
mod changes;
mod clock;
mod employment;
mod field;
mod listing;
mod person;
mod probe;
mod reading;
mod record;
mod settings;
mod single;
mod table;
#[cfg(test)]
mod tests;

use innkeeper_sdk::prelude::*;
use settings::Settings;

/// The connector; one a call.
pub struct BambooHr {
    settings: Settings,
}

impl Connector for BambooHr {
    fn open() -> Result<Self> {
        Ok(Self { settings: config()? })
    }
    fn describe(&self) -> Result<Description> {
        // A source has no accounts.
        Ok(Description::new("userName", Vec::new()))
    }
    fn probe(&self) -> Result<Status> {
        self.status()
    }
}

impl People for BambooHr {
    fn list(&self, cursor: Option<String>) -> Result<PersonPage> {
        self.list_people(cursor.as_deref())
    }
    fn changes(&self, since: Option<String>, cursor: Option<String>) -> Result<ChangesPage> {
        self.list_changes(since.as_deref(), cursor.as_deref())
    }
}

export!(BambooHr: People);
