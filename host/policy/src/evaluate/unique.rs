//! The choice of names that no two people share.

use super::Names;
use super::value::{Fitting, Given};
use innkeeper_domain::{AppName, AttributeName, PersonId, Slot, Value};
use std::collections::HashMap;

/// The names of one app, those that this evaluation gives away included.
pub(super) struct Register<'a> {
    app: &'a AppName,
    names: &'a dyn Names,
    given: HashMap<(AttributeName, String), PersonId>,
}

/// Whose name is chosen, and for which attribute.
pub(super) struct Applicant<'a> {
    pub(super) person: &'a PersonId,
    pub(super) attribute: &'a AttributeName,
    /// Whether values that differ only in case are different.
    pub(super) exact: bool,
    /// Whether the name is given away: only to those who have or get an account.
    pub(super) keeps: bool,
}

impl<'a> Register<'a> {
    pub(super) fn new(app: &'a AppName, names: &'a dyn Names) -> Self {
        Self { app, names, given: HashMap::new() }
    }

    /// Puts a name in the place of every choice.
    pub(super) fn settle(&mut self, values: Fitting, applicant: &Applicant<'_>) -> Result<Slot, String> {
        let values = match values {
            Fitting::Settled(values) => return Ok(values),
            Fitting::Open(values) => values,
        };
        let settle = |value| match value {
            Given::Value(value) => Ok(value),
            Given::Unique { candidates, label, primary } => {
                let name = self.choose(&candidates, applicant)?;
                Ok(Value { scalar: name.into(), label, primary })
            }
        };
        values.into_iter().map(settle).collect()
    }

    fn choose(&mut self, candidates: &[String], applicant: &Applicant<'_>) -> Result<String, String> {
        let folded = |name: &str| if applicant.exact { name.to_owned() } else { name.to_lowercase() };
        let present = self.names.current(self.app, applicant.attribute, applicant.person).map(|name| folded(&name));
        let stays = candidates.iter().find(|candidate| present.as_ref() == Some(&folded(candidate)));
        let chosen = stays.or_else(|| candidates.iter().find(|candidate| self.is_free(candidate, &folded(candidate), applicant)));
        let Some(chosen) = chosen else {
            return Err(match candidates {
                [only] => format!("`{only}` is taken by somebody else; give more candidates"),
                several => format!("all {} candidates are taken by others: {}", several.len(), several.join(", ")),
            });
        };
        if applicant.keeps {
            self.given.insert((applicant.attribute.clone(), folded(chosen)), applicant.person.clone());
        }
        Ok(chosen.clone())
    }

    fn is_free(&self, candidate: &str, folded: &str, applicant: &Applicant<'_>) -> bool {
        let holder = self.given.get(&(applicant.attribute.clone(), folded.to_owned()));
        holder.is_none_or(|holder| holder == applicant.person)
            && !self.names.is_taken(self.app, applicant.attribute, candidate, applicant.person)
    }
}
