//! Access for a time: given by hand, taken back by hand, given again. Each is a decision; the next plan carries it out.

use crate::circumstances::TEMPORARY;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::find;
use innkeeper_domain::{EntitlementRef, Length, Lifecycle, Person, PersonId, TemporaryGrant};
use innkeeper_store::Mutation;
use jiff::Timestamp;

/// A decision about access for a time, not yet written down.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What will be so.
    pub grant: TemporaryGrant,
    /// How the person is called.
    pub label: String,
    /// What writes it down.
    pub mutation: Mutation,
}

fn key(person: &PersonId, entitlement: &EntitlementRef) -> String {
    // An entitlement begins with its app, which has no space.
    format!("{entitlement} of {person}")
}

impl Engine {
    /// Gives somebody an entitlement until a moment; in the place of what they were given of it before.
    ///
    /// # Errors
    /// When the person, the app or the entitlement is not known, the person has left, or the moment has passed.
    pub async fn lend(
        &self,
        person: &str,
        entitlement: &EntitlementRef,
        until: Timestamp,
        reason: Option<String>,
    ) -> Result<Decision, EngineError> {
        let people = self.known().await?.people;
        let person = find::person(&people, person)?;
        let entitlement = self.seen(entitlement).await?;
        let from = self.now();
        let grant = TemporaryGrant {
            person: person.id.clone(),
            entitlement,
            from,
            until,
            by: self.parts.who.clone(),
            reason,
            ended: None,
        };
        self.decision(person, grant)
    }

    /// Takes back what somebody was given for a time.
    ///
    /// # Errors
    /// When the person is not known, or was not given it.
    pub async fn end_early(&self, person: &str, entitlement: &EntitlementRef) -> Result<Decision, EngineError> {
        let people = self.known().await?.people;
        let person = find::person(&people, person)?;
        let now = self.now();
        let mine = self.temporary_of(&person.id).await?;
        let lasting = mine.into_iter().find(|grant| grant.lasts(now) && same(&grant.entitlement, entitlement));
        let Some(grant) = lasting else {
            return Err(EngineError::NotTemporary { label: person.label().to_owned(), entitlement: entitlement.clone() });
        };
        let grant = TemporaryGrant { ended: Some(now), ..grant };
        let mutation = TEMPORARY.put(key(&person.id, &grant.entitlement), &grant)?;
        Ok(Decision { grant, label: person.label().to_owned(), mutation })
    }

    /// Gives back what ended, for the same length as before or another; all of it, or one entitlement.
    ///
    /// # Errors
    /// When the person is not known or has left, or nothing of the kind has ended.
    pub async fn reinstate(
        &self,
        person: &str,
        entitlement: Option<&EntitlementRef>,
        length: Option<Length>,
    ) -> Result<Vec<Decision>, EngineError> {
        let people = self.known().await?.people;
        let person = find::person(&people, person)?;
        let now = self.now();
        let mut decisions = Vec::new();
        for ended in self.temporary_of(&person.id).await? {
            if ended.end() > now || entitlement.is_some_and(|asked| !same(&ended.entitlement, asked)) {
                continue;
            }
            let length = length.map_or_else(|| ended.until.duration_since(ended.from), Length::duration);
            let until = now.checked_add(length).map_err(|_| EngineError::NeverEnds)?;
            let entitlement = self.seen(&ended.entitlement).await?;
            let by = self.parts.who.clone();
            decisions.push(self.decision(person, TemporaryGrant { entitlement, from: now, until, by, ended: None, ..ended })?);
        }
        if decisions.is_empty() {
            return Err(EngineError::NothingEnded { label: person.label().to_owned(), entitlement: entitlement.cloned() });
        }
        Ok(decisions)
    }

    /// What somebody was given for a time, also what is over, by entitlement.
    pub(crate) async fn temporary_of(&self, person: &PersonId) -> Result<Vec<TemporaryGrant>, EngineError> {
        let all = TEMPORARY.all(self.store()).await?;
        Ok(all.into_values().filter(|grant| grant.person == *person).collect())
    }

    /// What everybody has for a time now, what ends first first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn temporary(&self) -> Result<Vec<TemporaryGrant>, EngineError> {
        let now = self.now();
        let mut all: Vec<_> = TEMPORARY.all(self.store()).await?.into_values().filter(|grant| grant.lasts(now)).collect();
        all.sort_by(|left, right| (left.until, &left.person).cmp(&(right.until, &right.person)));
        Ok(all)
    }

    fn decision(&self, person: &Person, grant: TemporaryGrant) -> Result<Decision, EngineError> {
        if let Lifecycle::Left { .. } = person.lifecycle(&self.moment(None)) {
            return Err(EngineError::HasLeft { label: person.label().to_owned() });
        }
        if grant.until <= grant.from {
            return Err(EngineError::OverAlready { until: grant.until });
        }
        let mutation = TEMPORARY.put(key(&person.id, &grant.entitlement), &grant)?;
        Ok(Decision { grant, label: person.label().to_owned(), mutation })
    }

    /// The entitlement by the name that the app has for it, as last seen.
    async fn seen(&self, asked: &EntitlementRef) -> Result<EntitlementRef, EngineError> {
        self.app(asked.app.as_str())?;
        let Some((kind, name)) = &asked.entitlement else { return Ok(asked.clone()) };
        let entitlements = self.store().entitlements(&asked.app).await?;
        let of_kind = || entitlements.iter().filter(|known| known.key.kind == *kind);
        let named: Vec<_> = of_kind().filter(|known| known.name.eq_ignore_ascii_case(name)).collect();
        let found = match named.as_slice() {
            [one] => Some((*one, one.name.as_str().into())),
            _ => of_kind().find(|known| known.key.id == *name).map(|one| (one, one.key.id.clone())),
        };
        let Some((found, spelled)) = found else {
            if !named.is_empty() {
                let ids = named.iter().map(|known| known.key.id.to_string()).collect();
                return Err(EngineError::AmbiguousEntitlement { asked: asked.to_string(), ids });
            }
            let names = entitlements.iter().map(|known| format!("{}:{}/{}", asked.app, known.key.kind, known.name));
            let names: Vec<String> = names.collect();
            let nearest = innkeeper_policy::nearest(&asked.to_string(), names.iter().map(String::as_str)).map(str::to_owned);
            return Err(EngineError::UnknownEntitlement { asked: asked.to_string(), nearest });
        };
        if !found.assignable {
            return Err(EngineError::NotAssignable { asked: asked.to_string() });
        }
        Ok(EntitlementRef { app: asked.app.clone(), entitlement: Some((kind.clone(), spelled)) })
    }
}

fn same(left: &EntitlementRef, right: &EntitlementRef) -> bool {
    left.to_string().eq_ignore_ascii_case(&right.to_string())
}
