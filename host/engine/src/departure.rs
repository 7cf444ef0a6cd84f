//! People who leave on a day that is known and that no source says.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::find;
use innkeeper_domain::{Lifecycle, PersonId};
use innkeeper_store::Mutation;
use jiff::civil::Date;

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
}
