//! What plans depend on beside people, rules and apps: decisions by hand, and days on which something was first seen.
//!
//! Only a plan for now writes days down. One that looks ahead would remember a day that has not come.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::people::Population;
use crate::planning::Observed;
use innkeeper_domain::{Lifecycle, PersonId, Presence, ReasonKind, RoleName, TemporaryGrant, Today};
use innkeeper_policy::{Circumstances, Evaluation};
use innkeeper_store::{Mutation, Register};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What people were given by hand for a time, also what is over: it can be given again.
pub(crate) const TEMPORARY: Register<TemporaryGrant> = Register::new("temporary");

/// Roles that stopped and whose grants may be kept for a while.
const STOPPED: Register<Stopped> = Register::new("stopped-roles");

/// On which day somebody without an end date was first seen to be inactive, by person.
const INACTIVE: Register<Date> = Register::new("inactive");

/// That a role was seen to be somebody's no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Stopped {
    person: PersonId,
    role: RoleName,
    on: Date,
}

fn key(role: &RoleName, person: &PersonId) -> String {
    // A role's name has no space.
    format!("{role} {person}")
}

/// Who of those that hold something by a role has the role, and who has it no more.
#[derive(Default)]
struct Roles {
    given: BTreeSet<(PersonId, RoleName)>,
    gone: BTreeSet<(PersonId, RoleName)>,
}

impl Engine {
    /// The moment, or the same time on another day.
    pub(crate) fn moment(&self, day: Option<Date>) -> Today {
        let (now, zone) = (self.now(), self.configuration().time_zone().clone());
        match day {
            Some(day) => Today::on(day, now, zone),
            None => Today::at(now, zone),
        }
    }

    /// What is remembered.
    pub(crate) async fn circumstances(&self, today: Today) -> Result<Circumstances, EngineError> {
        let mut circumstances = Circumstances::from(today);
        for grant in TEMPORARY.all(self.store()).await?.into_values() {
            circumstances.temporary.entry(grant.person.clone()).or_default().push(grant);
        }
        for Stopped { person, role, on } in STOPPED.all(self.store()).await?.into_values() {
            circumstances.stopped.entry(person).or_default().insert(role, on);
        }
        circumstances.swaps = self.running_swaps().await?;
        let inactive = INACTIVE.all(self.store()).await?;
        circumstances.inactive_since = inactive.into_iter().map(|(person, on)| (PersonId::new(person), on)).collect();
        Ok(circumstances)
    }

    /// Remembers since when people without an end date have been inactive, and forgets those who are not.
    pub(crate) async fn note_inactive(
        &self,
        population: &Population,
        circumstances: &mut Circumstances,
    ) -> Result<(), EngineError> {
        let mut mutations = Vec::new();
        for person in &population.people {
            let inactive = person.lifecycle(&circumstances.today) == Lifecycle::Left { since: None };
            match (inactive, circumstances.inactive_since.contains_key(&person.id)) {
                (true, false) => {
                    let on = circumstances.today.of(person);
                    mutations.push(INACTIVE.put(person.id.as_str(), &on)?);
                    circumstances.inactive_since.insert(person.id.clone(), on);
                }
                (false, true) => {
                    mutations.push(INACTIVE.remove(person.id.as_str()));
                    circumstances.inactive_since.remove(&person.id);
                }
                _ => {}
            }
        }
        self.remember(&circumstances.today, &mutations).await
    }

    /// Whether anything is kept for a while after a role stopped.
    pub(crate) fn keeps_roles(&self, circumstances: &Circumstances) -> bool {
        !circumstances.stopped.is_empty() || self.configuration().roles().any(|role| role.keep_for.is_some())
    }

    /// Remembers on which day a role stopped whose grants are kept for a while, and forgets it when the role is there again or nothing
    /// of it is left. Tells whether that changes what people should have.
    pub(crate) async fn note_stopped(
        &self,
        observed: &[Observed<'_>],
        population: &Population,
        evaluation: &Evaluation,
        circumstances: &mut Circumstances,
    ) -> Result<bool, EngineError> {
        let kept: BTreeSet<&RoleName> =
            self.configuration().roles().filter(|role| role.keep_for.is_some()).map(|role| &role.name).collect();
        if !self.keeps_roles(circumstances) {
            return Ok(false);
        }
        let roles = self.roles(observed, evaluation, &kept).await?;
        let days: BTreeMap<&PersonId, Date> =
            population.people.iter().map(|person| (&person.id, circumstances.today.of(person))).collect();
        let (mut mutations, mut changed) = (Vec::new(), false);
        for (person, role) in roles.gone.difference(&roles.given) {
            let Some(&on) = days.get(person) else { continue };
            let stopped = circumstances.stopped.entry(person.clone()).or_default();
            if !stopped.contains_key(role) {
                let entry = Stopped { person: person.clone(), role: role.clone(), on };
                mutations.push(STOPPED.put(key(role, person), &entry)?);
                stopped.insert(role.clone(), on);
                changed = true;
            }
        }
        for (person, role) in &roles.given {
            if circumstances.stopped.get_mut(person).is_some_and(|stopped| stopped.remove(role).is_some()) {
                mutations.push(STOPPED.remove(key(role, person)));
            }
        }
        self.remember(&circumstances.today, &mutations).await?;
        Ok(changed)
    }

    /// Who has the roles by which something is held on the apps that were read. Leavers are not looked at: they lose all of it.
    async fn roles(
        &self,
        observed: &[Observed<'_>],
        evaluation: &Evaluation,
        kept: &BTreeSet<&RoleName>,
    ) -> Result<Roles, EngineError> {
        let mut roles = Roles::default();
        let accounts = &evaluation.desired.accounts;
        for account in accounts {
            let by_rule = account.grants.iter().filter(|grant| grant.reason.kind != ReasonKind::Kept);
            let names = by_rule.filter_map(|grant| grant.reason.role.as_ref()).filter(|role| kept.contains(role));
            roles.given.extend(names.map(|role| (account.person.clone(), role.clone())));
        }
        for observed in observed {
            for grant in self.store().owned_grants(&observed.app.name).await? {
                let Some(role) = grant.role.filter(|role| kept.contains(role)) else { continue };
                let Some(link) = observed.links.get(&grant.account) else { continue };
                let place =
                    accounts.binary_search_by(|desired| (&desired.app, &desired.person).cmp(&(&observed.app.name, &link.person)));
                let works = place.is_ok_and(|at| matches!(accounts[at].presence, Presence::Active | Presence::NotEntitled));
                if works && !evaluation.held.contains(&(observed.app.name.clone(), link.person.clone())) {
                    roles.gone.insert((link.person.clone(), role));
                }
            }
        }
        Ok(roles)
    }

    pub(crate) async fn remember(&self, today: &Today, mutations: &[Mutation]) -> Result<(), EngineError> {
        if !mutations.is_empty() && !today.looks_ahead() {
            self.store().apply(mutations).await?;
        }
        Ok(())
    }
}
