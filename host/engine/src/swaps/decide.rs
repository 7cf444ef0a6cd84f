//! Deciding that an app is given in the place of another, and taking the decision back.

use super::{SWAPS, THERE, key, key_there};
use crate::engine::Engine;
use crate::error::EngineError;
use innkeeper_domain::{AppName, Counterpart, Entitlement, EntitlementRef, RoleName, Swap};
use innkeeper_policy::{Role, RoleMode};
use innkeeper_store::Mutation;
use jiff::civil::Date;
use serde::Serialize;

/// What is to be decided.
#[derive(Clone, Debug)]
pub struct SwapRequest {
    /// The app that the role gives.
    pub old: String,
    /// The app that is to be given in its place.
    pub new: String,
    /// The role.
    pub role: String,
    /// How many days the old app is kept beside the new one.
    pub overlap: u32,
    /// The first day; none: today.
    pub from: Option<Date>,
    /// What stands for what, each as `kind/name`; none on the new app: nothing but the account.
    pub counterparts: Vec<(String, Option<String>)>,
    /// Why.
    pub reason: Option<String>,
}

/// A decision, not yet written down.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SwapDecision {
    /// What will be so, or was.
    pub swap: Swap,
    /// What is given on the new app, for each thing that the role gives on the old one.
    pub given: Vec<(EntitlementRef, EntitlementRef)>,
    /// Whether the same was decided already.
    pub known: bool,
    /// What writes it down.
    #[serde(skip)]
    pub mutations: Vec<Mutation>,
}

/// Something that the role gives on the old app and that the new one does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// On the old app.
    pub old: EntitlementRef,
    /// What the new one has and is called nearly so.
    pub nearest: Option<String>,
}

impl Engine {
    /// Gives a new app in the place of an old one, to everybody who has a role; in the place of what was decided of the same before.
    ///
    /// # Errors
    /// When an app, the role or an entitlement is not known, the new app was never read, the role gives nothing on the old app, something has
    /// no counterpart, or another swap of the role stands in the way.
    pub async fn swap(&self, asked: &SwapRequest) -> Result<SwapDecision, EngineError> {
        let (old, new) = (self.app(&asked.old)?.name.clone(), self.app(&asked.new)?.name.clone());
        let role = self.role(&asked.role)?;
        let refused = |why: String| EngineError::NoSwap { old: old.clone(), new: new.clone(), role: role.name.clone(), why };
        if old == new {
            return Err(refused("the two apps are the same".to_owned()));
        }
        if role.mode == RoleMode::Observe {
            return Err(refused("the role is in observe mode and gives nothing".to_owned()));
        }
        let grants: Vec<&EntitlementRef> = role.grants.iter().filter(|grant| grant.app == old).collect();
        if grants.is_empty() {
            return Err(refused(format!("the role gives nothing on {old}")));
        }
        let today = self.today();
        if asked.from.is_some_and(|from| from < today) {
            return Err(refused(format!("it begins today, {today}, or later: what has passed cannot be swapped")));
        }
        self.is_free(&old, &new, &role.name).await?;
        if self.store().app(&new).await?.is_none() {
            return Err(refused(format!("{new} was never read, so that nobody knows what it has: innkeeper plan --app {new}")));
        }
        let known = self.store().entitlements(&new).await?;
        let counterparts = self.counterparts(&old, &new, asked, &grants, &known, &refused)?;
        let swap = Swap {
            old: old.clone(),
            new: new.clone(),
            role: role.name.clone(),
            overlap: asked.overlap,
            from: asked.from.unwrap_or(today),
            counterparts,
            by: self.parts.who.clone(),
            at: self.now(),
            reason: asked.reason.clone(),
        };
        let before = SWAPS.get(self.store(), &key(&swap)).await?;
        let swap = match (&before, asked.from) {
            // What has begun goes on from where it was.
            (Some(before), None) => Swap { from: before.from, ..swap },
            _ => swap,
        };
        let same = |before: &Swap| Swap { by: before.by.clone(), at: before.at, ..swap.clone() } == *before;
        let known = before.as_ref().is_some_and(same);
        let mutations = if known { Vec::new() } else { vec![SWAPS.put(key(&swap), &swap)?] };
        let given = grants.into_iter().map(|grant| (grant.clone(), swap.counterpart(grant))).collect();
        Ok(SwapDecision { swap, given, known, mutations })
    }

    /// Takes a swap back: the role gives again what the configuration says.
    ///
    /// # Errors
    /// When there is none of the kind.
    pub async fn stop_swap(&self, old: &str, new: &str, role: &str) -> Result<SwapDecision, EngineError> {
        let all = SWAPS.all(self.store()).await?;
        let wanted = |swap: &&Swap| swap.old.as_str() == old && swap.new.as_str() == new && swap.role.as_str() == role;
        let Some(swap) = all.values().find(wanted).cloned() else {
            let known = all.values().map(|swap| format!("{} {} --role {}", swap.old, swap.new, swap.role)).collect();
            return Err(EngineError::UnknownSwap { asked: format!("{old} {new} --role {role}"), known });
        };
        let there = THERE.all(self.store()).await?.into_values();
        let mut mutations = vec![SWAPS.remove(key(&swap))];
        mutations.extend(there.filter(|there| there.is_of(&swap)).map(|there| THERE.remove(key_there(&swap, &there.person))));
        let grants = self.configuration().role(&swap.role).map(|role| role.grants.as_slice()).unwrap_or_default();
        let grants = grants.iter().filter(|grant| grant.app == swap.old);
        let given = grants.map(|grant| (grant.clone(), swap.counterpart(grant))).collect();
        Ok(SwapDecision { swap, given, known: false, mutations })
    }

    fn role(&self, asked: &str) -> Result<&Role, EngineError> {
        let configuration = self.configuration();
        configuration.role(&RoleName::new(asked)).ok_or_else(|| {
            let names = configuration.roles().map(|role| role.name.as_str());
            EngineError::UnknownRole {
                asked: asked.to_owned(),
                nearest: innkeeper_policy::nearest(asked, names).map(str::to_owned),
            }
        })
    }

    /// Each app is swapped once in a role, and nothing is swapped on: what a role gives is then in the configuration alone.
    async fn is_free(&self, old: &AppName, new: &AppName, role: &RoleName) -> Result<(), EngineError> {
        let in_the_way = |other: &&Swap| {
            other.role == *role && (other.new == *old || other.old == *new || (other.old == *old && other.new != *new))
        };
        match self.swaps().await?.iter().find(in_the_way) {
            None => Ok(()),
            Some(other) => Err(EngineError::NoSwap {
                old: old.clone(),
                new: new.clone(),
                role: role.clone(),
                why: format!(
                    "{} is swapped for {} in this role: write that into the configuration first, then innkeeper swap stop {} {} --role {role}",
                    other.old, other.new, other.old, other.new
                ),
            }),
        }
    }

    fn counterparts(
        &self,
        old: &AppName,
        new: &AppName,
        asked: &SwapRequest,
        grants: &[&EntitlementRef],
        known: &[Entitlement],
        refused: &dyn Fn(String) -> EngineError,
    ) -> Result<Vec<Counterpart>, EngineError> {
        let mut counterparts: Vec<Counterpart> = Vec::new();
        for (given, wanted) in &asked.counterparts {
            let grant = grants.iter().find(|grant| short(grant).eq_ignore_ascii_case(given)).ok_or_else(|| {
                let names: Vec<String> = grants.iter().map(|grant| short(grant)).filter(|name| !name.is_empty()).collect();
                refused(format!("the role gives no `{given}` on {old}; it gives {}", names.join(", ")))
            })?;
            if counterparts.iter().any(|other| other.old == **grant) {
                return Err(refused(format!("`{given}` has two counterparts")));
            }
            let found = match wanted {
                None => None,
                Some(wanted) => Some(on(new, known, wanted).ok_or_else(|| EngineError::UnknownEntitlement {
                    asked: format!("{new}:{wanted}"),
                    nearest: nearest(wanted, known),
                })?),
            };
            counterparts.push(Counterpart { old: (*grant).clone(), new: found });
        }
        let mut missing = Vec::new();
        for grant in grants.iter().filter(|grant| grant.entitlement.is_some()) {
            if counterparts.iter().any(|other| other.old == **grant) {
                continue;
            }
            match on(new, known, &short(grant)) {
                Some(found) => counterparts.push(Counterpart { old: (*grant).clone(), new: Some(found) }),
                None => missing.push(Unmapped { old: (*grant).clone(), nearest: nearest(&short(grant), known) }),
            }
        }
        match missing.is_empty() {
            true => Ok(counterparts),
            false => Err(EngineError::Unmapped { new: new.clone(), missing }),
        }
    }
}

/// `kind/name`; empty for the account.
fn short(grant: &EntitlementRef) -> String {
    grant.entitlement.as_ref().map_or(String::new(), |(kind, name)| format!("{kind}/{name}"))
}

/// The one entitlement of the app that is called so and can be granted.
fn on(app: &AppName, known: &[Entitlement], asked: &str) -> Option<EntitlementRef> {
    let (kind, name) = asked.split_once('/')?;
    let usable = || known.iter().filter(|one| one.key.kind == kind && one.assignable);
    let mut named = usable().filter(|one| one.name.eq_ignore_ascii_case(name));
    let spelled = match (named.next(), named.next()) {
        (Some(one), None) => one.name.as_str().into(),
        _ => usable().find(|one| one.key.id == name)?.key.id.clone(),
    };
    Some(EntitlementRef { app: app.clone(), entitlement: Some((kind.into(), spelled)) })
}

fn nearest(asked: &str, known: &[Entitlement]) -> Option<String> {
    let names: Vec<String> =
        known.iter().filter(|one| one.assignable).map(|one| format!("{}/{}", one.key.kind, one.name)).collect();
    innkeeper_policy::nearest(asked, names.iter().map(String::as_str)).map(str::to_owned)
}
