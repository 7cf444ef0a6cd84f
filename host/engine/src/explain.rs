//! Why a person has what they have, and why not what they have not: from the record over the rule to the request.
//!
//! Answered from what is remembered, without asking any app.

mod hindrance;

pub use hindrance::{Hindrance, HindranceKind};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::find;
use crate::offline::Offline;
use hindrance::{Ground, unsettled};
use innkeeper_domain::{
    AccountStatus, AppMode, AppName, Change, ChangeRecord, DesiredAttribute, DesiredGrant, Lifecycle, Origin, Person, PersonId,
    PlanId, Presence, Reason, ReasonKind, RunId, RunRecord, RunningSwap, Swap, SwapStage, Today, Values,
};
use innkeeper_policy::{App, RoleStanding};
use innkeeper_store::{HeldAccount, HeldGrant};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many runs are looked through for who started them; of older ones the plan and the name are not told.
const RUNS: usize = 100_000;

/// One attribute in an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExplainedAttribute {
    /// What it should be, and who owns it.
    #[serde(flatten)]
    pub desired: DesiredAttribute,
    /// What it was when the app was read; none if it was not shown.
    pub observed: Option<Values>,
    /// The mapping behind it.
    pub reason: Reason,
}

/// One grant in an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExplainedGrant {
    /// The entitlement and the rule.
    #[serde(flatten)]
    pub desired: DesiredGrant,
    /// Whether the account held it when the app was read.
    pub held: bool,
}

/// One change of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExplainedChange {
    /// The change, where it stands, and every request.
    #[serde(flatten)]
    pub record: ChangeRecord,
    /// The plan that it was part of.
    pub plan: Option<PlanId>,
    /// Who started the run.
    pub by: Option<String>,
}

/// One swap in an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExplainedSwap {
    /// The decision.
    pub swap: Swap,
    /// Where the person stands.
    #[serde(flatten)]
    pub stage: SwapStage,
}

/// Why a person has what they have.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Explanation {
    /// The person.
    pub person: PersonId,
    /// How they are called.
    pub label: String,
    /// Where they stand on the day.
    pub lifecycle: Lifecycle,
    /// The records behind the person.
    pub records: Vec<Origin>,
    /// The moment of which it tells; none: now.
    pub at: Option<Timestamp>,
    /// What is not known of that moment, a sentence each.
    pub unknown: Vec<String>,
    /// App by app, in the order of the configuration.
    pub apps: Vec<AppExplanation>,
}

/// Why a person has what they have on one app.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppExplanation {
    /// The app.
    pub app: AppName,
    /// Whether anything is written to it.
    pub mode: AppMode,
    /// Whether the rules give an account.
    pub presence: Presence,
    /// Why.
    pub reason: Reason,
    /// Every role that gives something here, and whether the person has it.
    pub roles: Vec<RoleStanding>,
    /// The swaps of those roles that the app is part of, and where the person stands in each.
    pub swaps: Vec<ExplainedSwap>,
    /// What the rules say of the account.
    pub attributes: Vec<ExplainedAttribute>,
    /// What the rules let it hold.
    pub grants: Vec<ExplainedGrant>,
    /// What it holds and no rule gives.
    pub others: Vec<HeldGrant>,
    /// The account, as it was last seen.
    pub account: Option<HeldAccount>,
    /// When the app was last read.
    pub seen: Option<Timestamp>,
    /// What is still to be done, as far as what was last read shows.
    pub pending: Vec<Change>,
    /// What stands in the way of something.
    pub hindrances: Vec<Hindrance>,
    /// What was done, newest first, with every request.
    pub history: Vec<ExplainedChange>,
}

/// Whom an explanation is about, of which moment, and what is the same for all apps.
struct View<'a> {
    person: &'a Person,
    /// Whether they are missing from a source.
    missing: bool,
    today: Today,
    at: Option<Timestamp>,
    offline: Offline,
    runs: BTreeMap<RunId, RunRecord>,
    swaps: Vec<RunningSwap>,
}

impl View<'_> {
    /// The swaps that the app is part of.
    fn swaps_of(&self, app: &App) -> Vec<ExplainedSwap> {
        let about = self.swaps.iter().filter(|running| running.swap.old == app.name || running.swap.new == app.name);
        let day = self.today.of(self.person);
        about.map(|running| ExplainedSwap { swap: running.swap.clone(), stage: running.stage(&self.person.id, day) }).collect()
    }
}

impl Engine {
    /// Why a person has what they have on an app, none: on every app; at a moment of the past, none: now.
    ///
    /// # Errors
    /// When the person or the app is not known, or the sources were never read.
    pub async fn explain(&self, asked: &str, app: Option<&str>, at: Option<Timestamp>) -> Result<Explanation, EngineError> {
        let only: BTreeSet<AppName> = match app {
            Some(app) => BTreeSet::from([self.app(app)?.name.clone()]),
            None => BTreeSet::new(),
        };
        let zone = self.configuration().time_zone().clone();
        let today = at.map_or_else(|| self.moment(None), |at| Today::at(at, zone));
        let mut population = self.known().await?;
        for person in population.people.iter_mut().filter(|person| person.closed_since.is_some_and(|since| since > today.date()))
        {
            person.closed_since = None;
        }
        let person = find::person(&population.people, asked)?.clone();
        let offline = self.offline(self.configuration(), &population, &only, &today).await?;
        let runs = self.store().runs(RUNS).await?.into_iter().map(|run| (run.id.clone(), run)).collect();
        let missing = population.missing.contains(&person.id);
        let lifecycle = person.lifecycle(&today);
        let swaps = self.running_swaps().await?;
        let view = View { person: &person, missing, today, at, offline, runs, swaps };
        let mut apps = Vec::new();
        for app in self.configuration().apps().filter(|app| only.is_empty() || only.contains(&app.name)) {
            apps.push(self.explain_app(app, &view).await?);
        }
        Ok(Explanation {
            person: person.id.clone(),
            label: person.label().to_owned(),
            lifecycle,
            records: person.origins.clone(),
            at,
            unknown: if at.is_some() { unknown() } else { Vec::new() },
            apps,
        })
    }

    async fn explain_app(&self, app: &App, view: &View<'_>) -> Result<AppExplanation, EngineError> {
        let View { person, offline, .. } = view;
        let (today, at) = (&view.today, view.at);
        let account = self.store().accounts_of(&person.id).await?.into_iter().find(|held| held.app == app.name);
        let account = match at {
            Some(at) => account.and_then(|held| as_of(held, at, today.date())),
            None => account,
        };
        let history = self.past(person, app, at, &view.runs).await?;
        let plan = offline.plan.apps().iter().find(|plan| plan.app == app.name);
        let desired = offline.evaluation.desired.accounts.iter();
        let desired = desired.clone().find(|desired| desired.app == app.name && desired.person == person.id).cloned();
        let pending: Vec<Change> = match (at, plan) {
            (None, Some(plan)) => plan.changes.iter().filter(|change| change.person == person.id).cloned().collect(),
            _ => Vec::new(),
        };
        let held = account.as_ref().map(|held| held.grants.as_slice()).unwrap_or_default();
        let mut explanation = AppExplanation {
            app: app.name.clone(),
            mode: app.mode,
            presence: Presence::NotEntitled,
            reason: Reason::new(ReasonKind::NoRole, "no role gives an account on this app"),
            roles: self.configuration().standing_of(&app.name, person, today, &view.swaps),
            swaps: view.swaps_of(app),
            attributes: Vec::new(),
            grants: Vec::new(),
            others: held.to_vec(),
            seen: self.store().app(&app.name).await?.map(|snapshot| snapshot.accounts.taken),
            pending,
            hindrances: Vec::new(),
            history,
            account: None,
        };
        let ground = Ground {
            configuration: self.configuration(),
            app,
            person,
            today,
            offline,
            desired: desired.as_ref(),
            missing: view.missing,
            paused: self.parts.systems.held(app.name.as_str()),
            standing: self.standing(&offline.plan).await?,
        };
        explanation.hindrances = match at {
            None => ground.now(&explanation.pending, &explanation.history),
            Some(_) => unsettled(&explanation.history),
        };
        if let Some(desired) = desired {
            explanation.presence = desired.presence;
            let reasons: Vec<Reason> = desired.attribute_reasons.iter().map(|reason| desired.reason_of(reason)).collect();
            let given: Vec<Reason> = desired.grants.iter().map(|grant| desired.reason_of(&grant.reason)).collect();
            explanation.reason = desired.reason;
            let observed = account.as_ref().and_then(|held| held.account.as_ref());
            let shown = |name: &innkeeper_domain::AttributeName| {
                observed.and_then(|account| account.attributes.get(name)).map(<[_]>::to_vec)
            };
            let attributes = desired.attributes.into_iter().zip(reasons);
            explanation.attributes = attributes
                .map(|(desired, reason)| ExplainedAttribute { observed: shown(&desired.name), desired, reason })
                .collect();
            explanation.others.retain(|grant| !desired.grants.iter().any(|desired| is(grant, desired)));
            let entitlements = desired.grants.iter().map(|grant| grant.entitlement.clone());
            let grants = entitlements.zip(given).map(|(entitlement, reason)| DesiredGrant { entitlement, reason: reason.into() });
            explanation.grants =
                grants.map(|desired| ExplainedGrant { held: held.iter().any(|grant| is(grant, &desired)), desired }).collect();
        }
        explanation.account = account;
        Ok(explanation)
    }

    /// What was done on one app, newest first; at a moment of the past: as it stood then.
    async fn past(
        &self,
        person: &Person,
        app: &App,
        at: Option<Timestamp>,
        runs: &BTreeMap<RunId, RunRecord>,
    ) -> Result<Vec<ExplainedChange>, EngineError> {
        let mut past = Vec::new();
        for mut record in self.store().changes_for(&person.id, Some(&app.name)).await? {
            if let Some(at) = at {
                let states = self.store().history(&record.run, &record.id).await?;
                let Some(last) = states.into_iter().rev().find(|transition| transition.at <= at) else { continue };
                (record.state, record.at) = (last.state, last.at);
                record.attempts.retain(|attempt| attempt.at <= at);
            }
            let run = runs.get(&record.run);
            past.push(ExplainedChange { plan: run.map(|run| run.plan.clone()), by: run.map(|run| run.by.clone()), record });
        }
        Ok(past)
    }
}

fn is(grant: &HeldGrant, desired: &DesiredGrant) -> bool {
    desired.entitlement.entitlement.as_ref().is_some_and(|(kind, name)| {
        let named = grant.name.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(name));
        grant.entitlement.kind == *kind && (named || grant.entitlement.id == *name)
    })
}

/// The account as it was at a moment, as far as the link and the grants of the rules say so.
fn as_of(mut held: HeldAccount, at: Timestamp, day: Date) -> Option<HeldAccount> {
    if held.link.since > at {
        return None;
    }
    held.link.deleted_on = held.link.deleted_on.filter(|on| *on <= day);
    if held.link.suspended_on.is_some_and(|on| on > day) {
        held.link.suspended_on = None;
        if let Some(account) = &mut held.account {
            account.status = AccountStatus::Active;
        }
    }
    let seen_then = held.seen.is_some_and(|seen| seen <= at);
    held.grants.retain(|grant| grant.owned.as_ref().map_or(seen_then, |owned| owned.since <= at));
    Some(held)
}

fn unknown() -> Vec<String> {
    vec![
        "Only the newest reading of people and apps is kept: records, attributes, and grants that somebody else gave are as they were \
         last read."
            .to_owned(),
        "Rules and mappings are those of the configuration as it is now, applied for the day of the moment.".to_owned(),
        "A grant that was taken away since is only in what was done, not among the entitlements.".to_owned(),
    ]
}
