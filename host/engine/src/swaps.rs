//! Apps that are given in the place of others: what was decided, and what is remembered of the people whom it is about.

mod decide;
mod progress;

pub use decide::{SwapDecision, SwapRequest, Unmapped};
pub use progress::{SwapMember, SwapProgress};

use crate::comparing::Focus;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::people::Population;
use crate::planning::Observed;
use innkeeper_domain::{AccountStatus, AppName, EntitlementRef, PersonId, RoleName, RunningSwap, Swap, SwapStage};
use innkeeper_policy::Circumstances;
use innkeeper_store::Register;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The swaps that hold, by role and apps.
const SWAPS: Register<Swap> = Register::new("swaps");

/// On which day somebody's account on the new app was first seen to be usable.
const THERE: Register<There> = Register::new("swapped-people");

/// That somebody has the new app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct There {
    role: RoleName,
    old: AppName,
    new: AppName,
    person: PersonId,
    on: Date,
}

impl There {
    fn is_of(&self, swap: &Swap) -> bool {
        self.role == swap.role && self.old == swap.old && self.new == swap.new
    }
}

/// No two keys run together, whatever the names look like.
fn key(swap: &Swap) -> String {
    serde_json::json!([swap.role, swap.old, swap.new]).to_string()
}

fn key_there(swap: &Swap, person: &PersonId) -> String {
    serde_json::json!([swap.role, swap.old, swap.new, person]).to_string()
}

impl Engine {
    /// The swaps that hold, by role.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn swaps(&self) -> Result<Vec<Swap>, EngineError> {
        Ok(SWAPS.all(self.store()).await?.into_values().collect())
    }

    /// The swaps that hold, with what was last seen of the old app.
    pub(crate) async fn running_swaps(&self) -> Result<Vec<RunningSwap>, EngineError> {
        let swaps = self.swaps().await?;
        if swaps.is_empty() {
            return Ok(Vec::new());
        }
        let all: Vec<There> = THERE.all(self.store()).await?.into_values().collect();
        let mut running = Vec::new();
        for swap in swaps {
            let there = all.iter().filter(|there| there.is_of(&swap)).map(|there| (there.person.clone(), there.on)).collect();
            let held = self.held_on_the_old_app(&swap).await?;
            running.push(RunningSwap { swap, there, held });
        }
        Ok(running)
    }

    /// Who has an account on the old app that we have not closed, and what the rules gave them there of what the role gives.
    async fn held_on_the_old_app(&self, swap: &Swap) -> Result<BTreeMap<PersonId, BTreeSet<EntitlementRef>>, EngineError> {
        let links = self.store().links(&swap.old).await?;
        let open = links.iter().filter(|(_, link)| link.suspended_on.is_none() && link.deleted_on.is_none());
        let owners: BTreeMap<_, _> = open.map(|(id, link)| (id, &link.person)).collect();
        let mut held: BTreeMap<PersonId, BTreeSet<EntitlementRef>> =
            owners.values().map(|person| ((*person).clone(), BTreeSet::new())).collect();
        let Some(role) = self.configuration().role(&swap.role) else { return Ok(held) };
        let known = self.store().entitlements(&swap.old).await?;
        let given = role.grants.iter().filter(|grant| grant.app == swap.old);
        let mut names: BTreeMap<_, Vec<&EntitlementRef>> = BTreeMap::new();
        for grant in given {
            let Some((kind, name)) = &grant.entitlement else { continue };
            let called = known.iter().filter(|one| one.key.kind == *kind);
            for one in called.filter(|one| one.name.eq_ignore_ascii_case(name) || one.key.id == *name) {
                names.entry(&one.key).or_default().push(grant);
            }
        }
        for grant in self.store().owned_grants(&swap.old).await? {
            let (Some(person), Some(names)) = (owners.get(&grant.account), names.get(&grant.entitlement)) else { continue };
            held.entry((*person).clone()).or_default().extend(names.iter().map(|name| (*name).clone()));
        }
        Ok(held)
    }

    /// Remembers on which day each account on the new app was first seen to be usable; from that day the overlap counts. Forgets it where the
    /// account is not usable any more and the old app is not given up yet, so that nobody is left without either.
    pub(crate) async fn note_swaps(
        &self,
        observed: &[Observed<'_>],
        population: &Population,
        focus: &Focus,
        circumstances: &mut Circumstances,
    ) -> Result<(), EngineError> {
        if circumstances.swaps.is_empty() {
            return Ok(());
        }
        let members = self.configuration().holders_of_roles(&population.people, &circumstances.today);
        let now = self.moment(None);
        let mut mutations = Vec::new();
        for running in &mut circumstances.swaps {
            let Some(seen) = observed.iter().find(|observed| observed.app.name == running.swap.new) else { continue };
            let usable = usable(seen);
            let none = BTreeSet::new();
            let members = members.get(&running.swap.role).unwrap_or(&none);
            for person in &population.people {
                if focus.alone && focus.person.as_ref() != Some(&person.id) {
                    continue;
                }
                let member = members.contains(&person.id);
                let there = running.there.contains_key(&person.id);
                if member && !there && usable.contains(&person.id) {
                    // A day to come says nothing of when the account was there.
                    let on = now.of(person);
                    let entry = There {
                        role: running.swap.role.clone(),
                        old: running.swap.old.clone(),
                        new: running.swap.new.clone(),
                        person: person.id.clone(),
                        on,
                    };
                    mutations.push(THERE.put(key_there(&running.swap, &person.id), &entry)?);
                    running.there.insert(person.id.clone(), on);
                }
                let over = matches!(running.stage(&person.id, now.of(person)), SwapStage::Over { .. });
                let given_up = over && !running.held.contains_key(&person.id);
                let sure = seen.snapshot.accounts.is_complete();
                if there && (!member || (sure && !usable.contains(&person.id) && !given_up)) {
                    mutations.push(THERE.remove(key_there(&running.swap, &person.id)));
                    running.there.remove(&person.id);
                }
            }
        }
        self.remember(&circumstances.today, &mutations).await
    }
}

/// Whose account on the app can be used.
fn usable(seen: &Observed<'_>) -> BTreeSet<PersonId> {
    let active = seen.snapshot.accounts.content.iter().filter(|account| account.status == AccountStatus::Active);
    active.filter_map(|account| seen.links.get(&account.id)).map(|link| link.person.clone()).collect()
}
