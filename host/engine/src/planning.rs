//! From what was read to a plan.

use crate::approvals::Standing;
use crate::collect::{Reader, Whose};
use crate::correlation::CorrelationDecision;
use crate::drift::DriftDecision;
use crate::error::EngineError;
use crate::people::Population;
use crate::pilot::Pilot;
use crate::progress::{Event, Progress};
use crate::retry::Patience;
use crate::shrink;
use crate::systems::Systems;
use crate::target::Capabilities;
use crate::unfinished;
use crate::unlisted;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AppName, AppPlan, AppSnapshot, AttributeName, Class, Completeness, ConnectorPin,
    DesiredAccount, Entitlement, EntitlementKey, Glob, Holder, PersonId, Plan, Share, Sharing, Snapshot, SourceName,
};
use innkeeper_planner::{ClosingStep, Link, ReclaimRule};
use innkeeper_policy::{App, Configuration, Evaluation, Would};
use innkeeper_store::{Listing, Mutation, Store};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// An app that is not in the plan, because it could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppFailure {
    /// The app.
    pub app: AppName,
    /// Why.
    pub message: String,
}

/// A plan with everything that its reader should know beside it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Apps that could not be read. The plan is without them.
    pub failures: Vec<AppFailure>,
    /// Sources that were not read completely, with the reason.
    pub spoiled: BTreeMap<SourceName, String>,
    /// What the reader should know, a sentence each: spoiled listings, broken rows, missing people.
    pub notes: Vec<String>,
    /// What the guard will hold back, a sentence each.
    pub breaches: Vec<String>,
    /// Which apps demand approvals, and of whom.
    pub approvals: Vec<Standing>,
    /// Apps with a pilot.
    pub pilots: Vec<Pilot>,
    /// What roles in observe mode would give.
    pub would: Vec<Would>,
}

/// One app with all that its plan depends on.
pub(crate) struct Observed<'a> {
    pub(crate) app: &'a App,
    pub(crate) capabilities: Capabilities,
    pub(crate) snapshot: AppSnapshot,
    pub(crate) links: BTreeMap<AccountId, Link>,
    pub(crate) owned: BTreeSet<(AccountId, EntitlementKey)>,
    pub(crate) connector: Option<ConnectorPin>,
    /// What is privileged and held by somebody active who was not read this time.
    pub(crate) held_elsewhere: BTreeSet<EntitlementKey>,
    pub(crate) unfinished: BTreeSet<(AccountId, ClosingStep)>,
    /// What was decided by hand of what somebody else did.
    pub(crate) decisions: Vec<DriftDecision>,
    /// What was decided by hand of who could be whose.
    pub(crate) correlation: Vec<CorrelationDecision>,
}

/// Reads apps.
pub(crate) struct Collector<'a> {
    pub(crate) systems: &'a dyn Systems,
    pub(crate) store: &'a dyn Store,
    pub(crate) patience: Patience,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) now: Timestamp,
    pub(crate) accept_shrink: &'a BTreeSet<String>,
    /// What people and all apps have in common is in memory once.
    pub(crate) sharing: Mutex<Sharing>,
}

impl Collector<'_> {
    /// Reads one app completely and remembers what it shows.
    pub(crate) async fn app<'c>(&self, app: &'c App) -> Result<Result<Observed<'c>, AppFailure>, EngineError> {
        let failed = |message: String| AppFailure { app: app.name.clone(), message };
        if let Some(why) = self.systems.held(app.name.as_str()) {
            return Ok(Err(failed(why)));
        }
        let target = match self.systems.app(app) {
            Ok(target) => target,
            Err(error) => return Ok(Err(failed(error.to_string()))),
        };
        let reader = Reader::new(&app.name, target.as_ref(), self.patience, self.progress, &self.sharing);
        let mut snapshot = match reader.everything(self.now).await {
            Ok(snapshot) => snapshot,
            Err(failure) => return Ok(Err(failed(failure.to_string()))),
        };
        if let Err(failure) = unlisted::add(self.store, &app.name, target.as_ref(), self.patience, &mut snapshot).await? {
            return Ok(Err(failed(failure.to_string())));
        }
        if !self.accept_shrink.contains(app.name.as_str()) {
            shrink::doubt(self.store, &app.name, &mut snapshot).await?;
        }
        self.store.save_app(&app.name, &snapshot).await?;
        self.forget_accepted(&app.name, &snapshot).await?;
        self.progress.event(Event::ReadAll { from: app.name.as_str() });
        self.observed(app, target.capabilities(), snapshot).await.map(Ok)
    }

    /// Forgets invitations that have become accounts with ids of their own, once those are known to be their people's.
    async fn forget_accepted(&self, app: &AppName, snapshot: &AppSnapshot) -> Result<(), EngineError> {
        if !snapshot.description.quirks.invitation_has_own_id || !snapshot.accounts.is_complete() {
            return Ok(());
        }
        let listed: BTreeSet<&AccountId> = snapshot.accounts.content.iter().map(|account| &account.id).collect();
        let links = self.store.links(app).await?;
        let (there, gone): (Vec<_>, Vec<_>) = links.iter().partition(|(id, _)| listed.contains(id));
        let there: BTreeSet<&PersonId> = there.into_iter().map(|(_, link)| &link.person).collect();
        let accepted = gone
            .into_iter()
            .filter(|(_, link)| link.suspended_on.is_none() && link.deleted_on.is_none() && there.contains(&link.person));
        let forget = |(id, _): (&AccountId, _)| Mutation::Unlink { app: app.clone(), account: id.clone() };
        let mutations: Vec<Mutation> = accepted.map(forget).collect();
        if mutations.is_empty() { Ok(()) } else { Ok(self.store.apply(&mutations).await?) }
    }

    /// Reads what concerns one person on one app, with the account of whoever inherits from them. `whole`: what is not found there does not
    /// exist, as far as the person is concerned.
    pub(crate) async fn one_person<'c>(
        &self,
        app: &'c App,
        person: &PersonId,
        desired: Option<&DesiredAccount>,
        whole: bool,
    ) -> Result<Result<Observed<'c>, AppFailure>, EngineError> {
        let names = app.matchers.iter().cloned().chain([AttributeName::new("userName")]);
        let values: Vec<(AttributeName, String)> = names
            .filter_map(|name| Some((name.clone(), desired?.values(name.as_str())?)))
            .flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.scalar.to_string())).collect::<Vec<_>>())
            .collect();
        let heir = desired.and_then(|desired| desired.transfer_to.as_ref());
        let failed = |message: String| AppFailure { app: app.name.clone(), message };
        if let Some(why) = self.systems.held(app.name.as_str()) {
            return Ok(Err(failed(why)));
        }
        let target = match self.systems.app(app) {
            Ok(target) => target,
            Err(error) => return Ok(Err(failed(error.to_string()))),
        };
        let links = self.store.links(&app.name).await?;
        let ids: Vec<AccountId> = links.iter().filter(|(_, link)| link.person == *person).map(|(id, _)| id.clone()).collect();
        let heirs: Vec<AccountId> = links
            .iter()
            .filter(|(_, link)| heir == Some(&link.person) && link.deleted_on.is_none())
            .map(|(id, _)| id.clone())
            .collect();
        let entitlements = self.known_entitlements(app, whole).await?;
        let reader = Reader::new(&app.name, target.as_ref(), self.patience, self.progress, &self.sharing);
        let owned = self.store.owned_grants(&app.name).await?.into_iter().filter(|grant| ids.contains(&grant.account));
        let owned: Vec<EntitlementKey> = owned.map(|grant| grant.entitlement).collect();
        let whose = Whose { ids, values, owned, heirs, whole };
        match reader.one_person(self.now, &whose, entitlements).await {
            Ok(snapshot) => {
                let held_elsewhere = self.held_elsewhere(app, &snapshot).await?;
                let observed = self.observed(app, target.capabilities(), snapshot).await?;
                Ok(Ok(Observed { held_elsewhere, ..observed }))
            }
            Err(failure) => Ok(Err(failed(failure.to_string()))),
        }
    }

    /// The entitlements as they were last read. `whole`: if that was all of them, there are no others, so that somebody who moves loses the
    /// old access at once; what happened to them since, the next reading of the app tells.
    async fn known_entitlements(&self, app: &App, whole: bool) -> Result<Snapshot<Vec<Entitlement>>, EngineError> {
        let content = self.store.entitlements(&app.name).await?;
        let last = self.store.counts(&Listing::Entitlements(app.name.clone()), 1).await?.pop();
        let completeness = match last {
            Some(last) if whole => last.completeness,
            _ => Completeness::Incomplete { why: "only one person was read".to_owned() },
        };
        Ok(Snapshot { taken: self.now, completeness, content })
    }

    /// What is privileged and was held, when the app was last read completely, by an active account that is not among these.
    async fn held_elsewhere(&self, app: &App, read: &AppSnapshot) -> Result<BTreeSet<EntitlementKey>, EngineError> {
        let mut held = BTreeSet::new();
        if app.privileged.is_empty() {
            return Ok(held);
        }
        let Some(last) = self.store.app(&app.name).await? else { return Ok(held) };
        let names: BTreeMap<&EntitlementKey, &str> =
            last.entitlements.content.iter().map(|known| (&known.key, known.name.as_str())).collect();
        let serves = |account: &Account| {
            let name = |glob: &Glob| glob.matches(&account.unique_name) || glob.matches(account.id.as_str());
            app.service_accounts.iter().any(name)
        };
        let read: BTreeSet<&AccountId> = read.accounts.content.iter().map(|account| &account.id).collect();
        let others = last.accounts.content.iter().filter(|account| account.status == AccountStatus::Active && !serves(account));
        let others: BTreeSet<&AccountId> = others.map(|account| &account.id).filter(|id| !read.contains(id)).collect();
        for grant in &last.grants.content {
            let Holder::Account(holder) = &grant.holder else { continue };
            let name = names.get(&grant.entitlement).copied().unwrap_or(grant.entitlement.id.as_str());
            if others.contains(holder) && innkeeper_planner::is_privileged(&app.privileged, &grant.entitlement, name) {
                held.insert(grant.entitlement.clone());
            }
        }
        Ok(held)
    }

    async fn observed<'c>(
        &self,
        app: &'c App,
        capabilities: Capabilities,
        snapshot: AppSnapshot,
    ) -> Result<Observed<'c>, EngineError> {
        let (links, owned) = (self.links(&app.name).await?, self.owned(&app.name).await?);
        let connector = self.systems.connector(app);
        let unfinished = unfinished::of(self.store, &app.name).await?;
        let mut decisions = DriftDecision::all(self.store).await?;
        decisions.retain(|decision| decision.app == app.name);
        let correlation = CorrelationDecision::on(self.store, &app.name).await?;
        Ok(Observed {
            correlation,
            app,
            connector,
            unfinished,
            decisions,
            capabilities,
            snapshot,
            links,
            owned,
            held_elsewhere: BTreeSet::new(),
        })
    }

    /// Which account is whose. The texts are those of the accounts.
    async fn links(&self, app: &AppName) -> Result<BTreeMap<AccountId, Link>, EngineError> {
        let links = self.store.links(app).await?;
        let mut sharing = self.sharing.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = links.into_iter().map(|(mut id, mut link)| {
            id.share(&mut sharing);
            link.person.share(&mut sharing);
            (id, planner_link(link))
        });
        Ok(shared.collect())
    }

    /// Which grants the rules gave. The texts are those of the grants.
    async fn owned(&self, app: &AppName) -> Result<BTreeSet<(AccountId, EntitlementKey)>, EngineError> {
        let owned = self.store.owned_grants(app).await?;
        let mut sharing = self.sharing.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = owned.into_iter().map(|mut grant| {
            grant.account.share(&mut sharing);
            grant.entitlement.share(&mut sharing);
            (grant.account, grant.entitlement)
        });
        Ok(shared.collect())
    }
}

/// A link in the planner's words.
pub(crate) fn planner_link(link: innkeeper_store::Link) -> Link {
    Link { person: link.person, suspended_on: link.suspended_on, deleted_on: link.deleted_on }
}

/// When a licence of an app counts as unused.
pub(crate) fn reclaim_rule(app: &App) -> ReclaimRule<'_> {
    ReclaimRule { last_login: app.licences.last_login.as_ref(), after_days: app.licences.reclaim_after }
}

/// Says by how much each plan changes what its app costs.
pub(crate) fn price(plans: &mut [AppPlan], observed: &[Observed<'_>]) {
    for plan in plans {
        if let Some(seen) = observed.iter().find(|observed| observed.app.name == plan.app) {
            plan.cost = innkeeper_planner::cost_difference(&plan.changes, &seen.snapshot, &seen.app.licences.prices);
        }
    }
}

/// Everything that a reader of the plan should know beside it.
pub(crate) fn notes(
    configuration: &Configuration,
    observed: &[Observed<'_>],
    population: &Population,
    evaluation: &Evaluation,
) -> Vec<String> {
    let mut notes: Vec<String> = population.broken.clone();
    for observed in observed {
        let problems = configuration.check_app(&observed.app.name, &observed.snapshot.description);
        notes.extend(problems.iter().map(|problem| format!("{}: {}", problem.place(), problem.message())));
    }
    for (source, why) in &population.spoiled {
        notes.push(format!("{source} was not read completely: {why}; nobody becomes a leaver by being absent from it"));
    }
    if !population.missing.is_empty() && population.spoiled.is_empty() {
        let names: Vec<&str> = population.missing.iter().take(5).map(PersonId::as_str).collect();
        let rest = population.missing.len().saturating_sub(names.len());
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        notes.push(format!("missing from the source, and a leaver if a later reading confirms it: {}{more}", names.join(", ")));
    }
    notes.extend(population.problems.iter().map(|problem| problem.text.clone()));
    notes.extend(
        evaluation
            .problems
            .iter()
            .filter(|problem| !problem.holds)
            .map(|problem| format!("{}: {} ({})", problem.place, problem.text, problem.person)),
    );
    notes
}

/// What ends soon, a sentence each: access for a time, what is kept for a while, and people who leave.
pub(crate) fn ending(plans: &[AppPlan], today: Date, within: u32) -> Vec<String> {
    let last = today.checked_add(i64::from(within).days()).unwrap_or(Date::MAX);
    let soon = plans.iter().flat_map(|plan| &plan.upcoming).filter(|later| later.on <= last);
    let ending: BTreeSet<(Date, String)> = soon
        .filter_map(|later| match (later.class, &later.what) {
            (Class::Revoke, Some(what)) => Some((later.on, format!("{} loses {what} on {}", later.label, later.on))),
            (Class::Suspend, _) => Some((later.on, format!("{} leaves and is closed on {}", later.label, later.on))),
            _ => None,
        })
        .collect();
    ending.into_iter().map(|(_, text)| text).collect()
}
