//! From what was read to a plan.

use crate::approvals::Standing;
use crate::collect::{Expectations, Reader};
use crate::error::EngineError;
use crate::listing::Expectation;
use crate::names::{AppNames, KnownNames};
use crate::people::Population;
use crate::pilot::{Pilot, leave_outside};
use crate::progress::{Event, Progress};
use crate::retry::Patience;
use crate::systems::Systems;
use crate::target::Capabilities;
use innkeeper_domain::{
    AccountId, AccountTarget, AppName, AppPlan, AppSeen, AppSnapshot, AttributeName, Case, CaseKind, ChangeRecord, ChangeState,
    ConnectorPin, Description, DesiredAccount, EntitlementKey, Inputs, Lifecycle, Operation, PersonId, Plan, SnapshotId,
    SourceName,
};
use innkeeper_planner::{AppInput, Link};
use innkeeper_policy::{App, Configuration, Evaluation, Would};
use innkeeper_store::{Listing, Mutation, Store};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// By how many percent an app's listing may shrink between two readings and still be believed.
const MAX_SHRINK_PERCENT: u8 = 30;

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
}

/// Reads apps.
pub(crate) struct Collector<'a> {
    pub(crate) systems: &'a dyn Systems,
    pub(crate) store: &'a dyn Store,
    pub(crate) patience: Patience,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) now: Timestamp,
    pub(crate) accept_shrink: &'a BTreeSet<String>,
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
        let reader = Reader::new(&app.name, target.as_ref(), self.patience, self.progress);
        let expect = Expectations {
            accounts: self.expectation(app, Listing::Accounts(app.name.clone())).await?,
            entitlements: self.expectation(app, Listing::Entitlements(app.name.clone())).await?,
            grants: self.expectation(app, Listing::Grants(app.name.clone())).await?,
        };
        let snapshot = match reader.everything(self.now, expect).await {
            Ok(snapshot) => snapshot,
            Err(failure) => return Ok(Err(failed(failure.to_string()))),
        };
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
        let entitlements = self.store.entitlements(&app.name).await?;
        let reader = Reader::new(&app.name, target.as_ref(), self.patience, self.progress);
        let owned = self.store.owned_grants(&app.name).await?.into_iter().filter(|grant| ids.contains(&grant.account));
        let owned: Vec<EntitlementKey> = owned.map(|grant| grant.entitlement).collect();
        match reader.one_person(self.now, &ids, &values, entitlements, &owned, &heirs, whole).await {
            Ok(snapshot) => self.observed(app, target.capabilities(), snapshot).await.map(Ok),
            Err(failure) => Ok(Err(failed(failure.to_string()))),
        }
    }

    async fn observed<'c>(
        &self,
        app: &'c App,
        capabilities: Capabilities,
        snapshot: AppSnapshot,
    ) -> Result<Observed<'c>, EngineError> {
        let links = self.store.links(&app.name).await?;
        let links = links.into_iter().map(|(id, link)| (id, planner_link(link)));
        let owned = self.store.owned_grants(&app.name).await?;
        let owned = owned.into_iter().map(|grant| (grant.account, grant.entitlement));
        let connector = self.systems.connector(app);
        Ok(Observed { app, capabilities, snapshot, links: links.collect(), owned: owned.collect(), connector })
    }

    async fn expectation(&self, app: &App, listing: Listing) -> Result<Expectation, EngineError> {
        let last = self.store.last_complete_count(&listing).await?.map(|count| count.count);
        let accept = self.accept_shrink.contains(app.name.as_str());
        Ok(Expectation { last, max_shrink_percent: (!accept).then_some(MAX_SHRINK_PERCENT) })
    }
}

/// A link in the planner's words.
pub(crate) fn planner_link(link: innkeeper_store::Link) -> Link {
    Link { person: link.person, suspended_on: link.suspended_on, deleted_on: link.deleted_on }
}

/// Applies the rules to everybody.
pub(crate) fn evaluate(
    configuration: &Configuration,
    population: &Population,
    observed: &[Observed<'_>],
    today: Date,
) -> Evaluation {
    let mut names = KnownNames::default();
    let mut descriptions: BTreeMap<AppName, Description> = BTreeMap::new();
    for observed in observed {
        let owners = observed.links.iter().map(|(id, link)| (id, &link.person)).collect();
        let known = AppNames { snapshot: &observed.snapshot, owners, matchers: &observed.app.matchers };
        names.add(&observed.app.name, known);
        descriptions.insert(observed.app.name.clone(), observed.snapshot.description.clone());
    }
    configuration.evaluate(&population.people, today, &names, &descriptions)
}

/// What a plan is limited to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Focus {
    /// Only this person.
    pub(crate) person: Option<PersonId>,
    /// Nobody else's accounts were read, so that nothing can be said of them.
    pub(crate) alone: bool,
}

/// Compares what everybody should have with what was seen.
pub(crate) fn compare(
    configuration: &Configuration,
    population: &Population,
    observed: &[Observed<'_>],
    evaluation: &Evaluation,
    focus: &Focus,
) -> Vec<AppPlan> {
    let today = evaluation.desired.today;
    let known_leavers: BTreeSet<PersonId> = population
        .people
        .iter()
        .filter(|person| matches!(person.lifecycle(today), Lifecycle::Left { .. }) && !population.missing.contains(&person.id))
        .map(|person| person.id.clone())
        .collect();
    let concerned = |desired: &&DesiredAccount, person: &PersonId| {
        let heir = evaluation.desired.accounts.iter().find(|other| other.person == *person && other.app == desired.app);
        desired.person == *person || heir.is_some_and(|other| other.transfer_to.as_ref() == Some(&desired.person))
    };
    let person = focus.person.as_ref().filter(|_| focus.alone);
    let alone: Option<Vec<DesiredAccount>> =
        person.map(|person| evaluation.desired.accounts.iter().filter(|desired| concerned(desired, person)).cloned().collect());
    let accounts = alone.as_ref().unwrap_or(&evaluation.desired.accounts);
    let mut inputs = Vec::new();
    let mut needs: BTreeMap<AppName, Vec<AppName>> = BTreeMap::new();
    for app in configuration.apps_by_need() {
        let Some(observed) = observed.iter().find(|observed| observed.app.name == app.name) else { continue };
        needs.insert(app.name.clone(), app.needs.clone());
        let first = accounts.partition_point(|desired| desired.app < app.name);
        let last = accounts.partition_point(|desired| desired.app <= app.name);
        inputs.push(AppInput {
            app: &app.name,
            mode: app.mode,
            snapshot: &observed.snapshot,
            desired: &accounts[first..last],
            matchers: &app.matchers,
            links: &observed.links,
            owned: &observed.owned,
            delete_after: app.delete_after.and_then(|days| u16::try_from(days).ok()),
            can_revoke_sessions: observed.capabilities.sessions,
            can_transfer: observed.capabilities.ownership,
            people_complete: population.complete,
            known_leavers: &known_leavers,
            today,
        });
    }
    let mut plans =
        innkeeper_planner::plan(&inputs, &needs).expect("a configuration with a circle of needs is refused when it is read");
    for plan in &mut plans {
        leave_alone(plan, evaluation);
        leave_outside(plan, evaluation);
        if let Some(person) = &focus.person {
            narrow(plan, person);
        }
    }
    plans
}

/// How long a create that an app has accepted and not finished counts as under way: an invitation that nobody sees lasts about so long.
const UNDER_WAY: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Whose accounts apps are making: asked for, accepted and not finished.
pub(crate) fn under_way(open: &[ChangeRecord], now: Timestamp) -> BTreeSet<(AppName, PersonId)> {
    let waits = |record: &&ChangeRecord| {
        matches!(record.state, ChangeState::Waiting { token: Some(_), .. })
            && matches!(record.change.operation, Operation::CreateAccount { .. })
            && now.duration_since(record.at) < UNDER_WAY
    };
    open.iter().filter(waits).map(|record| (record.app.clone(), record.change.person.clone())).collect()
}

/// Takes out accounts that are being made already: asking twice is an invitation twice. Gives a sentence for each.
pub(crate) fn leave_to_the_app(plans: &mut [AppPlan], under_way: &BTreeSet<(AppName, PersonId)>) -> Vec<String> {
    let mut notes = Vec::new();
    for plan in plans {
        let app = plan.app.clone();
        plan.changes.retain(|change| {
            let new = matches!(change.account, AccountTarget::New | AccountTarget::Created { .. });
            let left = new && under_way.contains(&(app.clone(), change.person.clone()));
            if left && change.account == AccountTarget::New {
                notes.push(format!(
                    "{app} was asked to make the account of {} and has not finished; it is not asked again",
                    change.label
                ));
            }
            !left
        });
    }
    notes
}

/// Takes out whoever a rule could not decide on.
fn leave_alone(plan: &mut AppPlan, evaluation: &Evaluation) {
    let app = plan.app.clone();
    let held = |person: &PersonId| evaluation.held.contains(&(app.clone(), person.clone()));
    plan.changes.retain(|change| !held(&change.person));
    plan.upcoming.retain(|upcoming| !held(&upcoming.person));
    for problem in evaluation.problems.iter().filter(|problem| problem.app == app && problem.holds) {
        plan.cases.push(Case {
            person: Some(problem.person.clone()),
            label: None,
            kind: CaseKind::MissingValue { attribute: problem.place.to_string() },
            text: format!("{}: {}; {} is left alone on {app}", problem.place, problem.text, problem.person),
        });
    }
}

/// Keeps what is about one person, and the transfers to others that are theirs.
fn narrow(plan: &mut AppPlan, person: &PersonId) {
    plan.changes.retain(|change| change.person == *person);
    plan.upcoming.retain(|upcoming| upcoming.person == *person);
    plan.drift.retain(|drift| drift.person == *person);
    plan.cases.retain(|case| case.person.as_ref() == Some(person));
    plan.orphans.retain(|orphan| orphan.person.as_ref() == Some(person));
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
        notes.push(format!("missing from the source, and a leaver if the next reading confirms it: {}{more}", names.join(", ")));
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

/// Seals the plans of the apps into the artefact.
pub(crate) fn seal(
    configuration: &Configuration,
    population: &Population,
    observed: &[Observed<'_>],
    plans: Vec<AppPlan>,
    created: Timestamp,
    today: Date,
    by: &str,
) -> Result<Plan, EngineError> {
    let inputs = Inputs {
        configuration: configuration.digest(),
        sources: population.seen.clone(),
        apps: observed.iter().map(|observed| (observed.app.name.clone(), seen(observed))).collect(),
    };
    Ok(Plan::seal(created, today, by, inputs, plans)?)
}

/// One reading of an app, for the plan that is made of it.
fn seen(observed: &Observed<'_>) -> AppSeen {
    let AppSnapshot { description, accounts, entitlements, grants } = &observed.snapshot;
    let listings = [
        (accounts.content.len(), &accounts.completeness),
        (entitlements.content.len(), &entitlements.completeness),
        (grants.content.len(), &grants.completeness),
    ];
    AppSeen {
        snapshot: SnapshotId::of(observed.app.name.as_str(), accounts.taken, listings),
        taken: accounts.taken,
        unique_name: description.unique_name.clone(),
        connector: observed.connector.clone(),
    }
}
