//! What an app's licences are worth: how many there are, who needs them, and what nobody needs. Computed from what is remembered alone.

use crate::comparing;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::planning::{self, Observed};
use crate::target::Capabilities;
use innkeeper_domain::{
    AccountStatus, AppName, AppSnapshot, Cost, Costs, DesiredAccount, Entitlement, Holder, Presence, Reclaimable, Text,
};
use innkeeper_planner::reclaimable;
use innkeeper_policy::App;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One kind of licence.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Licence {
    /// The app.
    pub app: AppName,
    /// Kind and name: `licence/Pro`; `account` where each account is one.
    pub licence: String,
    /// When the app was read.
    pub seen: Timestamp,
    /// How many there are, where the app says so.
    pub total: Option<u32>,
    /// How many are used: as the app says, otherwise as many accounts as hold it.
    pub used: u32,
    /// How many are left.
    pub free: Option<u32>,
    /// How many people should have it by the rules.
    pub needed: usize,
    /// The roles that give it, with how many people each gives it to.
    pub needed_by: BTreeMap<String, usize>,
    /// What one costs.
    pub price: Option<Cost>,
    /// What all cost: those that there are, or those that are used where the number is not limited.
    pub cost: Option<Cost>,
    /// What those cost that are free or could be taken from somebody.
    pub unused_cost: Option<Cost>,
    /// Who hardly needs theirs, the clearest first.
    pub reclaim: Vec<Reclaimable>,
}

/// All licences.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LicenceReport {
    /// By app, in the order of the configuration.
    pub licences: Vec<Licence>,
    /// What all cost, by currency.
    pub cost: Vec<Cost>,
    /// What of it nobody needs.
    pub unused_cost: Vec<Cost>,
}

impl Engine {
    /// Every entitlement that has seats or costs money, and every app whose accounts have a price.
    ///
    /// # Errors
    /// When nothing is known of anybody yet, or the store cannot be read.
    pub async fn licences(&self) -> Result<LicenceReport, EngineError> {
        let population = self.known().await?;
        let mut licences = Vec::new();
        for app in self.configuration().apps() {
            let Some(snapshot) = self.store().app(&app.name).await? else { continue };
            let links = self.store().links(&app.name).await?;
            let links = links.into_iter().map(|(id, link)| (id, planning::planner_link(link))).collect();
            let (capabilities, owned, unfinished) = (Capabilities::default(), BTreeSet::new(), BTreeSet::new());
            let (held_elsewhere, connector, decisions, correlation) = (BTreeSet::new(), None, Vec::new(), Vec::new());
            let observed = [Observed {
                app,
                capabilities,
                snapshot,
                links,
                owned,
                unfinished,
                held_elsewhere,
                connector,
                decisions,
                correlation,
            }];
            let circumstances = self.circumstances(self.moment(None)).await?;
            let evaluation = comparing::evaluate(self.configuration(), &population, &observed, &circumstances);
            let [observed] = observed;
            let wanted = evaluation.desired.accounts.iter();
            let wanted: Vec<&DesiredAccount> =
                wanted.filter(|desired| desired.app == app.name && desired.presence == Presence::Active).collect();
            if let Some(price) = &app.licences.prices.account {
                licences.push(self.accounts(&observed, price, wanted.len()));
            }
            for entitlement in &observed.snapshot.entitlements.content {
                licences.extend(self.licence(&observed, entitlement, &wanted));
            }
        }
        let (mut cost, mut unused) = (Costs::default(), Costs::default());
        for licence in &licences {
            licence.cost.iter().for_each(|one| cost.add(one));
            licence.unused_cost.iter().for_each(|one| unused.add(one));
        }
        Ok(LicenceReport { licences, cost: cost.sums(), unused_cost: unused.sums() })
    }

    fn accounts(&self, observed: &Observed<'_>, price: &Cost, needed: usize) -> Licence {
        let frees = observed.snapshot.description.suspend.as_ref().is_some_and(|effect| effect.frees_seat);
        let paid = |status| match status {
            AccountStatus::Gone => false,
            AccountStatus::Suspended => !frees,
            AccountStatus::Active | AccountStatus::Invited => true,
        };
        let used = observed.snapshot.accounts.content.iter().filter(|account| paid(account.status)).count();
        let mut reclaim = self.reclaim(observed, None);
        reclaim.retain(|one| !frees || one.reason != innkeeper_domain::ReclaimReason::Suspended);
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        licence(observed, "account".to_owned(), (None, used), (needed, BTreeMap::new()), Some(price), reclaim)
    }

    /// None for an entitlement without seats and price.
    fn licence(&self, observed: &Observed<'_>, entitlement: &Entitlement, wanted: &[&DesiredAccount]) -> Option<Licence> {
        let (key, App { licences, .. }) = (&entitlement.key, observed.app);
        let price = licences.prices.of(&key.kind, &entitlement.name, &key.id);
        let costs = observed.snapshot.description.kind(&key.kind).is_some_and(|kind| kind.costs_money || kind.has_seats);
        if price.is_none() && !costs && entitlement.seats.is_none() {
            return None;
        }
        let (mut needed, mut needed_by): (usize, BTreeMap<String, usize>) = (0, BTreeMap::new());
        for desired in wanted {
            let gives = desired.grants.iter().filter(|grant| {
                let named = |(kind, name): &(Text, Text)| {
                    *kind == key.kind && (name.eq_ignore_ascii_case(&entitlement.name) || *name == key.id)
                };
                grant.entitlement.entitlement.as_ref().is_some_and(named)
            });
            let roles: BTreeSet<String> = gives.map(|grant| role(&grant.reason)).collect();
            needed += usize::from(!roles.is_empty());
            for role in roles {
                *needed_by.entry(role).or_insert(0) += 1;
            }
        }
        let held = || {
            let of_accounts = |holder: &Holder| matches!(holder, Holder::Account(_));
            let grants = observed.snapshot.grants.content.iter();
            grants.filter(|grant| grant.entitlement == *key && of_accounts(&grant.holder)).count()
        };
        let (total, used) = match entitlement.seats {
            Some(seats) => (seats.total, seats.used),
            None => (None, u32::try_from(held()).unwrap_or(u32::MAX)),
        };
        let name = format!("{}/{}", key.kind, entitlement.name);
        Some(licence(observed, name, (total, used), (needed, needed_by), price, self.reclaim(observed, Some(entitlement))))
    }

    fn reclaim(&self, observed: &Observed<'_>, entitlement: Option<&Entitlement>) -> Vec<Reclaimable> {
        let snapshot: &AppSnapshot = &observed.snapshot;
        let rule = planning::reclaim_rule(observed.app);
        let key = entitlement.map(|entitlement| &entitlement.key);
        reclaimable(snapshot, key, |id| observed.links.contains_key(id), &rule, self.today())
    }
}

fn licence(
    observed: &Observed<'_>,
    licence: String,
    (total, used): (Option<u32>, u32),
    (needed, needed_by): (usize, BTreeMap<String, usize>),
    price: Option<&Cost>,
    reclaim: Vec<Reclaimable>,
) -> Licence {
    let free = total.map(|total| total.saturating_sub(used));
    let unused = i64::from(free.unwrap_or(0)).saturating_add(i64::try_from(reclaim.len()).unwrap_or(i64::MAX));
    Licence {
        app: observed.app.name.clone(),
        licence,
        seen: observed.snapshot.accounts.taken,
        total,
        used,
        free,
        needed,
        needed_by,
        price: price.cloned(),
        cost: price.map(|price| price.times(i64::from(total.unwrap_or(used)))),
        unused_cost: price.map(|price| price.times(unused)),
        reclaim,
    }
}

/// The role behind a grant.
fn role(reason: &innkeeper_domain::Reason) -> String {
    reason.role.as_ref().map_or_else(|| reason.text.to_string(), ToString::to_string)
}
