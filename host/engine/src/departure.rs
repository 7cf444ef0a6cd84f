//! People who leave on a day that no source says, and people who come back under another key.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::find;
use crate::progress::Quiet;
use innkeeper_domain::{Lifecycle, PersonId};
use innkeeper_store::{Link, Mutation};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A decision about a day on which somebody leaves, not yet written down.
#[derive(Clone, Debug)]
pub struct Departure {
    /// Who.
    pub person: PersonId,
    /// How they are called.
    pub label: String,
    /// What writes it down.
    pub mutation: Mutation,
}

impl Engine {
    /// Closes everything of somebody from a day on.
    ///
    /// # Errors
    /// When the person is not known or has left, or the day has come already.
    pub async fn departure(&self, asked: &str, on: Date) -> Result<Departure, EngineError> {
        let people = self.known().await?.people;
        let person = find::person(&people, asked)?;
        let label = person.label().to_owned();
        let today = self.moment(None);
        if let Lifecycle::Left { .. } = person.lifecycle(&today) {
            return Err(EngineError::HasLeft { label });
        }
        if on <= today.of(person) {
            return Err(EngineError::NotToCome { label, on });
        }
        Ok(Departure { person: person.id.clone(), label, mutation: Mutation::Depart { person: person.id.clone(), on } })
    }

    /// Makes the accounts of somebody who has left those of a person who is the same human under a new key. That two people have the
    /// same address proves nothing: addresses are given again. So only a human says it.
    ///
    /// # Errors
    /// When the person is not known, or the other one has not left or has no account.
    pub async fn succeed(&self, asked: &str, was: &str) -> Result<(), EngineError> {
        let people = self.population(&BTreeSet::new(), &Quiet).await?.people;
        let person = find::person(&people, asked)?.id.clone();
        let old = people.iter().find(|known| known.id.as_str() == was);
        if let Some(old) = old.filter(|old| !matches!(old.lifecycle(&self.moment(None)), Lifecycle::Left { .. })) {
            return Err(EngineError::StillHere { label: old.label().to_owned() });
        }
        let was = PersonId::new(was);
        let mut mutations = Vec::new();
        for app in self.configuration().apps() {
            let links = self.store().links(&app.name).await?;
            for (account, link) in links.into_iter().filter(|(_, link)| link.person == was) {
                let link = Link { person: person.clone(), ..link };
                mutations.push(Mutation::Link { app: app.name.clone(), account, link });
            }
        }
        if mutations.is_empty() {
            return Err(EngineError::NoAccounts { person: was });
        }
        self.decide(&mutations, "person.succeeded", serde_json::json!({ "person": person, "was": was })).await
    }
}
