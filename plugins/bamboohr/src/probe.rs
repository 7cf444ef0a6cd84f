//! What works now: each endpoint is asked for something small.

use crate::BambooHr;
use crate::api::is_refused;
use crate::clock;
use crate::settings::ReadFrom;
use crate::table::LastDay;
use innkeeper_sdk::prelude::*;

impl BambooHr {
    /// # Errors
    /// Whatever keeps everything from being known: wrong credentials, no connection, too many requests.
    pub(crate) fn status(&self) -> Result<Status> {
        let listing = match self.settings.read_from {
            ReadFrom::Single => None,
            ReadFrom::Listing | ReadFrom::Auto => Some(self.listing(None, 1)),
        };
        // A key that is wrong is refused here as well.
        let now = clock::now()?.to_string();
        let changed = self.changed(&now);
        let (profile, list) = match (&listing, &changed) {
            (Some(Ok(page)), _) => {
                if let Some(record) = page.records.first() {
                    tell_restricted(&self.person(record, LastDay::NotRead)?);
                }
                ("listing", None)
            }
            (Some(Err(error)), _) if !is_refused(error) => return Err(error.clone()),
            (Some(Err(error)), _) if self.settings.read_from == ReadFrom::Listing => ("listing", Some(error)),
            (_, changed) => ("single", changed.as_ref().err()),
        };
        let changes = changed.as_ref().err();
        if let Some(error) = [list, changes].into_iter().flatten().find(|error| error.code != ErrorCode::PermissionDenied) {
            return Err(error.clone());
        }
        if self.settings.reads_table() {
            // Tells by itself if these credentials may not.
            self.changed_table(&now)?;
        }
        Ok(Status {
            profile: Some(profile.to_owned()),
            system: Some("BambooHR".to_owned()),
            abilities: vec![ability("people.list", list), ability("people.changes", changes)],
            ..Status::default()
        })
    }
}

/// What is restricted for one employee usually is for all of them.
fn tell_restricted(person: &Person) {
    if !person.restricted.is_empty() {
        log::warn!("these credentials may not see: {}", person.restricted.join(", "));
    }
}

fn ability(operation: &str, refusal: Option<&Error>) -> Ability {
    match refusal {
        None => Ability::available(operation),
        Some(error) => Ability::missing(operation, error.message.clone()),
    }
}
